import { randomUUID } from "node:crypto";
import { formatField, parseField } from "../../math/field.ts";
import { type Row, read, type Sql } from "../store/database.ts";
import { jobId, type LeasedJob, type NewJob, type Purpose } from "./job.ts";

/** How often a job is tried: a lease that ran out counts. */
export const MOST_TRIES = 5;
/** Milliseconds for which a worker has a job without a heartbeat. */
export const LEASE = 30_000;
/** Milliseconds before a job that failed is tried again, doubled each time, and the longest of them. */
const BACKOFF = 2_000;
const LONGEST_BACKOFF = 120_000;

export type JobState = "waiting" | "active" | "done" | "superseded" | "dead";

/** Whom a worker is, and what it can prove. */
export interface WorkerFacts {
  /** For people: host and process. */
  readonly name: string;
  /** Names of the circuit instances that it attests with. */
  readonly circuits: readonly string[];
  /** And of those that it proves single statements with. Default: none. */
  readonly statements?: readonly string[];
}

export interface QueueTimes {
  readonly lease: number;
  readonly backoff: number;
}

/**
 * Jobs in the database: durable before they are acknowledged, each worked on by one worker at a time. Leases are in the database's real
 * time, which all workers share; deadlines are in the service's.
 */
export class JobQueue {
  readonly #sql: Sql;
  readonly #times: QueueTimes;

  /** @param sql the database, or the transaction that jobs come and go with. */
  constructor(sql: Sql, times: Partial<QueueTimes> = {}) {
    this.#sql = sql;
    this.#times = { lease: LEASE, backoff: BACKOFF, ...times };
  }

