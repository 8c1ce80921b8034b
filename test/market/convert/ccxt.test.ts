import { describe, expect, it } from "vitest";
import { convertChain } from "../../../src/market/convert/convert.ts";
import { expiryOf, nameOfSymbol, strikeOf } from "../../../src/market/convert/symbol.ts";
import { formatDecimal } from "../../../src/math/decimal.ts";

const TIME = Date.UTC(2026, 0, 30, 8, 0, 5);
const SYMBOL = "BTC/USD:BTC-260206-84000-C";
/** The keys of ccxt's option structure. */
const option = (symbol: string, more: object = {}) => ({
  symbol,
  currency: "BTC",
  timestamp: TIME,
  datetime: "2026-01-30T08:00:05.000Z",
  impliedVolatility: null,
  openInterest: 7,
  bidPrice: 0.019,
  askPrice: 0.021,
  midPrice: 0.02,
  markPrice: 0.02,
  lastPrice: null,
  underlyingPrice: 84100,
  info: {},
  ...more,
});
/** Of fetchOptionChain at Deribit: ccxt keeps neither time nor volatility, but all of the venue's row as texts. */
const deribit = option(SYMBOL, {
  timestamp: null,
  datetime: null,
  info: {
    instrument_name: "BTC-6FEB26-84000-C",
    creation_timestamp: String(TIME),
    mark_iv: "50.25",
    mark_price: "0.02",
    underlying_price: "84100.75",
    underlying_index: "SYN.BTC-6FEB26",
    estimated_delivery_price: "84000.5",
    bid_price: "0.019",
    ask_price: "0.021",
    open_interest: "7.0",
  },
});
const only = (json: unknown, options: Parameters<typeof convertChain>[1] = {}) => {
  const chain = convertChain([json], options);
  const quote = chain.quotes.find(({ instrument }) => instrument.kind === "option");
  const [forward, iv] = [quote?.forward, quote?.impliedVolatility].map((value) =>
    value === undefined ? undefined : formatDecimal(value, 18),
  );
  return { chain, name: quote?.instrument.name, forward, iv };
};
const reasonOf = (bad: object) => {
  const { chain } = only([deribit, bad]);
  return chain.excluded.map(({ reason }) => reason);
};

