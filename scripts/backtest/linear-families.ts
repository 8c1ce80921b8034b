import type { Book } from "./book.ts";
import { type Builder, type Desk, ratio, strike, sumOf } from "./desk.ts";

/** Families of futures, and of BTC against ETH. */
export const LINEAR_FAMILIES = {
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
} as const satisfies Record<string, Builder>;

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
