import { describe, expect, it } from "vitest";
import { atTheMoneyVolatility, THIRTY_DAYS } from "../../src/market/at-the-money.ts";
import type { MarketChain, MarketQuote } from "../../src/market/chain.ts";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { SAMPLE_TIME, sampleChain } from "../../src/market/sample.ts";
import { parseDecimal } from "../../src/math/decimal.ts";
import { WAD, wad } from "../../src/math/wad.ts";

const DAY = 86_400_000n;
/** 2026-01-28T08:00Z: 27FEB26 is 30 days away, 13FEB26 16, 27MAR26 58. */
const TIME = BigInt(Date.UTC(2026, 0, 28, 8));

function option(name: string, forward: string, volatility: string): MarketQuote {
  return {
    instrument: parseInstrumentName(name),
    forward: wad(parseDecimal(forward, 18, "forward")),
    impliedVolatility: wad(parseDecimal(volatility, 18, "volatility")),
  };
}
function market(...quotes: MarketQuote[]): MarketChain {
  return { source: "test", time: TIME, underlyings: [], quotes, excluded: [] };
}
const vol = (text: string) => parseDecimal(text, 18, "volatility");

describe("at-the-money volatility at 30 days", () => {
  it("is linear in the strike between the two around the forward, each the mean of its quotes", () => {
    const chain = market(
      option("BTC-27FEB26-80000-C", "84000", "0.44"),
      option("BTC-27FEB26-80000-P", "84000", "0.46"),
      option("BTC-27FEB26-90000-C", "84000", "0.40"),
      option("BTC-27FEB26-100000-C", "84000", "0.9"),
      option("BTC-27FEB26-60000-C", "84000", "0.9"),
      option("ETH-27FEB26-3000-C", "3000", "0.9"),
    );
    // 0.45 at 80,000, 0.40 at 90,000: four tenths of the way.
    expect(atTheMoneyVolatility(chain, "BTC")).toBe(vol("0.43"));
    expect(atTheMoneyVolatility(chain, "ETH")).toBe(vol("0.9"));
  });

  it("is a strike's own where the forward is that strike, and the nearest one's outside of all", () => {
    const at = (forward: string) =>
      atTheMoneyVolatility(
        market(option("BTC-27FEB26-80000-C", forward, "0.5"), option("BTC-27FEB26-90000-C", forward, "0.4")),
        "BTC",
      );
    expect(at("80000")).toBe(vol("0.5"));
    expect(at("90000")).toBe(vol("0.4"));
    expect(at("70000")).toBe(vol("0.5"));
    expect(at("95000")).toBe(vol("0.4"));
  });

  it("is linear in total variance between expiries", () => {
    const chain = market(
      option("BTC-13FEB26-84000-C", "84000", "0.6"),
      option("BTC-27MAR26-84000-C", "84000", "0.4"),
    );
    // The total variances 0.36 * 16 and 0.16 * 58, 14 and 28 days away.
    const expected = Math.sqrt((0.36 * 16 * 28 + 0.16 * 58 * 14) / 42 / 30);
    expect(Number(atTheMoneyVolatility(chain, "BTC")) / 1e18).toBeCloseTo(expected, 12);
    expect(atTheMoneyVolatility(chain, "BTC", 16n * DAY)).toBe(vol("0.6"));
    expect(atTheMoneyVolatility(chain, "BTC", 7n * DAY)).toBe(vol("0.6"));
    expect(atTheMoneyVolatility(chain, "BTC", 58n * DAY)).toBe(vol("0.4"));
    expect(atTheMoneyVolatility(chain, "BTC", 99n * DAY)).toBe(vol("0.4"));
  });

  it("takes inverse and linear options of an expiry together, at the middle forward", () => {
    const chain = market(
      option("BTC-27FEB26-84000-C", "84000", "0.40"),
      option("BTC_USDC-27FEB26-84000-C", "84010", "0.44"),
      option("BTC-27FEB26-84000-P", "84000", "0.42"),
    );
    expect(atTheMoneyVolatility(chain, "BTC")).toBe(vol("0.42"));
  });

  it("leaves expired options out, and says when none is left", () => {
    const expired = option("BTC-27JAN26-84000-C", "84000", "0.9");
    const alive = option("BTC-27MAR26-84000-C", "84000", "0.4");
    expect(atTheMoneyVolatility(market(expired, alive), "BTC")).toBe(vol("0.4"));
    for (const [chain, symbol] of [
      [market(expired), "BTC"],
      [market(alive), "ETH"],
    ] as const)
      expect(() => atTheMoneyVolatility(chain, symbol)).toThrow(
        expect.objectContaining({ code: "INVALID_MARKET", message: expect.stringContaining(symbol) }),
      );
  });

  it("is between the neighbouring expiries' of the sample market", () => {
    const chain = sampleChain();
    expect(THIRTY_DAYS).toBe(30n * DAY);
    expect(chain.time).toBe(SAMPLE_TIME);
    // 27FEB26 has 41.80 %, 27MAR26 42.60 % at the money; ETH 61.80 % and 62.40 %.
    const btc = atTheMoneyVolatility(chain, "BTC");
    const eth = atTheMoneyVolatility(chain, "ETH");
    expect(btc > (418n * WAD) / 1000n && btc < (426n * WAD) / 1000n).toBe(true);
    expect(eth > (618n * WAD) / 1000n && eth < (624n * WAD) / 1000n).toBe(true);
  });
});
