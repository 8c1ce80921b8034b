import { BallastError } from "../../errors.ts";
import type { Wad } from "../../math/wad.ts";
import { quoted } from "../../text.ts";
import { type ExcludedQuote, type MarketChain, type QuoteProblem, reject } from "../chain.ts";
import { readInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { parseUtcTime, TIME_FORMS } from "../time.ts";
import { assembleChain, forwardFits, type ImportOptions } from "./assemble.ts";
import { type CsvRecord, isMissing, readCsv } from "./csv-records.ts";
import { decimalTextToWad } from "./decimal-text.ts";
import type { VenueRow } from "./forward.ts";

export interface CsvOptions extends ImportOptions {
  /** Text of the CSV with prices of the perpetuals; it must have a row for each underlying at the chain's time. */
  readonly perpetuals?: string;
}

/**
 * The columns that are used, of one moment each row, beside `mark_price` where there is one. `index_price`, `delta` and `vega`
 * were asked for later, up to minutes: they are never read.
 */
const COLUMNS = [
  "timestamp",
  "instrument_name",
  "option_type",
  "strike",
  "expiry_datetime",
  "bid_price",
  "ask_price",
  "futures_price",
  "futures_instrument_name",
  "implied_volatility",
  "open_interest",
];
const PERPETUAL_COLUMNS = ["snapshot_timestamp_ms", "coin", "candle_price_used", "accepted_under_max_gap"];

/**
 * Imports a CSV of a whole option chain (docs/reference/market-data.md lists the columns).
 *
 * @param text the CSV, not compressed.
 * @throws {BallastError} INVALID_MARKET when it isn't such a CSV, when a time can't be read or times are too far
 * apart, when given perpetual prices are of another moment; and checkChain's.
 */
export function importChainCsv(text: string, options: CsvOptions = {}): MarketChain {
  const rows: VenueRow[] = [];
  const excluded: ExcludedQuote[] = [];
  const times: bigint[] = [];
  for (const row of readCsv(text, "chain", COLUMNS)) {
    times.push(timeOf(row));
    const result = toVenueRow(row, options.lots);
    if ("quote" in result) rows.push(result);
    else excluded.push(reject(row.cell("instrument_name"), result, options.onBadQuote ?? "exclude"));
  }
  const source = options.source ?? "csv";
  const symbols = new Set(rows.flatMap(({ quote }) => quote.instrument.underlying ?? []));
  const perpetuals =
    options.perpetuals === undefined
      ? new Map<string, Wad>()
      : perpetualPrices(options.perpetuals, times, symbols);
  return assembleChain({ source, times, rows, excluded, indexes: new Map(), perpetuals }, options);
}

function toVenueRow(row: CsvRecord, lots?: LotLookup): VenueRow | QuoteProblem {
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  const instrument = readInstrumentName(row.cell("instrument_name"), lots);
  if ("reason" in instrument) return instrument;
  if (instrument.kind !== "option")
    return { code: "UNKNOWN_INSTRUMENT", reason: "not the name of an option" };
  if (decimalTextToWad(row.cell("strike")) !== instrument.strike) return bad("strike is not the name's");
  if (row.cell("option_type") !== instrument.right) return bad("option_type is not the name's (call or put)");
  const expiry = parseUtcTime(row.cell("expiry_datetime"));
  if (expiry === undefined) return bad("expiry_datetime is not a UTC time");
  if (expiry !== instrument.expiry) return bad("expiry is not the name's");
  const forwardName = row.cell("futures_instrument_name");
  if (!forwardFits(instrument, forwardName)) return bad("forward of another expiry");

  const numbers: { -readonly [key in keyof typeof NUMBERS]?: Wad } = {};
  for (const key of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    const text = row.cell(NUMBERS[key]);
    if (isMissing(text)) continue;
    const value = decimalTextToWad(text);
    if (value === undefined)
      return bad(
        /^-?\d+,\d+$/.test(text) ? `${key} has a decimal comma, not a point` : `${key} is not a number`,
      );
    // A price of zero is how the venue says that there is none.
    if (value !== 0n || !ZERO_IS_NONE.has(key)) numbers[key] = value;
  }
  const { mark, ...rest } = numbers;
  return { quote: { instrument, ...rest }, forwardName, ...(mark === undefined ? {} : { mark }) };
}

/** The columns of a quote's numbers. */
const NUMBERS = {
  forward: "futures_price",
  impliedVolatility: "implied_volatility",
  bid: "bid_price",
  ask: "ask_price",
  mark: "mark_price",
  openInterest: "open_interest",
} as const;
const ZERO_IS_NONE: ReadonlySet<string> = new Set(["bid", "ask", "mark"]);

function perpetualPrices(
  text: string,
  times: readonly bigint[],
  symbols: ReadonlySet<string>,
): Map<string, Wad> {
  const prices = new Map<string, Wad>();
  const moments = new Set(times.map(String));
  for (const row of readCsv(text, "perpetual prices", PERPETUAL_COLUMNS)) {
    const price = decimalTextToWad(row.cell("candle_price_used"));
    const accepted = row.cell("accepted_under_max_gap").toLowerCase() === "true";
    if (!moments.has(row.cell("snapshot_timestamp_ms")) || !accepted) continue;
    if (price === undefined) continue;
    const coin = row.cell("coin");
    if ((prices.get(coin) ?? price) !== price) {
      throw new BallastError(
        "INVALID_MARKET",
        `Line ${row.line}: a second price of ${quoted(coin)}'s perpetual.`,
        {
          hint: "Which is meant? Leave one out.",
          details: { line: row.line },
        },
      );
    }
    prices.set(coin, price);
  }
  const missing = [...symbols].find((symbol) => !prices.has(symbol));
  if (missing === undefined) return prices;
  throw new BallastError("INVALID_MARKET", `No price of the ${missing} perpetual at the chain's time.`, {
    hint: "Leave the perpetual prices out: the importer then takes the index.",
  });
}

function timeOf(row: CsvRecord): bigint {
  const text = row.cell("timestamp");
  const time = parseUtcTime(text);
  if (time !== undefined) return time;
  throw new BallastError(
    "INVALID_MARKET",
    `Line ${row.line}: the timestamp ${quoted(text)} is not a UTC time.`,
    {
      hint: `Expected is a time that exists, like ${TIME_FORMS}.`,
      details: { line: row.line },
    },
  );
}
