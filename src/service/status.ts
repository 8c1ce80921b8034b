import { type Field, parseField } from "../math/field.ts";
import type { ProofState } from "./prover/proofs.ts";
import { Proofs } from "./prover/proofs.ts";
import { JobQueue, type JobState } from "./queue/queue.ts";
import { type Database, only, read } from "./store/database.ts";

/** How a service is doing. Public: counts, ids and times, no amounts of accounts. */
export interface Status {
  readonly accounts: number;
  /** Accounts in each tier 0 to 4, by the newest snapshot. */
  readonly tiers: readonly number[];
  /** Accounts whose newest commitment has an attestation that counts now. */
  readonly fresh: number;
  readonly snapshot: { readonly id: Field /** Unix seconds. */; readonly time: bigint } | undefined;
  readonly jobs: Readonly<Record<JobState, number>>;
  readonly proofs: Readonly<Record<ProofState, number>>;
  /** When the commitment was taken that has waited longest for its first attestation; Unix milliseconds by the service's clock. */
  readonly oldestUnproven: bigint | undefined;
  /** Why jobs are dead, the last ones. */
  readonly dead: readonly { readonly job: string; readonly failure: string }[];
  /** Wei of all keys. */
  readonly spentToday: bigint;
  readonly leaders: readonly { readonly role: string; readonly owner: string }[];
  readonly processes: readonly {
    readonly name: string;
    readonly roles: string /** Seconds. */;
    readonly silent: number;
  }[];
}

const DAY = 86_400_000n;

/**
 * The service's time, Unix seconds, as one of its processes said it last; the machine's where none did.
 * @param wall Unix milliseconds of the machine's clock.
 * @throws {BallastError} STORE_ERROR.
 */
export async function serviceTime(database: Database, wall: bigint): Promise<bigint> {
  const [last] = await database.query(
    "select clock from ballast.processes where roles <> 'prover' order by seen_at desc limit 1",
  );
  return (last === undefined ? wall : read.bigint(last, "clock")) / 1_000n;
}

/**
 * Reads how a service is doing.
 * @param now Unix seconds by the service's clock: what has expired by then is not fresh.
 * @param wall Unix milliseconds of the machine's clock, of which spending is.
 * @throws {BallastError} STORE_ERROR.
 */
export async function readStatus(database: Database, now: bigint, wall: bigint): Promise<Status> {
  const count = async (text: string, values: readonly (string | bigint)[] = []): Promise<number> =>
    read.number(only(await database.query(text, values)), "n");
  const [newest] = await database.query(
    "select id, time from ballast.snapshots order by time desc, id limit 1",
  );
  const tiers = [0, 0, 0, 0, 0];
  const rows = await database.query(
    `select e.tier, count(*) as n from ballast.evaluations e join ballast.accounts a on a.id = e.account and a.version = e.version
    where e.snapshot = $1 group by e.tier`,
    [newest === undefined ? "" : read.text(newest, "id")],
  );
  for (const row of rows) tiers[read.number(row, "tier")] = read.number(row, "n");
  const CURRENT = `ballast.accounts a join ballast.versions v on v.account = a.id and v.version = a.version`;
  const fresh = await count(
    `select count(distinct a.id) as n from ${CURRENT} join ballast.proofs p on p.account = a.id and p.commitment = v.commitment
    where p.state = 'attested' and p.expires_at >= $1`,
    [now],
  );
  const [oldest] = await database.query(
    `select min(v.since) as since from ${CURRENT} where not exists (select 1 from ballast.proofs p
    where p.account = a.id and p.commitment = v.commitment and p.state = 'attested')`,
  );
  const since = oldest === undefined ? null : read.textOrNull(oldest, "since");
  const spent = only(
    await database.query(
      "select coalesce(sum(spent), 0) as spent from ballast.transactions where sent_at >= $1",
      [wall - DAY],
    ),
  );
  const dead = await database.query(
    "select id, failure from ballast.jobs where state = 'dead' order by changed_at desc limit 5",
  );
  const leaders = await database.query(
    "select role, owner from ballast.leaders where until > clock_timestamp() order by role",
  );
  const processes = await database.query(
    `select name, roles, extract(epoch from clock_timestamp() - seen_at)::int as silent from ballast.processes
    where seen_at > clock_timestamp() - interval '1 hour' order by name`,
  );
  return {
    ...{ tiers, fresh, accounts: await count("select count(*) as n from ballast.accounts") },
    snapshot:
      newest === undefined
        ? undefined
        : { id: parseField(read.text(newest, "id")), time: read.bigint(newest, "time") },
    jobs: await new JobQueue(database).counts(),
    proofs: await new Proofs(database).counts(),
    oldestUnproven: since === null ? undefined : BigInt(since),
    dead: dead.map((row) => ({ job: read.text(row, "id"), failure: read.textOrNull(row, "failure") ?? "" })),
    spentToday: read.bigint(spent, "spent"),
    leaders: leaders.map((row) => ({ role: read.text(row, "role"), owner: read.text(row, "owner") })),
    processes: processes.map((row) => ({
      ...{ name: read.text(row, "name"), roles: read.text(row, "roles"), silent: read.number(row, "silent") },
    })),
  };
}
