import { closeSync, openSync, rmSync } from "node:fs";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { readTextFile, writeFileAtomic } from "../files.ts";
import { parseJson } from "../json.ts";
import { compareInstruments, type Instrument } from "./instruments.ts";
import { INSTRUMENT_ID_LIMIT } from "./shape.ts";

/** The format of a registry file. */
export const REGISTRY_FORMAT = "ballast.registry/1";

/** Ids that every registry has from the start. */
export const FIXED_INSTRUMENT_IDS: Readonly<Record<string, number>> = {
  USDC: 1,
  BTC: 2,
  ETH: 3,
  "BTC-PERPETUAL": 8,
  "ETH-PERPETUAL": 9,
  "BTC_USDC-PERPETUAL": 10,
  "ETH_USDC-PERPETUAL": 11,
};

/**
 * Ids 1..7 are those of collateral assets, and of nothing else: a contract that knows only ids tells by it what can be a
 * reserve (`CollateralVault`).
 */
export const LAST_COLLATERAL_ID = 7;

/** All other instruments count up from here. */
export const FIRST_FREE_ID = 64;

/** Stable ids of instruments: append-only, an id never means another instrument. */
export interface InstrumentRegistry {
  /** @throws {BallastError} UNKNOWN_INSTRUMENT. */
  idOf(name: string): number;
  /** The id, made when there is none yet. @throws {BallastError} OUT_OF_RANGE when all 2^20 are used. */
  assign(name: string): number;
  has(name: string): boolean;
  /** All but the fixed ones, ascending by id. */
  entries(): readonly RegistryEntry[];
}

export interface RegistryEntry {
  readonly id: number;
  readonly name: string;
}

const fileSchema = z.strictObject({
  format: z.literal(REGISTRY_FORMAT),
  instruments: z.array(
    z.strictObject({
      id: z
        .int()
        .min(FIRST_FREE_ID)
        .max(INSTRUMENT_ID_LIMIT - 1),
      name: z.string().min(1).max(60),
    }),
  ),
});

/** A registry with the fixed ids and `entries` (ascending by id, no name twice: INVALID_INPUT otherwise). */
export function createRegistry(entries: readonly RegistryEntry[] = []): InstrumentRegistry {
  const ids = new Map<string, number>(Object.entries(FIXED_INSTRUMENT_IDS));
  const list: RegistryEntry[] = [];
  let next = FIRST_FREE_ID;
  const append = (entry: RegistryEntry): void => {
    ids.set(entry.name, entry.id);
    list.push(entry);
    next = entry.id + 1;
  };
  for (const { id, name } of entries) {
    if (id < next || ids.has(name)) {
      throw new BallastError("INVALID_INPUT", `The registry's entry ${id} is out of order or listed twice.`, {
        details: { id, instrument: name },
      });
    }
    append({ id, name });
  }
  return {
    idOf(name) {
      const id = ids.get(name);
      if (id !== undefined) return id;
      throw new BallastError("UNKNOWN_INSTRUMENT", `The registry has no instrument ${JSON.stringify(name)}.`);
    },
    assign(name) {
      const id = ids.get(name);
      if (id !== undefined) return id;
      if (next >= INSTRUMENT_ID_LIMIT) {
        throw new BallastError("OUT_OF_RANGE", "The registry is full: all 2^20 instrument ids are used.");
      }
      const entry = { id: next, name };
      append(entry);
      return entry.id;
    },
    has: (name) => ids.has(name),
    entries: () => [...list],
  };
}

/** Assigns ids to all instruments, new ones in the canonical order (compareInstruments), whatever order is given. */
export function assignInstruments(registry: InstrumentRegistry, instruments: readonly Instrument[]): void {
  for (const { name } of [...instruments].sort(compareInstruments)) registry.assign(name);
}

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
    return createRegistry(fileSchema.parse(parseJson(text, "registry")).instruments);
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
 * when the file is damaged, locked, or can't be written.
 */
export function saveRegistry(path: string, registry: InstrumentRegistry): void {
  withLock(path, () => {
    const mine = registry.entries();
    const behind = loadRegistry(path)
      .entries()
      .some(({ id, name }, i) => mine[i]?.id !== id || mine[i]?.name !== name);
    if (behind) {
      throw new BallastError("FILE_ERROR", `The instrument registry ${path} has changed since it was read.`, {
        hint: "Load it again and assign the new instruments again.",
      });
    }
    writeFileAtomic(path, encode(mine));
  });
}

/**
 * The usual way to a registry on disk: under the lock, read it, assign what is new, write it.
 * Concurrent callers lose nothing.
 *
 * @returns the registry as written.
 * @throws {BallastError} FILE_ERROR as {@link saveRegistry}.
 */
export function updateRegistry(path: string, instruments: readonly Instrument[]): InstrumentRegistry {
  return withLock(path, () => {
    const registry = loadRegistry(path);
    const before = registry.entries().length;
    assignInstruments(registry, instruments);
    if (registry.entries().length > before) writeFileAtomic(path, encode(registry.entries()));
    return registry;
  });
}

function encode(entries: readonly RegistryEntry[]): string {
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`);
  return `{\n  "format": "${REGISTRY_FORMAT}",\n  "instruments": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

const LOCK_WAIT_MS = 2_000;
const LOCK_POLL_MS = 20;

/** Runs `action` while holding `path.lock`, waiting up to two seconds for it. */
function withLock<T>(path: string, action: () => T): T {
  const lock = `${path}.lock`;
  for (let waited = 0; ; waited += LOCK_POLL_MS) {
    try {
      closeSync(openSync(lock, "wx"));
      break;
    } catch (cause) {
      if (errno(cause) !== "EEXIST") {
        throw new BallastError("FILE_ERROR", `Cannot write beside the instrument registry ${path}.`, {
          cause,
        });
      }
      if (waited >= LOCK_WAIT_MS) {
        throw new BallastError("FILE_ERROR", `The instrument registry ${path} is locked by somebody else.`, {
          hint: `If no other process uses it, delete ${lock}.`,
          cause,
        });
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    }
  }
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function errno(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
