import type { Wad } from "../math/wad.ts";
import type { Instrument } from "./instruments.ts";

/** What a venue said about one instrument at the chain's time. Prices in the quote currency (USD), 1e18. */
export interface MarketQuote {
  readonly instrument: Instrument;
  /** Options and futures: the forward of the expiry. Perpetuals: the mark price. Collateral: the index price. */
  readonly forward: Wad;
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
}
