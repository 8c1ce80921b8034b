import type { OnProgress } from "../progress.ts";
import type { ProofJob } from "../prover.ts";
import type { BackendResult, ProverBackend } from "./backend.ts";
import { ProveClient } from "./prove-client.ts";

/** snarkjs in a warm worker: the second proof with a key pays no start-up, no file access, no compilation. */
export class SnarkjsBackend implements ProverBackend {
  readonly name = "snarkjs";
  readonly #client = new ProveClient();

  prove(job: ProofJob, onProgress?: OnProgress): Promise<BackendResult> {
    const { artifacts, zkeyPath, manifest } = job.key;
    return this.#client.prove(
      {
        wasm: { path: artifacts.wasm, hash: artifacts.wasmHash },
        zkey: { path: zkeyPath, hash: manifest.zkeyHash },
        inputs: job.inputs,
      },
      onProgress,
    );
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Process id of the warm worker, if it runs. */
  get pid(): number | undefined {
    return this.#client.pid;
  }
}
