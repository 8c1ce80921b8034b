import { BallastError } from "../../errors.ts";
import type { Groth16Proof } from "../../prover/proof.ts";
import type { ProveRequest, Prover } from "../../prover/prover.ts";
import { rest } from "../leader.ts";
import { jobId, type NewJob } from "../queue/job.ts";
import { JobQueue } from "../queue/queue.ts";
import type { Keyring } from "../secrets/keyring.ts";
import type { Database } from "../store/database.ts";
import { digestOf, Statements } from "./statements.ts";

/** What proofs are for: all of a job but what is proven. */
export type StatementPurpose = Omit<NewJob, "purpose" | "circuit" | "digest">;

export interface QueuedProverParts {
  readonly database: Database;
  readonly keyring: Keyring;
  /** Unix seconds by the service's clock. */
  readonly now: () => bigint;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks for a proof. */
const LOOK = 200;

/**
 * A prover whose proofs are made by whatever workers share the database. The same inputs are one job and one proof, whoever asks again: what
 * was asked for before a process was killed is there after it.
 */
export class QueuedProver implements Prover {
  readonly backend = "ballast";
  readonly #parts: QueuedProverParts;
  readonly #purpose: StatementPurpose;

  constructor(parts: QueuedProverParts, purpose: StatementPurpose) {
    this.#parts = parts;
    this.#purpose = purpose;
  }

  /** @throws {BallastError} BACKEND_FAILED where its job is dead, or no worker made it by its deadline; STORE_ERROR. */
  async prove({ circuit, inputs, publicSignals }: ProveRequest): Promise<Groth16Proof> {
    const { database, keyring, now, signal } = this.#parts;
    const statement = { inputs, publicSignals };
    const digest = digestOf(statement);
    const job: NewJob = { ...this.#purpose, purpose: "statement", circuit: circuit.name, digest };
    const id = jobId(job);
    await database.transaction(async (sql) => {
      await new JobQueue(sql).add([job]);
      await new Statements(sql, keyring).add(id, statement);
    });
    const statements = new Statements(database, keyring);
    for (;;) {
      const proof = await statements.proofOf(id);
      if (proof !== undefined) return proof;
      signal.throwIfAborted();
      if (now() > job.deadline)
        throw new BallastError("BACKEND_FAILED", `No worker proved ${circuit.name} in time.`, {
          hint: "Start a `ballast worker` that has the keys of the liquidation's circuits.",
        });
      await rest(LOOK, signal);
    }
  }

  async close(): Promise<void> {}
}
