import { BallastError } from "../../errors.ts";
import type { Wad } from "../../math/wad.ts";
import { decimalTextToWad, jsonNumberToWad } from "../importers/decimal-text.ts";

/** One object of a venue's or a library's JSON, its values not yet looked at. */
export type WireRecord = Readonly<Record<string, unknown>>;

/** Deeper than any answer that is wrapped in an envelope, in a list, by symbol. */
const MAX_DEPTH = 6;

/**
 * The records in whatever people keep answers in: JSON-RPC envelopes (`result`) and notifications (`params.data`), lists of
 * either, and objects by symbol, as ccxt gives them.
 *
 * @param isRecord tells a record from what only wraps records.
 * @returns in the order of the JSON.
 * @throws {BallastError} INVALID_MARKET for a venue's error message in place of an answer.
 */
export function recordsOf(json: unknown, isRecord: (record: WireRecord) => boolean, depth = 0): WireRecord[] {
  if (typeof json !== "object" || json === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(json)) return json.flatMap((entry) => recordsOf(entry, isRecord, depth + 1));
  const record = json as WireRecord;
  if (isRecord(record)) return [record];
  if (isObject(record["error"]) && "code" in record["error"]) {
    throw new BallastError("INVALID_MARKET", "A file holds an error message of the venue, not an answer.", {
      hint: "Ask the venue again: the message in the file says what was wrong with the request.",
    });
  }
  if ("result" in record) return recordsOf(record["result"], isRecord, depth + 1);
  if (isObject(record["params"])) return recordsOf(record["params"]["data"], isRecord, depth + 1);
  return Object.values(record).flatMap((entry) => recordsOf(entry, isRecord, depth + 1));
}

export function isObject(value: unknown): value is WireRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as text, where it is one; libraries turn numbers into texts to keep their digits. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A number at 1e18 from a JSON number or its text; undefined for anything else, null and "" among it. */
export function wadOf(value: unknown): Wad | undefined {
  if (typeof value === "number") return jsonNumberToWad(value);
  return typeof value === "string" ? decimalTextToWad(value) : undefined;
}

/** A bid or an ask: 0 is how venues say that there is none. */
export function sideOf(value: unknown): Wad | undefined {
  const wad = wadOf(value);
  return wad === 0n ? undefined : wad;
}

/** {@link wadOf} of what is above zero. */
export function positiveOf(value: unknown): Wad | undefined {
  const wad = wadOf(value);
  return wad !== undefined && wad > 0n ? wad : undefined;
}

/** Unix milliseconds of 2001 to 2286, which have 13 digits; undefined for anything else, seconds and microseconds among it. */
export function timeOf(value: unknown): bigint | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^[1-9][0-9]{12}$/.test(text) ? BigInt(text) : undefined;
}
