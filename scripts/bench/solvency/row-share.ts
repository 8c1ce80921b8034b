import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../../../src/node/files.ts";
import type { BatchCircuit } from "../../../src/prover/circuits.ts";
import { circuitInfo } from "../../../src/prover/node/artifacts.ts";
import { CIRCUITS_ROOT } from "../../../src/prover/node/circuit-folder.ts";

/**
 * Constraints that a batch circuit has for its table: measured as twice what it loses when it is compiled once more with
 * half its rows. The rest is the accounts' (with policy, path and state, which they share).
 */
export async function tableShare(circuit: BatchCircuit): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), "ballast-rows-"));
  try {
    cpSync(CIRCUITS_ROOT, root, { recursive: true });
    const rows = circuit.rows / 2;
    const name = circuit.name.replace(`x${circuit.rows}_`, `x${rows}_`);
    const { accounts, slots, shape, depth } = circuit;
    const parameters = [accounts, slots, rows, shape.scenarios, shape.underlyings, depth].join(", ");
    const signals = "table, snapshotId, policy, accountsRoot, batchIndex, stateIn, stateOut, context";
    writeFileAtomic(
      join(root, "main", `${name}.circom`),
      `pragma circom 2.2.3;\n\ninclude "solvency/batch.circom";\n\n` +
        `component main {public [${signals}]} = SolvencyBatch(${parameters});\n`,
    );
    const fewer = await circuitInfo({ name, root, main: join("main", `${name}.circom`) });
    const full = await circuitInfo(circuit);
    return 2 * (full.constraints - fewer.constraints);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
