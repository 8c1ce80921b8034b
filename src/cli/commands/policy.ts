import { BallastError } from "../../errors.ts";
import { type Policy, parsePolicy } from "../../risk/policy.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import { PRESET_NAMES, presets, soundsLikePreset } from "../../risk/presets.ts";
import { command, group } from "../command.ts";
import { table } from "../format.ts";
import { needed, option } from "../input.ts";
import { named } from "../summaries.ts";

const list = command({
  name: "list",
  summary: "list the presets and their versions",
  notes: `
A version never changes: a snapshot names it, and is derived from it again.
A name without a version means the newest; ${PRESET_NAMES[0]} is the default. The rules: docs/protocol/policies.md.`,
  examples: ["ballast policy list"],
  run(_, { print }) {
    const rows = presets().map(({ id, name, version, isNewest, policy: document }) => ({
      preset: id,
      name,
      version,
      newest: isNewest,
      nameInSnapshots: document.name,
      description: document.description,
      underlyings: document.underlyings,
      scenarios: document.scenarios.length,
      initial: document.thresholds.initial,
      soft: document.thresholds.soft,
    }));
    print({ presets: rows }, () =>
      table(
        ["preset", "", "in snapshots", "scenarios", "initial", "soft"],
        rows.map((row) => [
          row.preset,
          row.newest ? "newest" : "",
          row.nameInSnapshots,
          String(row.scenarios),
          row.initial,
          row.soft,
        ]),
        [3, 4, 5],
      ),
    );
  },
});

const show = command({
  name: "show",
  summary: "print a policy as a file, checked and in its canonical form",
  arguments: {
    asked: needed("<name|file>", "a preset (les, or les/1 for an older version), or a policy file"),
  },
  flags: { as: option("--as <name>", "give it a name of its own, as changed rules must have") },
  examples: ["ballast policy show les --as my-rules > my-rules.json"],
  run({ asked, as }, { write }) {
    // A file, with or without --json: no line of it may be broken.
    write(`${policyText(renamed(loadPolicy(asked), as)).trimEnd()}\n`);
  },
});

export const policy = group({
  ...named("policy"),
  commands: [list, show],
});

function renamed(found: Policy, name: string | undefined): Policy {
  if (name === undefined) return found;
  if (soundsLikePreset(name)) {
    throw new BallastError("INVALID_INPUT", `${name} is a preset's name.`, {
      hint: "Give rules of your own another name.",
    });
  }
  return parsePolicy({ ...found, name }, "policy");
}

/** The document as JSON for people: one key a line, lists of numbers in one line. */
export function policyText(document: Policy): string {
  return JSON.stringify(document, null, 2).replace(
    /\[\s+("[^"[\]{}]*"(?:,\s+"[^"[\]{}]*")*)\s+\]/g,
    (_, items: string) => `[${items.replace(/\s*\n\s*/g, " ")}]`,
  );
}
