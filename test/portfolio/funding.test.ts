import { describe, expect, it } from "vitest";
import { sampleChain } from "../../src/market/sample.ts";
import { filterChain } from "../../src/market/shift.ts";
import { cashFinder } from "../../src/portfolio/funding.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { type Holding, portfolioSums, requirement } from "../../src/risk/requirement.ts";
import { buildSnapshot, rowByName, type Snapshot } from "../../src/risk/snapshot.ts";
import { failure } from "../risk/fixtures.ts";

const les = presetPolicy("les");
const snapshot = buildSnapshot(sampleChain(), les);
const withHaircut = (quoteHaircut: string): Snapshot =>
  buildSnapshot(sampleChain(), { ...les, charges: { ...les.charges, quoteHaircut } });

/** Equity less `coverage` ppm of the maintenance requirement, micro-USD at 1e12. */
function surplus(market: Snapshot, positions: readonly Holding[], coverage: bigint): bigint {
  const sums = portfolioSums(market.rows, positions, market.shape);
  const { maintenance12 } = requirement(sums, market.policyElements, market.shape);
  return sums.equity * 10n ** 12n - (coverage * maintenance12) / 10n ** 6n;
}

describe("cashFinder", () => {
  const held = (name: string, quantity: bigint): Holding => ({
    instrumentId: rowByName(snapshot, name).instrumentId,
    quantity,
  });
  const short = [held("BTC-27FEB26-80000-P", -70n), held("ETH-PERPETUAL", 900n)];
  const lot = 10_000n * 10n ** 12n;

  it.each([
    ["without a haircut", snapshot],
    ["with one on the cash itself", withHaircut("0.05")],
  ])("reaches a coverage to the lot, %s", (_, market) => {
    for (const coverage of [0n, 300_000n, 1_000_000n, 1_299_999n, 4_000_000n]) {
      const cash = cashFinder(market)(short, coverage);
      expect(cash.instrumentId).toBe(1);
      const missing = -surplus(market, [...short, cash], coverage);
      expect(missing).toBeGreaterThanOrEqual(0n);
      expect(missing).toBeLessThan(lot);
    }
  });

  it("is negative where positions are worth more already, and nothing for nothing", () => {
    const rich = [held("BTC", 10_000n)];
    for (const coverage of [0n, 1_000_000n, 1_040_000n]) {
      const cash = cashFinder(snapshot)(rich, coverage);
      expect(cash.quantity).toBeLessThan(0n);
      const left = surplus(snapshot, [...rich, cash], coverage);
      expect(left).toBeGreaterThanOrEqual(0n);
      expect(left).toBeLessThan(lot + lot / 50n); // what is owed is charged for
    }
    expect(cashFinder(snapshot)([], 4_000_000n).quantity).toBe(0n);
  });

  it("says what can't be reached, and what a market without cash lacks", () => {
    expect(failure(() => cashFinder(withHaircut("0.5"))(short, 2_000_000n)).code).toBe("OUT_OF_RANGE");
    const bare = buildSnapshot(
      filterChain(sampleChain(), (name) => name !== "USDC"),
      les,
    );
    expect(failure(() => cashFinder(bare)).code).toBe("UNKNOWN_INSTRUMENT");
  });
});
