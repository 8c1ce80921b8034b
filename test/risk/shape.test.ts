import { describe, expect, it } from "vitest";
import { INSTRUMENT_ID_LIMIT } from "../../src/market/instruments.ts";
import { FIELD_MODULUS } from "../../src/math/field.ts";
import {
  checkShape,
  elementCount,
  FLAGSHIP_SHAPE,
  LANE_BITS,
  LANE_LIMIT,
  LOT_LIMIT,
  laneCount,
  policyWidth,
  rowWidth,
} from "../../src/risk/shape.ts";
import { failure } from "./fixtures.ts";

describe("shape", () => {
  it("gives the flagship 42 lanes in 14 elements, 17 elements a row, 240 rows in one blob of 4096", () => {
    expect([laneCount(FLAGSHIP_SHAPE), elementCount(FLAGSHIP_SHAPE), rowWidth(FLAGSHIP_SHAPE)]).toEqual([
      42, 14, 17,
    ]);
    expect(policyWidth(FLAGSHIP_SHAPE)).toBe(16);
    expect(240 * rowWidth(FLAGSHIP_SHAPE)).toBeLessThanOrEqual(4096);
  });

  it.each([
    [1, 1, 5, 2],
    [2, 1, 6, 2],
    [3, 1, 7, 3],
    [64, 8, 89, 30],
  ])(
    "counts lanes and elements of %d scenarios and %d underlyings",
    (scenarios, underlyings, lanes, elements) => {
      expect(laneCount({ scenarios, underlyings })).toBe(lanes);
      expect(elementCount({ scenarios, underlyings })).toBe(elements);
      expect(() => checkShape({ scenarios, underlyings })).not.toThrow();
    },
  );

  it.each([
    [0, 1],
    [65, 1],
    [1, 0],
    [1, 9],
    [1.5, 1],
    [Number.NaN, 1],
    [1, -1],
  ])("refuses %d scenarios and %d underlyings", (scenarios, underlyings) => {
    expect(failure(() => checkShape({ scenarios, underlyings })).code).toBe("INVALID_INPUT");
  });

  it("leaves room: the greatest sum of 128 slots fits an 84-bit limb with a sign, three limbs fit the field", () => {
    const sum = 128n * (LOT_LIMIT - 1n) * (LANE_LIMIT - 1n);
    expect(sum < 1n << 82n).toBe(true);
    expect(2n * (1n << 82n) <= 1n << (LANE_BITS - 1n)).toBe(true);
    // Differences of two readings of one element stay below the order: see circuits/table/lanes.circom.
    const limb = (1n << 84n) - 1n;
    expect(limb + (limb << 84n) + (limb << 168n) < FIELD_MODULUS).toBe(true);
    expect(4n * (36n + BigInt(Math.log2(INSTRUMENT_ID_LIMIT)) + 1n)).toBeLessThan(253n);
  });
});
