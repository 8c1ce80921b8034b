import { BallastError } from "../errors.ts";
import { parseDecimal } from "../math/decimal.ts";
import { WAD, type Wad, wad } from "../math/wad.ts";
import { checkChain, type MarketChain } from "./chain.ts";
import { parseInstrumentName, STABLECOINS } from "./instruments.ts";
import type { LotLookup } from "./lots.ts";

/** A stablecoin that accounts hold beside USDC. */
export interface Stablecoin {
  readonly symbol: string;
  /** USD, 1e18. */
  readonly price: Wad;
}

/**
 * `USDT`, at its nominal value of 1 USD, or `USDT=0.9993` at a price.
 *
 * @throws {BallastError} UNKNOWN_INSTRUMENT for what is no stablecoin, INVALID_DECIMAL.
 */
export function parseStablecoin(text: string): Stablecoin {
  const [symbol = "", price] = text.split("=", 2);
  if (!STABLECOINS.includes(symbol)) {
    throw new BallastError("UNKNOWN_INSTRUMENT", `${JSON.stringify(symbol.slice(0, 20))} is no stablecoin.`, {
      hint: `Known are ${STABLECOINS.join(", ")}. A coin is collateral where it is an underlying of the chain.`,
    });
  }
  return { symbol, price: price === undefined ? WAD : wad(parseDecimal(price, 18, `price of ${symbol}`)) };
}

/**
 * The chain with stablecoins as further collateral.
 *
 * @throws {BallastError} as `checkChain`: DUPLICATE_INSTRUMENT for one that the chain has already, INVALID_MARKET for a
 * price beyond twice or half a USD.
 */
export function withStablecoins(
  chain: MarketChain,
  coins: readonly Stablecoin[],
  lots?: LotLookup,
): MarketChain {
  if (coins.length === 0) return chain;
  const added = coins.map(({ symbol, price }) => ({
    instrument: parseInstrumentName(symbol, undefined, lots),
    forward: price,
  }));
  return checkChain({ ...chain, quotes: [...chain.quotes, ...added] });
}
