import type { Deployment } from "../chain/deploy/deployment.ts";
import type { LiquidationSystem } from "../chain/liquidation/system.ts";
import type { Clock } from "../clock.ts";
import { BallastError } from "../errors.ts";
import type { Prover } from "../prover/prover.ts";
import type { Venue } from "../venues/venue.ts";
import { Accounts } from "./accounts/accounts.ts";
import type { AdmissionRules } from "./api/admission.ts";
import { runApi } from "./api/listen.ts";
import { attempted, LOOK } from "./attempt.ts";
import { type OnEvent, withoutRepeats } from "./events.ts";
import { type FeedParts, feedAccounts, feedSnapshots, type SnapshotSource } from "./feed.ts";
import type { KeeperKits } from "./keeper/parts.ts";
import { rest, whileLeading } from "./leader.ts";
import {
  type KeeperPart,
  runKeeper,
  runSender,
  runSigner,
  runSolvencyRuns,
  type SenderPart,
  type SignerPart,
} from "./loops.ts";
import { Tally } from "./meters/meters.ts";
import { Pauses } from "./pauses.ts";
import type { PlanRules } from "./plan/plan.ts";
import { Planner } from "./plan/planner.ts";
import { Progress } from "./progress/progress.ts";
import { ProverWorker, type WorkerKit } from "./prover/worker.ts";
import { type Keep, prune } from "./prune.ts";
import type { Keyring } from "./secrets/keyring.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import type { ScheduleParts, SolvencyKits } from "./solvency/schedule.ts";
import { readStatus } from "./status.ts";
import { statusJson, writeStatus } from "./status-file.ts";
import type { Database } from "./store/database.ts";

/** What a process of the service does. */
export const ROLES = ["feed", "signer", "prover", "sender", "keeper", "solvency", "api"] as const;
export type Role = (typeof ROLES)[number];

export interface ServiceParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly deployment: Deployment;
  /** For people and for leads: host and process; no two have the same. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly onEvent: OnEvent;
  /** Where the state is written for others, with an embedded database, which is this process's alone. */
  readonly statusFolder?: string;
  /** The kit of the instance by whose slots accounts are committed comes first. */
  readonly kits: readonly [WorkerKit, ...WorkerKit[]];
  readonly feed?: {
    readonly venues: readonly Venue[];
    readonly snapshots: SnapshotSource;
    readonly rules: PlanRules;
    /** Default: as of `KEEP`. */
    readonly keep?: Keep;
  };
  readonly prover?: {
    readonly prover: Prover;
    readonly atOnce: number;
    /** Milliseconds; default: as of `ProverWorker`. */
    readonly lease?: number;
  };
  readonly api?: { readonly host: string; readonly port: number; readonly rules: AdmissionRules };
  /** One for each key; the first sends attestations too. */
  readonly senders?: readonly SenderPart[];
  /** Where the deployment has one. */
  readonly liquidation?: { readonly system: LiquidationSystem; readonly kits: KeeperKits };
  readonly keepers?: readonly KeeperPart[];
  /** Of a venue: what its runs are proven with, and when they are, by the first sender's key. */
  readonly solvency?: {
    readonly kits: SolvencyKits;
    readonly runs?: Pick<ScheduleParts, "venue" | "rules">;
  };
  readonly signers?: readonly SignerPart[];
}

interface RunningParts extends ServiceParts {
  readonly tally: Tally;
}

/** Plans follow from time too: so long without a change, and it is looked again. */
const PLAN_AGAIN = 5_000;
/** Between two times that what is old is forgotten. */
const PRUNE = 3_600_000;
/** Between two times that a process says that it is there. */
const SEEN = 2_000;

/**
 * Runs the roles of one process until the signal. Feed and sender are led by one process at a time; provers work beside each other.
 * @throws {BallastError} for what no waiting mends; a database or a node that is away is waited for.
 */
