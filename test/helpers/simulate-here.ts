import { SnarkjsBackend } from "../../src/prover/node/snarkjs.ts";
import { simulateProof } from "./simulator.ts";
import { readTrapdoor } from "./trapdoor.ts";

/** Makes snarkjs' proofs of this process simulated. @returns what undoes it. */
export function simulateHere(): () => void {
  const { prove } = SnarkjsBackend.prototype;
  SnarkjsBackend.prototype.prove = async (job, onProgress) =>
    simulateProof(job, readTrapdoor(job.key.zkeyPath, job.key.manifest.zkeyHash), onProgress);
  return () => {
    SnarkjsBackend.prototype.prove = prove;
  };
}
