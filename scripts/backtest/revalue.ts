import type { MarketQuote } from "../../src/market/chain.ts";
import type { OptionInstrument } from "../../src/market/instruments.ts";
import { divFloor } from "../../src/math/rounding.ts";
import { WAD, type Wad, wad } from "../../src/math/wad.ts";
import { type Policy, presetPolicy } from "../../src/risk/policy.ts";
import { createVectorizer, type Vectorizer } from "../../src/risk/vector.ts";
import type { Book } from "./book.ts";

const MICRO = (WAD * WAD) / 1_000_000n;

/** How a leg was valued on the later chain. */
export type Valuation = "quoted" | "interpolated" | "settled" | "unpriced";

export interface LaterValue {
  /** Micro-USD a lot. */
  readonly value: bigint;
  readonly how: Valuation;
}

/** Marks only: one scenario without a shock, so that an option costs one evaluation of Black-76. */
export const marksPolicy: Policy = (() => {
  const les = presetPolicy("les");
  const still = { name: "still", spot: ["0", "0"], vol: ["0", "0"], weight: "1" };
  return { ...les, scenarios: [still] };
})();

/** Marks of one lot in micro-USD, remembered by instrument. */
export function createMarker(book: Book): (quote: MarketQuote) => bigint {
  const vectorize: Vectorizer = createVectorizer(book.chain, marksPolicy, { scenarios: 1, underlyings: 2 });
  const known = new Map<string, bigint>();
  return (quote) => {
    const { name } = quote.instrument;
    const mark = known.get(name) ?? vectorize(quote, 1).mark;
    known.set(name, mark);
    return mark;
  };
}

/**
 * What one lot that was held since `before` is worth on a later chain:
 * - a listed option at its own quote; one that isn't listed any more at its expiry's forward and the volatility interpolated linearly between the
 *   neighbouring strikes (beyond the outermost: that strike's);
 * - an option that has expired at its intrinsic value, by the index of the first chain at or after expiry; an inverse one paid in
 *   coin, which is then worth the later index price;
 * - futures and perpetuals, carried at zero, at what they have gained since, up to settlement where they have expired: inverse in coin, times
 *   the later index price; a future that isn't listed any more has no price;
 * - collateral at the later index price.
 */
export function laterValue(
  before: MarketQuote,
  later: Book,
  mark: (quote: MarketQuote) => bigint,
  settlementIndex: (symbol: string, expiry: bigint) => Wad,
): LaterValue {
  const { instrument } = before;
  const { name, lotSize } = instrument;
  const listed = later.quote(name);
  switch (instrument.kind) {
    case "collateral":
      return listed === undefined ? { value: 0n, how: "unpriced" } : { value: mark(listed), how: "quoted" };
    case "future":
    case "perpetual": {
      const symbol = instrument.underlying;
      const isOver = instrument.kind === "future" && instrument.expiry <= later.chain.time;
      const forward = isOver ? settlementIndex(symbol, instrument.expiry) : listed?.forward;
      if (forward === undefined) return { value: 0n, how: "unpriced" };
      const gained = forward - before.forward;
      const value =
        instrument.settlement === "inverse"
          ? divFloor(gained * later.index(symbol) * lotSize * WAD, before.forward * forward * MICRO)
          : divFloor(gained * lotSize, MICRO);
      return { value, how: isOver ? "settled" : "quoted" };
    }
    case "option": {
      if (instrument.expiry <= later.chain.time) {
        const index = settlementIndex(instrument.underlying, instrument.expiry);
        const intrinsic = wad(
          instrument.right === "call" ? index - instrument.strike : instrument.strike - index,
        );
        if (intrinsic <= 0n) return { value: 0n, how: "settled" };
        const value =
          instrument.settlement === "inverse"
            ? (intrinsic * later.index(instrument.underlying) * lotSize) / (index * MICRO)
            : (intrinsic * lotSize) / MICRO;
        return { value, how: "settled" };
      }
      if (listed !== undefined) return { value: mark(listed), how: "quoted" };
      const guess = interpolated(instrument, later);
      return guess === null ? { value: 0n, how: "unpriced" } : { value: mark(guess), how: "interpolated" };
    }
  }
}

/** A quote for a strike that the chain doesn't list, or null when it doesn't list the expiry. */
export function interpolated(option: OptionInstrument, book: Book): MarketQuote | null {
  const expiry = book.expiries.get(option.underlying)?.find(({ time }) => time === option.expiry);
  if (expiry === undefined) return null;
  const same = option.right === "call" ? expiry.calls : expiry.puts;
  const other = option.right === "call" ? expiry.puts : expiry.calls;
  const points = (same.length > 0 ? same : other).flatMap(({ option: { strike }, quote }) =>
    quote.impliedVolatility === undefined ? [] : [{ strike, volatility: quote.impliedVolatility }],
  );
  const above = points.find(({ strike }) => strike >= option.strike);
  const below = points.filter(({ strike }) => strike <= option.strike).at(-1);
  const [low, high] = [below ?? above, above ?? below];
  if (low === undefined || high === undefined) return null;
  const span = high.strike - low.strike;
  const slope = high.volatility - low.volatility;
  const volatility = wad(
    span === 0n ? low.volatility : low.volatility + (slope * (option.strike - low.strike)) / span,
  );
  return { instrument: option, forward: expiry.forward, impliedVolatility: volatility };
}
