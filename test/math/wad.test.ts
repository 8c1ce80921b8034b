import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bitLength,
  divDown,
  divUp,
  mulDown,
  mulNearest,
  mulUp,
  sqrtFloor,
  sqrtWad,
  WAD,
  type Wad,
  wad,
} from "../../src/math/wad.ts";
import { SEED } from "./points.ts";

const signed = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(wad);
const check = <T>(values: fc.Arbitrary<T>, property: (value: T) => void): void =>
  fc.assert(fc.property(values, property), { seed: SEED, numRuns: 1000 });

describe(`fixed point at 1e18 (seed ${SEED})`, () => {
  it("rounds products in the direction of the name, for every sign", () => {
    const third = wad(WAD / 3n);
    const pairs: [Wad, Wad][] = [
      [wad(1n), third],
      [wad(-1n), third],
      [wad(1n), wad(-third)],
      [wad(-1n), wad(-third)],
    ];
    expect(pairs.map(([a, b]) => mulDown(a, b))).toEqual([0n, -1n, -1n, 0n]);
    expect(pairs.map(([a, b]) => mulUp(a, b))).toEqual([1n, 0n, 0n, 1n]);
    expect(pairs.map(([a, b]) => mulNearest(a, b))).toEqual([0n, 0n, 0n, 0n]);
    expect([1n, -1n, 3n, -3n].map((x) => mulNearest(wad(x), wad(WAD / 2n)))).toEqual([1n, 0n, 2n, -1n]);
    expect(mulDown(wad(3n * WAD), wad(-2n * WAD))).toBe(-6n * WAD);
  });

  it("brackets the exact product and quotient within one unit", () => {
    check(fc.tuple(signed, signed), ([a, b]) => {
      const product = a * b;
      expect(mulDown(a, b) * WAD <= product && product < (mulDown(a, b) + 1n) * WAD).toBe(true);
      expect(mulUp(a, b) * WAD >= product && product > (mulUp(a, b) - 1n) * WAD).toBe(true);
      const off = 2n * (mulNearest(a, b) * WAD - product);
      expect(off <= WAD && off > -WAD).toBe(true);
      if (b === 0n) return;
      const down = divDown(a, b);
      expect(divUp(a, b) - down).toBe((a * WAD) % b === 0n ? 0n : 1n);
      const remainder = a * WAD - down * b;
      expect(b > 0n ? remainder >= 0n && remainder < b : remainder <= 0n && remainder > b).toBe(true);
    });
  });

  it("divides by zero with a clear error only", () => {
    expect(() => divDown(WAD, wad(0n))).toThrow("Division by zero.");
    expect(() => divUp(WAD, wad(0n))).toThrow("Division by zero.");
  });

  it("takes roots exactly, rounded down", () => {
    expect(sqrtWad(wad(2n * WAD))).toBe(1_414_213_562_373_095_048n);
    expect([0n, 1n, 2n, 3n, 4n, 8n, 9n, 15n, 16n].map(sqrtFloor)).toEqual([
      0n,
      1n,
      1n,
      1n,
      2n,
      2n,
      3n,
      3n,
      4n,
    ]);
    check(fc.bigInt({ min: 0n, max: 2n ** 255n - 1n }), (n) => {
      for (const near of [n, n >> 100n, n >> 200n, sqrtFloor(n) ** 2n]) {
        const root = sqrtFloor(near);
        expect(root * root <= near && near < (root + 1n) * (root + 1n)).toBe(true);
      }
    });
    expect(() => sqrtWad(wad(-1n))).toThrow("square root of a negative number");
  });

  it("counts bits", () => {
    expect([0n, 1n, 2n, 3n, 7n, 8n, 15n, 16n, 2n ** 255n - 1n, 2n ** 255n].map(bitLength)).toEqual([
      0, 1, 2, 2, 3, 4, 4, 5, 255, 256,
    ]);
  });
});
