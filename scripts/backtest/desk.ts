import type { Random } from "../../src/math/random.ts";
import { type Book, daysTo, type Expiry, type ListedOption, nearest } from "./book.ts";

/** What a family builds a portfolio from: a market, draws, and where legs go. */
export interface Desk {
  readonly book: Book;
  readonly random: Random;
  readonly symbol: string;
  readonly add: (name: string | undefined, lots: number) => void;
  readonly vegaOf: (name: string) => bigint;
}

/** Adds the legs of one portfolio; adds none where the chain has no strikes for it. */
export type Builder = (desk: Desk) => void;

/** How far a strike lies from the forward for one "step", ppm, by the days to expiry: about half a standard deviation at 60 %. */
function step(days: number): number {
  if (days < 2) return 15_000;
  if (days < 5) return 25_000;
  if (days < 12) return 45_000;
  if (days < 40) return 80_000;
  return 130_000;
}

/** Any expiry of an underlying. */
export function pickExpiry(book: Book, random: Random, symbol: string): Expiry | undefined {
  const expiries = book.expiries.get(symbol) ?? [];
  return expiries.length === 0 ? undefined : random.pick(expiries);
}

/** Name of the option `steps` steps above (negative: below) the forward. */
export function strike(
  book: Book,
  expiry: Expiry,
  side: "calls" | "puts",
  steps: number,
): string | undefined {
  const found: ListedOption | undefined = nearest(
    expiry[side],
    expiry.forward,
    steps * step(daysTo(book, expiry)),
  );
  return found?.option.name;
}

/** The sum of a quantity over names. */
export function sumOf(names: readonly string[], of: (name: string) => bigint): bigint {
  return names.reduce((sum, name) => sum + of(name), 0n);
}

/** `a / b` to the nearest whole number; 0 when b is. */
export function ratio(a: bigint, b: bigint): number {
  return b === 0n ? 0 : Math.round(Number(a) / Number(b));
}
