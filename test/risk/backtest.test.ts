import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createBook } from "../../scripts/backtest/book.ts";
import { divergenceOf } from "../../scripts/backtest/divergence.ts";
import { presetsMark } from "../../scripts/backtest/mark.ts";
import { openInterest, openInterestTable } from "../../scripts/backtest/open-interest.ts";
import { FAMILIES, generate } from "../../scripts/backtest/portfolios.ts";
import { createMarker, interpolated, laterValue, marksPolicy } from "../../scripts/backtest/revalue.ts";
import { type Case, dailyPairs } from "../../scripts/backtest/run.ts";
import { markdownTable, summarise } from "../../scripts/backtest/summary.ts";
import type { MarketChain } from "../../src/market/chain.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { riskVector } from "../../src/risk/vector.ts";
import { useMadeUpMarket } from "../helpers/made-up-market.ts";
import { describeCrash } from "./backtest-suite.ts";
import { CHAIN, quote, TIME, w } from "./fixtures.ts";

const DAY = 86_400_000n;
const GREEKS = () => ({ delta: 1_000n, vega: 500n });

describeCrash("les over a made-up crash", {
  folder: useMadeUpMarket(),
  // As the recorded one: starts from the afternoon before the crash to its evening, and their ends a day later.
  accept: (stamp) => stamp > "20270303T15",
  starts: (time) => time < BigInt(Date.parse("2027-03-05T00:00:00Z")),
  days: 6,
});

describe("docs/reference/backtest.md", () => {
  it("has tables of the presets as they are: `npm run backtest -- --write` makes them anew", () => {
    const page = readFileSync(new URL("../../docs/reference/backtest.md", import.meta.url), "utf8");
    expect(page).toContain(presetsMark());
    for (const family of FAMILIES) expect(page).toContain(`| les/2 | ${family} |`);
  });
});

describe("the generator", () => {
  const book = createBook(CHAIN);

  it("makes the same portfolio from the same seed, and others from other seeds", () => {
    const legs = (seed: number) =>
      FAMILIES.map((family) =>
        generate(book, family, 3, seed, GREEKS)?.legs.map((leg) => `${leg.name} ${leg.lots}`),
      );
    expect(legs(1)).toEqual(legs(1));
    expect(legs(1)).not.toEqual(legs(2));
  });

  it("lists no instrument twice and no leg of nothing", () => {
    for (const family of FAMILIES) {
      for (let index = 0; index < 40; index++) {
        const legs = generate(book, family, index, 1, GREEKS)?.legs ?? [];
        expect(new Set(legs.map(({ name }) => name)).size).toBe(legs.length);
        expect(legs.every(({ lots }) => lots !== 0n)).toBe(true);
      }
    }
  });
});

describe("a position a day later", () => {
  const tomorrow: MarketChain = {
    ...CHAIN,
    time: TIME + DAY,
    underlyings: [
      { symbol: "BTC", indexPrice: w("57600") },
      { symbol: "ETH", indexPrice: w("1900") },
    ],
    quotes: [
      quote("BTC-PERPETUAL", "57600"),
      quote("BTC-27MAR26-60000-P", "58000", "0.8"),
      quote("BTC-27MAR26-70000-P", "58000", "0.6"),
    ],
  };
  const later = createBook(tomorrow);
  const mark = createMarker(later);
  const settledAt = (price: string) => () => w(price);
  const value = (before: ReturnType<typeof quote>, settlement = "60000") =>
    laterValue(before, later, mark, settledAt(settlement));

  it("settles an expired inverse put in coin, worth the later index price", () => {
    // (64,000 - 60,000)/60,000 coins * 57,600 * 0.1 = 384
    const put = quote("BTC-6FEB26-64000-P", "64000", "0.9");
    expect(value(put)).toEqual({ value: 384_000_000n, how: "settled" });
    expect(value(put, "65000")).toEqual({ value: 0n, how: "settled" });
  });

  it("settles an expired future at the index of its expiry, and has no price for one that is not listed", () => {
    // 10 USD * (1/64,000 - 1/60,000) * 57,600 = -0.6
    expect(value(quote("BTC-6FEB26", "64000"))).toEqual({ value: -600_000n, how: "settled" });
    expect(value(quote("BTC-26JUN26", "64000")).how).toBe("unpriced");
  });

  it("settles an expired linear call in cash", () => {
    // 1,000 USD * 0.01
    expect(value(quote("BTC_USDC-6FEB26-59000-C", "64000", "0.9"))).toEqual({
      value: 10_000_000n,
      how: "settled",
    });
  });

  it("pays an inverse perpetual's gain in coin", () => {
    // 10 USD * (1/64,000 - 1/57,600) * 57,600 = -1
    expect(value(quote("BTC-PERPETUAL", "64000"))).toEqual({ value: -1_000_000n, how: "quoted" });
  });

  it("carries collateral at the later index price, and cash at one", () => {
    expect(value(quote("BTC", "64000")).value).toBe(5_760_000n);
    expect(value(quote("USDC", "1")).value).toBe(10_000n);
  });

  it("interpolates the volatility of a strike that is gone, and takes the nearest beyond the last", () => {
    const volatility = (name: string) => {
      const { instrument } = quote(name, "58000", "0.5");
      return instrument.kind === "option" ? interpolated(instrument, later)?.impliedVolatility : undefined;
    };
    expect(volatility("BTC-27MAR26-62500-P")).toBe(w("0.75"));
    expect(volatility("BTC-27MAR26-50000-P")).toBe(w("0.8"));
    expect(volatility("BTC-27MAR26-90000-P")).toBe(w("0.6"));
    expect(volatility("BTC-27MAR26-62500-C")).toBe(w("0.75"));
    expect(volatility("BTC-26JUN26-62500-P")).toBeUndefined();
    expect(value(quote("BTC-27MAR26-62500-P", "64500", "0.7")).how).toBe("interpolated");
    expect(value(quote("BTC-26JUN26-62500-P", "64500", "0.7")).how).toBe("unpriced");
  });
});