  /** Adds jobs; those that were asked for before stay, unless they wait and are more urgent now. @returns the ids that are new. */
  async add(jobs: readonly NewJob[]): Promise<readonly string[]> {
    if (jobs.length === 0) return [];
    const column = (of: (job: NewJob) => string): string[] => jobs.map(of);
    const rows = await this.#sql.query(
      `insert into ballast.jobs
        (id, purpose, account, version, commitment, snapshot, circuit, urgency, deadline, reason)
      select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
        $8::smallint[], $9::bigint[], $10::text[])
      on conflict (id) do update set urgency = excluded.urgency, deadline = excluded.deadline, reason = excluded.reason
        where jobs.state = 'waiting' and excluded.urgency < jobs.urgency
      returning id, xmax = 0 as is_new`,
      [
        column(jobId),
        column(({ purpose }) => purpose),
        column(({ account }) => formatField(account)),
        column(({ version }) => version.toString()),
        column(({ commitment }) => formatField(commitment)),
        column(({ snapshot }) => formatField(snapshot)),
        column(({ circuit }) => circuit),
        column(({ urgency }) => String(urgency)),
        column(({ deadline }) => deadline.toString()),
        column(({ reason }) => reason),
      ],
    );
    return rows.filter((row) => row["is_new"] === true).map((row) => read.text(row, "id"));
  }

  /**
   * Gives a worker the most urgent jobs that it can prove. Leases that ran out come back first, or are dead after the last try.
   * @param atMost at least 1.
   */
  async take(worker: WorkerFacts, atMost = 1): Promise<readonly LeasedJob[]> {
    await this.expire();
    const rows = await this.#sql.query(
      `with next as (
        select id from ballast.jobs
        where state = 'waiting' and not_before <= clock_timestamp()
          and circuit = any(case when purpose = 'statement' then $6::text[] else $1::text[] end)
          and not exists (select 1 from ballast.pauses where role = 'prover')
        order by urgency, deadline, id limit $2 for update skip locked)
      update ballast.jobs set state = 'active', tries = tries + 1, lease = $3 || '/' || next.id, worker = $4,
        lease_until = clock_timestamp() + $5 * interval '1 millisecond', changed_at = now()
      from next where jobs.id = next.id returning jobs.*`,
      [worker.circuits, atMost, randomUUID(), worker.name, this.#times.lease, worker.statements ?? []],
    );
    return rows.map(leasedOf).sort((a, b) => a.urgency - b.urgency || Number(a.deadline - b.deadline));
  }

  /** A heartbeat. @returns false where the lease is another's by now, or the job superseded: the work is for nothing. */
  async renew({ id, lease }: Pick<LeasedJob, "id" | "lease">): Promise<boolean> {
    const rows = await this.#sql.query(
      `update ballast.jobs set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
      where id = $1 and lease = $2 and state = 'active' returning id`,
      [id, lease, this.#times.lease],
    );
    return rows.length === 1;
  }

  /** @returns false where the lease was lost: what was made is not taken. */
  async finish({ id, lease }: Pick<LeasedJob, "id" | "lease">): Promise<boolean> {
    const rows = await this.#sql.query(
      `update ballast.jobs set state = 'done', lease = null, lease_until = null, changed_at = now()
      where id = $1 and lease = $2 and state = 'active' returning id`,
      [id, lease],
    );
    return rows.length === 1;
  }

  /**
   * Gives a job back that failed: it is tried again later, or is dead.
   * @param failure in public words.
   * @param forGood whether another try would fail too.
   */
  async fail(job: Pick<LeasedJob, "id" | "lease">, failure: string, forGood = false): Promise<boolean> {
    const { backoff } = this.#times;
    const rows = await this.#sql.query(
      `update ballast.jobs set state = case when $4 or tries >= $5 then 'dead' else 'waiting' end,
        failure = $3, lease = null, lease_until = null, changed_at = now(),
        not_before = clock_timestamp() + least($6 * power(2, tries - 1), $7) * interval '1 millisecond'
      where id = $1 and lease = $2 and state = 'active' returning id`,
      [job.id, job.lease, failure, forGood, MOST_TRIES, backoff, LONGEST_BACKOFF],
    );
    return rows.length === 1;
  }

  /** Hands a job back that was not worked on to its end, e.g. because the worker ends: it is no try. */
  async release({ id, lease }: Pick<LeasedJob, "id" | "lease">): Promise<boolean> {
    const rows = await this.#sql.query(
      `update ballast.jobs set state = 'waiting', tries = tries - 1, lease = null, lease_until = null, changed_at = now()
      where id = $1 and lease = $2 and state = 'active' returning id`,
      [id, lease],
    );
    return rows.length === 1;
  }

  /**
   * Takes waiting and active jobs out that a newer one replaces. Who works on one learns it at the next heartbeat.
   * @param by the newer job's id for each, or why there is none.
   * @returns how many were.
   */
  async supersede(old: ReadonlyMap<string, string>): Promise<number> {
    if (old.size === 0) return 0;
    const rows = await this.#sql.query(
      `update ballast.jobs set state = 'superseded', superseded_by = newer.by, lease = null, lease_until = null, changed_at = now()
      from unnest($1::text[], $2::text[]) as newer (id, by)
      where jobs.id = newer.id and state in ('waiting', 'active') returning jobs.id`,
      [[...old.keys()], [...old.values()]],
    );
    return rows.length;
  }

  /** Lets dead jobs be tried again from the start. @returns how many. */
  async retry(ids: readonly string[]): Promise<number> {
    const rows = await this.#sql.query(
      `update ballast.jobs set state = 'waiting', tries = 0, failure = null, not_before = now(), changed_at = now()
      where id = any($1::text[]) and state = 'dead' returning id`,
      [ids],
    );
    return rows.length;
  }

  /** All of a purpose that wait or are worked on, in the order of their urgency. */
  async live(
    purpose: Purpose = "coverage",
  ): Promise<readonly (NewJob & { readonly id: string; readonly state: JobState })[]> {
    const rows = await this.#sql.query(
      `select * from ballast.jobs where state in ('waiting', 'active') and purpose = $1 order by urgency, deadline, id`,
      [purpose],
    );
    return rows.map((row) => ({ ...jobOf(row), id: read.text(row, "id"), state: stateOf(row) }));
  }

  /** How many there are of each state. */
  async counts(): Promise<Readonly<Record<JobState, number>>> {
    const rows = await this.#sql.query("select state, count(*) as jobs from ballast.jobs group by state");
    const counts = { waiting: 0, active: 0, done: 0, superseded: 0, dead: 0 };
    for (const row of rows) counts[stateOf(row)] = read.number(row, "jobs");
    return counts;
  }

  /** Leases that ran out: back to the others, or dead after the last try. @returns how many. */
  async expire(): Promise<number> {
    const rows = await this.#sql.query(
      `update ballast.jobs set state = case when tries >= $1 then 'dead' else 'waiting' end,
        failure = 'the lease of ' || worker || ' ran out', lease = null, lease_until = null, changed_at = now()
      where state = 'active' and lease_until <= clock_timestamp() returning id`,
      [MOST_TRIES],
    );
    return rows.length;
  }
}

function stateOf(row: Row): JobState {
  return read.text(row, "state") as JobState;
}

function jobOf(row: Row): NewJob {
  return {
    purpose: read.text(row, "purpose") as Purpose,
    account: parseField(read.text(row, "account")),
    version: read.bigint(row, "version"),
    commitment: parseField(read.text(row, "commitment")),
    snapshot: parseField(read.text(row, "snapshot")),
    circuit: read.text(row, "circuit"),
    urgency: read.number(row, "urgency"),
    deadline: read.bigint(row, "deadline"),
    reason: read.text(row, "reason"),
  };
}

function leasedOf(row: Row): LeasedJob {
  return {
    ...jobOf(row),
    id: read.text(row, "id"),
    lease: read.text(row, "lease"),
    tries: read.number(row, "tries"),
  };
}
