import { writeDevKey } from "./dev-key.ts";

/** What `setupDev` asks of this process: one message, one answer. */
export interface DevKeyJob {
  readonly r1cs: string;
  readonly r1csHash: string;
  readonly output: string;
}
export type DevKeyReply = { readonly done: true } | { readonly error: string };

process.once("message", (job: DevKeyJob) => {
  writeDevKey(job.r1cs, job.r1csHash, job.output)
    .then((): DevKeyReply => ({ done: true }))
    .catch(
      (error: unknown): DevKeyReply => ({ error: error instanceof Error ? error.message : "unknown error" }),
    )
    .then((reply) => process.send?.(reply, () => process.exit(0)));
});
process.once("disconnect", () => process.exit(1));
