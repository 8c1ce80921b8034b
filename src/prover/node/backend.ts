import type { OnProgress } from "../progress.ts";
import type { Groth16Proof } from "../proof.ts";
import type { BackendName, ProofJob } from "../prover.ts";

/** What a backend hands to `createProver`, which checks it before anybody else sees it. */
export interface BackendResult {
  readonly proof: Groth16Proof;
  /** The public signals the backend says it proved, in the circuit's order. */
  readonly publicSignals: readonly bigint[];
}

/** A way to make proofs. */
export interface ProverBackend {
  readonly name: BackendName;
  /**
   * Makes one proof; calls may overlap, the backend queues them.
   * @throws {BallastError} INVALID_INPUT when the inputs don't satisfy the circuit, BACKEND_FAILED when the backend breaks.
   */
  prove(job: ProofJob, onProgress?: OnProgress): Promise<BackendResult>;
  /** Ends all workers; the process can exit. Pending proofs are rejected. */
  close(): Promise<void>;
}
