import { describe, expect, it } from "vitest";
import { checkChain, type MarketChain, type MarketQuote } from "../../src/market/chain.ts";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { type Wad, wad } from "../../src/math/wad.ts";

const WAD = 10n ** 18n;
const time = BigInt(Date.UTC(2026, 0, 30, 8));
const amount = (milli: bigint): Wad => wad((milli * WAD) / 1000n);
const NAME = "BTC-27MAR26-100000-C";

const good: MarketQuote = {
  instrument: parseInstrumentName(NAME),
  forward: amount(84_000_000n),
  impliedVolatility: amount(450n),
  bid: amount(20n),
  ask: amount(21n),
  openInterest: amount(5_000n),
};
const future: MarketQuote = { instrument: parseInstrumentName("BTC-27MAR26"), forward: amount(84_100_000n) };
const usdc: MarketQuote = { instrument: parseInstrumentName("USDC"), forward: amount(1_000n) };

function chainOf(...quotes: MarketQuote[]): MarketChain {
  return {
    source: "test",
    time,
    underlyings: [{ symbol: "BTC", indexPrice: amount(84_000_000n) }],
    quotes,
    excluded: [{ name: "gone", reason: "before" }],
  };
}

const { impliedVolatility: _, ...withoutVolatility } = good;
const BAD: readonly (readonly [string, MarketQuote, string])[] = [
  ["no implied volatility", withoutVolatility, "implied volatility missing"],
  ["zero implied volatility", { ...good, impliedVolatility: amount(0n) }, "implied volatility outside"],
  [
    "an implied volatility below 1 %",
    { ...good, impliedVolatility: amount(9n) },
    "implied volatility outside",
  ],
  [
    "an implied volatility above 1000 %",
    { ...good, impliedVolatility: amount(10_001n) },
    "implied volatility outside",
  ],
  [
    "a negative implied volatility",
    { ...good, impliedVolatility: amount(-450n) },
    "implied volatility outside",
  ],
  ["crossed quotes", { ...good, bid: amount(22n) }, "crossed"],
  ["a bid on an ask of zero", { ...good, ask: amount(0n) }, "crossed"],
  ["a negative bid", { ...good, bid: amount(-1n) }, "negative bid"],
  ["a forward of zero", { ...good, forward: amount(0n) }, "forward price not above zero"],
  ["a negative forward", { ...good, forward: amount(-1n) }, "forward price not above zero"],
  ["a forward above twice the index", { ...good, forward: amount(168_000_001n) }, "twice"],
  ["a forward below half the index", { ...good, forward: amount(41_999_999n) }, "half"],
  ["a negative open interest", { ...good, openInterest: amount(-1n) }, "negative open interest"],
  ["a lot of zero", { ...good, instrument: { ...good.instrument, lotSize: amount(0n) } }, "lot size"],
  ["an expiry in the past", { ...good, instrument: parseInstrumentName("BTC-29JAN26-100000-C") }, "expired"],
  ["an expiry right now", { ...good, instrument: parseInstrumentName("BTC-30JAN26-100000-C") }, "expired"],
  ["an expired future", { ...future, instrument: parseInstrumentName("BTC-29JAN26") }, "expired"],
  ["a future with a volatility", { ...future, impliedVolatility: amount(450n) }, "no option"],
  [
    "an underlying without an index",
    { ...good, instrument: parseInstrumentName("ETH-27MAR26-3000-C") },
    "ETH",
  ],
  ["a quote currency far from 1", { ...usdc, forward: amount(499n) }, "half"],
];

describe("checkChain", () => {
  it("keeps good quotes, in the canonical order", () => {
    const { quotes, excluded } = checkChain(chainOf(good, future, usdc));
    expect(quotes).toEqual([usdc, future, good]);
    expect(excluded).toEqual([{ name: "gone", reason: "before" }]);
  });

  it("accepts the bounds themselves, locked and one-sided quotes", () => {
    const edges: MarketQuote[] = [
      { ...good, impliedVolatility: amount(10n) },
      { ...good, impliedVolatility: amount(10_000n) },
      { ...good, forward: amount(168_000_000n) },
      { ...good, forward: amount(42_000_000n) },
      { ...good, bid: amount(21n) },
      { ...withoutVolatility, impliedVolatility: amount(450n), bid: amount(0n) },
    ];
    for (const edge of edges) expect(checkChain(chainOf(edge)).quotes).toEqual([edge]);
  });

  it.each(BAD)("names the instrument with %s, and fails", (_case, quote, reason) => {
    const { name } = quote.instrument;
    expect(() => checkChain(chainOf(quote))).toThrowError(
      expect.objectContaining({
        code: "INVALID_MARKET",
        details: { instrument: name },
        message: expect.stringContaining(reason),
      }),
    );
    expect(() => checkChain(chainOf(quote))).toThrowError(name);
  });

  it.each(BAD)("lists the instrument with %s when told to exclude", (_case, quote, reason) => {
    const fine = quote.instrument.name === "USDC" ? future : usdc;
    const { quotes, excluded } = checkChain(chainOf(fine, quote), { onBadQuote: "exclude" });
    expect(quotes).toEqual([fine]);
    expect(excluded).toEqual([
      { name: "gone", reason: "before" },
      { name: quote.instrument.name, reason: expect.stringContaining(reason) },
    ]);
  });

  it("trusts none of several quotes of one name", () => {
    const twice = chainOf(good, usdc, { ...good, forward: amount(84_000_001n) });
    expect(() => checkChain(twice)).toThrowError(expect.objectContaining({ code: "DUPLICATE_INSTRUMENT" }));
    const { quotes, excluded } = checkChain(twice, { onBadQuote: "exclude" });
    expect(quotes).toEqual([usdc]);
    expect(excluded.slice(1)).toEqual([
      { name: NAME, reason: "listed 2 times" },
      { name: NAME, reason: "listed 2 times" },
    ]);
  });

  it("fails when nothing is left", () => {
    const bad = { ...good, forward: amount(0n) };
    expect(() => checkChain(chainOf(bad), { onBadQuote: "exclude" })).toThrowError("no usable quote");
    expect(() => checkChain(chainOf())).toThrowError("no usable quote");
  });

  it("refuses an index that is not above zero or listed twice", () => {
    const invalid = expect.objectContaining({ code: "INVALID_MARKET" });
    const chain = chainOf(usdc);
    const index = (milli: bigint) => ({ symbol: "BTC", indexPrice: amount(milli) });
    expect(() => checkChain({ ...chain, underlyings: [index(0n)] })).toThrowError(invalid);
    expect(() => checkChain({ ...chain, underlyings: [index(-1n)] })).toThrowError(invalid);
    expect(() => checkChain({ ...chain, underlyings: [index(1n), index(1n)] })).toThrowError("listed twice");
  });

  it("refuses a stale market, one from the future, and one without a time", () => {
    const chain = chainOf(usdc);
    const maxAge = 300_000n;
    expect(checkChain(chain, { now: time + maxAge, maxAge }).time).toBe(time);
    expect(() => checkChain(chain, { now: time + maxAge + 1n, maxAge })).toThrowError(
      expect.objectContaining({ code: "STALE_MARKET" }),
    );
    expect(checkChain(chain, { now: time - 60_000n, maxAge }).time).toBe(time);
    expect(() => checkChain(chain, { now: time - 60_001n, maxAge })).toThrowError("in the future");
    expect(() => checkChain({ ...chain, time: 0n })).toThrowError("lies outside of the years 2010 to 2099");
  });
});
