import { BallastError, type ErrorCode } from "../errors.ts";
import { WAD, type Wad, wad } from "../math/wad.ts";
import { compareInstruments, type Instrument, termsProblem } from "./instruments.ts";
import { timeProblem } from "./time.ts";

/** What a venue said about one instrument at the chain's time. Prices in the quote currency (USD), 1e18. */
export interface MarketQuote {
  readonly instrument: Instrument;
  /**
   * Options and futures: the forward of the expiry, or, once settled, its delivery price. Perpetuals: the mark price. Collateral:
   * the index price.
   */
  readonly forward: Wad;
  /** Options and futures that have expired: what they are worth moves no more. Neither volatility, bid nor ask. */
  readonly settled?: true;
  /** Options only: mark implied volatility as a fraction a year, 1e18 (0.5988 is 59.88 %). */
  readonly impliedVolatility?: Wad;
  /** Best bid and ask in the venue's own unit (coin for inverse options), 1e18; only to see crossed markets and width. */
  readonly bid?: Wad;
  readonly ask?: Wad;
  /** In the instrument's quantity unit, 1e18. Selects the rows of a snapshot. */
  readonly openInterest?: Wad;
}

/** A quote that could not be used, and why. Never dropped in silence. */
export interface ExcludedQuote {
  readonly name: string;
  readonly reason: string;
}

/** One moment of a market, from whatever source. */
export interface MarketChain {
  readonly source: string;
  /** Unix milliseconds. */
  readonly time: bigint;
  /** In the order of the policy's underlyings. */
  readonly underlyings: readonly { readonly symbol: string; readonly indexPrice: Wad }[];
  readonly quotes: readonly MarketQuote[];
  readonly excluded: readonly ExcludedQuote[];
  /** What was worked out that the source doesn't say, for people; each at most 200 characters. */
  readonly notes?: readonly string[];
}

/** What to do with a quote that can't be used: fail and name it, or leave it out and list it in `excluded`. */
export type BadQuotePolicy = "error" | "exclude";

/** Implied volatilities outside of 1 % .. 1000 % a year are taken for a fault of the source. */
export const MIN_VOLATILITY: Wad = wad(WAD / 100n);
export const MAX_VOLATILITY: Wad = wad(WAD * 10n);
/** A forward (or collateral price) beyond this multiple of its index, or its inverse, is taken for a fault. */
export const MAX_FORWARD_RATIO = 2n;
/** How far ahead of `now` a chain's clock may run, in milliseconds. */
export const MAX_CLOCK_AHEAD = 60_000n;

/** So many reasons an error gives for what was left out. */
const COMMONEST = 3;

export interface CheckChainOptions {
  /** Default `error`. */
  readonly onBadQuote?: BadQuotePolicy;
  /** Unix milliseconds; with `maxAge` (milliseconds) the chain must not be older. */
  readonly now?: bigint;
  readonly maxAge?: bigint;
}

/** Why a quote is bad. */
export interface QuoteProblem {
  readonly code: ErrorCode;
  readonly reason: string;
}

/**
 * Checks a market from any source and puts its quotes into the canonical order (compareInstruments). Importers and snapshot
 * files alike go through here: no snapshot holds a market that can't be imported.
 * Bad quotes: duplicates (all of one name: none can be told to be the right one), terms that are not the name's, expired but
 * not settled, settled before its expiry, IV missing or outside of 1 %..1000 %, forward not positive or beyond twice or half the index, crossed or negative bid and ask,
 * an underlying without an index.
 *
 * @throws {BallastError} INVALID_MARKET or DUPLICATE_INSTRUMENT naming the first bad quote (with `error`),
 * INVALID_MARKET for a bad time or index or when no usable quote is left, STALE_MARKET when older than `maxAge`.
 */
