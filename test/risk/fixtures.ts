import type { MarketChain, MarketQuote } from "../../src/market/chain.ts";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { parseDecimal } from "../../src/math/decimal.ts";
import { type Wad, wad } from "../../src/math/wad.ts";

/** Where fuzzing starts; printed by fast-check with every failure. */
export const SEED = 20_260_205;

/** 2026-02-05T21:29:37Z */
export const TIME = 1_770_326_977_000n;

export const w = (text: string): Wad => wad(parseDecimal(text, 18, "test value"));

/** A quote by Deribit name; `volatility`, `bid` and `ask` as decimal text. */
export function quote(
  name: string,
  forward: string,
  volatility?: string,
  sides?: { readonly bid?: string; readonly ask?: string },
): MarketQuote {
  return {
    instrument: parseInstrumentName(name),
    forward: w(forward),
    ...(volatility === undefined ? {} : { impliedVolatility: w(volatility) }),
    ...(sides?.bid === undefined ? {} : { bid: w(sides.bid) }),
    ...(sides?.ask === undefined ? {} : { ask: w(sides.ask) }),
  };
}

export const QUOTES: readonly MarketQuote[] = [
  quote("USDC", "1"),
  quote("BTC", "64000"),
  quote("ETH", "1900"),
  quote("BTC-PERPETUAL", "63980.5"),
  quote("ETH_USDC-PERPETUAL", "1901.25"),
  quote("BTC-27MAR26", "64500"),
  quote("BTC-27MAR26-60000-P", "64500", "0.71", { bid: "0.052", ask: "0.054" }),
  quote("BTC-27MAR26-64000-C", "64500", "0.66", { bid: "0.105", ask: "0.107" }),
  quote("BTC-27MAR26-64000-P", "64500", "0.66"),
  quote("BTC-27MAR26-80000-C", "64500", "0.62", { bid: "0.024", ask: "0.026" }),
  quote("BTC_USDC-27MAR26-64000-C", "64500", "0.66"),
  quote("ETH-13FEB26-1800-P", "1895", "0.98", { bid: "0.031", ask: "0.034" }),
  quote("ETH-13FEB26-2000-C", "1895", "0.94"),
];

export const CHAIN: MarketChain = {
  source: "fixture",
  time: TIME,
  underlyings: [
    { symbol: "BTC", indexPrice: w("64000") },
    { symbol: "ETH", indexPrice: w("1900") },
  ],
  quotes: QUOTES,
  excluded: [],
};

/** The fixture chain with one quote replaced, or added. */
export function chainWith(changed: MarketQuote): MarketChain {
  const others = QUOTES.filter(({ instrument }) => instrument.name !== changed.instrument.name);
  return { ...CHAIN, quotes: [...others, changed] };
}

/** The BallastError that `action` throws, as code and message. */
export function failure(action: () => unknown): { code: string; message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof Error && "code" in error)
      return { code: String(error.code), message: error.message };
    throw error;
  }
  throw new Error("Expected an error, and there was none.");
}
