import { describe, expect, it } from "vitest";
import { margined, reductionRules } from "../../src/risk/reduction.ts";
import type { Sums } from "../../src/risk/requirement.ts";

// One scenario, one underlying; a margin of 10 % of dollar delta, 5 USD of dollar gamma a USD, no vega margin.
const SHAPE = { scenarios: 1, underlyings: 1 };
const POLICY = [
  100_000n, // delta move, ppm
  5_000_000n, // gamma move
  0n, // vega move
  0n, // stress weight
  ...[0n, 0n, 0n], // concentration
  ...[1_300_000n, 1_100_000n, 1_000_000n], // thresholds
];
const sums = (equity: bigint, delta: bigint, gamma: bigint): Sums => ({
  equity,
  pnl: [0n],
  delta: [delta],
  gamma: [gamma],
  vega: [0n],
  charges: 0n,
});
const rules = (before: Sums, after: Sums, maxPenalty = 0n) =>
  reductionRules(margined(before, POLICY, SHAPE), margined(after, POLICY, SHAPE), maxPenalty);
const ALL = { margin: true, shortGamma: true, tier: true, penalty: true };

describe("the rules of a reduction", () => {
  it("all hold where nothing changes", () => {
    const same = sums(1_000n, -500n, -3n);
    expect(rules(same, same)).toEqual(ALL);
  });

  it("compare requirements: dollar delta 1,000 to 999 frees 0.1 and to 1,001 takes it", () => {
    const before = sums(10_000n, 1_000n, 0n);
    expect(rules(before, sums(10_000n, 999n, 0n))).toEqual(ALL);
    expect(rules(before, sums(10_000n, 1_001n, 0n))).toEqual({ ...ALL, margin: false });
  });

  it("look at short gamma alone, whatever the requirement does", () => {
    const before = sums(10_000n, 1_000n, -3n);
    expect(rules(before, sums(10_000n, 0n, -4n))).toEqual({ ...ALL, shortGamma: false });
    expect(rules(before, sums(10_000n, 0n, 50n))).toEqual(ALL);
  });

  it("refuse a worse tier and allow a better one", () => {
    // requirement 100: tier 0 from 130, tier 1 from 110, tier 2 from 100, tier 3 below
    const at = (equity: bigint) => sums(equity, 1_000n, 0n);
    expect(rules(at(100n), at(130n))).toEqual(ALL);
    expect(rules(at(130n), sums(0n, 500n, 0n), 1_000_000n).tier).toBe(false);
    expect(rules(sums(-1n, 1_000n, 0n), at(0n)).tier).toBe(true);
  });

  it("allow a loss up to the penalty, to the micro-USD", () => {
    // dollar delta 1,000,000 to 0 frees 100,000; 2 % of it is 2,000
    const before = sums(1_000_000n, 1_000_000n, 0n);
    expect(rules(before, sums(998_000n, 0n, 0n), 20_000n).penalty).toBe(true);
    expect(rules(before, sums(997_999n, 0n, 0n), 20_000n).penalty).toBe(false);
    expect(rules(before, sums(2_000_000n, 0n, 0n), 0n).penalty).toBe(true);
  });
});
