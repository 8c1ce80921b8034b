import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { removedAtEnd } from "./ending.ts";
import { BallastError } from "./errors.ts";
import { type JsonErrorOptions, parseJson } from "./json.ts";
import { decodeText } from "./text.ts";

/** A name in the same folder as `path` that nobody else uses, for write-then-rename. What still has it when the process ends is removed. */
export function temporaryName(path: string): string {
  return removedAtEnd(`${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
}

/**
 * Writes a file so that readers see the old or the new content, never a part, also after a crash.
 *
 * @param mode permission bits of the new file.
 * @throws {BallastError} FILE_ERROR when the folder can't be written; an old file stays as it was.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = temporaryName(path);
  let begun = false;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, "wx", mode);
    begun = true;
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    if (begun) rmSync(temporary, { force: true });
    throw new BallastError("FILE_ERROR", `${path} can't be written.`, {
      hint: "Check the folder's permissions and free space.",
      cause,
    });
  }
}

/**
 * Writes a file that must not exist yet: whole or not at all, also after a crash, and never over another.
 *
 * @param mode permission bits of the file.
 * @throws {BallastError} FILE_ERROR when it exists already or the folder can't be written.
 */
export function writeNewFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  const whole = temporaryName(path);
  writeFileAtomic(whole, content, mode);
  try {
    linkSync(whole, path);
  } catch (cause) {
    const exists = existsSync(path);
    throw new BallastError("FILE_ERROR", `${path} ${exists ? "exists already" : "can't be written"}.`, {
      hint: exists ? "It is not overwritten: choose another name." : "Check the folder's permissions.",
      cause,
    });
  } finally {
    rmSync(whole, { force: true });
  }
}

/**
 * Reads a text file: UTF-8, with or without its byte-order mark, which is not part of the text.
 * @param what names it in the error, e.g. "snapshot".
 * @throws {BallastError} FILE_ERROR when it can't be read or is not UTF-8.
 */
export function readTextFile(path: string, what: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The ${what} ${path} can't be read.`, {
      hint: "Check the path.",
      cause,
    });
  }
  const decoded = decodeText(bytes);
  if ("text" in decoded) return decoded.text;
  throw new BallastError("FILE_ERROR", `The ${what} ${path} ${decoded.problem}.`, {
    hint: "Save it as UTF-8.",
  });
}

/**
 * Reads a JSON file by {@link parseJson}.
 *
 * @throws {BallastError} FILE_ERROR when it can't be read or is not UTF-8; the code of `options`, by default INVALID_INPUT,
 * when it is no JSON or has a key twice.
 */
export function readJsonFile(path: string, what: string, options: JsonErrorOptions = {}): unknown {
  return parseJson(readTextFile(path, what), `${what} ${path}`, options);
}
