import { BallastError } from "../errors.ts";
import { sqrtFloor, type Wad, wad } from "../math/wad.ts";
import type { MarketChain, MarketQuote } from "./chain.ts";
import type { OptionInstrument } from "./instruments.ts";

const DAY = 86_400_000n;
/** The horizon of the volatility oracle's implied volatility, in milliseconds. */
export const THIRTY_DAYS = 30n * DAY;

/** One strike's volatility, from all its quotes. */
interface Strike {
  readonly strike: Wad;
  readonly volatility: Wad;
}

/** An expiry's volatility at its forward. */
interface Term {
  /** Milliseconds from the chain's time. */
  readonly time: bigint;
  readonly volatility: Wad;
}

/**
 * The at-the-money implied volatility of an underlying at a horizon. At the money is an expiry's forward: between the
 * nearest strikes around it the volatility is linear in the strike, each strike's being the mean of its quotes. Between
 * the nearest expiries the total variance is linear in time; outside of them the nearest expiry's volatility holds.
 * @param horizon milliseconds from the chain's time, above 0. Default: 30 days.
 * @returns a fraction a year, 1e18, rounded down.
 * @throws {BallastError} INVALID_MARKET when no option on it is alive.
 */
export function atTheMoneyVolatility(chain: MarketChain, symbol: string, horizon = THIRTY_DAYS): Wad {
  const terms = termsOf(chain, symbol);
  const before = terms.findLast(({ time }) => time <= horizon);
  const after = terms.find(({ time }) => time > horizon);
  if (before === undefined || after === undefined) {
    const nearest = before ?? after;
    if (nearest !== undefined) return nearest.volatility;
    throw new BallastError("INVALID_MARKET", `The market has no option on ${symbol}.`, {
      hint: "Give a chain with options on every underlying of the oracle.",
    });
  }
  const [early, late] = [totalVariance(before), totalVariance(after)];
  const span = after.time - before.time;
  const variance = (early * (after.time - horizon) + late * (horizon - before.time)) / span;
  return wad(sqrtFloor(variance / horizon));
}

/** Variance times time: 1e36 milliseconds. */
function totalVariance({ time, volatility }: Term): bigint {
  return volatility * volatility * time;
}

/** By ascending expiry. */
function termsOf(chain: MarketChain, symbol: string): Term[] {
  const byExpiry = new Map<bigint, MarketQuote[]>();
  for (const quote of chain.quotes) {
    const { instrument } = quote;
    if (instrument.kind !== "option" || instrument.underlying !== symbol) continue;
    if (instrument.expiry <= chain.time || quote.impliedVolatility === undefined) continue;
    byExpiry.set(instrument.expiry, [...(byExpiry.get(instrument.expiry) ?? []), quote]);
  }
  return [...byExpiry]
    .sort(([a], [b]) => compare(a, b))
    .map(([expiry, quotes]) => ({ time: expiry - chain.time, volatility: atForward(quotes) }));
}

/** The volatility at an expiry's forward; where quotes differ about that, the middle one's (the lower of two). */
function atForward(quotes: readonly MarketQuote[]): Wad {
  const forwards = quotes.map(({ forward }) => forward).sort(compare);
  const forward = forwards[(forwards.length - 1) >> 1] ?? wad(0n);
  const strikes = strikesOf(quotes);
  const below = strikes.findLast(({ strike }) => strike <= forward);
  const above = strikes.find(({ strike }) => strike > forward);
  if (below === undefined || above === undefined) return (below ?? above)?.volatility ?? wad(0n);
  const [toBelow, toAbove] = [forward - below.strike, above.strike - forward];
  return wad((below.volatility * toAbove + above.volatility * toBelow) / (toAbove + toBelow));
}

/** By ascending strike. */
function strikesOf(quotes: readonly MarketQuote[]): Strike[] {
  const byStrike = new Map<Wad, Wad[]>();
  for (const { instrument, impliedVolatility } of quotes) {
    const { strike } = instrument as OptionInstrument;
    if (impliedVolatility !== undefined)
      byStrike.set(strike, [...(byStrike.get(strike) ?? []), impliedVolatility]);
  }
  return [...byStrike]
    .sort(([a], [b]) => compare(a, b))
    .map(([strike, found]) => ({
      strike,
      volatility: wad(found.reduce((sum, one) => sum + one, 0n) / BigInt(found.length)),
    }));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
