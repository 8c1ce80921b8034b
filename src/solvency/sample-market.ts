import { BallastError } from "../errors.ts";
import { QUOTE_CURRENCY } from "../market/instruments.ts";
import type { Random } from "../math/random.ts";
import { WAD, type Wad } from "../math/wad.ts";
import type { Snapshot, SnapshotRow } from "../risk/snapshot.ts";

/** Options of one expiry and settlement, the nearest out of the money first. */
export interface Series {
  readonly calls: readonly SnapshotRow[];
  readonly puts: readonly SnapshotRow[];
}

/** What a snapshot lists on one underlying. */
export interface Listing {
  readonly indexPrice: Wad;
  /** The underlying as collateral, where the snapshot has it. */
  readonly coin: SnapshotRow | undefined;
  /** Perpetuals, then futures. */
  readonly outrights: readonly SnapshotRow[];
  /** Soonest first. */
  readonly series: readonly Series[];
}

/** What one market maker quotes: at most so many instruments as its account has room for. */
export type Desk = Listing;

/** Strikes that a maker quotes of each side of a series. */
const STRIKES = 4;
const MICRO = (WAD * WAD) / 1_000_000n;

/**
 * What there is to trade, by underlying; only underlyings with options where any has them.
 * @throws {BallastError} INVALID_MARKET when the snapshot has no cash or no derivative.
 */
export function listingsOf({ rows, underlyings }: Snapshot): Listing[] {
  const listings = underlyings
    .map(({ symbol, indexPrice }) => listingOf(rows, symbol, indexPrice))
    .filter(({ outrights, series }) => outrights.length + series.length > 0);
  const hasCash = rows.some(({ instrument }) => instrument.name === QUOTE_CURRENCY);
  if (!hasCash || listings.length === 0) {
    throw new BallastError("INVALID_MARKET", "The snapshot has no derivatives, or no cash to margin them.", {
      hint: `A sample venue needs ${QUOTE_CURRENCY}, and options, futures or perpetuals.`,
    });
  }
  const withOptions = listings.filter(({ series }) => series.length > 0);
  return withOptions.length > 0 ? withOptions : listings;
}

function listingOf(rows: readonly SnapshotRow[], symbol: string, indexPrice: Wad): Listing {
  const own = rows.filter(({ instrument }) => instrument.underlying === symbol);
  const ofKind = (kind: string): SnapshotRow[] => own.filter(({ instrument }) => instrument.kind === kind);
  const series = new Map<string, { calls: SnapshotRow[]; puts: SnapshotRow[]; expiry: bigint }>();
  for (const row of own) {
    const { instrument } = row;
    if (instrument.kind !== "option") continue;
    const key = `${instrument.expiry} ${instrument.settlement}`;
    const one = series.get(key) ?? { calls: [], puts: [], expiry: instrument.expiry };
    series.set(key, one);
    (instrument.right === "call" ? one.calls : one.puts).push(row);
  }
  const byMoneyness = (list: SnapshotRow[]): SnapshotRow[] =>
    list.sort((a, b) => compare(outOfTheMoney(a, indexPrice), outOfTheMoney(b, indexPrice)));
  return {
    indexPrice,
    coin: ofKind("collateral")[0],
    outrights: [...ofKind("perpetual"), ...ofKind("future")],
    series: [...series.values()]
      .sort((a, b) => compare(a.expiry, b.expiry))
      .map(({ calls, puts }) => ({ calls: byMoneyness(calls), puts: byMoneyness(puts) })),
  };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How far a strike is out of the money; what is in the money counts ten times, so that it comes late. */
function outOfTheMoney({ instrument }: SnapshotRow, indexPrice: Wad): bigint {
  if (instrument.kind !== "option") return 0n;
  const distance =
    instrument.right === "call" ? instrument.strike - indexPrice : indexPrice - instrument.strike;
  return distance < 0n ? -10n * distance : distance;
}

/**
 * Draws a maker's desk on one underlying: outrights, then strikes near the money of a few expiries. Underlyings and first expiries come up
 * as often as options are listed on them.
 */
export function drawDesk(listings: readonly Listing[], random: Random, room: number): Desk {
  const options = listings.flatMap((listing) =>
    listing.series.flatMap((series) => [...series.calls, ...series.puts].map(() => ({ listing, series }))),
  );
  const { listing, series: first } =
    options.length > 0 ? random.pick(options) : { listing: random.pick(listings), series: undefined };
  const outrights = shuffled(listing.outrights, random).slice(0, room < 8 ? 1 : 2);
  const rest = shuffled(
    listing.series.filter((series) => series !== first),
    random,
  );
  const series: Series[] = [];
  let left = room - outrights.length;
  for (const { calls, puts } of first === undefined ? rest : [first, ...rest]) {
    const quoted = alternating(calls.slice(0, STRIKES), puts.slice(0, STRIKES)).slice(0, left);
    if (quoted.length === 0) continue;
    series.push({
      calls: calls.filter((row) => quoted.includes(row)),
      puts: puts.filter((row) => quoted.includes(row)),
    });
    left -= quoted.length;
  }
  return { ...listing, outrights, series };
}

function alternating<T>(some: readonly T[], others: readonly T[]): T[] {
  const length = Math.max(some.length, others.length);
  return Array.from({ length }, (_, i) => [...some.slice(i, i + 1), ...others.slice(i, i + 1)]).flat();
}

/** Exposure of one lot, micro-USD: a coin's worth for each coin, the face value of inverse futures. */
export function exposureOf({ instrument }: SnapshotRow, { indexPrice }: Pick<Listing, "indexPrice">): bigint {
  const isFace =
    (instrument.kind === "perpetual" || instrument.kind === "future") && instrument.settlement === "inverse";
  return (instrument.lotSize * (isFace ? WAD : indexPrice)) / MICRO;
}

/** The items in an order drawn anew. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(random.below(rest.length), 1));
}
