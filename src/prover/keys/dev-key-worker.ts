import { parentPort, workerData } from "node:worker_threads";
import { writeDevKey } from "./dev-key.ts";

/** What `setupDev` asks of its thread. */
export interface DevKeyJob {
  readonly r1cs: string;
  readonly r1csHash: string;
  readonly output: string;
}

const job = workerData as DevKeyJob;
await writeDevKey(job.r1cs, job.r1csHash, job.output);
parentPort?.postMessage("done");
