import { type Dirent, lstatSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEMPORARY_FOLDER } from "./ending.ts";

/** Something unfinished that a process left behind, or is still at work on. */
export interface Leftover {
  readonly path: string;
  /** Process id of who made it. */
  readonly owner: number;
  readonly bytes: number;
  /** Milliseconds since something in it was last written. */
  readonly age: number;
  /** Why it is not to be removed: its process is alive, or it is young, and its process may run on another host. */
  readonly keep: "in use" | "young" | undefined;
}

/** A process id tells nothing of a process on another host or in another container; this long without a write does. */
export const SAFE_AGE_MS = 60 * 60 * 1000;

/** Nothing of ours writes to a file once a day only. */
const DEAD_AGE_MS = 24 * 60 * 60 * 1000;

/** As `temporaryName` makes them. */
const UNFINISHED = /\.([1-9][0-9]*)-[0-9a-f]{8}\.tmp$/;
/** Folders in `BALLAST_HOME`: kinds, then circuits or keys, then files. */
const DEPTH = 3;

/**
 * All unfinished files and folders under `folders`, and those of this user in the system's temporary folder.
 * What can't be read is left out.
 * @param safeAge milliseconds: whatever is younger is kept.
 */
export function findLeftovers(folders: readonly string[], safeAge = SAFE_AGE_MS): Leftover[] {
  const found: Leftover[] = [];
  const look = (folder: string, pattern: RegExp, depth: number): void => {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      const owner = Number(pattern.exec(entry.name)?.[1]);
      if (Number.isSafeInteger(owner)) found.push(describe(path, owner, safeAge));
      else if (entry.isDirectory() && depth > 1) look(path, pattern, depth - 1);
    }
  };
  for (const folder of new Set(folders)) look(folder, UNFINISHED, DEPTH);
  look(tmpdir(), TEMPORARY_FOLDER, 1);
  return found.filter(({ path }) => isOurs(path));
}

/**
 * Removes what nobody is at work on.
 * @returns what was found and is gone.
 */
export function removeLeftovers(folders: readonly string[], safeAge = SAFE_AGE_MS): Leftover[] {
  const stale = findLeftovers(folders, safeAge).filter(({ keep }) => keep === undefined);
  return stale.filter(({ path }) => removed(path));
}

/** Bytes in a file or folder, and when something in it was last written. What can't be read counts nothing. */
export function measure(path: string): { readonly bytes: number; readonly written: number } {
  try {
    const stat = lstatSync(path);
    let bytes = stat.isFile() ? stat.size : 0;
    let written = stat.mtimeMs;
    if (stat.isDirectory()) {
      for (const { name } of entriesOf(path)) {
        const inner = measure(join(path, name));
        bytes += inner.bytes;
        written = Math.max(written, inner.written);
      }
    }
    return { bytes, written };
  } catch {
    return { bytes: 0, written: 0 };
  }
}

/** Removes a file or folder. @returns false where that is not allowed. */
export function removed(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

function describe(path: string, owner: number, safeAge: number): Leftover {
  const { bytes, written } = measure(path);
  const age = Math.max(0, Date.now() - written);
  const inUse = age < DEAD_AGE_MS && isAlive(owner); // later the number is another process's
  const keep = inUse ? "in use" : age < safeAge ? "young" : undefined;
  return { path, owner, bytes, age, keep };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function isOurs(path: string): boolean {
  const { getuid } = process;
  if (getuid === undefined) return true;
  try {
    return lstatSync(path).uid === getuid();
  } catch {
    return false;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
