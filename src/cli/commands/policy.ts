import { BallastError } from "../../errors.ts";
import { type Policy, parsePolicy } from "../../risk/policy.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import { PRESET_NAMES, presets, soundsLikePreset } from "../../risk/presets.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import type { Register } from "../program.ts";

interface ShowOptions extends Record<string, unknown> {
  readonly as?: string;
}

/** `ballast policy list | show`: the presets, and any of them as a file to start from. */
export const policy: Register = (program, run) => {
  const group = program.command("policy").description("the margin rules that come with Ballast, as files");
  group
    .command("list")
    .description("list the presets and their versions")
    .addHelpText(
      "after",
      "\nA version never changes: a snapshot names it, and is derived from it again." +
        `\nA name without a version means the newest; ${PRESET_NAMES[0]} is the default.` +
        "\nThe rules: docs/protocol/policies.md. Example: ballast policy list --json",
    )
    .action(
      run(({ io, json }) => {
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
        emit(io, json, { presets: rows }, () =>
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
      }),
    );
  group
    .command("show")
    .description("print a policy as a file, checked and in its canonical form")
    .argument("<name|file>", "a preset (les, or les/1 for an older version), or a policy file")
    .option("--as <name>", "give it a name of its own, as changed rules must have")
    .action(
      run<ShowOptions>(({ write }, options, [asked = ""]) => {
        // A file, with or without --json: no line of it may be broken.
        write(`${policyText(named(loadPolicy(asked), options.as)).trimEnd()}\n`);
      }),
    );
};

function named(found: Policy, name: string | undefined): Policy {
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
