import { createRandom, type Random } from "../../src/math/random.ts";
import { type Book, daysTo, type Expiry, type ListedOption, nearest } from "./book.ts";

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

/** How far a strike lies from the forward for one "step", ppm, by the days to expiry: about half a standard deviation at 60 %. */
function step(days: number): number {
  if (days < 2) return 15_000;
  if (days < 5) return 25_000;
  if (days < 12) return 45_000;
  if (days < 40) return 80_000;
  return 130_000;
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

interface Desk {
  readonly book: Book;
  readonly random: Random;
  readonly symbol: string;
  readonly add: (name: string | undefined, lots: number) => void;
  readonly vegaOf: (name: string) => bigint;
}

/** Percent of the dollar delta that perpetuals offset, one of these by a draw; families that aren't named stay as they are. */
const HEDGED: Readonly<Partial<Record<Family, readonly number[]>>> = {
  "short gamma": [0, 70, 100, 100],
  "market maker": [0, 70, 100, 100],
  "vega-neutral calendar": [100],
  "vega-neutral fly": [100],
};

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
  "near calendar": (desk) => calendar(desk, (days) => days <= 100),
  "far calendar": (desk) => calendar(desk, (days) => days > 100),
  /** BTC against ETH: perpetuals or dated futures of equal USD, or straddles of equal vega. */
  "relative value"({ book, random, add, vegaOf }) {
    const side = random.chance(50) ? 1 : -1;
    const size = random.between(1, 100);
    const kind = random.pick(["perpetual", "perpetual", "future", "straddle"]);
    if (kind === "straddle") {
      const place = random.between(0, 9);
      const [btc, eth] = ["BTC", "ETH"].map((symbol) => straddleAt(book, symbol, place));
      if (btc === undefined || eth === undefined) return;
      for (const name of btc) add(name, side * size);
      const lots = ratio(sumOf(btc, vegaOf) * BigInt(size), sumOf(eth, vegaOf));
      for (const name of eth) add(name, -side * lots);
      return;
    }
    const place = random.between(0, 6);
    const name = (symbol: string) =>
      kind === "perpetual" ? `${symbol}-PERPETUAL` : datedFutures(book, symbol)[place]?.name;
    // A lot is 10 USD of BTC, 1 USD of ETH.
    if (name("BTC") === undefined || name("ETH") === undefined) return;
    add(name("BTC"), side * size * 1000);
    add(name("ETH"), -side * size * 10_000);
  },
  /** One strike distance, two expiries, equal vega, delta hedged. */
  "vega-neutral calendar"({ book, random, symbol, add, vegaOf }) {
    const expiries = (book.expiries.get(symbol) ?? []).filter((expiry) => daysTo(book, expiry) >= 2);
    if (expiries.length < 2) return;
    const at = random.between(0, expiries.length - 2);
    const [near, far] = [expiries[at], expiries[random.between(at + 1, expiries.length - 1)]];
    const [out, call] = [random.between(0, 2), random.chance(50)];
    const lots = random.between(1, 100) * (random.chance(60) ? -1 : 1);
    if (near === undefined || far === undefined) return;
    const leg = (expiry: Expiry) => strike(book, expiry, call ? "calls" : "puts", call ? out : -out) ?? "";
    const [short, long] = [leg(near), leg(far)];
    if (short === "" || long === "") return;
    add(short, lots);
    add(long, -ratio(vegaOf(short) * BigInt(lots), vegaOf(long)));
  },
  /** A straddle against the strangle around it, equal vega, delta hedged. */
  "vega-neutral fly"({ book, random, symbol, add, vegaOf }) {
    const expiry = pickExpiry(book, random, symbol);
    const width = random.between(1, 3);
    const lots = random.between(1, 100) * (random.chance(60) ? -1 : 1);
    if (expiry === undefined) return;
    const body = [strike(book, expiry, "calls", 0) ?? "", strike(book, expiry, "puts", 0) ?? ""];
    const wings = [strike(book, expiry, "calls", width) ?? "", strike(book, expiry, "puts", -width) ?? ""];
    if (body.includes("") || wings.includes("") || sumOf(wings, vegaOf) === 0n) return;
    for (const name of body) add(name, lots);
    const many = -ratio(sumOf(body, vegaOf) * BigInt(lots), sumOf(wings, vegaOf));
    for (const name of wings) add(name, many);
  },
  /** What expires within eight days: one option, a vertical or a strangle; three quarters sold. */
  weekly({ book, random, symbol, add }) {
    const soon = (book.expiries.get(symbol) ?? []).filter((expiry) => daysTo(book, expiry) <= 8);
    const expiry = soon.length === 0 ? undefined : random.pick(soon);
    const lots = random.between(1, 100) * (random.chance(75) ? -1 : 1);
    const [call, out] = [random.chance(50), random.between(0, 4)];
    const kind = random.pick(["single", "vertical", "strangle"]);
    const width = random.between(1, 3);
    if (expiry === undefined) return;
    const at = (isCall: boolean, steps: number) =>
      strike(book, expiry, isCall ? "calls" : "puts", isCall ? steps : -steps);
    add(at(call, out), lots);
    if (kind === "vertical") add(at(call, out + width), -lots);
    if (kind === "strangle") add(at(!call, out), lots);
  },
  /** Long a call and short a put at one strike, the other way round at another: a loan, whatever happens. */
  box({ book, random, symbol, add }) {
    const expiry = pickExpiry(book, random, symbol);
    const lots = random.between(1, 100) * (random.chance(50) ? 1 : -1);
    const [low, width] = [random.between(-3, 1), random.between(1, 4)];
    if (expiry === undefined) return;
    const at = (side: "calls" | "puts", steps: number) => strike(book, expiry, side, steps);
    const names = [at("calls", low), at("puts", low), at("calls", low + width), at("puts", low + width)];
    // Both options of a strike must be listed, or it is no box.
    const strikes = names.map((name) => name?.replace(/-[CP]$/, ""));
    if (strikes[0] !== strikes[1] || strikes[2] !== strikes[3] || strikes[0] === strikes[2]) return;
    names.forEach((name, i) => {
      add(name, i === 0 || i === 3 ? lots : -lots);
    });
  },
};

