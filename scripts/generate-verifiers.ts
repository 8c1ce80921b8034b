/**
 * Writes the Solidity that follows from the circuits: for each statement of circuits/circuits.json a verifier and
 * named accessors of its per-proof signals. The signals are read from the `public [...]` list of circuits/main, so
 * a circuit whose signals change without the contracts or the prover doing so fails `--check`.
 *
 *   tsx scripts/generate-verifiers.ts [--check]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BallastError } from "../src/errors.ts";
import { type CircuitInstance, instancesOf } from "../src/prover/circuits.ts";
import { CIRCUITS_ROOT } from "../src/prover/node/circuit-folder.ts";
import { signalsLibrary } from "./solidity/signals-template.ts";
import { proofSignals, STATEMENTS, type StatementSpec } from "./solidity/statements.ts";
import { verifierContract } from "./solidity/verifier-template.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

/** The public list of an instance's main component, which must instantiate `template`. */
function publicList({ name, main }: CircuitInstance, template: string): string[] {
  const source = readFileSync(join(CIRCUITS_ROOT, main), "utf8");
  const [, list, instantiated] = /public\s*\[([^\]]*)\]\s*\}\s*=\s*(\w+)\s*\(/.exec(source) ?? [];
  if (list === undefined) throw new BallastError("INVALID_ARTIFACT", `${name}: main has no public list.`);
  if (instantiated !== template)
    throw new BallastError(
      "INVALID_ARTIFACT",
      `${name}: main instantiates ${instantiated}, not ${template}.`,
    );
  return list.split(",").map((input) => input.trim());
}

/** The per-proof signals that all instances of a statement share. */
function statementSignals(template: string, spec: StatementSpec): readonly string[] {
  const lists = instancesOf(spec.statement).map((circuit) =>
    proofSignals(spec, circuit, publicList(circuit, template)),
  );
  const [first] = lists;
  if (first === undefined || lists.some((list) => list.join() !== first.join()))
    throw new BallastError(
      "INVALID_ARTIFACT",
      `The instances of ${template} differ in their public signals, or there are none.`,
    );
  return first;
}

const files: Record<string, string> = {};
for (const [template, spec] of Object.entries(STATEMENTS)) {
  const signals = statementSignals(template, spec);
  files[`contracts/verify/statements/${spec.contract}Verifier.sol`] = verifierContract(spec, signals);
  files[`contracts/verify/statements/${spec.contract}Signals.sol`] = signalsLibrary(spec, signals);
}
const root = fileURLToPath(new URL("..", import.meta.url));
writeOrCheck(root, files, process.argv.includes("--check"), "npm run generate");
