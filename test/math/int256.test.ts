import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Black76Input, black76 } from "../../src/math/black76.ts";
import { EXP_MAX, EXP_MIN, expWad } from "../../src/math/exp.ts";
import { lnWad } from "../../src/math/ln.ts";
import { normalCdf, normalPdf } from "../../src/math/normal.ts";
import { powWad } from "../../src/math/pow.ts";
import { sqrtWad, WAD, wad } from "../../src/math/wad.ts";
import { int256Meter, loadMetered } from "../helpers/int256.ts";
import { decades, options, SEED, saneCorners, widestCorners } from "./points.ts";

type Unary = (x: bigint) => bigint;
type Binary = (x: bigint, y: bigint) => bigint;
interface Metered {
  readonly black76: (input: Black76Input) => unknown;
  readonly expWad: Unary;
  readonly lnWad: Unary;
  readonly normalCdf: Unary;
  readonly normalPdf: Unary;
  readonly sqrtWad: Unary;
  readonly powWad: Binary;
}

const meter = int256Meter();
const names = ["black76", "exp", "ln", "normal", "pow", "wad"];
const metered = (await loadMetered(names, meter)) as unknown as Metered;

describe(`every intermediate fits int256 (seed ${SEED})`, () => {
  it("notices a result that doesn't fit, so the checks below can fail", () => {
    const strict = int256Meter();
    expect(() => strict.apply("<<", 1n, 255n, "here")).toThrow("here leaves int256");
    expect(() => strict.apply(">>", 1n, 256n, "here")).toThrow("here shifts by 256");
    expect(() => strict.apply(">>", 1n, -1n, "here")).toThrow("here shifts by -1");
    expect(strict.apply("-", -(1n << 254n), 1n << 254n, "here")).toBe(-(1n << 255n));
  });

  it("in black76, at every corner of its domain and at random, with the same results", () => {
    const points = [...widestCorners, ...saneCorners, ...fc.sample(options, { seed: SEED, numRuns: 300 })];
    for (const input of points) expect(metered.black76(input)).toEqual(black76(input));
    const places = [...meter.bits.keys()].filter((place) => place.startsWith("black76.ts"));
    expect(places.length).toBeGreaterThan(25);
    if (process.env["BALLAST_PRINT_BITS"] === "1") {
      console.log([...meter.bits].map(([place, bits]) => `${bits}  ${place}`).join("\n"));
    }
  });

  it("in exp, ln, the normal distribution, powers and roots, to the ends of their domains", () => {
    const ends = [
      0n,
      1n,
      -1n,
      WAD,
      -WAD,
      EXP_MAX,
      EXP_MIN,
      EXP_MIN - 1n,
      -(2n ** 255n),
      12n * WAD,
      -12n * WAD,
    ];
    for (const x of [
      ...ends,
      ...fc.sample(fc.bigInt({ min: EXP_MIN, max: EXP_MAX }), { seed: SEED, numRuns: 500 }),
    ]) {
      expect(metered.expWad(x)).toBe(expWad(wad(x)));
      expect(metered.normalCdf(x)).toBe(normalCdf(wad(x)));
      expect(metered.normalPdf(x)).toBe(normalPdf(wad(x)));
    }
    const positive = [1n, 2n, WAD, 2n ** 127n, 2n ** 128n, 2n ** 128n - 1n, 2n ** 255n - 1n];
    for (const x of [...positive, ...fc.sample(decades(0, 76), { seed: SEED, numRuns: 300 })]) {
      expect(metered.lnWad(x)).toBe(lnWad(wad(x)));
      if (x < 2n ** 195n) expect(metered.sqrtWad(x)).toBe(sqrtWad(wad(x)));
      for (const exponent of [WAD / 3n, -WAD, -1_000_000n * WAD]) {
        if (x >= WAD || exponent > 0n)
          expect(metered.powWad(x, exponent)).toBe(powWad(wad(x), wad(exponent)));
      }
    }
  });
});
