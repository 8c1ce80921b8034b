import { createReadStream, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { isTardisHeader, TardisCollector } from "../../market/convert/tardis.ts";
import { type LineFormat, readLines } from "../../portfolio/lines-file.ts";
import { decodeText, withoutMark } from "../../text.ts";

/** Unpacked, a JSON file may have at most this many bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The JSON of a file, plain or in gzip. @throws {BallastError} FILE_ERROR, INVALID_INPUT when it is no JSON. */
export function readAnswer(path: string): unknown {
  const decoded = decodeText(unpacked(path));
  if ("text" in decoded) return parseJson(decoded.text, `file ${path}`);
  throw new BallastError("FILE_ERROR", `The file ${path} ${decoded.problem}.`, {
    hint: "Save it as UTF-8, or that in gzip.",
  });
}

function unpacked(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path);
    return isPacked(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The file ${path} can't be read.`, {
      hint: "Check that it exists and is whole: text in UTF-8, or that in gzip.",
      cause,
    });
  }
}

/** What a file is, by its first characters: a JSON of answers, Tardis' `options_chain`, or a CSV of another kind. */
export type FileKind = "json" | "tardis" | "csv";

/** @throws {BallastError} FILE_ERROR. */
export async function kindOfFile(path: string): Promise<FileKind> {
  try {
    for await (const block of await blocksOf(path)) {
      const text = withoutMark((block as Buffer).toString("utf8", 0, 1000)).trimStart();
      if (isTardisHeader(text)) return "tardis";
      return /^[[{]/.test(text) ? "json" : "csv";
    }
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `Cannot read the file ${path}.`, {
      hint: "Check that it exists and is whole.",
      cause,
    });
  }
  return "csv";
}

/**
 * Reads a day of `options_chain` up to a moment.
 * @param at Unix milliseconds; default: the end of the file.
 * @throws {BallastError} FILE_ERROR, and as the collector.
 */
export async function collectTardis(path: string, at: bigint | undefined): Promise<TardisCollector> {
  let collector: TardisCollector | undefined;
  for await (const lines of linesOf(path)) {
    for (const line of lines) {
      if (collector === undefined) collector = new TardisCollector(withoutMark(line), at);
      else collector.add(line);
    }
    if (collector?.ended === true) break;
  }
  if (collector !== undefined) return collector;
  throw new BallastError("INVALID_MARKET", `The file ${path} is empty.`, { hint: "Download it again." });
}

/** Blocks of lines, unpacked on the way. */
async function* linesOf(path: string): AsyncGenerator<string[]> {
  const format: LineFormat = {
    name: path,
    content: "a quote",
    maxBytes: 1 << 16,
    code: "INVALID_MARKET",
    hint: "Check that the file is whole: text in UTF-8, or that in gzip.",
  };
  for await (const lines of readLines(await blocksOf(path), format)) if (lines.length > 0) yield lines;
}

/** The file's bytes, unpacked where it is in gzip. */
async function blocksOf(path: string): Promise<Readable> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!isPacked(await firstBytes(path))) return file;
  const unpacked = createGunzip();
  file.on("error", (error) => unpacked.destroy(error));
  unpacked.on("close", () => file.destroy());
  return file.pipe(unpacked);
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const stream = createReadStream(path, { end: 1 });
  try {
    for await (const block of stream) return block as Buffer;
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `Cannot read the file ${path}.`, { hint: "Check its path.", cause });
  }
  return new Uint8Array();
}

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
