import { BLACK76_DOMAIN, black76 } from "../math/black76.ts";
import { divDown, WAD, type Wad, wad } from "../math/wad.ts";
import { MAX_VOLATILITY, type MarketQuote, MIN_VOLATILITY } from "./chain.ts";

const MS_PER_YEAR = 365n * 86_400_000n;

/**
 * What an option's own forward and volatility make of it, in the unit of its bid and ask: coin for inverse options, USD for linear ones.
 * Undiscounted Black-76 with a year of 365 days, 1e18, rounded down; in its last 32 milliseconds an option is priced as with 32 to go.
 * Undefined for what is no option, or has no volatility that a chain may have.
 *
 * @param time Unix milliseconds, before the option's expiry.
 * @throws {BallastError} OUT_OF_RANGE for a forward or strike that Black-76 can't price.
 */
export function markPrice(
  quote: Pick<MarketQuote, "instrument" | "forward" | "impliedVolatility">,
  time: bigint,
): Wad | undefined {
  const { instrument, forward, impliedVolatility: volatility } = quote;
  if (instrument.kind !== "option" || volatility === undefined) return undefined;
  if (volatility < MIN_VOLATILITY || volatility > MAX_VOLATILITY) return undefined;
  const { strike, right, expiry, settlement } = instrument;
  const years = wad(((expiry - time) * WAD) / MS_PER_YEAR);
  const { min } = BLACK76_DOMAIN.time;
  const { price } = black76({ forward, strike, volatility, time: years > min ? years : min, right });
  return settlement === "inverse" ? divDown(price, forward) : price;
}

/** Bid and ask at these prices; a side that isn't above zero is missing. */
export function sides(bid: bigint | undefined, ask: bigint | undefined): Pick<MarketQuote, "bid" | "ask"> {
  return {
    ...(bid === undefined || bid <= 0n ? {} : { bid: wad(bid) }),
    ...(ask === undefined || ask <= 0n ? {} : { ask: wad(ask) }),
  };
}
