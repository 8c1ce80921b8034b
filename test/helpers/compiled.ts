import { cpSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CircuitInstance } from "../../src/prover/circuits.ts";
import { ensureArtifacts } from "../../src/prover/node/artifacts.ts";

/** Copies circuits from the present BALLAST_HOME, which all tests share, into another one: compiling them there would take seconds. */
export async function copyCompiled(circuits: readonly CircuitInstance[], home: string): Promise<void> {
  for (const circuit of circuits) {
    const compiled = dirname((await ensureArtifacts(circuit)).r1cs);
    cpSync(compiled, join(home, "circuits", basename(compiled)), { recursive: true });
  }
}
