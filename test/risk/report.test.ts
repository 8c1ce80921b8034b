import { describe, expect, it } from "vitest";
import { parseDecimal } from "../../src/math/decimal.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { marginReport } from "../../src/risk/report.ts";
import { buildSnapshot, rowByName } from "../../src/risk/snapshot.ts";
import { CHAIN, failure } from "./fixtures.ts";

const snapshot = buildSnapshot(CHAIN, presetPolicy("les"));
const report = (legs: Readonly<Record<string, bigint>>) =>
  marginReport(
    snapshot,
    Object.entries(legs).map(([name, quantity]) => ({
      instrumentId: rowByName(snapshot, name).instrumentId,
      quantity,
    })),
  );
const usd = (text: string): bigint => parseDecimal(text, 24, "test value");

describe("golden portfolios", () => {
  it("one bitcoin: a haircut, and what the worst fall takes, by hand", () => {
    expect(report({ BTC: 10_000n })).toMatchObject({
      equity: "64000",
      // 12 * 640
      deltaMargin: "7680",
      gammaMargin: "0",
      vegaMargin: "0",
      // 0.25 * 0.65 * 64,000
      stressLoss: "10400",
      stressAddOn: "2720",
      // 2.5 % of 64,000
      charges: "1600",
      concentration: "0",
      requirement: "12000",
      initialRequirement: "14400",
      softRequirement: "13200",
      coverageRatio: "5.333333",
      tier: 0,
      worstScenario: "deep fall",
    });
  });

  it("cash only: nothing can happen to it", () => {
    expect(report({ USDC: 100n })).toMatchObject({
      equity: "1",
      requirement: "0",
      coverageRatio: null,
      tier: 0,
      worstScenario: null,
    });
  });

  it("a perpetual long of 1,000,000 USD on 100,000 USD of cash is below what it needs", () => {
    const long = report({ USDC: 10_000_000n, "BTC-PERPETUAL": 100_000n });
    expect(long).toMatchObject({ equity: "100000", tier: 3, worstScenario: "deep fall" });
    expect(usd(long.requirement) > usd("160000")).toBe(true);
  });

  it("a debt is bankrupt whatever else it holds in futures", () => {
    const debt = report({ USDC: -1n, "BTC-PERPETUAL": 1n });
    expect(debt.equity).toBe("-0.01");
    expect(debt.tier).toBe(4);
    expect(debt.coverageRatio?.startsWith("-")).toBe(true);
  });

  it("a covered call needs less than the coin and the short call apart", () => {
    const coin = report({ BTC: 10_000n });
    const call = report({ "BTC-27MAR26-80000-C": -10n });
    const covered = report({ BTC: 10_000n, "BTC-27MAR26-80000-C": -10n });
    expect(usd(covered.requirement) < usd(coin.requirement) + usd(call.requirement)).toBe(true);
    expect(usd(covered.stressLoss) < usd(coin.stressLoss)).toBe(true);
    expect(call.worstScenario).toMatch(/squeeze|melt-up|\+16%/);
  });

  it("a short straddle is margined for gamma and vega, a long one for vega only", () => {
    const legs = (lots: bigint) => ({ "BTC-27MAR26-64000-C": lots, "BTC-27MAR26-64000-P": lots });
    const [short, long] = [report(legs(-10n)), report(legs(10n))];
    expect(usd(short.gammaMargin) > 0n).toBe(true);
    expect(long.gammaMargin).toBe("0");
    expect(short.vegaMargin).toBe(long.vegaMargin);
    expect(usd(short.requirement) > 2n * usd(long.requirement)).toBe(true);
  });

  it("a box of calls and puts that make a future, hedged by it, has no stress loss but rounding", () => {
    const box = report({
      "BTC-27MAR26-64000-C": 100n,
      "BTC-27MAR26-64000-P": -100n,
      "BTC-27MAR26": -64_500n,
    });
    expect(usd(box.stressLoss) < usd("0.1")).toBe(true);
    expect(usd(box.deltaMargin) < usd("1")).toBe(true);
    expect(box.gammaMargin).toBe("0");
    expect(box.vegaMargin).toBe("0");
  });
});

describe("a report", () => {
  const one = report({
    USDC: 5_000_000n,
    "BTC-27MAR26-60000-P": -37n,
    "ETH-13FEB26-2000-C": -12n,
    ETH: 9_999n,
  });

  it("adds up exactly", () => {
    const parts = [
      one.deltaMargin,
      one.gammaMargin,
      one.vegaMargin,
      one.stressAddOn,
      one.charges,
      one.concentration,
    ];
    expect(parts.map(usd).reduce((a, b) => a + b)).toBe(usd(one.requirement));
    expect(usd(one.initialRequirement) * 10n).toBe(usd(one.requirement) * 12n);
    const deltas = one.underlyings.map(({ deltaMargin }) => usd(deltaMargin));
    expect(deltas.reduce((a, b) => a + b)).toBe(usd(one.deltaMargin));
  });

  it("lists every scenario of the policy, and the worst one has the stress loss", () => {
    expect(one.scenarios.map(({ name }) => name)).toEqual(snapshot.policy.scenarios.map(({ name }) => name));
    const worst = one.scenarios.find(({ name }) => name === one.worstScenario);
    expect(worst?.pnl).toBe(`-${one.stressLoss}`);
    for (const { pnl } of one.scenarios) expect(usd(pnl) >= -usd(one.stressLoss)).toBe(true);
  });

  it("is plain JSON and says which snapshot it is of", () => {
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    expect(BigInt(one.snapshotId)).toBe(snapshot.snapshotId);
    expect(one.policy).toBe("les/2");
  });

  it("refuses an instrument that the snapshot lacks", () => {
    expect(failure(() => marginReport(snapshot, [{ instrumentId: 999, quantity: 1n }])).code).toBe(
      "UNKNOWN_INSTRUMENT",
    );
  });
});
