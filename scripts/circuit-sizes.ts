/**
 * Writes circuits/sizes.json: what each instance of circuits/circuits.json comes to when it is compiled.
 * The command line, the tests and the documents read sizes from there; this alone compares them with a compilation.
 * Unchanged circuits come from the cache in `BALLAST_HOME`, the others are compiled.
 *
 *   tsx scripts/circuit-sizes.ts [--check]
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { mapParallel } from "../src/parallel.ts";
import { type CircuitInstance, listInstances } from "../src/prover/circuits.ts";
import { ensureArtifacts, sourcesOf } from "../src/prover/node/artifacts.ts";
import { readR1cs } from "../src/prover/r1cs-file.ts";
import { type RecordedSize, SIZES_FILE } from "../src/prover/sizes-file.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

/** Compilers at once: the largest circuit takes about 2 GB. */
const MOST_AT_ONCE = 4;

async function measure(circuit: CircuitInstance): Promise<readonly [string, RecordedSize]> {
  const { r1cs, r1csHash } = await ensureArtifacts(circuit, ({ message, ms }) => {
    if (ms === undefined) process.stderr.write(`compiling ${message}\n`);
  });
  const { constraints, publicSignals, wires, domainPower } = readR1cs(r1cs);
  const { hash: sourceHash } = sourcesOf(circuit);
  return [
    circuit.name,
    { constraints, publicInputs: publicSignals, wires, domainPower, sourceHash, r1csHash },
  ];
}

const atOnce = Math.min(MOST_AT_ONCE, availableParallelism());
const sizes = await mapParallel(listInstances(), atOnce, measure);
writeOrCheck(
  fileURLToPath(new URL("../", import.meta.url)),
  { [`circuits/${SIZES_FILE}`]: `${JSON.stringify(Object.fromEntries(sizes), null, 2)}\n` },
  process.argv.includes("--check"),
  "npm run generate",
);