export async function runService(given: ServiceParts, signal: AbortSignal): Promise<void> {
  const tally = new Tally();
  const count = withoutRepeats(({ level, role }) => {
    if (level === "warning") tally.add("warnings", role);
  });
  const onEvent: OnEvent = (event) => {
    count(event);
    given.onEvent(event);
  };
  const parts: RunningParts = { ...given, onEvent, tally };
  const ending = new AbortController();
  const all = AbortSignal.any([signal, ending.signal]);
  const work = [beSeen(parts, all), ...roles(parts, all)];
  // Where one fails for good, the others end with it.
  const settled = await Promise.allSettled(
    work.map((one) =>
      one.catch((error: unknown) => {
        ending.abort();
        throw error;
      }),
    ),
  );
  const failed = settled.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function roles(parts: RunningParts, signal: AbortSignal): Promise<void>[] {
  const { feed, prover, senders = [], keepers = [], signers = [], api, name } = parts;
  const running: Promise<void>[] = [];
  if (feed !== undefined && parts.roles.includes("feed"))
    running.push(whileLeading(parts, "feed", name, signal, (led) => runFeed(parts, feed, led)));
  if (prover !== undefined && parts.roles.includes("prover"))
    for (let n = 1; n <= prover.atOnce; n++) running.push(workerOf(parts, prover, n).run(signal));
  if (api !== undefined && parts.roles.includes("api")) running.push(serveApi(parts, api, signal));
  if (parts.roles.includes("sender"))
    for (const [i, sender] of senders.entries()) {
      const role = `sender ${sender.client.account.address}`;
      running.push(
        whileLeading(parts, role, name, signal, (led) =>
          runSender(parts, { attests: i === 0, ...sender }, led),
        ),
      );
    }
  // Beside each other: a key's word on a proposal is one, whoever says it first.
  if (parts.roles.includes("signer"))
    for (const signer of signers) running.push(runSigner(parts, signer, signal));
  if (parts.roles.includes("solvency") && parts.solvency?.runs !== undefined)
    running.push(whileLeading(parts, "solvency", name, signal, (led) => runSolvencyRuns(parts, led)));
  if (parts.roles.includes("keeper"))
    for (const keeper of keepers) {
      const role = `keeper ${keeper.client.account.address}`;
      running.push(whileLeading(parts, role, name, signal, (led) => runKeeper(parts, keeper, led)));
    }
  return running;
}

async function runFeed(
  parts: ServiceParts,
  { venues, snapshots: source, rules, keep }: NonNullable<ServiceParts["feed"]>,
  signal: AbortSignal,
): Promise<void> {
  const { database, keyring, clock, onEvent, deployment, kits } = parts;
  const [{ circuit }] = kits;
  const accounts = new Accounts(database, keyring, circuit.slots);
  const snapshots = new Snapshots(database);
  await attempted(parts.onEvent, "plan", async () => {
    const resealed = await accounts.reseal();
    if (resealed > 0)
      onEvent({
        role: "feed",
        level: "info",
        message: "sealed anew by the newest key",
        facts: { versions: resealed },
      });
  });
  let changed = true;
  const onChange = (): void => {
    changed = true;
  };
  const feeding = { accounts, snapshots, clock, onEvent, onChange };
  const sources = [
    feedSnapshots(feeding, source, signal),
    ...venues.map((venue) => feedOne(feeding, venue, signal)),
  ];
  const planner = new Planner({
    ...{ database, keyring, accounts, snapshots, deployment, rules, clock, onEvent, circuit: circuit.name },
  });
  const pauses = new Pauses(database);
  const pass = async (): Promise<void> => {
    if (!(await pauses.has("feed"))) await planner.pass();
  };
  const progress = new Progress(database);
  const plan = async (): Promise<void> => {
    let last = 0;
    let pruned = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      if (
        performance.now() - pruned > PRUNE &&
        (await attempted(parts.onEvent, "plan", async () => {
          await progress.prune();
          await prune(database, clock.now() / 1_000n, BigInt(deployment.maxAge), keep);
        }))
      )
        pruned = performance.now();
      if (changed || performance.now() - last > PLAN_AGAIN) {
        changed = false;
        last = performance.now();
        if (!(await attempted(parts.onEvent, "plan", pass))) changed = true;
      }
      await rest(LOOK, signal);
    }
  };
  await Promise.all([...sources, plan()]);
}

/** A venue that refuses for good (a wrong key) stops alone: the accounts of the others go on. */
async function feedOne(parts: FeedParts, venue: Venue, signal: AbortSignal): Promise<void> {
  try {
    await feedAccounts(parts, venue, signal);
  } catch (error) {
    if (!(error instanceof BallastError) || error.code === "STORE_ERROR") throw error;
    const message = `${venue.name} is read no more: ${error.code}. Mend it and start again.`;
    parts.onEvent({ role: "feed", level: "warning", message });
  }
}

function workerOf(
  parts: ServiceParts,
  { prover, lease }: NonNullable<ServiceParts["prover"]>,
  n: number,
): ProverWorker {
  const { database, keyring, deployment, kits, name, onEvent, liquidation, solvency } = parts;
  return new ProverWorker({
    ...{ database, keyring, deployment, prover, kits, onEvent, name: `${name}/${n}` },
    accounts: new Accounts(database, keyring, kits[0].circuit.slots),
    snapshots: new Snapshots(database),
    ...(lease === undefined ? {} : { times: { lease } }),
    statements: [liquidation?.kits, solvency?.kits].flatMap((own) => Object.values(own ?? {})),
  });
}

/** The plan looks again every few seconds, so that it needs no word of a new version, which may be another process's. */
async function serveApi(
  { database, keyring, clock, onEvent, kits, tally }: RunningParts,
  { host, port, rules }: NonNullable<ServiceParts["api"]>,
  signal: AbortSignal,
): Promise<void> {
  const accounts = new Accounts(database, keyring, kits[0].circuit.slots);
  const snapshots = new Snapshots(database);
  const onListening = (address: string): void =>
    onEvent({ role: "api", level: "info", message: `listens at ${address}` });
  await runApi(
    {
      ...{ database, accounts, snapshots, clock, onEvent, rules, tally, onChange: () => undefined },
      circuit: kits[0].circuit.name,
    },
    { host, port, onListening },
    signal,
  );
}

/** Tells the others that this process is there, now and then. */
async function beSeen(parts: RunningParts, signal: AbortSignal): Promise<void> {
  const { database, name, roles, statusFolder, clock, tally } = parts;
  while (!signal.aborted) {
    await attempted(parts.onEvent, "service", async () => {
      await database.query(
        `insert into ballast.processes (name, roles, clock, memory, seen_at) values ($1, $2, $3, $4, clock_timestamp())
        on conflict (name) do update set seen_at = excluded.seen_at, roles = excluded.roles, clock = excluded.clock,
          memory = excluded.memory`,
        [name, roles.join(", "), clock.now(), process.memoryUsage.rss()],
      );
      await tally.store(database);
      if (statusFolder === undefined) return;
      const now = BigInt(Date.now());
      writeStatus(statusFolder, statusJson(await readStatus(database, clock.now() / 1_000n, now), now));
    });
    await rest(SEEN, signal);
  }
}
