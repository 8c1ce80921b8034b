import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXP_MAX, EXP_MIN, expWad } from "../../src/math/exp.ts";
import { lnRatio, lnWad } from "../../src/math/ln.ts";
import { normalCdf, normalPdf } from "../../src/math/normal.ts";
import { powWad } from "../../src/math/pow.ts";
import { WAD, wad } from "../../src/math/wad.ts";
import { decades, SEED } from "./points.ts";

const check = <T>(values: fc.Arbitrary<T>, property: (value: T) => void): void =>
  fc.assert(fc.property(values, property), { seed: SEED, numRuns: 1000 });

describe(`exp (seed ${SEED})`, () => {
  it("is exact at 0, zero below its domain, refused above", () => {
    expect(expWad(wad(0n))).toBe(WAD);
    expect(expWad(WAD)).toBe(2_718_281_828_459_045_235n);
    expect(expWad(EXP_MIN)).toBeLessThanOrEqual(1n);
    expect(expWad(wad(EXP_MIN - 1n))).toBe(0n);
    expect(expWad(wad(-(10n ** 60n)))).toBe(0n);
    expect(expWad(EXP_MAX)).toBeLessThan(2n ** 255n);
    for (const above of [EXP_MAX + 1n, 10n ** 60n]) {
      expect(() => expWad(wad(above))).toThrow("exp is defined up to 135.3");
    }
  });

  it("never falls by more than the last unit, reductions by ln 2 included", () => {
    check(fc.bigInt({ min: EXP_MIN, max: WAD }), (x) => {
      expect(expWad(wad(x + 1n)) - expWad(wad(x))).toBeGreaterThanOrEqual(0n);
    });
    const half = 346_573_590_279_972_654n;
    for (let k = -60n; k <= 1n; k++) {
      const edge = k * 693_147_180_559_945_309n + half;
      for (let i = -3n; i < 3n; i++)
        expect(expWad(wad(edge + i + 1n))).toBeGreaterThanOrEqual(expWad(wad(edge + i)));
    }
  });
});

describe(`ln (seed ${SEED})`, () => {
  it("is exact at 1, and refuses zero and below", () => {
    expect(lnWad(WAD)).toBe(0n);
    expect(lnWad(wad(1n))).toBe(-41_446_531_673_892_822_312n);
    expect(lnWad(wad(2n ** 255n - 1n))).toBe(135_305_999_368_893_231_589n);
    expect(() => lnWad(wad(0n))).toThrow("defined for positive numbers");
    expect(() => lnWad(wad(-1n))).toThrow("defined for positive numbers");
  });

  it("is antisymmetric but for one unit of 2^-96, zero for equals, and undoes exp", () => {
    check(fc.tuple(decades(0, 40), decades(0, 40)), ([a, b]) => {
      const sum = lnRatio(a, b) + lnRatio(b, a);
      expect(sum <= 1n && sum >= -40n).toBe(true);
      expect(lnRatio(a, a)).toBe(0n);
    });
    check(fc.bigInt({ min: 0n, max: 100n * WAD }), (x) => {
      const back = lnWad(expWad(wad(x))) - x;
      expect(back <= 1n && back >= -1n).toBe(true);
    });
  });
});

describe(`pow (seed ${SEED})`, () => {
  it("is exact where the result is", () => {
    expect(powWad(wad(4n * WAD), wad(WAD / 2n))).toBe(2n * WAD);
    expect(powWad(wad(10n * WAD), wad(-3n * WAD))).toBe(WAD / 1000n);
    expect(powWad(wad(30n * WAD), wad(0n))).toBe(WAD);
    expect(powWad(WAD, wad(10n ** 24n))).toBe(WAD);
    check(decades(6, 26), (base) => {
      expect(powWad(base, WAD)).toBe(base);
    });
  });

  it("refuses what it can't represent", () => {
    expect(() => powWad(wad(0n), WAD)).toThrow("positive bases only");
    expect(() => powWad(wad(-WAD), WAD)).toThrow("positive bases only");
    expect(() => powWad(wad(2n * WAD), wad(10n ** 24n + 1n))).toThrow("within +-1,000,000");
    expect(() => powWad(wad(2n * WAD), wad(200n * WAD))).toThrow("exp is defined up to 135.3");
    expect(powWad(wad(2n * WAD), wad(-200n * WAD))).toBe(0n);
  });
});

describe(`the normal distribution (seed ${SEED})`, () => {
  it("has its known values", () => {
    expect(normalCdf(wad(0n))).toBe(WAD / 2n);
    expect(normalCdf(WAD)).toBe(841_344_746_068_542_949n);
    expect(normalCdf(wad(-8n * WAD))).toBe(622n);
    expect(normalPdf(wad(0n))).toBe(398_942_280_401_432_678n);
    for (const far of [12n * WAD, 10n ** 60n]) {
      expect([normalCdf(wad(far)), normalCdf(wad(-far)), normalPdf(wad(far)), normalPdf(wad(-far))]).toEqual([
        WAD,
        0n,
        0n,
        0n,
      ]);
    }
  });

  it("is symmetric within one unit, and never falls by more than one", () => {
    check(fc.bigInt({ min: -12n * WAD, max: 12n * WAD }), (x) => {
      const excess = normalCdf(wad(x)) + normalCdf(wad(-x)) - WAD;
      expect(excess === 0n || excess === 1n || excess === -1n).toBe(true);
      expect(normalPdf(wad(x))).toBe(normalPdf(wad(-x)));
      expect(normalCdf(wad(x + 1n)) - normalCdf(wad(x))).toBeGreaterThanOrEqual(-1n);
      expect(normalCdf(wad(x + 1000n)) - normalCdf(wad(x))).toBeGreaterThanOrEqual(0n);
    });
  });
});
