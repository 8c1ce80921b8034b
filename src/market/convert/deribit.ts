import { type Wad, wad } from "../../math/wad.ts";
import type { ExcludedQuote, QuoteProblem } from "../chain.ts";
import { forwardFits } from "../importers/assemble.ts";
import type { VenueQuote, VenueRow } from "../importers/forward.ts";
import { readInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { isObject, positiveOf, sideOf, textOf, timeOf, type WireRecord, wadOf } from "./wire.ts";

/** Rows of some source, before they become a chain. */
export interface ConvertedRows {
  readonly rows: readonly VenueRow[];
  readonly times: readonly bigint[];
  readonly excluded: readonly ExcludedQuote[];
  /** Index prices that the source gave, by underlying. */
  readonly indexes: ReadonlyMap<string, readonly Wad[]>;
}

/** A row of `public/get_instruments`: terms without prices. */
export function isInstrument(record: WireRecord): boolean {
  return textOf(record["instrument_name"]) !== undefined && "min_trade_amount" in record;
}

/** A `public/ticker` or a row of `public/get_book_summary_by_*`. */
export function isQuote(record: WireRecord): boolean {
  return textOf(record["instrument_name"]) !== undefined && "mark_price" in record && !isPosition(record);
}

function isPosition(record: WireRecord): boolean {
  return "direction" in record && "size" in record;
}

/**
 * Lots from `min_trade_amount`, which counts as quantities do: USD for inverse futures and perpetuals, else coins
 * (docs.deribit.com, public/get_instruments). Asked before the default lots.
 */
export function venueLots(instruments: readonly WireRecord[]): LotLookup {
  const lots = new Map<string, Wad>();
  for (const record of instruments) {
    const [name, lot] = [textOf(record["instrument_name"]), positiveOf(record["min_trade_amount"])];
    if (name !== undefined && lot !== undefined) lots.set(name, lot);
  }
  return (name) => lots.get(name);
}

/**
 * Deribit's tickers and book summaries as rows, with the instruments they are of where given. An instrument without a quote, or whose
 * terms contradict its name, is left out and listed.
 */
export function deribitRows(
  quotes: readonly WireRecord[],
  instruments: readonly WireRecord[],
  lots: LotLookup | undefined,
): ConvertedRows {
  const terms = new Map(instruments.map((record) => [textOf(record["instrument_name"]) ?? "", record]));
  const rows: VenueRow[] = [];
  const times: bigint[] = [];
  const excluded: ExcludedQuote[] = [];
  const indexes = new Map<string, Wad[]>();
  for (const record of quotes) {
    const name = textOf(record["instrument_name"]) ?? "";
    const row = deribitRow(record, terms.get(name), lots);
    const time = timeOf(record["timestamp"] ?? record["creation_timestamp"]);
    if ("reason" in row) excluded.push({ name, reason: row.reason });
    else if (time === undefined) excluded.push({ name, reason: "no time in milliseconds" });
    else {
      rows.push(row);
      times.push(time);
      const { underlying } = row.quote.instrument;
      const index = positiveOf(record["index_price"] ?? record["estimated_delivery_price"]);
      if (underlying !== null && index !== undefined)
        indexes.set(underlying, [...(indexes.get(underlying) ?? []), index]);
    }
  }
  const quoted = new Set(quotes.map((record) => textOf(record["instrument_name"])));
  for (const name of terms.keys())
    if (!quoted.has(name)) excluded.push({ name, reason: "no ticker or book summary given" });
  return { rows, times, excluded, indexes };
}

/** One row. Prices of inverse options are in coin, `mark_iv` in percent. */
function deribitRow(
  record: WireRecord,
  terms: WireRecord | undefined,
  lots: LotLookup | undefined,
): VenueRow | QuoteProblem {
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  const instrument = readInstrumentName(textOf(record["instrument_name"]) ?? "", lots);
  if ("reason" in instrument) return instrument;
  if (instrument.kind === "collateral") return bad("not an option, future or perpetual");
  if (terms !== undefined) {
    if (terms["is_active"] === false) return bad("not active");
    const expiry = timeOf(terms["expiration_timestamp"]);
    if ("expiry" in instrument && expiry !== undefined && expiry !== instrument.expiry)
      return bad("expiry is not the name's");
    const strike = wadOf(terms["strike"]);
    if (instrument.kind === "option" && strike !== undefined && strike !== instrument.strike)
      return bad("strike is not the name's");
  }
  const isOption = instrument.kind === "option";
  const forward = wadOf(record[isOption ? "underlying_price" : "mark_price"]);
  // An option without one may get it from its expiry's others.
  if (forward === undefined && !isOption) return bad("mark price missing");
  const forwardName = isOption ? (textOf(record["underlying_index"]) ?? "") : "";
  if (!forwardFits(instrument, forwardName)) return bad("forward of another expiry");
  const percent = isOption ? wadOf(record["mark_iv"]) : undefined;
  return {
    quote: withAmounts(
      { instrument },
      {
        forward,
        impliedVolatility: percent === undefined ? undefined : wad(percent / 100n),
        bid: sideOf(record["best_bid_price"] ?? record["bid_price"]),
        ask: sideOf(record["best_ask_price"] ?? record["ask_price"]),
        openInterest: wadOf(record["open_interest"]),
      },
    ),
    forwardName,
    ...markOf(isOption ? record["mark_price"] : undefined),
  };
}

/** An option's own value, where the source has one. */
export function markOf(value: unknown): Pick<VenueRow, "mark"> {
  const mark = sideOf(value);
  return mark === undefined ? {} : { mark };
}

/** A quote with the amounts that there are. */
export function withAmounts(
  quote: Pick<VenueQuote, "instrument">,
  amounts: {
    readonly [key in "forward" | "impliedVolatility" | "bid" | "ask" | "openInterest"]: Wad | undefined;
  },
): VenueQuote {
  const known = Object.entries(amounts).filter(([, value]) => value !== undefined);
  return { ...quote, ...(Object.fromEntries(known) as Partial<VenueQuote>) };
}

/** Whether a record of a library has Deribit's own row in it (`info`). */
export function wireOf(record: WireRecord): WireRecord | undefined {
  const { info } = record;
  return isObject(info) && isQuote(info) && ("creation_timestamp" in info || "timestamp" in info)
    ? info
    : undefined;
}
