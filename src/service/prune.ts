import { type Database, read } from "./store/database.ts";

/** For how long what is old stays, seconds by the service's clock. */
export interface Keep {
  /** Snapshots whole, so that each can be derived again: a day at least, and as long as anything proven in one counts. */
  readonly snapshots: bigint;
  /** Evaluations: each account's distances to the tiers. */
  readonly history: bigint;
}

const DAY = 86_400n;
export const KEEP: Keep = { snapshots: DAY, history: 30n * DAY };

/**
 * Forgets what is older than that. The newest snapshot stays, and so does one that a job waits for; what is left of an older one is its id
 * and time, for as long as evaluations are of it.
 * @param now Unix seconds by the service's clock.
 * @param maxAge seconds for which a snapshot attests.
 * @returns how many snapshots are no longer whole.
 */
export function prune(database: Database, now: bigint, maxAge: bigint, keep: Keep = KEEP): Promise<number> {
  const age = [keep.snapshots, maxAge, DAY].reduce((a, b) => (a > b ? a : b));
  return database.transaction(async (sql) => {
    await sql.query(
      `delete from ballast.evaluations e using ballast.snapshots s where s.id = e.snapshot and s.time < $1`,
      [now - keep.history],
    );
    await sql.query("delete from ballast.proposals where state <> 'open' and time < $1", [now - age]);
    const emptied = await sql.query(
      `update ballast.snapshots s set content = null where time < $1 and content is not null
        and time < (select max(time) from ballast.snapshots)
        and not exists (select 1 from ballast.jobs j where j.snapshot = s.id and j.state in ('waiting', 'active'))
      returning id`,
      [now - age],
    );
    await sql.query(
      `delete from ballast.snapshots s where content is null
        and not exists (select 1 from ballast.evaluations e where e.snapshot = s.id)`,
    );
    return emptied.map((row) => read.text(row, "id")).length;
  });
}
