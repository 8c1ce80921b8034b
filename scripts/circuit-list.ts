/**
 * Writes src/prover/generated/circuits.ts: the instances of circuits/circuits.json and the statements' public signals as a
 * module, so that nothing reads a file to know them.
 *
 *   tsx scripts/circuit-list.ts [--check]
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BallastError } from "../src/errors.ts";
import { readCircuitList } from "../src/prover/node/circuit-folder.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

/** Public inputs that the snapshot and the policy give; what follows them changes from proof to proof. */
const CACHED = ["table", "snapshotId", "policy"];

const root = fileURLToPath(new URL("../", import.meta.url));
const entries = Object.entries(readCircuitList(join(root, "circuits")));

const signals = new Map<string, readonly string[]>();
for (const [name, entry] of entries) {
  const own = CACHED.every((input, i) => entry.public[i] === input)
    ? entry.public.slice(CACHED.length)
    : entry.public;
  const known = signals.get(entry.statement);
  if (known !== undefined && known.join() !== own.join())
    throw new BallastError(
      "INVALID_ARTIFACT",
      `${name} has other public signals than the rest of its statement.`,
    );
  signals.set(entry.statement, own);
}

const lines = entries.map(([name, { statement, params, purpose }]) => {
  const fields = Object.entries(params).map(([key, value]) => `${key}: ${value}`);
  return `  {
    name: "${name}",
    statement: "${statement}",
    params: { ${fields.join(", ")} },
    purpose: ${JSON.stringify(purpose)},
  },`;
});
const lists = [...signals].map(
  ([statement, names]) => `  ${statement}: [\n${names.map((name) => `    "${name}",`).join("\n")}\n  ],`,
);
const text = `// GENERATED from circuits/circuits.json by scripts/circuit-list.ts: change that, not this.

/** A statement's public signals in the circuit's order, after those that the snapshot gives; arrays by one name. */
export const SIGNALS = {
${lists.join("\n")}
} as const;

/** All instances. */
export const CIRCUITS = [
${lines.join("\n")}
] as const;
`;
writeOrCheck(
  root,
  { "src/prover/generated/circuits.ts": text },
  process.argv.includes("--check"),
  "npm run generate",
);
