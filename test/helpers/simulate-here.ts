import { WorkerBackend } from "../../src/prover/node/worker-backend.ts";
import { simulateProof } from "./simulator.ts";
import { readTrapdoor } from "./trapdoor.ts";

/**
 * Makes snarkjs' proofs of this process simulated.
 * @param firstReal whether the first proof with each key is made for real all the same.
 * @returns what undoes it.
 */
export function simulateHere(firstReal = false): () => void {
  const { prove } = WorkerBackend.prototype;
  const used = new Set<string>();
  WorkerBackend.prototype.prove = async function (job, onProgress) {
    const { zkeyPath, manifest } = job.key;
    if (firstReal && !used.has(zkeyPath)) {
      used.add(zkeyPath);
      return prove.call(this, job, onProgress);
    }
    return simulateProof(job, readTrapdoor(zkeyPath, manifest.zkeyHash), onProgress);
  };
  return () => {
    WorkerBackend.prototype.prove = prove;
  };
}

/** Simulates proofs, and kills this process while it makes the `nth`: the witness is there, the proof isn't. */
export function dieHere(nth: number): void {
  simulateHere();
  const { prove } = WorkerBackend.prototype;
  let begun = 0;
  WorkerBackend.prototype.prove = function (job, onProgress) {
    const isLast = ++begun === nth;
    return prove.call(this, job, (event) => {
      if (isLast && event.step === "prove") process.kill(process.pid, "SIGKILL");
      onProgress?.(event);
    });
  };
}