/**
 * Futures of one underlying, equal in USD: two, the farther one at a distance that `accept` takes, or the middle one against those around
 * it. A far one may stand against the perpetual; a near one doesn't, as its recorded price is up to a minute off the futures'.
 */
function calendar({ book, random, symbol, add }: Desk, accept: (days: number) => boolean): void {
  const dated = datedFutures(book, symbol);
  const withPerpetual = accept(Number.MAX_SAFE_INTEGER);
  const names = [...(withPerpetual ? [`${symbol}-PERPETUAL`] : []), ...dated.map(({ name }) => name)];
  const candidates = dated.filter(({ name, days }) => accept(days) && names.indexOf(name) > 0);
  if (candidates.length === 0) return;
  const far = random.pick(candidates);
  const nearer = names.slice(0, names.indexOf(far.name));
  const near = random.pick(nearer);
  const between = nearer.slice(nearer.indexOf(near) + 1);
  const lots = random.between(1, 100) * 1000 * (random.chance(50) ? 1 : -1);
  const isFly = random.chance(30) && between.length > 0;
  add(near, lots);
  add(far.name, isFly ? lots : -lots);
  if (isFly) add(random.pick(between), -2 * lots);
}

/** The dated inverse futures with at least two days to go, soonest first. */
function datedFutures(book: Book, symbol: string): { name: string; days: number }[] {
  return book.chain.quotes
    .flatMap(({ instrument }) =>
      instrument.kind === "future" &&
      instrument.settlement === "inverse" &&
      instrument.underlying === symbol &&
      instrument.expiry - book.chain.time >= 2n * 86_400_000n
        ? [instrument]
        : [],
    )
    .sort((a, b) => (a.expiry < b.expiry ? -1 : 1))
    .map(({ name, expiry }) => ({ name, days: Number((expiry - book.chain.time) / 86_400_000n) }));
}

/** Call and put at the money of an expiry by its place in the list (the last one where there are fewer). */
function straddleAt(book: Book, symbol: string, place: number): string[] | undefined {
  const expiries = book.expiries.get(symbol) ?? [];
  const expiry = expiries[Math.min(place, expiries.length - 1)];
  if (expiry === undefined) return undefined;
  const [call, put] = [strike(book, expiry, "calls", 0), strike(book, expiry, "puts", 0)];
  return call === undefined || put === undefined ? undefined : [call, put];
}

function sumOf(names: readonly string[], of: (name: string) => bigint): bigint {
  return names.reduce((sum, name) => sum + of(name), 0n);
}

/** `a / b` to the nearest whole number; 0 when b is. */
function ratio(a: bigint, b: bigint): number {
  return b === 0n ? 0 : Math.round(Number(a) / Number(b));
}

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
