import { z } from "zod";

const size = z.int().nonnegative();

/** One batch circuit over a made-up venue. Times in milliseconds. */
const batchResultSchema = z.strictObject({
  name: z.string(),
  accounts: size,
  slots: size,
  rows: size,
  constraints: size,
  publicInputs: size,
  domainPower: size,
  /** Constraints for the table: they grow with rows, not with accounts. */
  tableShare: size,
  zkeyBytes: size,
  /** A fresh dev key. */
  key: size,
  backend: z.enum(["ballast", "snarkjs", "rapidsnark"]),
  batches: size,
  /** Reading, checking and committing to the accounts, and the tree. */
  begin: size,
  /** One batch of a prover that has proven before: witness, proof, its check and the file. */
  warmBatch: size,
  /** The whole run, its report included. */
  total: size,
  /** Verifying the whole run from its public files. */
  verify: size,
  /** A batch's proof file. */
  fileBytes: size,
});
export type BatchResult = z.infer<typeof batchResultSchema>;

const gasSchema = z.strictObject({
  open: size,
  /** One batch in a transaction of its own. */
  single: size,
  /** Several in one transaction. */
  combined: z.strictObject({ batches: size, gas: size }),
  close: size,
});
export type RunGas = z.infer<typeof gasSchema>;

/** What `npm run bench:solvency -- --json` prints. */
export const solvencyBenchSchema = z.strictObject({
  format: z.literal("ballast.bench-solvency/1"),
  machine: z.strictObject({ cores: size, memoryGiB: z.number(), node: z.string(), platform: z.string() }),
  seed: size,
  results: z.array(batchResultSchema).min(1),
  gas: gasSchema.nullable(),
});
export type SolvencyBench = z.infer<typeof solvencyBenchSchema>;
