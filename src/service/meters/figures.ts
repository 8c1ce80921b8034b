import { read, type Sql } from "../store/database.ts";

/** What is measured of a service now, beside its status and its meters. */
export interface Figures {
  readonly jobs: readonly { readonly purpose: string; readonly state: string; readonly count: number }[];
  readonly transactions: readonly { readonly state: string; readonly count: number }[];
  /** Wei that each key has spent in 24 hours. */
  readonly spent: readonly { readonly sender: string; readonly wei: bigint }[];
  /** Seconds that the longest has waited: a job for a worker, a proof for its attestation. 0 where none waits. */
  readonly longestWait: { readonly job: number; readonly proof: number };
  readonly processes: readonly {
    readonly name: string;
    readonly roles: string;
    /** Bytes, resident. */
    readonly memory: bigint;
    /** Seconds since it said that it is there. */
    readonly silent: number;
  }[];
}

const DAY = 86_400_000n;

/**
 * @param wall Unix milliseconds of the machine's clock, of which spending is.
 * @throws {BallastError} STORE_ERROR.
 */
export async function readFigures(sql: Sql, wall: bigint): Promise<Figures> {
  const jobs = await sql.query(
    "select purpose, state, count(*) as n from ballast.jobs group by purpose, state order by purpose, state",
  );
  const transactions = await sql.query(
    "select state, count(*) as n from ballast.transactions group by state order by state",
  );
  const spent = await sql.query(
    `select sender, coalesce(sum(spent) filter (where sent_at >= $1), 0) as wei from ballast.transactions
    group by sender order by sender`,
    [wall - DAY],
  );
  const processes = await sql.query(
    `select name, roles, memory, extract(epoch from clock_timestamp() - seen_at) as silent from ballast.processes
    where seen_at > clock_timestamp() - interval '1 hour' order by name`,
  );
  const seconds = async (query: string): Promise<number> => {
    const [row] = await sql.query(query);
    return row === undefined ? 0 : read.number(row, "seconds");
  };
  const longest = (of: string) =>
    `select coalesce(extract(epoch from clock_timestamp() - min(${of})), 0) as seconds`;
  return {
    jobs: jobs.map((row) => ({
      ...{ purpose: read.text(row, "purpose"), state: read.text(row, "state"), count: read.number(row, "n") },
    })),
    transactions: transactions.map((row) => ({
      ...{ state: read.text(row, "state"), count: read.number(row, "n") },
    })),
    spent: spent.map((row) => ({ sender: read.text(row, "sender"), wei: read.bigint(row, "wei") })),
    longestWait: {
      job: await seconds(`${longest("created_at")} from ballast.jobs where state = 'waiting'`),
      proof: await seconds(
        `${longest("created_at")} from ballast.proofs where state in ('proven', 'sending')`,
      ),
    },
    processes: processes.map((row) => ({
      ...{ name: read.text(row, "name"), roles: read.text(row, "roles"), silent: read.number(row, "silent") },
      memory: read.bigint(row, "memory"),
    })),
  };
}
