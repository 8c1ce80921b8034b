import { type Row, read, type Sql } from "../store/database.ts";
import type { JobState } from "./queue.ts";

/** All that is known of a job, and of the proof that it made. */
export interface JobFacts {
  readonly id: string;
  readonly purpose: string;
  readonly state: JobState;
  readonly account: string;
  readonly version: string;
  readonly commitment: string;
  readonly snapshot: string;
  readonly circuit: string;
  /** Why it was asked for, in public words. */
  readonly reason: string;
  readonly tries: number;
  /** Who works on it: host and process. For operators alone. */
  readonly worker: string | null;
  readonly failure: string | null;
  readonly supersededBy: string | null;
  readonly proof: string | null;
}

const FACTS = `select j.*, p.state as proof from ballast.jobs j left join ballast.proofs p on p.id = j.id`;

/** @returns undefined where there is none. */
export async function findJob(sql: Sql, id: string): Promise<JobFacts | undefined> {
  const [row] = await sql.query(`${FACTS} where j.id = $1`, [id]);
  return row === undefined ? undefined : factsOf(row);
}

/** The jobs of a state that changed last. */
export async function listJobs(sql: Sql, state: JobState, atMost: number): Promise<readonly JobFacts[]> {
  const rows = await sql.query(`${FACTS} where j.state = $1 order by j.changed_at desc, j.id limit $2`, [
    state,
    atMost,
  ]);
  return rows.map(factsOf);
}

function factsOf(row: Row): JobFacts {
  const { text, textOrNull } = read;
  return {
    ...{ id: text(row, "id"), purpose: text(row, "purpose"), state: text(row, "state") as JobState },
    ...{ account: text(row, "account"), version: text(row, "version"), commitment: text(row, "commitment") },
    ...{ snapshot: text(row, "snapshot"), circuit: text(row, "circuit"), reason: text(row, "reason") },
    ...{ tries: read.number(row, "tries"), worker: textOrNull(row, "worker") },
    ...{ failure: textOrNull(row, "failure"), supersededBy: textOrNull(row, "superseded_by") },
    proof: textOrNull(row, "proof"),
  };
}
