import { BallastError } from "../../errors.ts";
import { type Wad, wad } from "../../math/wad.ts";
import type { ExcludedQuote, QuoteProblem } from "../chain.ts";
import { forwardFits } from "../importers/assemble.ts";
import { decimalTextToWad } from "../importers/decimal-text.ts";
import type { VenueRow } from "../importers/forward.ts";
import { readInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { type ConvertedRows, markOf, withAmounts } from "./deribit.ts";
import { sideOf } from "./wire.ts";

/** The columns that are read (docs.tardis.dev, downloadable CSV files, options_chain). */
const COLUMNS = [
  "exchange",
  "symbol",
  "timestamp",
  "local_timestamp",
  "type",
  "strike_price",
  "expiration",
  "open_interest",
  "bid_price",
  "ask_price",
  "mark_price",
  "mark_iv",
  "underlying_index",
  "underlying_price",
] as const;
type Column = (typeof COLUMNS)[number];
type Row = Readonly<Record<Column, string>>;

const THOUSAND = 1000n;
/** How much later than its own time the recorder may have seen a row, microseconds. */
const MAX_LAG = 60_000_000n;
/** Microseconds of the years 2001 to 2286: 16 digits. */
const MICROSECONDS = /^[1-9][0-9]{15}$/;
/** A row may have waited so long for its next, milliseconds. */
export const DEFAULT_QUOTE_AGE = 60_000n;

/** Whether a line is the header of Tardis' `options_chain`. */
export function isTardisHeader(line: string): boolean {
  return line.startsWith("exchange,symbol,timestamp,local_timestamp,type,strike_price,");
}

/**
 * Takes a day of `options_chain`, line by line, and keeps the last row of each symbol at a moment: memory doesn't grow with
 * the file, which has a row for every change.
 */
export class TardisCollector {
  readonly #indexes: Readonly<Record<Column, number>>;
  readonly #width: number;
  readonly #at: bigint | undefined;
  readonly #last = new Map<string, { readonly line: string; readonly time: bigint }>();
  #number = 1;
  #ended = false;

  /**
   * @param header the first line.
   * @param at the moment in Unix milliseconds; default: the end of the file.
   * @throws {BallastError} INVALID_MARKET without one of the columns.
   */
  constructor(header: string, at?: bigint) {
    const names = header.split(",");
    const missing = COLUMNS.find((column) => !names.includes(column));
    if (missing !== undefined) {
      throw new BallastError("INVALID_MARKET", `The options_chain CSV has no column ${missing}.`, {
        hint: "Give a file of Tardis' data type options_chain, as downloaded.",
      });
    }
    this.#indexes = Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)])) as Record<
      Column,
      number
    >;
    this.#width = names.length;
    this.#at = at === undefined ? undefined : at * THOUSAND;
  }

  /** True when no later line can matter: rows come in the order in which they were seen. */
  get ended(): boolean {
    return this.#ended;
  }

  /** @throws {BallastError} INVALID_MARKET for a line with other columns, or a time that isn't in microseconds. */
  add(line: string): void {
    this.#number++;
    const cells = line.split(",");
    const [stamp = "", seen = ""] = [cells[this.#indexes.timestamp], cells[this.#indexes.local_timestamp]];
    if (cells.length !== this.#width || !MICROSECONDS.test(stamp) || !MICROSECONDS.test(seen)) {
      throw new BallastError(
        "INVALID_MARKET",
        `Line ${this.#number} of the options_chain CSV can't be read.`,
        {
          hint: `It must have ${this.#width} cells and times in microseconds: was the file cut off?`,
          details: { line: this.#number },
        },
      );
    }
    const time = BigInt(stamp);
    if (this.#at !== undefined) {
      if (BigInt(seen) > this.#at + MAX_LAG) this.#ended = true;
      if (time > this.#at) return;
    }
    const symbol = cells[this.#indexes.symbol] ?? "";
    const before = this.#last.get(symbol);
    if (before === undefined || time >= before.time) this.#last.set(symbol, { line, time });
  }

  /**
   * The chain's rows: the last of each symbol, none older than `maxAge` milliseconds before the moment (the latest row, where none was
   * asked for).
   *
   * @throws {BallastError} INVALID_MARKET when there is no row at or before the moment.
   */
  rows(lots: LotLookup | undefined, maxAge = DEFAULT_QUOTE_AGE): ConvertedRows {
    const latest = [...this.#last.values()].reduce((most, { time }) => (time > most ? time : most), 0n);
    if (latest === 0n) {
      throw new BallastError("INVALID_MARKET", "The options_chain CSV has no row at or before that time.", {
        hint: "Choose a moment within the day of the file, e.g. 2026-01-30T08:00:00Z.",
        inputs: ["market.at"],
      });
    }
    const rows: VenueRow[] = [];
    const times: bigint[] = [];
    const excluded: ExcludedQuote[] = [];
    for (const [symbol, { line, time }] of this.#last) {
      const age = (this.#at ?? latest) - time;
      const row =
        age > maxAge * THOUSAND
          ? { code: "INVALID_MARKET" as const, reason: "its last quote is too old" }
          : tardisRow(this.#cellsOf(line), lots);
      if ("reason" in row) excluded.push({ name: symbol, reason: row.reason });
      else {
        rows.push(row);
        times.push(time / THOUSAND);
      }
    }
    return { rows, times, excluded, indexes: new Map() };
  }

  #cellsOf(line: string): Row {
    const cells = line.split(",");
    const named = COLUMNS.map((column) => [column, cells[this.#indexes[column]] ?? ""]);
    return Object.fromEntries(named) as Row;
  }
}

function tardisRow(row: Row, lots: LotLookup | undefined): VenueRow | QuoteProblem {
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  if (row.exchange !== "deribit")
    return bad(`of ${row.exchange.slice(0, 40)}: only Deribit's names are known here`);
  // Tardis writes symbols in upper case: a strike's decimal point, d, too.
  const instrument = readInstrumentName(row.symbol.replace(/(?<=-[0-9]+)D(?=[0-9]+-[CP]$)/, "d"), lots);
  if ("reason" in instrument) return instrument;
  if (instrument.kind !== "option") return bad("not the name of an option");
  if (decimalTextToWad(row.strike_price) !== instrument.strike) return bad("strike is not the name's");
  if (row.type !== instrument.right) return bad("type is not the name's");
  if (row.expiration !== String(instrument.expiry * THOUSAND)) return bad("expiry is not the name's");
  const forwardName = row.underlying_index.replace(/^INDEX_PRICE$/i, "");
  if (!forwardFits(instrument, forwardName)) return bad("forward of another expiry");
  const forward = numberOf(row.underlying_price);
  const percent = numberOf(row.mark_iv);
  return {
    quote: withAmounts(
      { instrument },
      {
        forward,
        impliedVolatility: percent === undefined ? undefined : wad(percent / 100n),
        bid: sideOf(row.bid_price),
        ask: sideOf(row.ask_price),
        openInterest: numberOf(row.open_interest),
      },
    ),
    forwardName,
    ...markOf(row.mark_price),
  };
}

function numberOf(text: string): Wad | undefined {
  return decimalTextToWad(text);
}
