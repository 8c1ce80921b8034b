import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { issueText } from "../../issue.ts";
import { formatDecimal, parseDecimal } from "../../math/decimal.ts";
import { type Wad, wad } from "../../math/wad.ts";
import {
  type CheckChainOptions,
  checkChain,
  type ExcludedQuote,
  type MarketChain,
  type MarketQuote,
  reject,
} from "../chain.ts";
import { parseInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { parseUtcTime } from "../time.ts";
import { outsideProblem } from "../underlyings.ts";

/** The format of Ballast's own chain file (docs/reference/market-data.md). */
export const CHAIN_FORMAT = "ballast.chain/1";

const decimal = z.string().max(60);
const name = z.string().min(1).max(60);
const quoteSchema = z.strictObject({
  instrument: name,
  lotSize: decimal.optional(),
  forward: decimal,
  settled: z.literal(true).optional(),
  impliedVolatility: decimal.optional(),
  bid: decimal.optional(),
  ask: decimal.optional(),
  openInterest: decimal.optional(),
});
export const chainFileSchema = z.strictObject({
  format: z.literal(CHAIN_FORMAT),
  source: z.string().max(200),
  time: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/, "must be like 2026-01-30T08:00:00.000Z"),
  underlyings: z
    .array(z.strictObject({ symbol: name, indexPrice: decimal }))
    .min(1)
    .max(8),
  quotes: z.array(quoteSchema).min(1).max(100_000),
  excluded: z.array(z.strictObject({ name, reason: z.string().max(200) })).max(100_000),
  notes: z.array(z.string().max(200)).max(1_000).optional(),
});
type QuoteJson = z.output<typeof quoteSchema>;

export interface BallastChainOptions extends CheckChainOptions {
  /** Lots of quotes that say none. */
  readonly lots?: LotLookup;
  /** Quotes on other underlyings are left out, and listed. Default: none is. */
  readonly underlyings?: readonly string[];
}

/**
 * Imports `ballast.chain/1`. Nothing is added, rounded or ignored: unknown keys and decimals beyond the
 * 18th fail. Bad quotes fail too, unless excluded by `onBadQuote`.
 *
 * @throws {BallastError} INVALID_MARKET for another shape, INVALID_DECIMAL, UNKNOWN_INSTRUMENT; and checkChain's.
 * @example
 * ```ts
 * import { importBallastChain } from "ballast";
 * const chain = importBallastChain(await (await fetch("/chain.json")).json());
 * console.log(chain.quotes.length);
 * ```
 */
export function importBallastChain(json: unknown, options: BallastChainOptions = {}): MarketChain {
  const result = chainFileSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new BallastError(
      "INVALID_MARKET",
      `The chain is not valid ${CHAIN_FORMAT}: ${issue?.path.join(".") ?? ""} ${issueText(issue)}.`,
      { cause: result.error },
    );
  }
  const { source, time, underlyings, notes } = result.data;
  const excluded: ExcludedQuote[] = [...result.data.excluded];
  const quotes: MarketQuote[] = [];
  for (const row of result.data.quotes) {
    try {
      const quote = toQuote(row, options.lots);
      const outside = outsideProblem(quote.instrument, options.underlyings);
      if (outside === undefined) quotes.push(quote);
      else excluded.push({ name: row.instrument, reason: outside.reason });
    } catch (error) {
      if (!(error instanceof BallastError) || options.onBadQuote !== "exclude") throw error;
      const problem = { code: error.code, reason: error.shortMessage };
      excluded.push(reject(row.instrument, problem, "exclude"));
    }
  }
  const chain: MarketChain = {
    source,
    time: unixTime(time),
    underlyings: underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: toWad(indexPrice, `index price of ${symbol}`),
    })),
    quotes,
    excluded,
    ...(notes === undefined ? {} : { notes }),
  };
  return checkChain(chain, options);
}

/**
 * The chain as text of `ballast.chain/1`, one quote a line; {@link importBallastChain} gives back the same.
 * @example
 * ```ts
 * import { exportBallastChain, sampleChain } from "ballast";
 * const text = exportBallastChain(sampleChain());
 * ```
 */
export function exportBallastChain(chain: MarketChain): string {
  const { source, excluded } = chain;
  const underlyings = chain.underlyings.map(({ symbol, indexPrice }) => ({
    symbol,
    indexPrice: toText(indexPrice),
  }));
  const head = {
    format: CHAIN_FORMAT,
    source,
    time: new Date(Number(chain.time)).toISOString(),
    underlyings,
  };
  const lines = Object.entries(head).map(([key, value]) => `  "${key}": ${JSON.stringify(value)},`);
  return [
    "{",
    ...lines,
    `  "quotes": ${list(chain.quotes.map(toJson))},`,
    `  "excluded": ${list(excluded)}${chain.notes === undefined ? "" : ","}`,
    ...(chain.notes === undefined ? [] : [`  "notes": ${list(chain.notes)}`]),
    "}\n",
  ].join("\n");
}

function list(values: readonly unknown[]): string {
  return values.length === 0
    ? "[]"
    : `[\n${values.map((value) => `    ${JSON.stringify(value)}`).join(",\n")}\n  ]`;
}

function toQuote(row: QuoteJson, lots?: LotLookup): MarketQuote {
  const { instrument, lotSize, forward } = row;
  const amount = (key: "impliedVolatility" | "bid" | "ask" | "openInterest") => {
    const text = row[key];
    return text === undefined ? {} : { [key]: toWad(text, `${key} of ${instrument}`) };
  };
  return {
    instrument: parseInstrumentName(
      instrument,
      lotSize === undefined ? undefined : toWad(lotSize, `lotSize of ${instrument}`),
      lots,
    ),
    forward: toWad(forward, `forward of ${instrument}`),
    ...(row.settled === undefined ? {} : { settled: row.settled }),
    ...amount("impliedVolatility"),
    ...amount("bid"),
    ...amount("ask"),
    ...amount("openInterest"),
  };
}

function toJson({
  instrument,
  forward,
  settled,
  impliedVolatility,
  bid,
  ask,
  openInterest,
}: MarketQuote): Partial<QuoteJson> {
  const amounts = {
    lotSize: instrument.lotSize,
    forward,
    ...(impliedVolatility === undefined ? {} : { impliedVolatility }),
    ...(bid === undefined ? {} : { bid }),
    ...(ask === undefined ? {} : { ask }),
    ...(openInterest === undefined ? {} : { openInterest }),
  };
  const texts = Object.entries(amounts).map(([key, value]) => [key, toText(value)]);
  const state = settled === undefined ? {} : { settled };
  return { instrument: instrument.name, ...state, ...Object.fromEntries(texts) };
}

function unixTime(text: string): bigint {
  const time = parseUtcTime(text);
  if (time !== undefined) return time;
  throw new BallastError("INVALID_MARKET", `There is no such time: ${text}.`);
}

function toWad(text: string, what: string): Wad {
  return wad(parseDecimal(text, 18, what));
}

function toText(value: Wad): string {
  return formatDecimal(value, 18);
}
