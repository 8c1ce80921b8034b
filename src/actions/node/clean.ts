import { readdirSync } from "node:fs";
import { join } from "node:path";
import { duration } from "../../display.ts";
import { findLeftovers, type Leftover, measure, removed } from "../../node/leftovers.ts";
import { circuitsInUse } from "../../prover/node/artifacts.ts";
import { ballastHome } from "../../prover/node/home.ts";

/** Something that was found, and what was done about it. */
export interface CleanedItem {
  readonly path: string;
  readonly what: "unfinished" | "old circuit";
  readonly bytes: number;
  readonly done: "removed" | "would be removed" | "left";
  /** Why it is left. */
  readonly why: string | null;
}

export interface CleanOptions {
  /** Also looked through, three folders deep. */
  readonly folders: readonly string[];
  /** Only says what would be removed. */
  readonly dryRun: boolean;
  /** Also compiled circuits that no instance of this version uses. */
  readonly circuits: boolean;
  /** What was written to since is left. */
  readonly minutes: number;
}

/** Removes what killed processes left behind. Keys and compiled circuits that are in use are never removed. */
export function cleanUp({ folders, dryRun, circuits, minutes }: CleanOptions) {
  const home = ballastHome();
  const settle = (path: string, bytes: number, what: CleanedItem["what"], why?: string): CleanedItem => {
    if (why !== undefined) return { path, what, bytes, done: "left", why };
    if (dryRun) return { path, what, bytes, done: "would be removed", why: null };
    if (removed(path)) return { path, what, bytes, done: "removed", why: null };
    return { path, what, bytes, done: "left", why: "it can't be removed: check permissions" };
  };
  const items = findLeftovers([home, ...folders], minutes * 60_000).map((leftover) =>
    settle(leftover.path, leftover.bytes, "unfinished", reason(leftover)),
  );
  const compiled = foldersIn(join(home, "circuits"));
  const old = circuits ? oldOnes(compiled) : [];
  for (const path of old) items.push(settle(path, measure(path).bytes, "old circuit"));
  const gone = new Set(items.filter(({ done }) => done !== "left").map(({ path }) => path));
  const kept = {
    circuits: sizeOf(compiled.filter((path) => !gone.has(path))),
    keys: sizeOf(foldersIn(join(home, "keys"))),
  };
  const freed = items.reduce((sum, { done, bytes }) => sum + (done === "left" ? 0 : bytes), 0);
  return { home, dryRun, freed, items, kept };
}

function reason({ keep, owner, age }: Leftover): string | undefined {
  if (keep === "in use") return `process ${owner} is alive`;
  return keep === "young" ? `written ${duration(age)} ago` : undefined;
}

function oldOnes(compiled: readonly string[]): string[] {
  const used = circuitsInUse();
  return compiled.filter((path) => !used.has(path));
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.endsWith(".tmp"))
      .map(({ name }) => join(folder, name));
  } catch {
    return []; // there is none yet
  }
}

function sizeOf(paths: readonly string[]): { readonly count: number; readonly bytes: number } {
  return { count: paths.length, bytes: paths.reduce((sum, path) => sum + measure(path).bytes, 0) };
}
