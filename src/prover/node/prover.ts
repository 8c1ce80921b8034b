import { BallastError } from "../../errors.ts";
import type { Field } from "../../math/field.ts";
import type { G1Point } from "../curve.ts";
import { type OnProgress, timed } from "../progress.ts";
import type { Groth16Proof } from "../proof.ts";
import type { BackendName, LoadedKey, ProveRequest, Prover } from "../prover.ts";
import { tablePoint } from "../table-point.ts";
import { verifyWithTablePoint } from "../verify.ts";
import type { ProverBackend } from "./backend.ts";
import { findRapidsnark, isRapidsnark, RapidsnarkBackend } from "./rapidsnark.ts";
import { WorkerBackend } from "./worker-backend.ts";

export interface ProverOptions {
  /**
   * `auto`, the default: rapidsnark where it is installed, else `ballast`, Ballast's own; and `ballast` from then on when
   * rapidsnark fails or what it makes doesn't verify, which a `fallback` event says once.
   */
  readonly backend?: "auto" | BackendName | ProverBackend;
  /** Threads of each proof, where the backend can be told: rapidsnark. Default: one for each core. */
  readonly threads?: number;
}

/**
 * Makes a prover. Keep it: the first proof of a circuit starts workers and reads the key, later ones don't.
 * @throws {BallastError} BACKEND_UNAVAILABLE when rapidsnark is asked for and is not there.
 * @example
 * ```ts
 * import { createProver, type ProveRequest } from "ballast/node";
 * declare const request: ProveRequest;
 * const prover = createProver({ backend: "snarkjs" });
 * const proof = await prover.prove(request, ({ step, ms }) => console.log(step, ms));
 * await prover.close();
 * ```
 */
export function createProver(options: ProverOptions = {}): Prover {
  const points = new TablePointCache();
  const choice = chooseBackend(options);
  let { backend } = choice;
  let { spare } = choice;
  let closed = false;
  return {
    get backend() {
      return backend.name;
    },
    close: async () => {
      closed = true;
      await Promise.all([choice.backend.close(), choice.spare?.close()]);
    },
    prove: async (request, onProgress) => {
      if (choice.notice !== undefined) tellOnce(choice.notice, onProgress);
      const used = backend;
      try {
        return await checkedProof(used, request, points, onProgress);
      } catch (error) {
        if (closed || used !== choice.backend || !isFault(error)) throw error;
        if (used === backend) {
          if (spare === undefined) throw error;
          backend = spare;
          spare = undefined;
        }
        tellOnce(`${error.shortMessage} Proving with ${backend.name} from now on.`, onProgress);
        return await checkedProof(backend, request, points, onProgress);
      }
    },
  };
}

async function checkedProof(
  backend: ProverBackend,
  request: ProveRequest,
  points: TablePointCache,
  onProgress: OnProgress | undefined,
): Promise<Groth16Proof> {
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
}

/** What a backend is to blame for: its own failures, and proofs that were thrown away. */
function isFault(error: unknown): error is BallastError {
  return (
    error instanceof BallastError &&
    (error.details["backend"] !== undefined || error.code === "PROOF_REJECTED")
  );
}

const told = new Set<string>();

/** Says something once in a process, whatever number of provers has it to say. */
function tellOnce(message: string, onProgress: OnProgress | undefined): void {
  if (onProgress === undefined || told.has(message)) return;
  told.add(message);
  onProgress({ step: "fallback", message });
}

interface BackendChoice {
  readonly backend: ProverBackend;
  /** What takes over when the first one fails. */
  readonly spare?: ProverBackend;
  /** Why it isn't the first choice. */
  readonly notice?: string;
}

function chooseBackend({ backend = "auto", threads }: ProverOptions): BackendChoice {
  if (typeof backend === "object") return { backend };
  const many = threads === undefined ? {} : { threads };
  if (backend === "rapidsnark") return { backend: new RapidsnarkBackend(many) };
  if (backend === "ballast" || backend === "snarkjs") return { backend: new WorkerBackend(backend) };
  const executable = findRapidsnark();
  if (executable === undefined) return { backend: new WorkerBackend("ballast") };
  if (!isRapidsnark(executable)) {
    const notice = `${executable} does not answer as rapidsnark does: proving with Ballast's own backend.`;
    return { backend: new WorkerBackend("ballast"), notice };
  }
  return { backend: new RapidsnarkBackend({ executable, ...many }), spare: new WorkerBackend("ballast") };
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
