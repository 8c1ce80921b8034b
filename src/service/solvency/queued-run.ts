import { type RunSolvencyOptions, runSolvency } from "../../actions/node/run-solvency.ts";
import type { Progress } from "../../actions/progress.ts";
import type { Clock } from "../../clock.ts";
import { toField } from "../../math/field.ts";
import { URGENCIES } from "../plan/plan.ts";
import { QueuedProver } from "../prover/queued-prover.ts";
import type { Keyring } from "../secrets/keyring.ts";
import type { Database } from "../store/database.ts";

export interface QueuedRunParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Pick<Clock, "now">;
  /** Batches that are in the queue at once: at least as many as there are workers. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

/** Seconds for which a batch is waited for, once it is asked for. */
const PATIENCE = 86_400n;

/**
 * As `runSolvency`, with proofs that are made by whatever workers share the database. States follow from accounts, not from proofs: batches
 * are asked for in order of states, and proven in any. After whatever must be proven for attestations; interrupted, the same call goes on:
 * what was proven meanwhile is there, and no batch is proven twice.
 * @throws {BallastError} as `runSolvency` and `QueuedProver.prove`; the signal's reason.
 */
export function runOverQueue(
  { database, keyring, clock, atOnce, signal }: QueuedRunParts,
  options: Omit<RunSolvencyOptions, "provers" | "workers" | "backend">,
  progress: Progress,
) {
  const now = (): bigint => clock.now() / 1_000n;
  const nobody = toField(0n);
  const purpose = {
    ...{ account: nobody, commitment: nobody, version: 0n, snapshot: options.snapshot.snapshotId },
    ...{ urgency: URGENCIES.length, deadline: now() + PATIENCE, reason: "solvency run" },
  };
  const provers = Array.from(
    { length: atOnce },
    () => new QueuedProver({ database, keyring, now, signal }, purpose),
  );
  return runSolvency({ ...options, provers }, progress);
}
