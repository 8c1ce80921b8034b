import { readFileSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { outOfMemory } from "../../node/memory.ts";
import { sharedCurve } from "../curve.ts";
import { fromSnarkjsProof } from "../proof.ts";
import { type CircuitInputs, WitnessCalculator } from "../witness-calculator.ts";
import type { BackendResult } from "./backend.ts";

/** A proof (with a key) or only a witness (without). Files are named by their hashes, so warm copies are found again. */
export interface WorkRequest {
  readonly id: number;
  readonly wasm: { readonly path: string; readonly hash: string };
  readonly zkey?: { readonly path: string; readonly hash: string };
  /** Who proves. Default: snarkjs. */
  readonly by?: "ballast" | "snarkjs";
  readonly inputs: CircuitInputs;
}

export type WorkReply =
  | { readonly id: number; readonly step: "start" | "witness" | "prove"; readonly ms?: number }
  | { readonly id: number; readonly result: BackendResult }
  | { readonly id: number; readonly witness: Uint8Array }
  | {
      readonly id: number;
      readonly failure: Pick<BallastError, "code" | "inputs"> & {
        readonly message: string;
        readonly hint?: string;
      };
    };

/** Files that stay in memory: the last few, so that a liquidation, with five circuits in turn, stays warm. */
const WARM = 6;
const calculators = new Map<string, WitnessCalculator>();
const keys = new Map<string, Prove>();

/** Makes a proof of a witness with one key. */
type Prove = (witness: Uint8Array) => Promise<BackendResult>;

/** Reads a key and readies who proves with it. */
async function openKey(path: string, by: WorkRequest["by"]): Promise<Prove> {
  const zkey = new Uint8Array(readFileSync(path));
  if (by === "ballast") {
    const [{ buildBn128 }, { Groth16Prover }] = await Promise.all([
      import("ffjavascript"),
      import("../groth16/prove.ts"),
    ]);
    const prover = await Groth16Prover.create(await buildBn128(), await sharedCurve(), zkey);
    return (witness) => prover.prove(witness);
  }
  const { groth16 } = await import("snarkjs"); // a witness alone needs none of it
  return async (witness) => {
    const made = await groth16.prove({ type: "mem", data: zkey }, { type: "mem", data: witness });
    return { proof: fromSnarkjsProof(made.proof), publicSignals: made.publicSignals.map(BigInt) };
  };
}

/** The entry of `hash`, made when it is not there; the oldest goes when there are too many. */
async function warm<T>(cache: Map<string, T>, hash: string, make: () => Promise<T>): Promise<T> {
  const value = cache.get(hash) ?? (await make());
  cache.delete(hash);
  cache.set(hash, value);
  for (const oldest of cache.keys()) {
    if (cache.size <= WARM) break;
    cache.delete(oldest);
  }
  return value;
}

async function work(request: WorkRequest): Promise<void> {
  const { id, wasm, zkey, inputs, by } = request;
  const step = async <T>(name: "start" | "witness" | "prove", run: () => Promise<T>): Promise<T> => {
    reply({ id, step: name });
    const start = performance.now();
    const value = await run();
    reply({ id, step: name, ms: performance.now() - start });
    return value;
  };
  const load = async () => ({
    calculator: await warm(calculators, wasm.hash, () => WitnessCalculator.create(readFileSync(wasm.path))),
    key: zkey === undefined ? undefined : await warm(keys, zkey.hash, () => openKey(zkey.path, by)),
  });
  const isWarm = calculators.has(wasm.hash) && (zkey === undefined || keys.has(zkey.hash));
  const { calculator, key } = isWarm ? await load() : await step("start", load);
  const witness = await step("witness", async () => {
    try {
      return calculator.calculate(inputs);
    } catch (error) {
      calculators.delete(wasm.hash); // its state is undefined now
      throw error;
    }
  });
  if (key === undefined) {
    reply({ id, witness });
    witness.fill(0);
    return;
  }
  const result = await step("prove", () => key(witness));
  witness.fill(0);
  reply({ id, result });
}

function reply(message: WorkReply): void {
  process.send?.(message);
}

function fail(id: number, thrown: unknown): void {
  const error = outOfMemory(thrown) ?? thrown;
  const failure =
    error instanceof BallastError
      ? {
          code: error.code,
          message: error.shortMessage,
          inputs: error.inputs,
          ...given({ hint: error.hint }),
        }
      : { code: "BACKEND_FAILED" as const, message: "The proof could not be made.", inputs: [] };
  reply({ id, failure });
}

let queue: Promise<void> = Promise.resolve();
process.on("message", (request: WorkRequest) => {
  queue = queue.then(() => work(request)).catch((error: unknown) => fail(request.id, error));
});
process.once("disconnect", () => process.exit(0));
