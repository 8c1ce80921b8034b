import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { duration } from "../../display.ts";
import { findLeftovers, type Leftover, measure, removed } from "../../node/leftovers.ts";
import { circuitsInUse } from "../../prover/node/artifacts.ts";
import { ballastHome } from "../../prover/node/home.ts";
import { bytesText, table } from "../format.ts";
import { emit } from "../io.ts";
import { parseCount } from "../options.ts";
import type { Register } from "../program.ts";

interface Options extends Record<string, unknown> {
  readonly dryRun?: boolean;
  readonly circuits?: boolean;
  readonly olderThan: string;
}

interface Item {
  readonly path: string;
  readonly what: "unfinished" | "old circuit";
  readonly bytes: number;
  readonly done: "removed" | "would be removed" | "left";
  /** Why it is left. */
  readonly why: string | null;
}

/** `ballast clean`: what killed processes left behind. */
export const clean: Register = (program, run) => {
  program
    .command("clean")
    .description("remove what killed processes left behind, and compiled circuits that are out of date")
    .argument("[folders...]", "look for unfinished files here too, three folders deep")
    .option("--dry-run", "only say what would be removed")
    .option("--circuits", "also compiled circuits that no instance of this version uses")
    .option("--older-than <minutes>", "leave what was written to since", "60")
    .addHelpText(
      "after",
      `
Looks in $BALLAST_HOME and, for folders of its own, in the system's folder for temporary files.
Removes what a process began and did not finish, if that process is gone. Keys and compiled circuits are never removed
(with --circuits: those compiled from other sources; they can be compiled again).`,
    )
    .action(
      run<Options>(({ io, json, fail }, options, folders) => {
        const home = ballastHome();
        const dryRun = options.dryRun === true;
        const minutes = options.olderThan === "0" ? 0 : parseCount(options.olderThan, "--older-than");
        const settle = (path: string, bytes: number, what: Item["what"], why?: string): Item => {
          if (why !== undefined) return { path, what, bytes, done: "left", why };
          if (dryRun) return { path, what, bytes, done: "would be removed", why: null };
          if (removed(path)) return { path, what, bytes, done: "removed", why: null };
          return { path, what, bytes, done: "left", why: "it can't be removed: check permissions" };
        };
        const items = findLeftovers([home, ...folders], minutes * 60_000).map((leftover) =>
          settle(leftover.path, leftover.bytes, "unfinished", reason(leftover)),
        );
        const kept = foldersIn(join(home, "circuits"));
        const old = options.circuits === true ? oldOnes(kept) : [];
        for (const path of old) items.push(settle(path, measure(path).bytes, "old circuit"));
        const gone = new Set(items.filter(({ done }) => done !== "left").map(({ path }) => path));
        const circuits = sizeOf(kept.filter((path) => !gone.has(path)));
        const keys = sizeOf(foldersIn(join(home, "keys")));
        const freed = items.reduce((sum, { done, bytes }) => sum + (done === "left" ? 0 : bytes), 0);
        if (items.some(({ why }) => why?.startsWith("it can't") === true)) fail();
        emit(io, json, { home, dryRun, freed, items, kept: { circuits, keys } }, () =>
          [
            ...(items.length === 0 ? [] : [itemTable(items)]),
            `${dryRun ? "to be freed" : "freed"}: ${bytesText(freed)}`,
            `kept: ${circuits.count} compiled circuits (${bytesText(circuits.bytes)}), ` +
              `keys of ${keys.count} circuits (${bytesText(keys.bytes)}), in ${home}`,
          ].join("\n"),
        );
      }),
    );
};

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
