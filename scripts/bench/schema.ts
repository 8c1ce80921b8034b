import { z } from "zod";
import { sampleSchema } from "./sample.ts";

/** Milliseconds of one way to make a proof. */
const stepsSchema = z.strictObject({
  /** Starting the worker: loading the witness generator and the key. Only cold proofs have it. */
  start: sampleSchema.nullable(),
  /** The circuit's witness from its inputs. */
  witness: sampleSchema,
  /** The backend's own work, from witness to proof. */
  prove: sampleSchema,
  /** The check that every proof passes before it is handed out. */
  verify: sampleSchema,
  /** All of it as the caller sees it, from inputs to verified proof, messages between processes included. */
  total: sampleSchema,
});
export type Steps = z.infer<typeof stepsSchema>;

const proverSchema = z.strictObject({
  backend: z.enum(["ballast", "snarkjs", "rapidsnark"]),
  /** First proof of a new prover. */
  cold: stepsSchema,
  /** Later proofs of a prover. */
  warm: stepsSchema,
});

const gasSchema = z.strictObject({
  /** Publishing the snapshot with one table point and two oracle signatures. */
  publish: z.int().positive(),
  /** First attestations of accounts, one a transaction. */
  attest: sampleSchema,
  batches: z.array(
    z.strictObject({ size: z.int().positive(), total: z.int().positive(), each: z.int().positive() }),
  ),
  /** The table point computed on chain. */
  tablePoint: z.strictObject({
    transactions: z.int().positive(),
    total: z.int().positive(),
    /** Gas a table row, one measurement for each chunk of rows; empty rows cost least. */
    perRow: sampleSchema,
  }),
});
export type Gas = z.infer<typeof gasSchema>;

const instanceSchema = z.strictObject({
  name: z.string(),
  slots: z.int().positive(),
  rows: z.int().positive(),
  /** Rows that the snapshot fills; the rest are zeros. */
  filledRows: z.int().positive(),
  /** Positions of each measured account. */
  positions: z.int().positive(),
  constraints: z.int().positive(),
  publicInputs: z.int().positive(),
  wires: z.int().positive(),
  domainPower: z.int().positive(),
  zkeyBytes: z.int().positive(),
  /** Milliseconds; null when the compiled circuit was taken from the cache. */
  compile: z.number().positive().nullable(),
  /** Milliseconds of a fresh dev key, one run, its checks included. */
  key: z.number().positive(),
  /** Milliseconds from snapshot and portfolio to the circuit's inputs: sums, requirement, commitment. */
  inputs: sampleSchema,
  provers: z.array(proverSchema).min(1),
  verify: z.strictObject({
    /** With all public signals. */
    full: sampleSchema,
    /** With the table point in place of the cached ones. */
    withTablePoint: sampleSchema,
    /** Computing the table point. */
    tablePoint: sampleSchema,
  }),
  gas: gasSchema.nullable(),
});
export type InstanceResult = z.infer<typeof instanceSchema>;

/** What `npm run bench -- --json` prints. Times in milliseconds, gas in gas. */
export const benchSchema = z.strictObject({
  format: z.literal("ballast.bench/1"),
  machine: z.strictObject({
    cores: z.int().positive(),
    memoryGiB: z.number().positive(),
    node: z.string(),
    platform: z.string(),
  }),
  settings: z.strictObject({
    runs: z.int().positive(),
    seed: z.int().nonnegative(),
    /** `sample`, or the recorded chain's file name. */
    market: z.string(),
  }),
  instances: z.array(instanceSchema).min(1),
});
export type BenchResult = z.infer<typeof benchSchema>;
