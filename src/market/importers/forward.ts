import { WAD, type Wad, wad } from "../../math/wad.ts";
import type { MarketQuote } from "../chain.ts";
import { formatExpiry, type OptionInstrument } from "../instruments.ts";

/** A quote as a venue's row has it: an option may lack its forward. */
export type VenueQuote = Omit<MarketQuote, "forward"> & { readonly forward?: Wad };

/** One row of a venue's answer. */
export interface VenueRow {
  readonly quote: VenueQuote;
  /** The venue's name of an option's forward: a listed future's, or a synthetic one's (`SYN.BTC-3APR26`). */
  readonly forwardName?: string;
  /** The venue's own value of an option, in the unit of bid and ask. */
  readonly mark?: Wad;
}

/** A row whose forward is known. */
export type FullRow = VenueRow & { readonly quote: MarketQuote };

export interface CompletedRows {
  readonly rows: readonly FullRow[];
  /** The rows that no forward could be found for. */
  readonly without: readonly VenueRow[];
  /** What was found, an expiry a note. */
  readonly notes: readonly string[];
}

/** Put-call parity is asked at so many strikes of an expiry: those nearest to the money. */
const PARITY_STRIKES = 5;
/** Bid and ask of a call and a put may lie at most this part of the forward apart, both together, for their middle to count. */
const MAX_WIDTH = wad(WAD / 50n);

/** One row can be wrong: a forward comes from so many at least, and from their median. */
const LEAST_SOURCES = 3;

/**
 * Gives options without a forward that of their expiry (of one underlying and settlement): the median of the rows that have
 * one, where three do; else the {@link parityForward} of three strikes at least.
 */
export function completeForwards(rows: readonly VenueRow[]): CompletedRows {
  const full: FullRow[] = [];
  const without: VenueRow[] = [];
  const incomplete = new Set(
    rows.flatMap(({ quote }) => (quote.forward === undefined ? (expiryOf(quote) ?? []) : [])),
  );
  const found = new Map<string, { forward: Wad; how: string; used: number }>();
  for (const key of incomplete) {
    const siblings = rows.filter(({ quote }) => expiryOf(quote) === key);
    const known = siblings.flatMap(({ quote }) => quote.forward ?? []);
    const median = known.length < LEAST_SOURCES ? undefined : lowerMedian(known);
    if (median !== undefined) {
      found.set(key, { forward: median, how: `the median of the ${known.length} that have one`, used: 0 });
      continue;
    }
    const parity = parityForward(siblings);
    if (parity === undefined || parity.strikes < LEAST_SOURCES) continue;
    const how = `put-call parity at ${parity.strikes} strike${parity.strikes === 1 ? "" : "s"}`;
    found.set(key, { forward: parity.forward, how, used: 0 });
  }
  for (const row of rows) {
    if (isFull(row)) {
      full.push(row);
      continue;
    }
    const entry = found.get(expiryOf(row.quote) ?? "");
    if (entry === undefined) without.push(row);
    else {
      entry.used++;
      full.push({ ...row, quote: { ...row.quote, forward: entry.forward } });
    }
  }
  const notes = [...found].map(
    ([key, { how, used }]) => `${key}: ${used} option${used === 1 ? "" : "s"} without a forward took ${how}`,
  );
  return { rows: full, without, notes };
}

function isFull(row: VenueRow): row is FullRow {
  return row.quote.forward !== undefined;
}

/**
 * The forward at which calls and puts of one expiry are worth what each other is: the median (of two the lower) over the
 * strikes nearest to the money. A price is the venue's mark, or where a pair lacks one the middle of bid and ask.
 *
 * In coin a call less a put is `1 - K/F`, so `F = K / (1 - (C - P))`; in the quote currency it is `F - K`. Both undiscounted,
 * as everything here is; rounded down.
 *
 * @param rows of one underlying, settlement and expiry.
 * @returns undefined where no strike has a call and a put with a usable price; the strikes say how many speak for it.
 */
export function parityForward(rows: readonly VenueRow[]): { forward: Wad; strikes: number } | undefined {
  const calls = new Map<Wad, VenueRow>();
  const puts = new Map<Wad, VenueRow>();
  const names = new Map<string, number>();
  for (const { quote } of rows) names.set(quote.instrument.name, (names.get(quote.instrument.name) ?? 0) + 1);
  for (const row of rows) {
    const { instrument } = row.quote;
    // Of two rows of one name none can be told to be the right one.
    if (instrument.kind !== "option" || names.get(instrument.name) !== 1) continue;
    (instrument.right === "call" ? calls : puts).set(instrument.strike, row);
  }
  const pairs = [...calls].flatMap(([strike, call]) => {
    const put = puts.get(strike);
    return put === undefined ? [] : [{ strike, call, put }];
  });
  const points = pairs.flatMap(({ strike, call, put }) => {
    const marked = positive(call.mark) && positive(put.mark);
    const apart = marked ? call.mark - put.mark : middlesApart(call.quote, put.quote, strike);
    return pointOf(call.quote.instrument as OptionInstrument, strike, apart);
  });
  const nearest = points.sort((a, b) => compare(a.distance, b.distance)).slice(0, PARITY_STRIKES);
  const forward = lowerMedian(nearest.map((point) => point.forward));
  return forward === undefined ? undefined : { forward, strikes: nearest.length };
}

/** What one strike says: its forward, and how far from the money it is. Empty where it says nothing. */
function pointOf(
  { settlement }: OptionInstrument,
  strike: Wad,
  apart: bigint | undefined,
): { forward: Wad; distance: bigint }[] {
  if (apart === undefined) return [];
  const inverse = settlement === "inverse";
  if (inverse ? apart >= WAD : strike + apart <= 0n) return [];
  const forward = wad(inverse ? (strike * WAD) / (WAD - apart) : strike + apart);
  return [{ forward, distance: apart < 0n ? -apart : apart }];
}

/** The middle of a call's quotes less that of a put's; undefined where one lacks a side, is crossed, or they are too wide. */
function middlesApart(call: VenueQuote, put: VenueQuote, strike: Wad): bigint | undefined {
  if (!positive(call.bid) || !positive(call.ask) || !positive(put.bid) || !positive(put.ask))
    return undefined;
  const [callWidth, putWidth] = [call.ask - call.bid, put.ask - put.bid];
  if (callWidth < 0n || putWidth < 0n) return undefined;
  const { settlement } = call.instrument as OptionInstrument;
  const unit = settlement === "inverse" ? WAD : strike;
  if ((callWidth + putWidth) * WAD > unit * MAX_WIDTH) return undefined;
  return (call.bid + call.ask - put.bid - put.ask) / 2n;
}

/** The expiry that an option belongs to, as it stands in names: `BTC_USDC-27MAR26`. */
function expiryOf({ instrument }: VenueQuote): string | undefined {
  if (instrument.kind !== "option") return undefined;
  const linear = instrument.settlement === "linear" ? "_USDC" : "";
  return `${instrument.underlying}${linear}-${formatExpiry(instrument.expiry)}`;
}

/** The middle one of the values, the lower of two: always one that the venue said. */
export function lowerMedian(values: readonly Wad[]): Wad | undefined {
  return [...values].sort(compare)[Math.floor((values.length - 1) / 2)];
}

function positive(value: Wad | undefined): value is Wad {
  return value !== undefined && value > 0n;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
