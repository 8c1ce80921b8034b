import { BallastError } from "../../errors.ts";
import { type Field, formatField } from "../../math/field.ts";
import { URGENCIES } from "../plan/plan.ts";
import { jobId, type NewJob } from "../queue/job.ts";
import { findJob, type JobFacts } from "../queue/job-facts.ts";
import { JobQueue } from "../queue/queue.ts";
import type { ApiKey } from "./keys.ts";
import type { RouteParts } from "./routes/shared.ts";

const ASKED = "asked for";

/**
 * Asks for a proof of an account's newest commitment in the newest snapshot, ahead of what can wait. The same again is the same job.
 * @param commitment left out: whichever is the newest.
 * @throws {BallastError} UNKNOWN_ACCOUNT; VERSION_BEHIND where the commitment is not the newest; VENUE_UNAVAILABLE before the first snapshot.
 */
export async function askForProof(
  { database, accounts, snapshots, circuit, clock }: RouteParts,
  key: ApiKey,
  account: Field,
  commitment: Field | undefined,
): Promise<{ readonly job: JobFacts; readonly isNew: boolean }> {
  const newest = await accounts.find(account);
  if (newest === undefined) throw new BallastError("UNKNOWN_ACCOUNT", "The service has no such account.");
  if (commitment !== undefined && commitment !== newest.commitment)
    throw new BallastError("VERSION_BEHIND", "The commitment is not the account's newest.", {
      hint: "Only the newest is proven: ask for the account.",
    });
  const snapshot = await snapshots.newest();
  if (snapshot === undefined)
    throw new BallastError("VENUE_UNAVAILABLE", "The service has no snapshot yet.", {
      hint: "Try again when one is published.",
    });
  const job: NewJob = {
    ...{ purpose: "coverage", account, version: newest.version, commitment: newest.commitment, circuit },
    ...{ snapshot: snapshot.snapshotId, urgency: URGENCIES.indexOf(ASKED), reason: ASKED },
    // Whoever asks first comes first.
    deadline: clock.now() / 1_000n,
  };
  const id = jobId(job);
  return database.transaction(async (sql) => {
    const isNew = (await new JobQueue(sql).add([job])).includes(id);
    await sql.query(
      "insert into ballast.audit (key, action, account, version, outcome) values ($1, 'prove', $2, $3, $4)",
      [key.id, formatField(account), newest.version, isNew ? "queued" : "known"],
    );
    const facts = await findJob(sql, id);
    if (facts === undefined) throw new BallastError("INTERNAL", "A job that was added is not there.");
    return { job: facts, isNew };
  });
}