describe("how far two prices come apart", () => {
  it("is the difference of their returns over 24 hours, where both have an end", () => {
    const series = (of: (hour: number) => number) =>
      new Map(
        Array.from({ length: 60 }, (_, hour) => [hour, of(hour)] as const).filter(([hour]) => hour !== 30),
      );
    const apart = divergenceOf(
      series(() => 100),
      series((hour) => (hour < 40 ? 50 : 60)),
    );
    // 60 hours less one that is missing; starts 0..35 have an end, but for hour 6, which ends in the gap, and hour 30.
    expect(apart).toEqual({
      windows: 34,
      from: "1970-01",
      to: "1970-01",
      usual995: "20.00 %",
      worst: "20.00 %",
    });
    expect(divergenceOf(new Map([[0, 1]]), new Map([[0, 1]]))).toBeNull();
  });
});

describe("open interest", () => {
  it("counts every open contract, and says what share of it is free", () => {
    const put = quote("BTC-27MAR26-60000-P", "64500", "0.71");
    const straddle = ["C", "P"].map((right) => quote(`BTC-27MAR26-64000-${right}`, "64500", "0.66"));
    const chain: MarketChain = {
      ...CHAIN,
      quotes: [{ ...put, openInterest: w("1000") }, ...straddle],
    };
    const [btc, eth] = openInterest([chain]);
    expect(btc?.contracts).toBe(1000n);
    const one = riskVector(put, chain, marksPolicy, { scenarios: 1, underlyings: 2 }, 1);
    // A lot is 0.1 contracts.
    expect(btc?.gamma).toBe((one.gamma[0] ?? 0n) * 10_000n);
    expect(btc?.delta).toBe(-(one.delta[0] ?? 0n) * 10_000n);
    expect(btc?.straddleGamma).toBeGreaterThan((one.gamma[0] ?? 0n) * 20n);
    expect(eth?.contracts).toBe(0n);
    const lines = openInterestTable(
      [btc, eth].flatMap((entry) => entry ?? []),
      [presetPolicy("les")],
    ).split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[2]).toContain("| les/2 | BTC | 1,000 BTC | 600,000 USD |");
  });
});

describe("days and summaries", () => {
  it("pair a chain with the one nearest to 24 hours later, none more than three off", () => {
    const at = (hours: number): MarketChain => ({ ...CHAIN, time: TIME + BigInt(hours) * 3_600_000n });
    const pairs = dailyPairs([at(0), at(6), at(22), at(25), at(60)]);
    expect(pairs.map(({ start, end }) => [start.time - TIME, end.time - TIME])).toEqual([
      [0n, 25n * 3_600_000n],
    ]);
  });

  it("count a loss that reaches the requirement as a breach", () => {
    const one = (loss: bigint): Case => ({
      start: 0n,
      family: "strangle",
      index: 0,
      loss,
      notional: 1_000n,
      initial: [100n],
    });
    const summary = summarise([one(99n), one(100n), one(-50n), one(200n)], "all", "les", 0);
    expect(summary).toMatchObject({
      cases: 4,
      breaches: 2,
      covered: "50 %",
      worstUsage: "200 %",
      medianRequirement: "10 %",
    });
    expect(markdownTable([summary]).split("\n")).toHaveLength(3);
    // 99.5 % of four cases are all four, and the worst is twice the requirement, so the requirement is half that loss.
    expect(summary.capital).toBe("0.5");
    expect(summarise([one(-50n)], "all", "les", 0).capital).toBe("no loss");
  });
});
