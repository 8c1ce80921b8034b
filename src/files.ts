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
import { BallastError } from "./errors.ts";

/** A name in the same folder as `path` that nobody else uses, for write-then-rename. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
}

/**
 * Writes all of `content` where the last write to an open file ended: a system that writes less is asked again.
 * @throws the system's error, e.g. ENOSPC.
 */
export function writeAll(file: number, content: string | Uint8Array): void {
  writeFileSync(file, content);
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
 * Reads a text file.
 * @param what names it in the error, e.g. "snapshot".
 * @throws {BallastError} FILE_ERROR.
 */
export function readTextFile(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The ${what} ${path} can't be read.`, {
      hint: "Check the path.",
      cause,
    });
  }
}

/**
 * Reads a JSON file. The parser's message is not kept: it would quote the text, which may be private.
 *
 * @throws {BallastError} FILE_ERROR when it can't be read; INVALID_INPUT when it is no JSON.
 */
export function readJsonFile(path: string, what: string): unknown {
  const text = readTextFile(path, what);
  try {
    return JSON.parse(text);
  } catch {
    throw new BallastError("INVALID_INPUT", `The ${what} ${path} is not JSON.`, {
      hint: "Was it cut off, or edited by hand?",
    });
  }
}
