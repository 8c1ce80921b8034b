import type { Hex } from "viem";
import type { Field } from "../math/field.ts";
import type { CircuitInstance } from "./circuits.ts";
import type { KeyManifest } from "./key-manifest.ts";
import type { OnProgress } from "./progress.ts";
import type { Groth16Proof } from "./proof.ts";
import type { VerifyingKey } from "./verifying-key.ts";
import type { CircuitInputs } from "./witness-calculator.ts";

/** A compiled circuit on disk. */
export interface Artifacts {
  readonly r1cs: string;
  readonly wasm: string;
  readonly sym: string;
  /** sha256 of the `.r1cs` file, 0x and 64 hex digits: the identity of the circuit for keys. */
  readonly r1csHash: `0x${string}`;
  readonly wasmHash: `0x${string}`;
}

/** Sizes of a compiled instance. */
export interface CircuitInfo {
  readonly constraints: number;
  readonly publicInputs: number;
  /** Wires, the constant one included. */
  readonly wires: number;
  /** k: the proof works in a domain of 2^k, `constraints + publicInputs + 1 <= 2^k`. */
  readonly domainPower: number;
}

/** A key that has been checked against its circuit and its manifest. */
export interface LoadedKey {
  readonly zkeyPath: string;
  readonly verificationKeyPath: string;
  readonly verifyingKey: VerifyingKey;
  readonly manifest: KeyManifest;
  readonly keyHash: Hex;
  readonly circuitId: Hex;
  readonly artifacts: Artifacts;
}

/** One proof to make. `inputs` are witness values: never log them. */
export interface ProofJob {
  readonly circuit: CircuitInstance;
  readonly key: LoadedKey;
  readonly inputs: CircuitInputs;
}

export type BackendName = "ballast" | "snarkjs" | "rapidsnark";

/** What to prove: the job, and the public signals it must come out with. */
export interface ProveRequest extends ProofJob {
  /** All public signals in the circuit's order. */
  readonly publicSignals: readonly Field[];
}

/** A prover that hands out verified proofs only. */
export interface Prover {
  /** What makes the proofs now. */
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
