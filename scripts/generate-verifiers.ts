/**
 * Writes the Solidity that follows from the circuits: for each statement of circuits/circuits.json a verifier and
 * named accessors of its per-proof signals. The signals are read from the `public [...]` list of circuits/main, so
 * a circuit whose signals change without the contracts doing so fails `--check`.
 *
 *   tsx scripts/generate-verifiers.ts [--check]
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { BallastError } from "../src/errors.ts";
import { signalsLibrary, verifierContract } from "./solidity/verifier-template.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

/** The cached inputs, in order: the table point stands for them. */
const CACHED_SIGNALS = ["table", "snapshotId", "policy"];
const PARAMS = ["SLOTS", "ROWS", "SCENARIOS", "UNDERLYINGS"] as const;

const root = fileURLToPath(new URL("..", import.meta.url));
const circuits = z
  .record(
    z.string(),
    z.object({ file: z.string(), template: z.string(), params: z.record(z.string(), z.number()) }),
  )
  .parse(JSON.parse(readFileSync(`${root}circuits/circuits.json`, "utf8")));

function publicSignals(instance: string): string[] {
  const source = readFileSync(`${root}circuits/main/${instance}.circom`, "utf8");
  const list = /public\s*\[([^\]]*)\]/.exec(source)?.[1];
  if (list === undefined) throw new BallastError("INVALID_ARTIFACT", `${instance}: main has no public list.`);
  return list.split(",").map((name) => name.trim());
}

/** The per-proof signals that all instances of a statement share. */
function statementSignals(statement: string, instances: string[]): string[] {
  const lists = instances.map((instance) => {
    const [slots, rows, scenarios, underlyings] = PARAMS.map((key) => circuits[instance]?.params[key]);
    const expected = `${statement}_${slots}x${rows}_s${scenarios}k${underlyings}`;
    if (instance !== expected)
      throw new BallastError("INVALID_ARTIFACT", `${instance}: its parameters make its name ${expected}.`);
    const names = publicSignals(instance);
    if (names.slice(0, CACHED_SIGNALS.length).join() !== CACHED_SIGNALS.join())
      throw new BallastError(
        "INVALID_ARTIFACT",
        `${instance}: public inputs must start with the cached part.`,
      );
    return names.slice(CACHED_SIGNALS.length);
  });
  const [first] = lists;
  if (first === undefined || lists.some((list) => list.join() !== first.join()))
    throw new BallastError(
      "INVALID_ARTIFACT",
      `The instances of ${statement} differ in their public signals.`,
    );
  return first;
}

const statements = new Map<string, string[]>();
for (const [name, { template }] of Object.entries(circuits))
  statements.set(template, [...(statements.get(template) ?? []), name]);

const files: Record<string, string> = {};
for (const [template, instances] of statements) {
  const signals = statementSignals(template.toLowerCase(), instances);
  files[`contracts/verifiers/${template}Verifier.sol`] = verifierContract(template, signals);
  files[`contracts/libraries/${template}Signals.sol`] = signalsLibrary(template, signals);
}
writeOrCheck(root, files, process.argv.includes("--check"), "npm run generate");
