/**
 * The service's figures on this machine. Needs a PostgreSQL server's programs for the second part.
 *
 *   npx tsx scripts/bench-service.ts [--accounts N] [--jobs N] [--seconds N]
 *
 * 1. Evaluation of N accounts (default 10000) of five positions in a full snapshot: the reference model alone, and from the database.
 * 2. Jobs a minute of one and of two `ballast worker` on PostgreSQL, at the smallest circuit (default 40 jobs each).
 * 3. From a portfolio's change to its attestation on a local chain (default 60 seconds of trades), all roles in this process.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SILENT } from "../src/actions/progress.ts";
import { saveDeployment } from "../src/chain/deploy/deployment-file.ts";
import { smallPolicy } from "../src/demo/devnet/files.ts";
import { startSample } from "../src/demo/live/start.ts";
import { sampleChain } from "../src/market/sample.ts";
import { createRandom } from "../src/math/random.ts";
import { portfolioFormatter } from "../src/portfolio/format.ts";
import { instanceOf } from "../src/prover/circuits.ts";
import { presetPolicy } from "../src/risk/policy.ts";
import { portfolioSums, requirement, vectorIndex } from "../src/risk/requirement.ts";
import { buildSnapshot, type Snapshot } from "../src/risk/snapshot.ts";
import { Accounts, type OpenVersion } from "../src/service/accounts/accounts.ts";
import { Evaluations, evaluateAll } from "../src/service/accounts/evaluate.ts";
import { initialise } from "../src/service/config/init-file.ts";
import { JobQueue } from "../src/service/queue/queue.ts";
import { Keyring, newMasterKey } from "../src/service/secrets/keyring.ts";
import { runService } from "../src/service/serve.ts";
import { Snapshots } from "../src/service/snapshots/snapshots.ts";
import { type Database, only } from "../src/service/store/database.ts";
import { openEmbedded } from "../src/service/store/embedded.ts";
import { migrate } from "../src/service/store/migrate.ts";
import { openPostgres } from "../src/service/store/postgres.ts";
import { MAIN } from "../test/helpers/built.ts";
import { startPostgres } from "../test/helpers/postgres.ts";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "10000" },
    jobs: { type: "string", default: "40" },
    seconds: { type: "string", default: "60" },
  },
});
const [ACCOUNTS, JOBS, SECONDS] = [values.accounts, values.jobs, values.seconds].map(Number) as [
  number,
  number,
  number,
];
const CIRCUIT = instanceOf("coverage", "4x8");
const random = createRandom(1);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function seconds(what: string, work: () => Promise<unknown> | unknown): Promise<number> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const took = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  say(
    `  ${what.padEnd(44)} ${took.toFixed(2).padStart(7)} s, ${((user + system) / 1e6).toFixed(2).padStart(6)} s of CPU`,
  );
  return (user + system) / 1e6;
}

/** Five positions of a snapshot, one of them cash. */
function reading(snapshot: Snapshot, account: string, count = 5) {
  const cash = { instrumentId: 1, quantity: 100_000_000n };
  const others = snapshot.rows.filter(({ instrumentId }) => instrumentId !== cash.instrumentId);
  const held = new Map<number, bigint>();
  while (held.size < count - 1)
    held.set(random.pick(others).instrumentId, BigInt(random.between(-50, 50) || 1));
  const positions = [cash, ...[...held].map(([instrumentId, quantity]) => ({ instrumentId, quantity }))];
  const portfolio = portfolioFormatter(snapshot)({ account, positions });
  return {
    venue: "bench",
    account,
    version: 1n,
    asOf: 0n,
    portfolio,
    declaredBy: "venue",
    notes: [],
    parts: [],
  } as const;
}

async function accept(
  database: Database,
  keyring: Keyring,
  snapshot: Snapshot,
  slots: number,
  names: readonly string[],
) {
  const accounts = new Accounts(database, keyring, slots);
  for (const name of names) await accounts.accept(reading(snapshot, name, Math.min(5, slots)), snapshot, 0n);
  await new Snapshots(database).add(snapshot);
  return accounts;
}

async function evaluation(): Promise<void> {
  say(`evaluation of ${ACCOUNTS} accounts of five positions, 240 rows, 35 scenarios`);
  const database = await openEmbedded();
  await migrate(database);
  const keyring = new Keyring(newMasterKey());
  const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"));
  const names = Array.from({ length: ACCOUNTS }, (_, i) => `account-${i}`);
  let accounts: Accounts | undefined;
  await seconds("taken from a feed, one by one (embedded)", async () => {
    accounts = await accept(database, keyring, snapshot, 64, names);
  });
  let open: readonly OpenVersion[] = [];
  await seconds("read and unsealed", async () => {
    open = (await accounts?.open()) ?? [];
  });
  const { shape, policyElements, rows } = snapshot;
  const plain = await seconds("a plain loop over the reference model", () => {
    const vectors = vectorIndex(rows);
    for (const { opening } of open)
      requirement(portfolioSums(vectors, opening.portfolio.positions, shape), policyElements, shape);
  });
  let made: ReturnType<typeof evaluateAll> | undefined;
  const whole = await seconds("evaluated", () => {
    made = evaluateAll(open, snapshot);
  });
  await seconds("sealed and stored", () =>
    new Evaluations(database, keyring).add(snapshot.snapshotId, made?.evaluations ?? []),
  );
  say(`  evaluation is ${(whole / plain).toFixed(2)} times the plain loop`);
  await database.close();
}

