import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { BallastError } from "../errors.ts";
import { type JsonErrorOptions, parseJson } from "../json.ts";
import { decodeText } from "../text.ts";
import { removedAtEnd } from "./ending.ts";

/** A name in the same folder as `path` that nobody else uses, for write-then-rename. What still has it when the process ends is removed. */
export function temporaryName(path: string): string {
  return removedAtEnd(`${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
}

/**
 * Removes what killed processes left beside `path`: files and folders of {@link temporaryName}. Only for whoever holds the lock under which
 * `path` is written: without it they may be another process's work.
 */
export function removeUnfinished(path: string): void {
  removeUnfinishedIn(dirname(path), basename(path));
}

/** {@link removeUnfinished} of one name, or of all names, in a folder; for whoever holds the lock on them. */
export function removeUnfinishedIn(folder: string, name?: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder)) {
    const [, of] = /^(.+)\.\d+-[0-9a-f]{8}\.tmp$/.exec(entry) ?? [];
    if (of !== undefined && (name === undefined || of === name)) discard(join(folder, entry));
  }
}

/**
 * Writes all of `content`: a system that writes less than it was given, e.g. because the disk is full, is asked again, and its error is
 * thrown.
 *
 * @param at where in the file; default: where the last write ended.
 * @throws the system's error, e.g. ENOSPC.
 */
export function writeAll(file: number, content: string | Uint8Array, at?: number): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let done = 0; done < bytes.length; ) {
    const more = writeSync(file, bytes, done, bytes.length - done, at === undefined ? null : at + done);
    if (more === 0) throw new Error("Nothing more can be written.");
    done += more;
  }
}

/**
 * Writes a file so that readers see the old or the new content, never a part, also after a crash. When it returns, the file is on disk under
 * its name.
 *
 * @param mode permission bits of the new file.
 * @throws {BallastError} FILE_ERROR when the folder can't be written; an old file stays as it was.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  writePartsAtomic(path, [content], mode);
}

/**
 * {@link writeFileAtomic} for content that comes in parts, one after the other.
 * @throws {BallastError} FILE_ERROR; what the parts throw, when it is a BallastError.
 */
export function writePartsAtomic(path: string, parts: Iterable<string | Uint8Array>, mode = 0o644): void {
  const temporary = temporaryName(path);
  attempt(path, temporary, () => {
    writeParts(temporary, parts, mode);
    rename(temporary, path);
  });
}

/** Writes a temporary file, which is on disk then. @throws the system's error; what the parts throw. */
function writeParts(temporary: string, parts: Iterable<string | Uint8Array>, mode: number): void {
  makeFolder(dirname(temporary));
  const file = openSync(temporary, "wx", mode);
  try {
    for (const part of parts) writeAll(file, part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a file that must not exist yet: whole or not at all, also after a crash, and never over another. When it returns, the file is on
 * disk under its name.
 *
 * @param mode permission bits of the file.
 * @throws {BallastError} FILE_ERROR when it exists already or the folder can't be written.
 */
export function writeNewFile(path: string, content: string | Uint8Array, mode = 0o644): void {
  const whole = temporaryName(path);
  attempt(path, whole, () => writeParts(whole, [content], mode));
  placeNewFile(whole, path);
}

/**
 * Gives a finished file its name, in the same folder, and makes both durable.
 * @throws {BallastError} FILE_ERROR; then `temporary` is gone, and an old file stays as it was.
 */
export function placeFile(temporary: string, path: string): void {
  attempt(path, temporary, () => {
    syncFile(temporary);
    rename(temporary, path);
  });
}

/**
 * {@link placeFile} for a name that nobody has yet.
 * @throws {BallastError} FILE_ERROR, also when it exists already.
 */
export function placeNewFile(temporary: string, path: string): void {
  try {
    syncFile(temporary);
    linkSync(temporary, path);
    syncFolder(dirname(path));
  } catch (cause) {
    const exists = existsSync(path);
    throw new BallastError("FILE_ERROR", `${path} ${exists ? "exists already" : "can't be written"}.`, {
      hint: exists
        ? "It is not overwritten: choose another name."
        : "Check the folder's permissions and free space.",
      cause,
    });
  } finally {
    discard(temporary);
  }
}

/** Gives a finished folder its name, which nobody must have. @throws {BallastError} FILE_ERROR. */
export function placeFolder(temporary: string, path: string): void {
  attempt(path, temporary, () => rename(temporary, path));
}

/** Copies a file, whole or not at all, and makes it durable. @throws {BallastError} FILE_ERROR. */
export function copyFileAtomic(source: string, path: string): void {
  const temporary = temporaryName(path);
  attempt(path, temporary, () => {
    makeFolder(dirname(path));
    copyFileSync(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    placeFile(temporary, path);
  });
}

/** Fills a new file that is to be placed later with another's content. @throws the system's error. */
export function copyContent(source: string, temporary: string): void {
  copyFileSync(source, temporary, constants.COPYFILE_FICLONE);
}

/** Opens a new file for reading and writing, of no use to anybody but its owner by default. @throws the system's error. */
export function openNew(path: string, mode = 0o600): number {
  return openSync(path, "wx+", mode);
}

/**
 * Writes a file in a folder of temporary ones: whole, but nothing says that it outlives a crash.
 * @throws {BallastError} FILE_ERROR, also when it exists already.
 */
export function writeScratch(path: string, content: string | Uint8Array, mode = 0o644): void {
  attempt(path, undefined, () => {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, "wx", mode);
    try {
      writeAll(file, content);
    } catch (cause) {
      rmSync(path, { force: true });
      throw cause;
    } finally {
      closeSync(file);
    }
  });
}

/** Opens a file for random access: an existing one to read, or a new one. @throws the system's error. */
export function openBytes(path: string, flags: "r" | "r+" | "wx+", mode: number): number {
  return openSync(path, flags, mode);
}

/**
 * Makes a folder with all above it, on disk when it returns.
 * @param mode permission bits of new ones.
 * @throws {BallastError} FILE_ERROR.
 */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    const first = mkdirSync(path, { recursive: true, mode });
    if (first === undefined) return;
    // Each new folder's name stands in the one above.
    for (let folder = resolve(path); ; folder = dirname(folder)) {
      syncFolder(dirname(folder));
      if (folder === resolve(first) || folder === dirname(folder)) return;
    }
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The folder ${path} can't be made.`, {
      hint: "Check that no file has this name, and the permissions of the folder above.",
      cause,
    });
  }
}

/** Makes the names in a folder durable, where the system lets folders be synced. */
export function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, "r");
    fsyncSync(folder);
  } catch {
    // Windows has no such thing; a rename itself is whole in any case.
  } finally {
    if (folder !== undefined) closeSync(folder);
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

function rename(temporary: string, path: string): void {
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Runs `work`; where it fails, `temporary` goes, and the error names `path`. */
function attempt(path: string, temporary: string | undefined, work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (temporary !== undefined) discard(temporary);
    if (cause instanceof BallastError) throw cause;
    throw new BallastError("FILE_ERROR", `${path} can't be written.`, {
      hint: "Check the folder's permissions and free space.",
      cause,
    });
  }
}

/** Removes what was begun; what went wrong before is the error to be told. */
function discard(temporary: string): void {
  try {
    rmSync(temporary, { recursive: true, force: true });
  } catch {
    // Its folder is no folder, or can't be written.
  }
}
