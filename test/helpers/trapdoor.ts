import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Discrete logarithms of a verifying key; gamma is 1. */
export interface Trapdoor {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
  readonly ic: readonly bigint[];
}

interface TrapdoorFile {
  readonly zkeyHash: string;
  /** alpha, beta, delta, then those of IC. */
  readonly logarithms: readonly string[];
}

const pathOf = (zkey: string): string => zkey.replace(/\.zkey$/, ".secrets.json");

/** Whether somebody wrote down a key's secrets. */
export function isKnown(zkey: string): boolean {
  return existsSync(pathOf(zkey));
}

/** Writes a key's secrets beside it. */
export function writeTrapdoor(zkey: string, zkeyHash: string, { alpha, beta, delta, ic }: Trapdoor): void {
  const logarithms = [alpha, beta, delta, ...ic].map(String);
  writeFileSync(pathOf(zkey), JSON.stringify({ zkeyHash, logarithms } satisfies TrapdoorFile));
}

const known = new Map<string, Trapdoor>();

/** @throws {Error} when nobody wrote down the secrets of a key. */
export function readTrapdoor(zkey: string, zkeyHash: string): Trapdoor {
  const read = known.get(zkeyHash);
  if (read !== undefined) return read;
  if (!isKnown(zkey))
    throw new Error(`Nobody knows the secrets of ${zkey}: name its instance in useSimulatedProofs.`);
  const file = JSON.parse(readFileSync(pathOf(zkey), "utf8")) as TrapdoorFile;
  if (file.zkeyHash !== zkeyHash) throw new Error(`${pathOf(zkey)} is another key's.`);
  const [alpha = 0n, beta = 0n, delta = 0n, ...ic] = file.logarithms.map(BigInt);
  const trapdoor = { alpha, beta, delta, ic };
  known.set(zkeyHash, trapdoor);
  return trapdoor;
}
