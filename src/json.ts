import { BallastError, type ErrorCode } from "./errors.ts";
import { quoted, withoutMark } from "./text.ts";

/** Objects and arrays within each other: nothing that Ballast reads comes near. */
export const MAX_JSON_DEPTH = 64;

/** How {@link parseJson} refuses a text. */
export interface JsonErrorOptions {
  /** Default INVALID_INPUT. */
  readonly code?: ErrorCode;
  /** What to do about a text that is no JSON. */
  readonly hint?: string;
}

/** A key that an object has twice, and where its second place is. */
export interface DuplicateKey {
  readonly key: string;
  /** The object that has it, from the top: `positions[0]`; empty for the top itself. */
  readonly path: string;
  /** Both count from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

/** A value, or what is wrong with its text, to carry on a sentence with: `is not JSON`. */
export type JsonResult =
  | { readonly value: unknown }
  | { readonly problem: string; readonly duplicate?: DuplicateKey };

/**
 * Parses JSON from outside, and no other function of Ballast does: an object with one key twice is refused at any depth,
 * because readers differ in which of the two they take. A byte-order mark before the text is skipped.
 *
 * The parser's message is not kept: it would quote the text, which may be private.
 *
 * @param what names the text in the error, e.g. `snapshot file`.
 * @throws {BallastError} the code of `options` for a text that is no JSON, has a key twice (`details.key`, `details.line`)
 * or is nested deeper than {@link MAX_JSON_DEPTH}.
 */
export function parseJson(text: string, what: string, options: JsonErrorOptions = {}): unknown {
  const result = tryJson(text);
  if ("value" in result) return result.value;
  const { duplicate, problem } = result;
  throw new BallastError(options.code ?? "INVALID_INPUT", `The ${what} ${problem}.`, {
    hint: jsonHint(result, options.hint ?? "Was it cut off, or edited by hand?"),
    ...(duplicate === undefined ? {} : { details: { key: duplicate.key, line: duplicate.line } }),
  });
}

/** What to do about a refused text; `otherwise` where no key is the trouble. */
export function jsonHint(result: JsonResult, otherwise: string): string {
  return "duplicate" in result ? "Which of the two is meant? Leave one out." : otherwise;
}

/** {@link parseJson} for callers with an error of their own. Never throws. */
export function tryJson(text: string): JsonResult {
  const plain = withoutMark(text);
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch {
    return { problem: "is not JSON" };
  }
  const kept = keysOf(value, 0);
  if (kept === undefined) return { problem: `is nested deeper than ${MAX_JSON_DEPTH} levels` };
  // Every key of the text is a key of the value, unless one stands twice.
  if (kept === keysIn(plain)) return { value };
  const duplicate = duplicateIn(plain);
  if (duplicate === undefined) throw new BallastError("INTERNAL", "A JSON key was counted wrongly.");
  const { key, path, line, column } = duplicate;
  const where = path === "" ? "" : ` in ${path}`;
  return { problem: `has the key ${quoted(key)} twice${where}, line ${line}, column ${column}`, duplicate };
}

/** How many keys all objects of a value have; undefined where it is too deep. */
function keysOf(value: unknown, depth: number): number | undefined {
  if (typeof value !== "object" || value === null) return 0;
  if (depth === MAX_JSON_DEPTH) return undefined;
  const isArray = Array.isArray(value);
  const entries: unknown[] = isArray ? value : Object.values(value);
  let count = isArray ? 0 : entries.length;
  for (const entry of entries) {
    if (typeof entry !== "object" || entry === null) continue;
    const inner = keysOf(entry, depth + 1);
    if (inner === undefined) return undefined;
    count += inner;
  }
  return count;
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];
const [SPACE, TAB, NEWLINE, RETURN] = [0x20, 0x09, 0x0a, 0x0d];

/** How many keys stand in a text that is JSON: the strings before a colon. */
function keysIn(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = stringEnd(text, start);
    const next = skipSpace(text, end);
    if (text.charCodeAt(next) === COLON) count++;
    start = text.indexOf('"', next);
  }
  return count;
}

/** Where a string's text ends, its closing quote included. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (; ; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== NEWLINE && code !== RETURN && code !== TAB) return at;
  }
}

/** An object or array that is open where the scan stands. */
interface Level {
  /** An object's keys so far; undefined for an array. */
  readonly keys: Set<string> | undefined;
  /** The key or the place of the value that comes. */
  at: string | number;
}

/** The first key of a JSON text that its object has already. */
function duplicateIn(text: string): DuplicateKey | undefined {
  const levels: Level[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const level = levels.at(-1);
    if (code === OPEN_OBJECT) levels.push({ keys: new Set(), at: "" });
    else if (code === OPEN_ARRAY) levels.push({ keys: undefined, at: 0 });
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) levels.pop();
    else if (code === COMMA && typeof level?.at === "number") level.at++;
    else if (code === QUOTE) {
      const end = stringEnd(text, index);
      if (level?.keys !== undefined && text.charCodeAt(skipSpace(text, end)) === COLON) {
        const key = String(JSON.parse(text.slice(index, end)));
        if (level.keys.has(key)) return { key, path: pathOf(levels.slice(0, -1)), ...placeOf(text, index) };
        level.keys.add(key);
        level.at = key;
      }
      index = end - 1;
    }
  }
  return undefined;
}

function pathOf(levels: readonly Level[]): string {
  return levels
    .map(({ at }, depth) => {
      if (typeof at === "number") return `[${at}]`;
      if (!/^[A-Za-z_$][\w$]{0,59}$/.test(at)) return `[${quoted(at)}]`;
      return depth === 0 ? at : `.${at}`;
    })
    .join("");
}

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
