import { BallastError } from "../../errors.ts";
import { WAD, type Wad } from "../../math/wad.ts";
import {
  type CheckChainOptions,
  checkChain,
  type ExcludedQuote,
  indexProblem,
  leftOut,
  type MarketChain,
  type MarketQuote,
  type QuoteProblem,
  quoteProblem,
  reject,
  requirePlausible,
  requireUsable,
} from "../chain.ts";
import {
  type Instrument,
  parseInstrumentName,
  QUOTE_CURRENCY,
  readInstrumentName,
  tryInstrumentName,
} from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { outsideProblem } from "../underlyings.ts";
import { completeForwards, type FullRow, lowerMedian, type VenueRow } from "./forward.ts";

/** Options of the importers of foreign data. Bad quotes are by default excluded, and listed. */
export interface ImportOptions extends CheckChainOptions {
  /** Where the data is from, for people: at most 200 characters, no path of the machine. */
  readonly source?: string;
  /** The times of a file's quotes may lie at most this far apart, in milliseconds. Default one minute. */
  readonly maxTimeSpread?: bigint;
  /** Lots that go before the default ones, and of assets that have none. */
  readonly lots?: LotLookup;
  /** Quotes on other underlyings are left out, and listed. Default: none is. */
  readonly underlyings?: readonly string[];
}

export interface VenueMarket {
  readonly source: string;
  readonly times: readonly bigint[];
  readonly rows: readonly VenueRow[];
  readonly excluded: readonly ExcludedQuote[];
  /** Index prices by underlying, where the source has them at the time of its quotes. */
  readonly indexes: ReadonlyMap<string, Wad>;
  /** Prices of perpetuals by underlying, where the source has them. */
  readonly perpetuals: ReadonlyMap<string, Wad>;
}

const DEFAULT_MAX_SPREAD = 60_000n;
const NO_FORWARD: QuoteProblem = {
  code: "INVALID_MARKET",
  reason: "forward price missing, and no call and put of its expiry give one",
};

/**
 * Makes a checked chain of a venue's rows. What option quotes don't say is derived from the good ones:
 *
 * - time: the latest of the rows;
 * - forwards, where options lack them: {@link completeForwards}, with a note;
 * - index, where not given: the forward of the nearest expiry (days away at most, and of the same moment as
 *   the volatilities);
 * - dated futures: one for each expiry whose options name a listed future, at the median of their forwards;
 * - perpetuals, linear and inverse, where a lot is known: at the given price, else at the index;
 * - collateral: USDC at 1, and each underlying at its index.
 *
 * @throws {BallastError} INVALID_MARKET for no rows, times too far apart, an underlying without an index, and
 * all of checkChain's.
 */
export function assembleChain(market: VenueMarket, options: ImportOptions): MarketChain {
  const time = latest(market.times, options.maxTimeSpread ?? DEFAULT_MAX_SPREAD);
  const onBadQuote = options.onBadQuote ?? "exclude";
  const excluded = [...market.excluded];
  const wanted = market.rows.filter(({ quote }) => {
    const problem = outsideProblem(quote.instrument, options.underlyings);
    if (problem !== undefined) excluded.push({ name: quote.instrument.name, reason: problem.reason });
    return problem === undefined;
  });
  if (onBadQuote === "error") requireForwards(wanted);
  const { rows, without, notes } = completeForwards(wanted);
  for (const { quote } of without) excluded.push(reject(quote.instrument.name, NO_FORWARD, onBadQuote));
  const withoutBad = (
    rows: readonly FullRow[],
    problemOf: (quote: MarketQuote) => QuoteProblem | undefined,
  ) =>
    rows.filter(({ quote }) => {
      const problem = problemOf(quote);
      if (problem !== undefined) excluded.push(reject(quote.instrument.name, problem, onBadQuote));
      return problem === undefined;
    });

  const sound = withoutBad(rows, (quote) => quoteProblem(quote, time));
  requireUsable(sound.length, excluded);
  const symbols = [...new Set(rows.flatMap(({ quote }) => quote.instrument.underlying ?? []))].sort();
  const underlyings = symbols.map((symbol) => {
    const indexPrice = market.indexes.get(symbol) ?? nearestForward(symbol, sound, excluded);
    return { symbol, indexPrice };
  });
  const indexes = new Map(underlyings.map(({ symbol, indexPrice }) => [symbol, indexPrice]));
  const good = withoutBad(sound, (quote) => indexProblem(quote, indexes));

  requireUsable(good.length, excluded);
  const quotes = good.map(({ quote }) => quote);
  const present = new Set(quotes.map(({ instrument }) => instrument.name));
  const add = (instrument: Instrument, forward: Wad): void => {
    if (!present.has(instrument.name)) quotes.push({ instrument, forward });
  };
  for (const { future, forward } of listedFutures(good, options.lots)) add(future, forward);
  add(parseInstrumentName(QUOTE_CURRENCY, undefined, options.lots), WAD);
  for (const { symbol, indexPrice } of underlyings) {
    const coin = readInstrumentName(symbol, options.lots);
    if ("reason" in coin) excluded.push({ name: symbol, reason: coin.reason });
    else add(coin, indexPrice);
    const price = market.perpetuals.get(symbol) ?? indexPrice;
    for (const name of [`${symbol}-PERPETUAL`, `${symbol}_${QUOTE_CURRENCY}-PERPETUAL`]) {
      // Nobody asked for a perpetual that has no lot: most assets have no inverse one.
      const perpetual = tryInstrumentName(name, options.lots);
      if (perpetual !== undefined) add(perpetual, price);
    }
  }
  return checkChain(
    { source: market.source, time, underlyings, quotes, excluded, ...(notes.length === 0 ? {} : { notes }) },
    { ...options, onBadQuote },
  );
}

