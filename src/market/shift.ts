import { BallastError } from "../errors.ts";
import { mulDown, WAD, type Wad, wad } from "../math/wad.ts";
import { checkChain, type MarketChain, type MarketQuote } from "./chain.ts";
import type { SampleShock } from "./sample.ts";

/**
 * The same market later and elsewhere: every price moves by `shock.spot`, every implied volatility by
 * `shock.vol`, time goes on by `elapsed` milliseconds. Options and futures that have expired by then are gone, bids and
 * asks are unknown.
 *
 * @throws {BallastError} INVALID_INPUT for a move of -100 % or below, or a negative time; INVALID_MARKET when
 * nothing usable is left.
 */
export function shiftChain(chain: MarketChain, shock: SampleShock, elapsed: bigint): MarketChain {
  if (shock.spot <= -WAD || shock.vol <= -WAD || elapsed < 0n) {
    throw new BallastError("INVALID_INPUT", "A market can't move by -100 % or more, nor back in time.");
  }
  const time = chain.time + elapsed;
  const moved = (price: Wad, move: Wad): Wad => mulDown(price, wad(WAD + move));
  const quotes = chain.quotes
    .filter(({ instrument }) => !("expiry" in instrument) || instrument.expiry > time)
    .map(({ instrument, forward, impliedVolatility, openInterest }): MarketQuote => {
      const isQuoteCurrency = instrument.kind === "collateral" && instrument.underlying === null;
      return {
        instrument,
        forward: isQuoteCurrency ? forward : moved(forward, shock.spot),
        ...(impliedVolatility === undefined
          ? {}
          : { impliedVolatility: moved(impliedVolatility, shock.vol) }),
        ...(openInterest === undefined ? {} : { openInterest }),
      };
    });
  const underlyings = chain.underlyings.map(({ symbol, indexPrice }) => ({
    symbol,
    indexPrice: moved(indexPrice, shock.spot),
  }));
  return checkChain({ source: `${chain.source}, shifted`, time, underlyings, quotes, excluded: [] });
}

/** The chain without the quotes that `keep` refuses. */
export function filterChain(chain: MarketChain, keep: (name: string) => boolean): MarketChain {
  return { ...chain, quotes: chain.quotes.filter(({ instrument }) => keep(instrument.name)) };
}
