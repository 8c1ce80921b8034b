import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import type { BackendName, ProofJob, ProverBackend } from "./backend.ts";
import type { G1Point } from "./curve.ts";
import type { LoadedKey } from "./keys/load-key.ts";
import { type OnProgress, timed } from "./progress.ts";
import type { Groth16Proof } from "./proof.ts";
import { findRapidsnark, RapidsnarkBackend } from "./rapidsnark.ts";
import { SnarkjsBackend } from "./snarkjs.ts";
import { tablePoint } from "./table-point.ts";
import { verifyWithTablePoint } from "./verify.ts";

export interface ProverOptions {
  /** `auto`, the default: rapidsnark where it is installed, else snarkjs. */
  readonly backend?: "auto" | BackendName | ProverBackend;
}

/** What to prove: the job, and the public signals it must come out with. */
export interface ProveRequest extends ProofJob {
  /** All public signals in the circuit's order. */
  readonly publicSignals: readonly Field[];
}

/** A prover that hands out verified proofs only. */
export interface Prover {
  readonly backend: BackendName;
  /**
   * Makes and verifies a proof. `onProgress` gets `witness`, `prove` and `verify` with their times.
   * @throws {BallastError} INVALID_INPUT when the inputs don't satisfy the circuit; BACKEND_FAILED when the backend breaks;
   *   PROOF_REJECTED when what it made does not verify for exactly these signals.
   */
  prove(request: ProveRequest, onProgress?: OnProgress): Promise<Groth16Proof>;
  /** Ends all workers; the process can exit. */
  close(): Promise<void>;
}

/**
 * Makes a prover. Keep it: the first proof of a circuit starts workers and reads the key, later ones don't.
 * @throws {BallastError} BACKEND_UNAVAILABLE when rapidsnark is asked for and is not there.
 */
export function createProver(options: ProverOptions = {}): Prover {
  const backend = chooseBackend(options.backend ?? "auto");
  const points = new TablePointCache();
  return {
    backend: backend.name,
    close: () => backend.close(),
    prove: async (request, onProgress) => {
      const { circuit, key, publicSignals } = request;
      const result = await backend.prove(request, onProgress);
      await timed(onProgress, "verify", undefined, async () => {
        const same =
          result.publicSignals.length === publicSignals.length &&
          publicSignals.every((signal, index) => signal === result.publicSignals[index]);
        if (!same) throw rejected(backend, "is for other public signals");
        const cached = publicSignals.slice(0, circuit.cachedInputs);
        const own = publicSignals.slice(circuit.cachedInputs);
        const point = await points.get(key, cached);
        if (!(await verifyWithTablePoint(key.verifyingKey, point, result.proof, own))) {
          throw rejected(backend, "does not verify");
        }
      });
      return result.proof;
    },
  };
}

function chooseBackend(choice: "auto" | BackendName | ProverBackend): ProverBackend {
  if (typeof choice === "object") return choice;
  if (choice === "rapidsnark") return new RapidsnarkBackend();
  if (choice === "snarkjs") return new SnarkjsBackend();
  const executable = findRapidsnark();
  return executable === undefined ? new SnarkjsBackend() : new RapidsnarkBackend({ executable });
}

function rejected(backend: ProverBackend, why: string): BallastError {
  return new BallastError("PROOF_REJECTED", `The proof from ${backend.name} ${why}; it was thrown away.`, {
    hint: "Check that key and circuit belong together, or use the other backend.",
  });
}

/** The last table point: many accounts are proven against one snapshot. */
class TablePointCache {
  #last:
    | { readonly keyHash: string; readonly signals: readonly Field[]; readonly point: G1Point }
    | undefined;

  async get(key: LoadedKey, signals: readonly Field[]): Promise<G1Point> {
    const last = this.#last;
    if (
      last !== undefined &&
      last.keyHash === key.keyHash &&
      last.signals.length === signals.length &&
      last.signals.every((signal, index) => signal === signals[index])
    ) {
      return last.point;
    }
    const point = await tablePoint(key.verifyingKey, signals);
    this.#last = { keyHash: key.keyHash, signals, point };
    return point;
  }
}