export function checkChain(chain: MarketChain, options: CheckChainOptions = {}): MarketChain {
  checkFreshness(chain.time, options);
  const indexes = new Map<string, Wad>();
  for (const { symbol, indexPrice } of chain.underlyings) {
    if (indexPrice <= 0n) {
      throw new BallastError("INVALID_MARKET", `The index price of ${symbol} is not above zero.`);
    }
    if (indexes.has(symbol)) {
      throw new BallastError("INVALID_MARKET", `The underlying ${symbol} is listed twice.`);
    }
    indexes.set(symbol, indexPrice);
  }
  const seen = new Map<string, number>();
  for (const { instrument } of chain.quotes) seen.set(instrument.name, (seen.get(instrument.name) ?? 0) + 1);

  const quotes: MarketQuote[] = [];
  const excluded: ExcludedQuote[] = [...chain.excluded];
  for (const quote of chain.quotes) {
    const { name } = quote.instrument;
    const problem =
      seen.get(name) === 1
        ? (quoteProblem(quote, chain.time) ?? indexProblem(quote, indexes))
        : { code: "DUPLICATE_INSTRUMENT" as const, reason: `listed ${seen.get(name)} times` };
    if (problem === undefined) quotes.push(quote);
    else excluded.push(reject(name, problem, options.onBadQuote ?? "error"));
  }
  requireUsable(quotes.length, excluded);
  quotes.sort((a, b) => compareInstruments(a.instrument, b.instrument));
  return { ...chain, quotes, excluded };
}

/**
 * One bad quote: an entry for `excluded`, or the error that names it.
 *
 * @throws {BallastError} with the problem's code, when the policy is `error`.
 */
export function reject(name: string, problem: QuoteProblem, policy: BadQuotePolicy): ExcludedQuote {
  if (policy === "exclude") return { name, reason: problem.reason };
  throw new BallastError(problem.code, `${name}: ${problem.reason}.`, {
    hint: "Correct the quote, or import with bad quotes excluded.",
    details: { instrument: name },
  });
}

/**
 * A source must give one quote at least that is usable. Importers ask before they add any of their own.
 *
 * @param rejected what was left out; the error gives the commonest reasons, each with an example.
 * @throws {BallastError} INVALID_MARKET.
 */
export function requireUsable(kept: number, rejected: readonly ExcludedQuote[]): void {
  if (kept > 0) return;
  throw new BallastError("INVALID_MARKET", "The market has no usable quote.", {
    ...leftOut(rejected),
    details: { excluded: rejected.length },
  });
}

/** A hint with the commonest reasons of what was left out; none when nothing was. */
export function leftOut(rejected: readonly ExcludedQuote[]): { hint?: string } {
  const reasons = new Map<string, { count: number; example: string }>();
  for (const { name, reason } of rejected) {
    const seen = reasons.get(reason);
    reasons.set(reason, { count: (seen?.count ?? 0) + 1, example: seen?.example ?? name });
  }
  const commonest = [...reasons]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, COMMONEST)
    .map(([reason, { count, example }]) => `${reason} (${count}, e.g. ${example})`);
  return commonest.length === 0 ? {} : { hint: `Left out: ${commonest.join("; ")}.` };
}

/** What is wrong with a quote by itself, at the chain's time (Unix ms); undefined when nothing is. */
export function quoteProblem(quote: MarketQuote, time: bigint): QuoteProblem | undefined {
  const { instrument, forward, impliedVolatility, bid, ask, openInterest } = quote;
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  const terms = termsProblem(instrument);
  if (terms !== undefined) return bad(terms);
  const hasExpired = "expiry" in instrument && instrument.expiry <= time;
  if (hasExpired && quote.settled !== true) return bad("expired at the market's time");
  if (instrument.lotSize <= 0n) return bad("lot size not above zero");
  if (forward <= 0n) return bad("forward price not above zero");
  if (quote.settled === true) {
    if (!hasExpired) return bad("settled before its expiry");
    const isQuoted = impliedVolatility !== undefined || bid !== undefined || ask !== undefined;
    return isQuoted ? bad("settled, and quoted still") : undefined;
  }
  if (instrument.kind === "option") {
    if (instrument.strike <= 0n) return bad("strike not above zero");
    if (impliedVolatility === undefined) return bad("implied volatility missing");
    if (impliedVolatility < MIN_VOLATILITY || impliedVolatility > MAX_VOLATILITY) {
      return bad("implied volatility outside of 1 % to 1000 %");
    }
  } else if (impliedVolatility !== undefined) {
    return bad("implied volatility on something that is no option");
  }
  if ((bid ?? 0n) < 0n || (ask ?? 0n) < 0n) return bad("negative bid or ask");
  if (bid !== undefined && ask !== undefined && bid > ask) return bad("crossed quotes (bid above ask)");
  if ((openInterest ?? 0n) < 0n) return bad("negative open interest");
  return undefined;
}

