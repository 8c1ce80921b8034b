import { type Wad, wad } from "../../math/wad.ts";
import type { ExcludedQuote, QuoteProblem } from "../chain.ts";
import type { VenueRow } from "../importers/forward.ts";
import { readInstrumentName } from "../instruments.ts";
import type { LotLookup } from "../lots.ts";
import { type ConvertedRows, deribitRows, markOf, wireOf, withAmounts } from "./deribit.ts";
import { nameOfSymbol, type SymbolOptions } from "./symbol.ts";
import { isObject, positiveOf, sideOf, textOf, timeOf, type WireRecord, wadOf } from "./wire.ts";

/** How a number for a volatility is meant: 61.27 or 0.6127 a year. */
export type VolatilityUnit = "percent" | "fraction";

export interface CcxtOptions extends SymbolOptions {
  /** Of `impliedVolatility`, where the venue's own answer isn't kept beside it. Default: such quotes are left out. */
  readonly volatilityUnit?: VolatilityUnit;
}

/** A structure of ccxt's `fetchOptionChain` or `fetchTickers`. */
export function isUnified(record: WireRecord): boolean {
  return (
    textOf(record["symbol"])?.includes("/") === true &&
    ("bidPrice" in record || "bid" in record || "info" in record)
  );
}

/**
 * ccxt's option chains and tickers as rows. Where `info` is Deribit's own answer that is what is read: ccxt keeps neither
 * its time nor its volatility. Other venues' volatility comes from their answer too, since the unified one has no unit.
 */
export function ccxtRows(
  records: readonly WireRecord[],
  instruments: readonly WireRecord[],
  lots: LotLookup | undefined,
  options: CcxtOptions,
): ConvertedRows {
  const wires = records.map(wireOf).filter((wire) => wire !== undefined);
  const deribit = deribitRows(wires, wires.length === 0 ? [] : instruments, lots);
  const rows: VenueRow[] = [...deribit.rows];
  const times: bigint[] = [...deribit.times];
  const excluded: ExcludedQuote[] = [...deribit.excluded];
  const indexes = new Map<string, Wad[]>(
    [...deribit.indexes].map(([symbol, values]) => [symbol, [...values]]),
  );
  for (const record of records) {
    if (wireOf(record) !== undefined) continue;
    const symbol = textOf(record["symbol"]) ?? "";
    const row = unifiedRow(record, symbol, lots, options);
    const time = timeOf(record["timestamp"]);
    if ("reason" in row) excluded.push({ name: symbol, reason: row.reason });
    else if (time === undefined) excluded.push({ name: symbol, reason: "no time in milliseconds" });
    else {
      rows.push(row);
      times.push(time);
      const { underlying } = row.quote.instrument;
      const info = isObject(record["info"]) ? record["info"] : {};
      const index = positiveOf(record["indexPrice"] ?? info["indexPrice"] ?? info["index_price"]);
      if (underlying !== null && index !== undefined)
        indexes.set(underlying, [...(indexes.get(underlying) ?? []), index]);
    }
  }
  return { rows, times, excluded, indexes };
}

function unifiedRow(
  record: WireRecord,
  symbol: string,
  lots: LotLookup | undefined,
  options: CcxtOptions,
): VenueRow | QuoteProblem {
  const bad = (reason: string): QuoteProblem => ({ code: "INVALID_MARKET", reason });
  const named = nameOfSymbol(symbol, options);
  if ("reason" in named) return bad(named.reason);
  const instrument = readInstrumentName(named.name, lots);
  if ("reason" in instrument) return instrument;
  const isOption = instrument.kind === "option";
  const info = isObject(record["info"]) ? record["info"] : {};
  const forward = isOption ? forwardOf(record, info) : wadOf(record["markPrice"]);
  if (forward === undefined && !isOption) return bad("mark price missing");
  const volatility = isOption ? volatilityOf(record, info, options.volatilityUnit) : undefined;
  if (volatility !== undefined && typeof volatility === "string") return bad(volatility);
  return {
    quote: withAmounts(
      { instrument },
      {
        forward,
        impliedVolatility: volatility,
        bid: sideOf(record["bidPrice"] ?? record["bid"]),
        ask: sideOf(record["askPrice"] ?? record["ask"]),
        openInterest: wadOf(record["openInterest"]),
      },
    ),
    ...markOf(isOption ? record["markPrice"] : undefined),
  };
}

/** Derive's `underlyingPrice` in ccxt is the index: the forward stands in its pricing. */
function forwardOf(record: WireRecord, info: WireRecord): Wad | undefined {
  const pricing = info["option_pricing"];
  if (isObject(pricing)) return wadOf(pricing["forward_price"] ?? pricing["f"]);
  return wadOf(info["fwdPx"] ?? record["underlyingPrice"]);
}

/**
 * The mark volatility as a fraction: OKX (`markVol`), Bybit (`markIv`), Binance (`markIV`) and Derive (`option_pricing`) give fractions.
 * A text is the reason why it can't be known.
 */
function volatilityOf(
  record: WireRecord,
  info: WireRecord,
  unit: VolatilityUnit | undefined,
): Wad | string | undefined {
  const pricing = isObject(info["option_pricing"]) ? info["option_pricing"] : {};
  const own = wadOf(info["markVol"] ?? info["markIv"] ?? info["markIV"] ?? pricing["iv"] ?? pricing["i"]);
  if (own !== undefined) return own;
  const unified = wadOf(record["impliedVolatility"]);
  if (unified === undefined) return undefined;
  if (unit === undefined) return "unit of its volatility unknown: say whether percent or fraction";
  return unit === "percent" ? wad(unified / 100n) : unified;
}
