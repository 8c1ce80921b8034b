import { relative } from "node:path";
import { type CleanedItem, cleanUp } from "../../actions/node/clean.ts";
import { ballastHome } from "../../prover/node/home.ts";
import { command } from "../command.ts";
import { bytesText, table } from "../format.ts";
import { defaulted, option, toggle } from "../input.ts";
import { parseCount } from "../options.ts";
import { named } from "../summaries.ts";

export const clean = command({
  ...named("clean"),
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
  run({ folders = [], ...values }, { print, fail }) {
    const cleaned = cleanUp({ folders, ...values });
    const { home, dryRun, freed, items, kept } = cleaned;
    if (items.some(({ why }) => why?.startsWith("it can't") === true)) fail();
    print(cleaned, () =>
      [
        ...(items.length === 0 ? [] : [itemTable(items)]),
        `${dryRun ? "to be freed" : "freed"}: ${bytesText(freed)}`,
        `kept: ${kept.circuits.count} compiled circuits (${bytesText(kept.circuits.bytes)}), ` +
          `keys of ${kept.keys.count} circuits (${bytesText(kept.keys.bytes)}), in ${home}`,
      ].join("\n"),
    );
  },
});

function itemTable(items: readonly CleanedItem[]): string {
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
