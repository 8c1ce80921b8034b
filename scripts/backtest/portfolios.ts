import { createRandom, type Random } from "../../src/math/random.ts";
import { type Book, daysTo, type Expiry, type ListedOption, nearest } from "./book.ts";

export const FAMILIES = [
  "covered write",
  "strangle",
  "butterfly",
  "ratio spread",
  "short gamma",
  "market maker",
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

/** How far a strike lies from the forward for one "step", ppm, by the days to expiry: about half a standard deviation at 60 %. */
function step(days: number): number {
  if (days < 2) return 15_000;
  if (days < 5) return 25_000;
  if (days < 12) return 45_000;
  if (days < 40) return 80_000;
  return 130_000;
}

/**
 * One portfolio of a family, drawn from a seed. The same (seed, family, index) makes the same choices on every chain, by moneyness and place
 * in the list of expiries; strikes are the chain's. Delta hedges take the Greeks from `deltaOf`.
 *
 * @param deltaOf dollar delta of one lot in micro-USD (for hedging with the perpetual).
 * @returns null when the chain has no such strikes.
 */
export function generate(
  book: Book,
  family: Family,
  index: number,
  seed: number,
  deltaOf: (name: string) => bigint,
): GeneratedPortfolio | null {
  const random = createRandom(seed * 100_003 + index * 17 + FAMILIES.indexOf(family));
  const legs = new Map<string, bigint>();
  const add = (name: string | undefined, lots: number): void => {
    if (name !== undefined) legs.set(name, (legs.get(name) ?? 0n) + BigInt(lots));
  };
  const symbol = random.chance(60) ? "BTC" : "ETH";
  BUILDERS[family]({ book, random, symbol, add });
  if (family === "short gamma" || family === "market maker") hedge(legs, random, deltaOf);
  const kept = [...legs].filter(([, lots]) => lots !== 0n).map(([name, lots]) => ({ name, lots }));
  const options = kept.filter(({ name }) => book.quote(name)?.instrument.kind === "option");
  return options.length === 0 ? null : { family, index, legs: kept };
}

interface Desk {
  readonly book: Book;
  readonly random: Random;
  readonly symbol: string;
  readonly add: (name: string | undefined, lots: number) => void;
}

const BUILDERS: Readonly<Record<Family, (desk: Desk) => void>> = {
  "covered write"({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const contracts = random.between(1, 50) * 10;
    // Option lots are 0.1 BTC or 1 ETH, collateral lots 0.0001 BTC or 0.001 ETH: a thousand collateral lots cover one.
    const coverage = random.pick([80, 100, 100, 120]);
    add(symbol, contracts * 10 * coverage);
    add(strike(book, expiry, "calls", random.between(0, 4)), -contracts);
    if (random.chance(30))
      add(strike(book, expiry, "puts", -random.between(1, 5)), random.chance(50) ? contracts : -contracts);
  },
  strangle({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const lots = random.between(1, 100) * (random.chance(75) ? -1 : 1);
    const [up, down] = [random.between(0, 5), random.between(0, 5)];
    add(strike(book, expiry, "calls", up), lots);
    add(strike(book, expiry, "puts", -down), lots);
    if (random.chance(40)) {
      add(strike(book, expiry, "calls", up + 3), -lots);
      add(strike(book, expiry, "puts", -down - 3), -lots);
    }
  },
  butterfly({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const lots = random.between(1, 100) * (random.chance(60) ? 1 : -1);
    const [centre, width] = [random.between(-3, 3), random.between(1, 3)];
    const side = random.chance(50) ? "calls" : "puts";
    add(strike(book, expiry, side, centre - width), lots);
    add(strike(book, expiry, side, centre), -2 * lots);
    add(strike(book, expiry, side, centre + width), lots);
  },
  "ratio spread"({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    if (expiry === undefined) return;
    const side = random.chance(50) ? "calls" : "puts";
    const direction = side === "calls" ? 1 : -1;
    const lots = random.between(1, 100) * (random.chance(70) ? 1 : -1);
    const [near, width] = [random.between(0, 2), random.between(1, 3)];
    add(strike(book, expiry, side, direction * near), lots);
    add(strike(book, expiry, side, direction * (near + width)), -lots * random.between(2, 3));
  },
  "short gamma"({ book, random, symbol, add }) {
    const soon = (book.expiries.get(symbol) ?? []).slice(0, 5);
    if (soon.length === 0) return;
    for (let i = random.between(1, 3); i > 0; i--) {
      const expiry = random.pick(soon);
      const lots = -random.between(1, 100);
      add(strike(book, expiry, "calls", random.between(0, 3)), lots);
      add(strike(book, expiry, "puts", -random.between(0, 3)), lots);
    }
  },
  "market maker"({ book, random, add }) {
    for (let i = random.between(12, 40); i > 0; i--) {
      const expiry = pickExpiry(book, random, random.chance(60) ? "BTC" : "ETH");
      if (expiry === undefined) continue;
      const out = random.between(-2, 6);
      const call = random.chance(50);
      const lots = random.between(1, 200) * (random.chance(45) ? 1 : -1);
      add(strike(book, expiry, call ? "calls" : "puts", call ? out : -out), lots);
    }
  },
};

/** Offsets the dollar delta with perpetuals: all of it, or a part, by a draw. */
function hedge(legs: Map<string, bigint>, random: Random, deltaOf: (name: string) => bigint): void {
  const share = BigInt(random.pick([0, 70, 100, 100]));
  for (const symbol of ["BTC", "ETH"]) {
    const perpetual = `${symbol}-PERPETUAL`;
    let delta = 0n;
    for (const [name, lots] of legs) if (name.startsWith(`${symbol}-`)) delta += lots * deltaOf(name);
    const one = deltaOf(perpetual);
    if (one > 0n) legs.set(perpetual, (legs.get(perpetual) ?? 0n) - (delta * share) / (100n * one));
  }
}

function pickExpiry(book: Book, random: Random, symbol: string): Expiry | undefined {
  const expiries = book.expiries.get(symbol) ?? [];
  return expiries.length === 0 ? undefined : random.pick(expiries);
}

/** Name of the option `steps` steps above (negative: below) the forward. */
function strike(book: Book, expiry: Expiry, side: "calls" | "puts", steps: number): string | undefined {
  const found: ListedOption | undefined = nearest(
    expiry[side],
    expiry.forward,
    steps * step(daysTo(book, expiry)),
  );
  return found?.option.name;
}
