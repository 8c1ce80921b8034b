import { tablePoint } from "../../src/prover/table-point.ts";
import { verifyProof, verifyWithTablePoint } from "../../src/prover/verify.ts";
import { cachedSignals } from "../../src/witness/table.ts";
import type { BenchCase, MadeProof } from "./prove.ts";
import { sampleOf } from "./sample.ts";
import type { InstanceResult } from "./schema.ts";

/** Verification off chain, by a reader who has proof, key and snapshot. @throws {Error} when a proof is not valid. */
export async function measureVerifying(
  { circuit, key, snapshot }: BenchCase,
  proofs: readonly MadeProof[],
  runs: number,
): Promise<InstanceResult["verify"]> {
  const cached = cachedSignals(circuit, snapshot);
  const point = await tablePoint(key.verifyingKey, cached);
  const times = { full: [] as number[], withTablePoint: [] as number[], tablePoint: [] as number[] };
  for (let run = 0; run < runs; run++) {
    const made = proofs[run % proofs.length];
    if (made === undefined) throw new RangeError("There are no proofs to verify.");
    const own = made.publicSignals.slice(circuit.cachedInputs);
    const { verifyingKey } = key;
    times.full.push(await valid(() => verifyProof(verifyingKey, made.proof, made.publicSignals)));
    times.withTablePoint.push(await valid(() => verifyWithTablePoint(verifyingKey, point, made.proof, own)));
    times.tablePoint.push(await valid(async () => (await tablePoint(verifyingKey, cached)).x === point.x));
  }
  return {
    full: sampleOf(times.full),
    withTablePoint: sampleOf(times.withTablePoint),
    tablePoint: sampleOf(times.tablePoint),
  };
}

async function valid(check: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  if (!(await check())) throw new Error("A measured proof does not verify.");
  return performance.now() - start;
}