describe("a chain from ccxt", () => {
  it("reads Deribit's own row where ccxt kept it", () => {
    const { chain, ...quote } = only({ [SYMBOL]: deribit });
    expect(quote).toEqual({ name: "BTC-6FEB26-84000-C", forward: "84100.75", iv: "0.5025" });
    expect(chain.time).toBe(BigInt(TIME));
    expect(chain.underlyings.map(({ indexPrice }) => formatDecimal(indexPrice, 18))).toEqual(["84000.5"]);
  });

  it.each([
    ["OKX", { markVol: "0.5025", fwdPx: "84100.75" }],
    ["Bybit", { markIv: "0.5025", indexPrice: "84000" }],
    ["Derive", { option_pricing: { iv: "0.5025", forward_price: "84100.75" } }],
    ["Derive in short keys", { option_pricing: { i: "0.5025", f: "84100.75" } }],
  ])("takes %s's fraction, and the forward where it has one", (_, info) => {
    const { iv, forward } = only([option(SYMBOL, { info, impliedVolatility: 50.25 })]);
    expect({ iv, forward }).toEqual({ iv: "0.5025", forward: "markIv" in info ? "84100" : "84100.75" });
  });

  it("doesn't guess the unit of a volatility: it is left out, or as said", () => {
    const bare = option("BTC/USD:BTC-260206-90000-C", { impliedVolatility: 50.25 });
    expect(reasonOf(bare)).toEqual([expect.stringContaining("unit of its volatility unknown")]);
    expect(only([bare], { volatilityUnit: "percent" }).iv).toBe("0.5025");
    expect(only([{ ...bare, impliedVolatility: 0.5025 }], { volatilityUnit: "fraction" }).iv).toBe("0.5025");
  });

  it("takes perpetuals and futures at their mark from fetchTickers", () => {
    const tickers = {
      [SYMBOL]: deribit,
      "BTC/USDC:USDC": {
        symbol: "BTC/USDC:USDC",
        timestamp: TIME,
        bid: 84001,
        ask: 84002,
        markPrice: 84001.5,
        info: {},
      },
      "BTC/USD:BTC-260327": { symbol: "BTC/USD:BTC-260327", timestamp: TIME, markPrice: 84500, info: {} },
      "BTC/USDT": { symbol: "BTC/USDT", timestamp: TIME, bid: 84001, ask: 84002, info: {} },
    };
    const { chain } = only(tickers);
    const forwardOf = (name: string) =>
      chain.quotes.find(({ instrument }) => instrument.name === name)?.forward;
    expect(forwardOf("BTC_USDC-PERPETUAL")).toBe(84001_500000000000000000n);
    expect(forwardOf("BTC-27MAR26")).toBe(84500_000000000000000000n);
    expect(chain.excluded).toEqual([{ name: "BTC/USDT", reason: "a spot market" }]);
  });

  it("leaves out what settles in another coin, unless it is taken for USDC", () => {
    const info = { markIv: "0.5", indexPrice: "84000" };
    const usdt = option("BTC/USDT:USDT-260206-84000-C", { info, bidPrice: 1500, askPrice: 1600 });
    expect(reasonOf(usdt)).toEqual([expect.stringContaining("settles in USDT")]);
    expect(only([usdt], { asUsdc: ["USDT"] }).name).toBe("BTC_USDC-6FEB26-84000-C");
  });

  it.each([
    ["no volatility", option("BTC/USD:BTC-260206-90000-C"), "implied volatility missing"],
    [
      "no forward",
      option("BTC/USD:BTC-260313-90000-C", { underlyingPrice: null, info: { markIv: "0.5" } }),
      "forward price missing, and no call and put of its expiry give one",
    ],
    [
      "no time",
      option("BTC/USD:BTC-260206-90000-C", { timestamp: null, info: { markIv: "0.5" } }),
      "no time in milliseconds",
    ],
    ["a day that doesn't exist", option("BTC/USD:BTC-260230-90000-C"), "there is no date 260230"],
    [
      "another asset",
      option("DOGE/USDC:USDC-260206-0.2-C"),
      "no lot is known for a linear option on DOGE, and none was given",
    ],
  ])("says of %s that it is so", (_, bad, reason) => {
    expect(reasonOf(bad)).toEqual([reason]);
  });
});

describe("names of symbols", () => {
  it.each([
    ["BTC/USD:BTC", "BTC-PERPETUAL"],
    ["ETH/USDC:USDC", "ETH_USDC-PERPETUAL"],
    ["ETH/USD:USDC", "ETH_USDC-PERPETUAL"],
    ["BTC/USD:BTC-260327", "BTC-27MAR26"],
    ["BTC/USD:BTC-260206-84000-P", "BTC-6FEB26-84000-P"],
    ["XRP/USDC:USDC-260206-0.6250-C", "XRP_USDC-6FEB26-0d625-C"],
    ["XRP/USDC:USDC-260206-0d625-C", "XRP_USDC-6FEB26-0d625-C"],
  ])("%s is %s", (symbol, name) => {
    expect(nameOfSymbol(symbol)).toEqual({ name });
  });

  it("has no name for anything else", () => {
    for (const symbol of ["BTC/USD", "BTC/USD:ETH", "BTC/USD:BTC-260206-84000-X", "BTC/USD:BTC-26020", ""])
      expect(nameOfSymbol(symbol)).toHaveProperty("reason");
    expect(expiryOf("20260229")).toBeUndefined();
    expect(["100.0", "0.50", "2400_5", "007"].map(strikeOf)).toEqual(["100", "0d5", "2400d5", "7"]);
  });
});
