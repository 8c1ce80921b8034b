import { describe, expect, it } from "vitest";
import { liquidationCircuits } from "../../src/liquidation/circuits.ts";

describe("liquidationCircuits", () => {
  it.each([
    ["64x240", 64, "64x240_s35k2"],
    ["coverage_32x120_s35k2", 32, "32x120_s35k2"],
    ["4x8", 4, "4x8_s5k2"],
  ])("finds the companions of %s", (name, slots, size) => {
    const circuits = liquidationCircuits(name);
    expect(Object.fromEntries(Object.entries(circuits).map(([key, { name }]) => [key, name]))).toEqual({
      coverage: `coverage_${size}`,
      equity: `equity_${size}`,
      ceiling: `ceiling_${size}`,
      reduction: `reduction_${size}`,
      transfer: `transfer_${slots}`,
      deleverage: `deleverage_${slots}`,
      empty: `empty_${slots}`,
    });
  });

  it("refuses a size that has none", () => {
    expect(() => liquidationCircuits("128x960")).toThrow(/No equity circuit goes with coverage_128x960/);
    expect(() => liquidationCircuits("transfer_64")).toThrow(/is no coverage circuit/);
  });
});
