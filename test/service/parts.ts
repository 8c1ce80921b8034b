import type { Clock } from "../../src/clock.ts";
import { toField } from "../../src/math/field.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { LoadedKey, Prover } from "../../src/prover/prover.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { Accounts } from "../../src/service/accounts/accounts.ts";
import type { ApiParts } from "../../src/service/api/server.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { ProverWorker, type WorkerTimes } from "../../src/service/prover/worker.ts";
import type { NewJob } from "../../src/service/queue/job.ts";
import { Keyring } from "../../src/service/secrets/keyring.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import type { AccountReading } from "../../src/venues/venue.ts";
import { CIRCUIT } from "../chain/system.ts";

export const SLOTS = 4;
export const keyring = new Keyring("11".repeat(32));
export const DEPLOYMENT = {
  chainId: 31_337,
  coverageRegistry: "0x00000000000000000000000000000000000000c0",
  maxAge: 3_600,
} as const;

/** An account with so many dollars, as its venue says it. */
export function reading(
  account: string,
  version: bigint,
  usdc: string,
  more: Partial<AccountReading> = {},
): AccountReading {
  return {
    ...{ venue: "book", account, version, asOf: 1_000n * version, declaredBy: "venue", notes: [], parts: [] },
    portfolio: { account, positions: [{ instrument: "USDC", quantity: usdc }] },
    ...more,
  };
}

export function accountsOf(database: Database, ring = keyring): Accounts {
  return new Accounts(database, ring, SLOTS);
}

/** What an API stands on. */
export function apiParts(
  database: Database,
  clock: Pick<Clock, "now">,
  more: Partial<ApiParts> = {},
): ApiParts {
  return {
    ...{
      database,
      clock,
      snapshots: new Snapshots(database),
      accounts: accountsOf(database),
      circuit: CIRCUIT,
    },
    ...{ onChange: () => undefined, onEvent: () => undefined },
    rules: { perSecond: 100, burst: 1_000_000, atOnce: 8 },
    streams: { poll: 10, beat: 50 },
    ...more,
  };
}

const POINT = { x: 1n, y: 2n };
const PAIR = { x: { c0: 1n, c1: 2n }, y: { c0: 3n, c1: 4n } };

/** Makes no proof: for what queue, leases and sender do, however many there are. */
export function stubProver(work: () => Promise<void> = async () => {}): Prover {
  return {
    backend: "snarkjs",
    prove: async () => {
      await work();
      return { a: POINT, b: PAIR, c: POINT };
    },
    close: async () => {},
  };
}

const STUB_KEY = {
  circuitId: `0x${"c1".repeat(32)}`,
  keyHash: `0x${"c2".repeat(32)}`,
} as unknown as LoadedKey;

export interface StubWorkerOptions {
  readonly prover?: Prover;
  readonly times?: Partial<WorkerTimes>;
  readonly name?: string;
  readonly events?: ServiceEvent[];
}

/** A worker that makes no proofs. */
export function stubWorker(database: Database, options: StubWorkerOptions = {}): ProverWorker {
  const { prover = stubProver(), times = {}, name = "stub", events = [] } = options;
  return new ProverWorker({
    ...{ database, keyring, prover, name, times, deployment: DEPLOYMENT },
    accounts: accountsOf(database),
    snapshots: new Snapshots(database),
    kits: [{ circuit: instanceOf("coverage", CIRCUIT), key: STUB_KEY }],
    statements: [{ circuit: instanceOf("transfer", "transfer_4"), key: STUB_KEY }],
    onEvent: (event) => events.push(event),
  });
}

/** Takes an account's reading, and says what its proof is. */
export async function acceptedJob(
  database: Database,
  snapshot: Snapshot,
  of: AccountReading,
): Promise<NewJob> {
  const { version } = await accountsOf(database).accept(of, snapshot, of.asOf);
  return {
    ...{
      purpose: "coverage",
      account: version.account,
      version: version.version,
      commitment: version.commitment,
    },
    ...{
      snapshot: snapshot.snapshotId,
      circuit: CIRCUIT,
      urgency: 4,
      deadline: snapshot.time,
      reason: "unproven commitment",
    },
  };
}

export const field = (value: number) => toField(BigInt(value));

/** A database whose process is killed at its nth statement: nothing of an open transaction stays. */
export function dyingAt(real: Database, nth: number): Database {
  let left = nth;
  const counted = (sql: Pick<Database, "query">): Pick<Database, "query"> => ({
    query: (text, values) => {
      if (--left <= 0) throw new Error("killed");
      return sql.query(text, values);
    },
  });
  return {
    ...{ kind: real.kind, close: async () => {}, ...counted(real) },
    transaction: (work) => real.transaction((sql) => work(counted(sql))),
  };
}
