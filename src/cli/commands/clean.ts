import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { duration } from "../../display.ts";
import { findLeftovers, type Leftover, measure, removed } from "../../node/leftovers.ts";
import { circuitsInUse } from "../../prover/node/artifacts.ts";
import { ballastHome } from "../../prover/node/home.ts";
import { command } from "../command.ts";
import { bytesText, table } from "../format.ts";
import { defaulted, option, toggle } from "../input.ts";
import { parseCount } from "../options.ts";

interface Item {
  readonly path: string;
  readonly what: "unfinished" | "old circuit";
  readonly bytes: number;
  readonly done: "removed" | "would be removed" | "left";
  /** Why it is left. */
  readonly why: string | null;
}

export const clean = command({
  name: "clean",
  summary: "remove what killed processes left behind, and compiled circuits that are out of date",
  arguments: { folders: option("[folders...]", "look for unfinished files here too, three folders deep") },
  flags: {
    dryRun: toggle("--dry-run", "only say what would be removed"),
    circuits: toggle("--circuits", "also compiled circuits that no instance of this version uses"),
    minutes: defaulted("--older-than <minutes>", "leave what was written to since", "60", (text, name) =>
      text === "0" ? 0 : parseCount(text, name),
    ),
  },
  notes: `
Looks in $BALLAST_HOME and, for folders of its own, in the system's folder for temporary files.
Removes what a process began and did not finish, if that process is gone. Keys and compiled circuits are never removed
(with --circuits: those compiled from other sources; they can be compiled again).`,
  examples: ["ballast clean --dry-run", "ballast clean --older-than 0 out/"],
  run({ folders = [], dryRun, circuits: withCircuits, minutes }, { print, fail }) {
    const home = ballastHome();
    const settle = (path: string, bytes: number, what: Item["what"], why?: string): Item => {
      if (why !== undefined) return { path, what, bytes, done: "left", why };
      if (dryRun) return { path, what, bytes, done: "would be removed", why: null };
      if (removed(path)) return { path, what, bytes, done: "removed", why: null };
      return { path, what, bytes, done: "left", why: "it can't be removed: check permissions" };
    };
    const items = findLeftovers([home, ...folders], minutes * 60_000).map((leftover) =>
      settle(leftover.path, leftover.bytes, "unfinished", reason(leftover)),
    );
    const compiled = foldersIn(join(home, "circuits"));
    const old = withCircuits ? oldOnes(compiled) : [];
    for (const path of old) items.push(settle(path, measure(path).bytes, "old circuit"));
    const gone = new Set(items.filter(({ done }) => done !== "left").map(({ path }) => path));
    const kept = {
      circuits: sizeOf(compiled.filter((path) => !gone.has(path))),
      keys: sizeOf(foldersIn(join(home, "keys"))),
    };
    const freed = items.reduce((sum, { done, bytes }) => sum + (done === "left" ? 0 : bytes), 0);
    if (items.some(({ why }) => why?.startsWith("it can't") === true)) fail();
    print({ home, dryRun, freed, items, kept }, () =>
      [
        ...(items.length === 0 ? [] : [itemTable(items)]),
        `${dryRun ? "to be freed" : "freed"}: ${bytesText(freed)}`,
        `kept: ${kept.circuits.count} compiled circuits (${bytesText(kept.circuits.bytes)}), ` +
          `keys of ${kept.keys.count} circuits (${bytesText(kept.keys.bytes)}), in ${home}`,
      ].join("\n"),
    );
  },
});

function reason({ keep, owner, age }: Leftover): string | undefined {
  if (keep === "in use") return `process ${owner} is alive`;
  return keep === "young" ? `written ${duration(age)} ago` : undefined;
}

function itemTable(items: readonly Item[]): string {
  const short = (path: string): string => {
    const inside = relative(ballastHome(), path);
    return inside.startsWith("..") ? path : inside;
  };
  return table(
    ["what", "size", "", "path"],
    items.map(({ what, bytes, done, why, path }) => [
      what,
      bytesText(bytes),
      why === null ? done : `${done}: ${why}`,
      short(path),
    ]),
    [1],
  );
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
