import { createRandom } from "../../src/math/random.ts";
import type { Book } from "./book.ts";
import type { Builder } from "./desk.ts";
import { LINEAR_FAMILIES } from "./linear-families.ts";
import { OPTION_FAMILIES } from "./option-families.ts";

export const FAMILIES = [
  "covered write",
  "strangle",
  "butterfly",
  "ratio spread",
  "short gamma",
  "market maker",
  "near calendar",
  "far calendar",
  "relative value",
  "vega-neutral calendar",
  "vega-neutral fly",
  "weekly",
  "box",
] as const;
export type Family = (typeof FAMILIES)[number];

/** Signed lots of an instrument by name. */
export interface Leg {
  readonly name: string;
  readonly lots: bigint;
}

export interface GeneratedPortfolio {
  readonly family: Family;
  readonly index: number;
  /** No name twice, no leg of nothing. */
  readonly legs: readonly Leg[];
}

/** Dollar delta and dollar vega of one lot, micro-USD. */
export interface LotGreeks {
  readonly delta: bigint;
  readonly vega: bigint;
}

/**
 * One portfolio of a family, drawn from a seed. The same (seed, family, index) makes the same choices on every chain, by moneyness and place
 * in the list of expiries; strikes are the chain's. Hedges take the Greeks from `greeksOf`.
 *
 * @returns null when the chain has no such strikes.
 */
export function generate(
  book: Book,
  family: Family,
  index: number,
  seed: number,
  greeksOf: (name: string) => LotGreeks,
): GeneratedPortfolio | null {
  const random = createRandom(seed * 100_003 + index * 17 + FAMILIES.indexOf(family));
  const legs = new Map<string, bigint>();
  const add = (name: string | undefined, lots: number): void => {
    if (name !== undefined) legs.set(name, (legs.get(name) ?? 0n) + BigInt(lots));
  };
  const symbol = random.chance(60) ? "BTC" : "ETH";
  BUILDERS[family]({ book, random, symbol, add, vegaOf: (name) => greeksOf(name).vega });
  const share = HEDGED[family];
  if (share !== undefined) hedge(legs, BigInt(random.pick(share)), (name) => greeksOf(name).delta);
  const kept = [...legs].filter(([, lots]) => lots !== 0n).map(([name, lots]) => ({ name, lots }));
  const isMore = kept.some(({ name }) => book.quote(name)?.instrument.kind !== "collateral");
  return isMore ? { family, index, legs: kept } : null;
}

const BUILDERS: Readonly<Record<Family, Builder>> = { ...OPTION_FAMILIES, ...LINEAR_FAMILIES };

/** Percent of the dollar delta that perpetuals offset, one of these by a draw; families that aren't named stay as they are. */
const HEDGED: Readonly<Partial<Record<Family, readonly number[]>>> = {
  "short gamma": [0, 70, 100, 100],
  "market maker": [0, 70, 100, 100],
  "vega-neutral calendar": [100],
  "vega-neutral fly": [100],
};

/** Offsets so many percent of the dollar delta with perpetuals. */
function hedge(legs: Map<string, bigint>, share: bigint, deltaOf: (name: string) => bigint): void {
  for (const symbol of ["BTC", "ETH"]) {
    const perpetual = `${symbol}-PERPETUAL`;
    let delta = 0n;
    for (const [name, lots] of legs) if (name.startsWith(`${symbol}-`)) delta += lots * deltaOf(name);
    const one = deltaOf(perpetual);
    if (one > 0n) legs.set(perpetual, (legs.get(perpetual) ?? 0n) - (delta * share) / (100n * one));
  }
}
