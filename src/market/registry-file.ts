import { BallastError } from "../errors.ts";
import { readTextFile, writeFileAtomic } from "../node/files.ts";
import { type HeldLock, type LockOptions, withLockSync } from "../node/lock.ts";
import type { Instrument } from "./instruments.ts";
import {
  assignInstruments,
  createRegistry,
  decodeRegistry,
  encodeRegistry,
  type InstrumentRegistry,
} from "./registry.ts";

/**
 * Reads a registry file; a file that doesn't exist is an empty registry.
 *
 * @throws {BallastError} FILE_ERROR when it can't be read or isn't a sound registry. It is left as it is.
 */
export function loadRegistry(path: string): InstrumentRegistry {
  let text: string;
  try {
    text = readTextFile(path, "instrument registry");
  } catch (error) {
    if (error instanceof BallastError && errno(error.cause) === "ENOENT") return createRegistry();
    throw error;
  }
  try {
    return decodeRegistry(text);
  } catch (cause) {
    const why = cause instanceof BallastError ? `: ${cause.shortMessage}` : ".";
    throw new BallastError("FILE_ERROR", `The instrument registry ${path} is damaged${why}`, {
      hint: "It was left untouched: restore it from a backup. A new one would give old ids to other instruments.",
      cause,
    });
  }
}

/**
 * Writes a registry, atomically and under a lock. It only ever adds: what the file has, it keeps.
 *
 * @throws {BallastError} FILE_ERROR when somebody else added instruments meanwhile (load again, assign again),
 * when the file is damaged or can't be written; LOCKED.
 */
export function saveRegistry(path: string, registry: InstrumentRegistry, options: LockOptions = {}): void {
  const save = (lock: HeldLock): void => {
    const mine = registry.entries();
    const byId = new Map(mine.map(({ id, name }) => [id, name]));
    const there = loadRegistry(path);
    const lots = registry.lots();
    const behind =
      there.entries().some(({ id, name }) => byId.get(id) !== name) ||
      Object.entries(there.lots()).some(([name, lot]) => lots[name] !== lot);
    if (behind) {
      throw new BallastError("FILE_ERROR", `The instrument registry ${path} has changed since it was read.`, {
        hint: "Load it again and assign the new instruments again.",
      });
    }
    lock.check();
    writeFileAtomic(path, encodeRegistry(registry));
  };
  withLockSync(`${path}.lock`, save, options);
}

/**
 * The usual way to a registry on disk: under the lock, read it, assign what is new, write it.
 * Concurrent callers lose nothing.
 *
 * @returns the registry as written.
 * @throws {BallastError} FILE_ERROR, LOCKED as {@link saveRegistry}; OUT_OF_RANGE, INVALID_MARKET for an id or a lot that can't be given. The
 * file is then as it was.
 */
export function updateRegistry(
  path: string,
  instruments: readonly Instrument[],
  options: LockOptions = {},
): InstrumentRegistry {
  const update = (lock: HeldLock): InstrumentRegistry => {
    const registry = loadRegistry(path);
    const before = encodeRegistry(registry);
    assignInstruments(registry, instruments);
    const after = encodeRegistry(registry);
    if (after !== before) {
      lock.check();
      writeFileAtomic(path, after);
    }
    return registry;
  };
  return withLockSync(`${path}.lock`, update, options);
}

function errno(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
