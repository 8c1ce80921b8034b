import type { MarketChain } from "../../market/chain.ts";
import { countReasons } from "../../market/convert/convert.ts";
import { formatDecimal } from "../../math/decimal.ts";

/** A market's facts: its time, prices, how many quotes of each kind it has, and what was left out and why. */
export function chainJson({ time, underlyings, quotes, excluded, notes = [] }: MarketChain) {
  const kinds = new Map<string, number>();
  for (const { instrument } of quotes) kinds.set(instrument.kind, (kinds.get(instrument.kind) ?? 0) + 1);
  return {
    time: new Date(Number(time)).toISOString(),
    underlyings: underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: formatDecimal(indexPrice, 18),
    })),
    quotes: quotes.length,
    kinds: Object.fromEntries(kinds),
    leftOut: countReasons(excluded),
    notes,
  };
}