/** Figures of a lot are whole micro-USD: below this, more than one part in ten thousand would be rounding. */
const MIN_LOT_VALUE = wad(WAD / 200n);

/** What a lot stands for in USD: inverse futures count in dollars, everything else in units of the underlying. */
function lotValue(instrument: Instrument, index: Wad): Wad {
  const { kind, lotSize } = instrument;
  const inDollars = (kind === "future" || kind === "perpetual") && instrument.settlement === "inverse";
  return inDollars ? lotSize : wad((lotSize * index) / WAD);
}

/** What is wrong with a quote's price beside the index prices by underlying; undefined when nothing is. */
export function indexProblem(
  quote: MarketQuote,
  indexes: ReadonlyMap<string, Wad>,
): QuoteProblem | undefined {
  const { underlying } = quote.instrument;
  const index = underlying === null ? WAD : indexes.get(underlying);
  if (index === undefined) {
    return { code: "INVALID_MARKET", reason: `no index price for its underlying ${underlying}` };
  }
  // Its delivery price is another day's: the index may be anywhere since.
  if (quote.settled === true) return undefined;
  if (lotValue(quote.instrument, index) < MIN_LOT_VALUE) {
    return {
      code: "INVALID_MARKET",
      reason: "lot worth less than half a cent: its figures would be rounding",
    };
  }
  if (quote.instrument.kind === "collateral" && underlying !== null && quote.forward !== index) {
    return { code: "INVALID_MARKET", reason: "collateral at another price than the index" };
  }
  if (quote.forward > index * MAX_FORWARD_RATIO || quote.forward * MAX_FORWARD_RATIO < index) {
    return { code: "INVALID_MARKET", reason: "price more than twice or less than half of the index" };
  }
  return undefined;
}

/** @param time Unix milliseconds. @throws {BallastError} INVALID_MARKET for one outside of 2010 to 2099, naming the unit that it may be in. */
export function requirePlausible(time: bigint): void {
  const problem = timeProblem(time);
  if (problem === undefined) return;
  throw new BallastError("INVALID_MARKET", `The market's time ${problem}.`, {
    hint: `It is ${time}; a market's time is in Unix milliseconds, from 2010 to 2099.`,
  });
}

/**
 * @throws {BallastError} INVALID_MARKET for a time outside of 2010 to 2099 or more than a minute ahead of `now`;
 * STALE_MARKET when it is older than `maxAge`.
 */
function checkFreshness(time: bigint, { now, maxAge }: CheckChainOptions): void {
  requirePlausible(time);
  if (now === undefined) return;
  if (time > now + MAX_CLOCK_AHEAD) {
    throw new BallastError("INVALID_MARKET", "The market's time lies in the future.", {
      details: { aheadSeconds: Number((time - now) / 1000n) },
    });
  }
  if (maxAge !== undefined && now - time > maxAge) {
    throw new BallastError(
      "STALE_MARKET",
      `The market is ${(now - time) / 1000n} s old; at most ${maxAge / 1000n} s are allowed.`,
      { hint: "Take a fresh chain, or allow an older one." },
    );
  }
}
