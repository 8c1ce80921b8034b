import { parse } from "csv-parse/sync";
import { z } from "zod";
import { BallastError } from "../../errors.ts";
import type { Wad } from "../../math/wad.ts";
import { type ExcludedQuote, type MarketChain, type QuoteProblem, reject } from "../chain.ts";
import { readInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { assembleChain, forwardFits, type ImportOptions, type VenueRow } from "./assemble.ts";
import { decimalTextToWad } from "./decimal-text.ts";

export interface CsvOptions extends ImportOptions {
  /** Text of the CSV with prices of the perpetuals; it must have a row for each underlying at the chain's time. */
  readonly perpetuals?: string;
}

/**
 * The columns that are used, of one moment each row. `index_price`, `delta` and `vega` were asked for later,
 * up to minutes: they are never read.
 */
const rowSchema = z.object({
  timestamp: z.string(),
  instrument_name: z.string(),
  option_type: z.string(),
  strike: z.string(),
  expiry_datetime: z.string(),
  bid_price: z.string(),
  ask_price: z.string(),
  futures_price: z.string(),
  futures_instrument_name: z.string(),
  implied_volatility: z.string(),
  open_interest: z.string(),
});
type Row = z.output<typeof rowSchema>;

const perpetualSchema = z.object({
  snapshot_timestamp_ms: z.string(),
  coin: z.string(),
  candle_price_used: z.string(),
  accepted_under_max_gap: z.string(),
});

/**
 * Imports a CSV of a whole option chain (docs/market-data.md lists the columns).
 *
 * @param text the CSV, not compressed.
 * @throws {BallastError} INVALID_MARKET when it isn't such a CSV, when a time can't be read or times are too far
 * apart, when given perpetual prices are of another moment; and checkChain's.
 */
export function importChainCsv(text: string, options: CsvOptions = {}): MarketChain {
  const rows: VenueRow[] = [];
  const excluded: ExcludedQuote[] = [];
  const times: bigint[] = [];
  for (const row of records(text, rowSchema, "chain")) {
    times.push(parseTime(row.timestamp, row.instrument_name));
    const result = toVenueRow(row, options.lots);
    if ("quote" in result) rows.push(result);
    else excluded.push(reject(row.instrument_name, result, options.onBadQuote ?? "exclude"));
  }
  const source = options.source ?? "csv";
  const symbols = new Set(rows.flatMap(({ quote }) => quote.instrument.underlying ?? []));
  const perpetuals =
    options.perpetuals === undefined
      ? new Map<string, Wad>()
      : perpetualPrices(options.perpetuals, times, symbols);
  return assembleChain({ source, times, rows, excluded, indexes: new Map(), perpetuals }, options);
}

function toVenueRow(row: Row, lots?: LotLookup): VenueRow | QuoteProblem {
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  const instrument = readInstrumentName(row.instrument_name, lots);
  if ("reason" in instrument) return instrument;
  if (instrument.kind !== "option")
    return { code: "UNKNOWN_INSTRUMENT", reason: "not the name of an option" };
  if (decimalTextToWad(row.strike) !== instrument.strike) return bad("strike is not the name's");
  if (row.option_type !== instrument.right) return bad("option_type is not the name's");
  if (isoTime(row.expiry_datetime) !== instrument.expiry) return bad("expiry is not the name's");
  if (!forwardFits(instrument, row.futures_instrument_name)) return bad("forward of another expiry");

  const cells = {
    forward: row.futures_price,
    impliedVolatility: row.implied_volatility,
    bid: row.bid_price,
    ask: row.ask_price,
    openInterest: row.open_interest,
  };
  const numbers: { [key in keyof typeof cells]?: Wad } = {};
  for (const key of ["forward", "impliedVolatility", "bid", "ask", "openInterest"] as const) {
    const text = cells[key];
    if (text === "" || text.toLowerCase() === "nan") continue;
    const value = decimalTextToWad(text);
    if (value === undefined) return bad(`${key} is not a number`);
    // A bid or ask of zero is how the venue says that there is none.
    if (value !== 0n || (key !== "bid" && key !== "ask")) numbers[key] = value;
  }
  const { forward, ...rest } = numbers;
  if (forward === undefined) return bad("forward price missing");
  return { quote: { instrument, forward, ...rest }, forwardName: row.futures_instrument_name };
}

function perpetualPrices(
  text: string,
  times: readonly bigint[],
  symbols: ReadonlySet<string>,
): Map<string, Wad> {
  const prices = new Map<string, Wad>();
  const moments = new Set(times.map(String));
  for (const row of records(text, perpetualSchema, "perpetual prices")) {
    const price = decimalTextToWad(row.candle_price_used);
    if (!moments.has(row.snapshot_timestamp_ms) || row.accepted_under_max_gap !== "True") continue;
    if (price !== undefined) prices.set(row.coin, price);
  }
  const missing = [...symbols].find((symbol) => !prices.has(symbol));
  if (missing === undefined) return prices;
  throw new BallastError("INVALID_MARKET", `No price of the ${missing} perpetual at the chain's time.`, {
    hint: "Leave the perpetual prices out: the importer then takes the index.",
  });
}

function records<T>(text: string, schema: z.ZodType<T>, what: string): T[] {
  let raw: unknown;
  try {
    raw = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (cause) {
    throw new BallastError("INVALID_MARKET", `The CSV of the ${what} can't be read.`, {
      hint: "It may be cut off: every line must have all columns.",
      cause,
    });
  }
  const result = z.array(schema).safeParse(raw);
  if (result.success) return result.data;
  const column = String(result.error.issues[0]?.path.at(-1) ?? "");
  throw new BallastError("INVALID_MARKET", `The CSV of the ${what} has no column ${column}.`, {
    cause: result.error,
  });
}

function parseTime(text: string, name: string): bigint {
  const time = isoTime(text);
  if (time !== undefined) return time;
  throw new BallastError("INVALID_MARKET", `${name}: the timestamp is not a UTC time of ISO 8601.`);
}

/** `2026-01-29T04:22:27.228973+00:00` in Unix milliseconds, digits beyond cut off. */
function isoTime(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/.exec(text);
  const seconds = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  if (match === null || Number.isNaN(seconds)) return undefined;
  return BigInt(seconds) + BigInt((match[2] ?? "").padEnd(3, "0").slice(0, 3));
}
