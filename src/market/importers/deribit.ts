import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { issueText } from "../../issue.ts";
import { type Wad, wad } from "../../math/wad.ts";
import { type ExcludedQuote, type MarketChain, type QuoteProblem, reject } from "../chain.ts";
import { readInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { assembleChain, forwardFits, type ImportOptions } from "./assemble.ts";
import { jsonNumberToWad } from "./decimal-text.ts";
import { lowerMedian, type VenueRow } from "./forward.ts";

const number = z.number().nullish();
/** What is used of a book summary. Prices of inverse options are in coin, `mark_iv` in percent. */
const summarySchema = z.object({
  instrument_name: z.string(),
  creation_timestamp: z
    .number()
    .refine((time) => Number.isInteger(time) && time > 0, "must be Unix milliseconds"),
  mark_iv: number,
  mark_price: number,
  underlying_price: number,
  underlying_index: z.string().nullish(),
  estimated_delivery_price: number,
  bid_price: number,
  ask_price: number,
  open_interest: number,
});
type Summary = z.output<typeof summarySchema>;

const answerSchema = z.union([z.array(z.unknown()), z.object({ result: z.array(z.unknown()) })]);

/** A row of `get_instruments`: what is listed, not what it costs. Its `creation_timestamp` is when it was listed. */
const listingSchema = z.object({
  instrument_name: z.string(),
  expiration_timestamp: z.number(),
  mark_price: z.undefined().optional(),
});

/**
 * Imports answers of Deribit's `public/get_book_summary_by_currency`: the JSON-RPC envelope or its bare result,
 * one answer for each currency or kind, all of one moment. Futures and perpetuals among them are quoted at their
 * mark price. The index is the median `estimated_delivery_price` of an underlying (outside of the half hour
 * of settlement that is the index at the moment of the marks).
 *
 * @throws {BallastError} INVALID_MARKET when it isn't such an answer; and checkChain's.
 * @example
 * ```ts
 * import { importBookSummary } from "ballast";
 * const url = "https://www.deribit.com/api/v2/public/get_book_summary_by_currency?currency=";
 * const answers = await Promise.all(["BTC", "ETH"].map(async (one) => (await fetch(url + one)).json()));
 * const chain = importBookSummary(answers);
 * ```
 */
export function importBookSummary(answers: readonly unknown[], options: ImportOptions = {}): MarketChain {
  const rows: VenueRow[] = [];
  const excluded: ExcludedQuote[] = [];
  const times: bigint[] = [];
  const deliveryPrices = new Map<string, Wad[]>();
  for (const summary of answers.flatMap(parseAnswer)) {
    const result = toVenueRow(summary, options.lots);
    times.push(BigInt(summary.creation_timestamp));
    if (!("quote" in result)) {
      excluded.push(reject(summary.instrument_name, result, options.onBadQuote ?? "exclude"));
      continue;
    }
    rows.push(result);
    const index = positive(summary.estimated_delivery_price);
    const { underlying } = result.quote.instrument;
    if (index === undefined || underlying === null) continue;
    deliveryPrices.set(underlying, [...(deliveryPrices.get(underlying) ?? []), index]);
  }
  const indexes = new Map<string, Wad>();
  for (const [symbol, prices] of deliveryPrices) {
    const median = lowerMedian(prices);
    if (median !== undefined) indexes.set(symbol, median);
  }
  const source = options.source ?? "deribit";
  return assembleChain({ source, times, rows, excluded, indexes, perpetuals: new Map() }, options);
}

/** Whether JSON looks like an answer with book summaries (it may still be wrong in detail). */
export function isBookSummary(json: unknown): boolean {
  const envelope = z.union([z.array(z.unknown()), z.looseObject({ result: z.unknown() })]).safeParse(json);
  return envelope.success || isVenueError(json);
}

function parseAnswer(answer: unknown): Summary[] {
  if (isVenueError(answer)) {
    throw new BallastError("INVALID_MARKET", "The file holds an error message of the venue, not a market.");
  }
  const envelope = answerSchema.safeParse(answer);
  const rows = envelope.success
    ? "result" in envelope.data
      ? envelope.data.result
      : envelope.data
    : [answer];
  if (rows.length > 0 && rows.every((row) => listingSchema.safeParse(row).success)) {
    throw new BallastError("INVALID_MARKET", "This is an answer of get_instruments: it has no prices.", {
      hint: "Give the answer of get_book_summary_by_currency.",
    });
  }
  const result = z.array(summarySchema).safeParse(rows);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [place = "", ...path] = issue?.path ?? [];
  throw new BallastError("INVALID_MARKET", "The JSON is no answer of get_book_summary_by_currency.", {
    hint: `In row ${String(place)}, ${path.join(".") || "the row itself"}: ${issueText(issue)}.`,
    cause: result.error,
  });
}

function isVenueError(json: unknown): boolean {
  return z.looseObject({ error: z.looseObject({ code: z.number() }) }).safeParse(json).success;
}

function toVenueRow(summary: Summary, lots?: LotLookup): VenueRow | QuoteProblem {
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  const instrument = readInstrumentName(summary.instrument_name, lots);
  if ("reason" in instrument) return instrument;
  if (instrument.kind === "collateral") {
    return { code: "UNKNOWN_INSTRUMENT", reason: "not the name of an option, future or perpetual" };
  }
  const isOption = instrument.kind === "option";
  const [bid, ask] = [some(summary.bid_price), some(summary.ask_price)];
  const openInterest = jsonNumberToWad(summary.open_interest ?? 0);
  const forward = toWad(isOption ? summary.underlying_price : summary.mark_price);
  const percent = isOption ? toWad(summary.mark_iv) : undefined;
  if (forward === undefined && !isOption) return bad("mark price missing");
  const mark = isOption ? some(summary.mark_price) : undefined;
  const forwardName = isOption ? (summary.underlying_index ?? "") : "";
  if (!forwardFits(instrument, forwardName)) return bad("forward of another expiry");
  const quote = {
    instrument,
    ...(forward === undefined ? {} : { forward }),
    ...(percent === undefined ? {} : { impliedVolatility: wad(percent / 100n) }),
    ...(bid === undefined ? {} : { bid }),
    ...(ask === undefined ? {} : { ask }),
    ...(openInterest === undefined ? {} : { openInterest }),
  };
  return { quote, forwardName, ...(mark === undefined ? {} : { mark }) };
}

function toWad(value: number | null | undefined): Wad | undefined {
  return value === null || value === undefined ? undefined : jsonNumberToWad(value);
}

/** Bid and ask: zero is how the venue says that there is none. */
function some(value: number | null | undefined): Wad | undefined {
  return value === 0 ? undefined : toWad(value);
}

function positive(value: number | null | undefined): Wad | undefined {
  const price = toWad(value);
  return price !== undefined && price > 0n ? price : undefined;
}