function ascending<T extends bigint>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => (a < b ? -1 : Number(a > b)));
}

function latest(times: readonly bigint[], maxSpread: bigint): bigint {
  const sorted = ascending(times);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) {
    throw new BallastError("INVALID_MARKET", "The market has no quote.");
  }
  for (const time of [min, max]) requirePlausible(time);
  if (max - min <= maxSpread) return max;
  throw new BallastError("INVALID_MARKET", "The quotes are not of one moment.", {
    hint: `Their times are ${(max - min) / 1000n} s apart; at most ${maxSpread / 1000n} s are allowed.`,
    details: { spreadSeconds: Number((max - min) / 1000n) },
  });
}

/** Who wants no bad quote wants none worked out either. @throws {BallastError} INVALID_MARKET. */
function requireForwards(rows: readonly VenueRow[]): void {
  for (const { quote } of rows) {
    if (quote.forward === undefined)
      reject(quote.instrument.name, { code: "INVALID_MARKET", reason: "forward price missing" }, "error");
  }
}

function nearestForward(symbol: string, rows: readonly FullRow[], excluded: readonly ExcludedQuote[]): Wad {
  const options = rows.flatMap(({ quote }) =>
    quote.instrument.kind === "option" && quote.instrument.underlying === symbol
      ? [{ expiry: quote.instrument.expiry, forward: quote.forward }]
      : [],
  );
  const [nearest] = ascending(options.map(({ expiry }) => expiry));
  const forwards = options.filter(({ expiry }) => expiry === nearest).map(({ forward }) => forward);
  const index = lowerMedian(forwards);
  if (index === undefined) {
    throw new BallastError(
      "INVALID_MARKET",
      `No usable option on ${symbol} gives an index price.`,
      leftOut(excluded.filter(({ name }) => name.startsWith(`${symbol}-`) || name.startsWith(`${symbol}_`))),
    );
  }
  return index;
}

function listedFutures(rows: readonly FullRow[], lots?: LotLookup): { future: Instrument; forward: Wad }[] {
  const forwards = new Map<string, { future: Instrument; values: Wad[] }>();
  for (const { quote, forwardName } of rows) {
    const future = tryInstrumentName(forwardName ?? "", lots);
    if (future?.kind !== "future") continue;
    const entry = forwards.get(future.name) ?? { future, values: [] };
    entry.values.push(quote.forward);
    forwards.set(future.name, entry);
  }
  return [...forwards.values()].flatMap(({ future, values }) => {
    const forward = lowerMedian(values);
    return forward === undefined ? [] : [{ future, forward }];
  });
}

/**
 * Whether an option can have its forward from the named thing: a future must be of the option's own expiry.
 * Names that are no instrument (synthetic forwards, the index) say nothing against it.
 */
export function forwardFits(option: Instrument, forwardName: string): boolean {
  const future = tryInstrumentName(forwardName);
  if (future?.kind !== "future" || option.kind !== "option") return true;
  return future.underlying === option.underlying && future.expiry === option.expiry;
}