async function proving(): Promise<void> {
  const server = await startPostgres({ durable: true });
  const folder = mkdtempSync(join(tmpdir(), "ballast-bench-service-"));
  const keyring = new Keyring(newMasterKey());
  const place = { folder: join(folder, "sample"), url: server.url };
  // For its contracts alone: a worker looks whether the deployment has its key.
  const sample = await startSample({
    ...{ circuit: CIRCUIT, accounts: 1, speed: 1, seed: 1, name: "bench", store: place, keyring },
    ...{ onEvent: () => {}, progress: SILENT },
  });
  const { config, masterKey } = initialise(join(folder, "service"), CIRCUIT.name);
  saveDeployment(join(folder, "service/deployment.json"), sample.parts.deployment);
  await sample.close();
  const own = new Keyring(readFileSync(masterKey, "utf8"));
  const database = await openPostgres(server.url);
  const snapshot = buildSnapshot(sampleChain(), smallPolicy(), { rows: CIRCUIT.rows, shape: CIRCUIT.shape });
  const env = { ...process.env, DATABASE_URL: server.url, BALLAST_MASTER_KEY_FILE: masterKey };
  try {
    for (const workers of [1, 2]) {
      const names = Array.from({ length: JOBS }, (_, i) => `of-${workers}-${i}`);
      const accounts = await accept(database, own, snapshot, CIRCUIT.slots, names);
      const children: ChildProcess[] = Array.from({ length: workers }, () =>
        spawn(process.execPath, [MAIN, "worker", "--config", config], { env, stdio: "ignore" }),
      );
      const done = async (): Promise<number> => (await new JobQueue(database).counts()).done;
      const before = await done();
      const jobs = (await accounts.current()).map((version) => ({
        ...({
          purpose: "coverage",
          circuit: CIRCUIT.name,
          snapshot: snapshot.snapshotId,
          reason: "bench",
        } as const),
        ...{
          account: version.account,
          commitment: version.commitment,
          version: 1n,
          urgency: 4,
          deadline: 0n,
        },
      }));
      await new JobQueue(database).add(jobs);
      // From the first proof on, so that starting and reading the key is not in it.
      while ((await done()) <= before) await sleep(20);
      const [begun, first] = [performance.now(), await done()];
      while ((await new JobQueue(database).counts()).waiting > 0) await sleep(20);
      const rate = ((await done()) - first) / ((performance.now() - begun) / 60_000);
      const memory = children.map(
        ({ pid }) => /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1],
      );
      say(
        `  ${workers} worker${workers > 1 ? "s" : ""}: ${Math.round(rate)} jobs a minute, peak RSS ${memory.map((kb) => `${Math.round(Number(kb) / 1_024)} MiB`).join(", ")}`,
      );
      for (const child of children) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        await ended;
      }
    }
  } finally {
    await database.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function latency(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ballast-bench-service-"));
  const sample = await startSample({
    // Trades come every ten seconds: the sample's ten minutes, sixty times as fast.
    ...{ circuit: CIRCUIT, accounts: 10, speed: 60, seed: 1, name: "bench", store: { folder } },
    ...{ keyring: new Keyring(newMasterKey()), onEvent: () => {}, progress: SILENT },
  });
  const stop = new AbortController();
  const running = Promise.all([runService(sample.parts, stop.signal), sample.driveChain(stop.signal)]);
  await sleep(SECONDS * 1_000);
  const row = only(
    await sample.database.query(`select count(*)::int as n,
      percentile_cont(0.5) within group (order by took)::float as p50, percentile_cont(0.95) within group (order by took)::float as p95
      from (select extract(epoch from min(p.changed_at) - v.created_at) as took from ballast.versions v
      join ballast.proofs p on p.account = v.account and p.commitment = v.commitment where p.state = 'attested'
      group by v.account, v.version, v.created_at) as t`),
  );
  say(
    `  ${row["n"]} changes: p50 ${Number(row["p50"]).toFixed(1)} s, p95 ${Number(row["p95"]).toFixed(1)} s; all roles and the embedded database: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
  stop.abort();
  await running;
  await sample.close();
  rmSync(folder, { recursive: true, force: true });
}

await evaluation();
say(`proving at ${CIRCUIT.name} on PostgreSQL, fsync on`);
await proving();
say("from a change to its attestation, two confirmations at a block a second");
await latency();
say(
  `load of the machine: ${loadavg()
    .map((load) => load.toFixed(1))
    .join(", ")}`,
);
process.exit(0);
