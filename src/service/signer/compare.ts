import type { MarketChain, MarketQuote } from "../../market/chain.ts";
import { WAD, type Wad } from "../../math/wad.ts";
import { quotesOf } from "../../risk/roll-over.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** How far a proposed market may be from a signer's own. Published with the signer's address. */
export interface Tolerances {
  /** Ppm of a price: index and forward prices. */
  readonly pricePpm: number;
  /** Ppm of 1: 20,000 are two points of volatility. */
  readonly volatilityPpm: number;
  /** Seconds between the two markets. */
  readonly age: number;
  /** Ppm of a snapshot's rows that the own market may lack. */
  readonly missingPpm: number;
}

export const TOLERANCES: Tolerances = {
  pricePpm: 5_000,
  volatilityPpm: 30_000,
  age: 60,
  missingPpm: 100_000,
};

const MILLION = 1_000_000n;

/**
 * What keeps a signer from agreeing with a snapshot's market; pure.
 * @returns nothing where it agrees; else the first of each kind, with public names and figures.
 */
export function disagreements(
  snapshot: Pick<Snapshot, "inputs" | "time" | "underlyings">,
  own: MarketChain,
  tolerances: Tolerances,
): readonly string[] {
  const found: string[] = [];
  const apart = own.time - snapshot.time * 1_000n;
  if ((apart < 0n ? -apart : apart) > BigInt(tolerances.age) * 1_000n)
    found.push(`the own market is ${Number(apart) / 1_000} s away`);
  const indexes = new Map(own.underlyings.map(({ symbol, indexPrice }) => [symbol, indexPrice]));
  for (const { symbol, indexPrice } of snapshot.underlyings) {
    const ours = indexes.get(symbol);
    if (ours === undefined) found.push(`the own market has no index of ${symbol}`);
    else if (!isNear(indexPrice, ours, tolerances.pricePpm))
      found.push(`index of ${symbol}: ${ppmText(indexPrice, ours)}`);
  }
  return [...found, ...quoteDisagreements(quotesOf(snapshot), own, tolerances)];
}

function quoteDisagreements(
  proposed: readonly MarketQuote[],
  own: MarketChain,
  { pricePpm, volatilityPpm, missingPpm }: Tolerances,
): readonly string[] {
  const ours = new Map(own.quotes.map((quote) => [quote.instrument.name, quote]));
  const live = proposed.filter(({ settled }) => settled !== true);
  const missing = live.filter(({ instrument }) => !ours.has(instrument.name));
  const found: string[] = [];
  if (BigInt(missing.length) * MILLION > BigInt(live.length) * BigInt(missingPpm))
    found.push(
      `the own market lacks ${missing.length} of ${live.length} rows, e.g. ${missing[0]?.instrument.name}`,
    );
  for (const quote of live) {
    const mine = ours.get(quote.instrument.name);
    if (mine === undefined) continue;
    const why = quoteDisagreement(quote, mine, pricePpm, volatilityPpm);
    if (why === undefined) continue;
    found.push(`${quote.instrument.name}: ${why}`);
    break;
  }
  return found;
}

function quoteDisagreement(
  quote: MarketQuote,
  mine: MarketQuote,
  pricePpm: number,
  volatilityPpm: number,
): string | undefined {
  if (quote.instrument.lotSize !== mine.instrument.lotSize) return "another lot";
  if (!isNear(quote.forward, mine.forward, pricePpm)) return `price ${ppmText(quote.forward, mine.forward)}`;
  const [theirs, ours] = [quote.impliedVolatility, mine.impliedVolatility];
  if (theirs === undefined || ours === undefined)
    return theirs === ours ? undefined : "a volatility is missing";
  const apart = theirs > ours ? theirs - ours : ours - theirs;
  if (apart * MILLION > WAD * BigInt(volatilityPpm)) return `volatility ${(apart * MILLION) / WAD} ppm away`;
  return undefined;
}

function isNear(price: Wad, own: Wad, ppm: number): boolean {
  const apart = price > own ? price - own : own - price;
  return apart * MILLION <= own * BigInt(ppm);
}

function ppmText(price: Wad, own: Wad): string {
  if (own === 0n) return "the own price is 0";
  return `${((price - own) * MILLION) / own} ppm away`;
}
