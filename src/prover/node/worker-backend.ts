import type { OnProgress } from "../progress.ts";
import type { ProofJob } from "../prover.ts";
import type { BackendResult, ProverBackend } from "./backend.ts";
import { ProveClient } from "./prove-client.ts";

/**
 * A backend in a warm worker, a process: the second proof with a key pays no start-up, no file access, no compilation.
 * Its threads, one for each core and at most 64, end with it.
 */
export class WorkerBackend implements ProverBackend {
  readonly name: "ballast" | "snarkjs";
  readonly #client = new ProveClient();

  constructor(name: "ballast" | "snarkjs") {
    this.name = name;
  }

  prove(job: ProofJob, onProgress?: OnProgress): Promise<BackendResult> {
    const { artifacts, zkeyPath, manifest } = job.key;
    return this.#client.prove(
      {
        wasm: { path: artifacts.wasm, hash: artifacts.wasmHash },
        zkey: { path: zkeyPath, hash: manifest.zkeyHash },
        by: this.name,
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
