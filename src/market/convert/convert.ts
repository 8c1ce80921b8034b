import { BallastError } from "../../errors.ts";
import type { Wad } from "../../math/wad.ts";
import { type ExcludedQuote, type MarketChain, requireUsable } from "../chain.ts";
import { assembleChain, type ImportOptions } from "../importers/assemble.ts";
import { lowerMedian } from "../importers/forward.ts";
import type { LotLookup } from "../lots.ts";
import { type CcxtOptions, ccxtRows, isUnified } from "./ccxt.ts";
import { type ConvertedRows, deribitRows, isInstrument, isQuote, venueLots } from "./deribit.ts";
import { isObject, recordsOf } from "./wire.ts";

/** What a chain can be converted from. */
export const CHAIN_SOURCES = ["deribit", "ccxt", "tardis"] as const;
export type ChainSource = (typeof CHAIN_SOURCES)[number];

export interface ConvertOptions extends ImportOptions, CcxtOptions {
  /** What the JSON is. Default: seen from its content. */
  readonly from?: Exclude<ChainSource, "tardis">;
}

/** A chain file has room for so many underlyings. */
const MAX_CHAIN_UNDERLYINGS = 8;

/**
 * Makes a chain of JSON that holds, in whatever order and wrapping: Deribit's instruments (`public/get_instruments`), its tickers or book
 * summaries; or ccxt's `fetchOptionChain` and `fetchTickers`. Instruments give lots and terms, and no prices.
 *
 * @param answers what several files hold, of one moment together.
 * @throws {BallastError} INVALID_MARKET when there is nothing of that kind, or instruments alone; and as `checkChain`.
 */
export function convertChain(answers: readonly unknown[], options: ConvertOptions = {}): MarketChain {
  if (answers.some(isOwnChain)) throw converted();
  const records = answers.flatMap((answer) =>
    recordsOf(answer, (record) => isUnified(record) || isInstrument(record) || isQuote(record)),
  );
  const instruments = records.filter((record) => !isUnified(record) && isInstrument(record));
  const unified = records.filter(isUnified);
  const quotes = records.filter((record) => !isUnified(record) && !isInstrument(record));
  const from = options.from ?? (unified.length > 0 ? "ccxt" : "deribit");
  const chosen = from === "ccxt" ? unified : quotes;
  if (chosen.length === 0) throw nothingOf(from, instruments.length);
  const lots = both(options.lots, venueLots(instruments));
  const rows =
    from === "ccxt" ? ccxtRows(unified, instruments, lots, options) : deribitRows(quotes, instruments, lots);
  return chainOfRows(rows, { ...options, lots });
}

/** A checked chain of converted rows, with the time, the index and what else is derived as in `assembleChain`. */
export function chainOfRows(converted: ConvertedRows, options: ImportOptions): MarketChain {
  const { rows, times } = converted;
  // As long as a chain file takes them.
  const excluded = converted.excluded.map(({ name, reason }) => ({
    name: name.slice(0, 60) || "(no name)",
    reason: reason.slice(0, 200),
  }));
  requireUsable(rows.length, excluded);
  const indexes = new Map<string, Wad>();
  for (const [symbol, prices] of converted.indexes) {
    const median = lowerMedian(prices);
    if (median !== undefined) indexes.set(symbol, median);
  }
  const source = options.source ?? "converted";
  const chain = assembleChain({ source, times, rows, excluded, indexes, perpetuals: new Map() }, options);
  if (chain.underlyings.length <= MAX_CHAIN_UNDERLYINGS) return chain;
  throw new BallastError(
    "OUT_OF_RANGE",
    `A chain has at most ${MAX_CHAIN_UNDERLYINGS} underlyings; this one has ${chain.underlyings.length}.`,
    { hint: "Choose some, e.g. BTC and ETH: a snapshot has two at most.", inputs: ["market.underlyings"] },
  );
}

/** One reason why quotes were left out. */
export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
  /** The first one's name. */
  readonly example: string;
}

/** What was left out by reason, the commonest first. */
export function countReasons(excluded: readonly ExcludedQuote[]): ReasonCount[] {
  const byReason = new Map<string, { count: number; example: string }>();
  for (const { name, reason } of excluded) {
    const entry = byReason.get(reason) ?? { count: 0, example: name };
    entry.count++;
    byReason.set(reason, entry);
  }
  const list = [...byReason].map(([reason, entry]) => ({ reason, ...entry }));
  return list.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function both(first: LotLookup | undefined, second: LotLookup): LotLookup {
  return (name, asset, kind) => first?.(name, asset, kind) ?? second(name, asset, kind);
}

function isOwnChain(answer: unknown): boolean {
  return isObject(answer) && typeof answer["format"] === "string" && answer["format"].startsWith("ballast.");
}

function converted(): BallastError {
  return new BallastError(
    "INVALID_MARKET",
    "The file is one of Ballast's own formats: nothing is to be converted.",
    {
      hint: "Build the snapshot of it as it is.",
      inputs: ["snapshot.chain"],
    },
  );
}

function nothingOf(from: Exclude<ChainSource, "tardis">, instruments: number): BallastError {
  if (instruments > 0) {
    return new BallastError("INVALID_MARKET", "Instruments alone have no prices.", {
      hint: "Give tickers or book summaries of the same moment beside get_instruments.",
      details: { instruments },
    });
  }
  const what = from === "ccxt" ? "option chain or ticker of ccxt" : "ticker or book summary of Deribit";
  return new BallastError("INVALID_MARKET", `The JSON has no ${what} in it.`, {
    hint: "Say what it is, or see docs/operate/converting.md for the shapes that are read.",
    inputs: ["market.from"],
  });
}
