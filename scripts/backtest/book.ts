import type { MarketChain, MarketQuote } from "../../src/market/chain.ts";
import { type OptionInstrument, parseInstrumentName } from "../../src/market/instruments.ts";
import { type Wad, wad } from "../../src/math/wad.ts";

/** An option with its quote. */
export interface ListedOption {
  readonly option: OptionInstrument;
  readonly quote: MarketQuote;
}

/** One expiry of one underlying: strikes ascend. */
export interface Expiry {
  readonly time: bigint;
  readonly forward: Wad;
  readonly calls: readonly ListedOption[];
  readonly puts: readonly ListedOption[];
}

/** A chain ordered for looking things up. */
export interface Book {
  readonly chain: MarketChain;
  /** By underlying, soonest first. */
  readonly expiries: ReadonlyMap<string, readonly Expiry[]>;
  /** Any instrument by name; collateral and perpetuals are there even where the source has none (at the index price). */
  quote(name: string): MarketQuote | undefined;
  index(symbol: string): Wad;
}

const DAY_MS = 86_400_000n;

/** Orders a chain. Options that expire at or before the chain's time are left out. */
export function createBook(chain: MarketChain): Book {
  const index = (symbol: string): Wad => {
    const entry = chain.underlyings.find((underlying) => underlying.symbol === symbol);
    if (entry === undefined) throw new RangeError(`The chain has no index price for ${symbol}.`);
    return entry.indexPrice;
  };
  const byName = new Map<string, MarketQuote>();
  byName.set("USDC", { instrument: parseInstrumentName("USDC"), forward: wad(10n ** 18n) });
  for (const { symbol, indexPrice } of chain.underlyings) {
    for (const name of [symbol, `${symbol}-PERPETUAL`])
      byName.set(name, { instrument: parseInstrumentName(name), forward: indexPrice });
  }
  const groups = new Map<string, Map<bigint, ListedOption[]>>();
  for (const quote of chain.quotes) {
    byName.set(quote.instrument.name, quote);
    const { instrument } = quote;
    if (instrument.kind !== "option" || instrument.expiry <= chain.time) continue;
    const expiries = groups.get(instrument.underlying) ?? new Map<bigint, ListedOption[]>();
    groups.set(instrument.underlying, expiries);
    expiries.set(instrument.expiry, [
      ...(expiries.get(instrument.expiry) ?? []),
      { option: instrument, quote },
    ]);
  }
  const expiries = new Map<string, Expiry[]>();
  for (const [symbol, group] of groups) {
    const list = [...group].map(([time, listed]): Expiry => {
      const strikes = [...listed].sort((a, b) => (a.option.strike < b.option.strike ? -1 : 1));
      return {
        time,
        forward: strikes[0]?.quote.forward ?? index(symbol),
        calls: strikes.filter(({ option }) => option.right === "call"),
        puts: strikes.filter(({ option }) => option.right === "put"),
      };
    });
    expiries.set(
      symbol,
      list.sort((a, b) => (a.time < b.time ? -1 : 1)),
    );
  }
  return { chain, expiries, quote: (name) => byName.get(name), index };
}

/** Whole days to an expiry. */
export function daysTo(book: Book, expiry: Expiry): number {
  return Number((expiry.time - book.chain.time) / DAY_MS);
}

/** The option whose strike is nearest to `forward * (1 + distance)`, distance in ppm. */
export function nearest(
  side: readonly ListedOption[],
  forward: Wad,
  distance: number,
): ListedOption | undefined {
  const target = (forward * (1_000_000n + BigInt(distance))) / 1_000_000n;
  let best: ListedOption | undefined;
  const gap = (listed: ListedOption): bigint => {
    const difference = listed.option.strike - target;
    return difference < 0n ? -difference : difference;
  };
  for (const listed of side) if (best === undefined || gap(listed) < gap(best)) best = listed;
  return best;
}
