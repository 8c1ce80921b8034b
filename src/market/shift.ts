import { BallastError } from "../errors.ts";
import { mulDown, WAD, type Wad, wad } from "../math/wad.ts";
import { checkChain, type MarketChain, type MarketQuote } from "./chain.ts";
import { markPrice, sides } from "./mark.ts";
import type { SampleShock } from "./sample.ts";

/**
 * The same market later and elsewhere: every price moves by `shock.spot`, every implied volatility by
 * `shock.vol`, time goes on by `elapsed` milliseconds. Options and futures that have expired by then are gone, unless they
 * were settled before: see `rollOver`. The bid and ask of an
 * option keep their distance from its mark, those of other instruments move with the price.
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
    .filter(({ instrument, settled }) => settled || !("expiry" in instrument) || instrument.expiry > time)
    .map((before): MarketQuote => {
      if (before.settled === true) return before;
      const { instrument, forward, impliedVolatility, bid, ask, openInterest } = before;
      const isQuoteCurrency = instrument.kind === "collateral" && instrument.underlying === null;
      const after = {
        instrument,
        forward: isQuoteCurrency ? forward : moved(forward, shock.spot),
        ...(impliedVolatility === undefined
          ? {}
          : { impliedVolatility: moved(impliedVolatility, shock.vol) }),
        ...(openInterest === undefined ? {} : { openInterest }),
      };
      const [was, is] = [markPrice(before, chain.time), markPrice(after, time)];
      const side = (price: Wad | undefined) => {
        if (price === undefined || isQuoteCurrency) return price;
        return was === undefined || is === undefined ? moved(price, shock.spot) : price - was + is;
      };
      return { ...after, ...sides(side(bid), side(ask)) };
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
