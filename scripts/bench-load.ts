/**
 * A service under load: accounts that change their portfolios, a market that moves, proofs that are made in milliseconds from known
 * keys, so that what is measured is feed, plan, queue and sender. On PostgreSQL, fsync on; a worker has a process of its own, all other
 * roles are in this one; the chain is local.
 *
 *   npx tsx scripts/bench-load.ts [--accounts N] [--seconds N] [--speed N] [--trades N]
 *
 * The clock runs so many times as fast as yours (default 10): the sample's snapshots come by it, ages are in its time. So many trades a second of yours (default 5) change an account each.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { SILENT } from "../src/actions/progress.ts";
import { saveDeployment } from "../src/chain/deploy/deployment-file.ts";
import { startSample } from "../src/demo/live/start.ts";
import { instanceOf } from "../src/prover/circuits.ts";
import { initialise } from "../src/service/config/init-file.ts";
import { Keyring, newMasterKey } from "../src/service/secrets/keyring.ts";
import { ROLES, runService } from "../src/service/serve.ts";
import { readStatus } from "../src/service/status.ts";
import { MAIN } from "../test/helpers/built.ts";
import { startPostgres } from "../test/helpers/postgres.ts";
import { SMALL, simulatedHome } from "../test/helpers/simulated-proofs.ts";
import { simulatingOptions } from "../test/helpers/simulating-process.ts";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1000" },
    seconds: { type: "string", default: "180" },
    speed: { type: "string", default: "10" },
    trades: { type: "string", default: "5" },
  },
});
const [accounts, seconds, speed, trades] = [
  ...[values.accounts, values.seconds, values.speed, values.trades],
].map(Number) as [number, number, number, number];
const MIB = 1024 * 1024;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const undo = await simulatedHome(SMALL);
const folder = mkdtempSync(join(tmpdir(), "ballast-load-"));
const server = await startPostgres({ durable: true });
const masterKey = newMasterKey();
let shed = 0;
const warnings = new Map<string, number>();
const sample = await startSample({
  ...{ circuit: instanceOf("coverage", "4x8"), accounts, speed, seed: 1, name: "load" },
  tradeEvery: (1_000 * speed) / trades,
  ...{ store: { folder, url: server.url }, keyring: new Keyring(masterKey), progress: SILENT },
  onEvent: ({ level, role, message, facts }) => {
    shed += Number(facts?.["shed"] ?? 0);
    if (level === "warning")
      warnings.set(`${role}: ${message}`, (warnings.get(`${role}: ${message}`) ?? 0) + 1);
  },
});
const { database, clock, parts } = sample;
const { config } = initialise(join(folder, "worker"), "4x8");
saveDeployment(join(folder, "worker/deployment.json"), parts.deployment);
const worker = spawn(
  process.execPath,
  [...(await simulatingOptions(join(folder, "simulate.mjs"))), MAIN, "worker", "--config", config, "--json"],
  {
    env: { ...process.env, DATABASE_URL: server.url, BALLAST_MASTER_KEY: masterKey },
    stdio: ["ignore", "ignore", "inherit"],
  },
);
const stop = new AbortController();
const [begun, cpu] = [performance.now(), process.cpuUsage()];
const running = Promise.all([
  runService({ ...parts, roles: ROLES.filter((role) => role !== "prover") }, stop.signal),
  sample.driveChain(stop.signal),
]);
running.catch((error: unknown) => say(`ended: ${String(error)}`));

say(
  `load ${loadavg()[0]?.toFixed(1)}; ${accounts} accounts, ${seconds} s, clock x${speed}, ${trades} trades a second`,
);
say("| second | proven | attested | superseded | waiting | dead | oldest unproven, s | fresh | MiB |");
say("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
let oldest = 0;
while (performance.now() - begun < seconds * 1_000) {
  await sleep(seconds > 60 ? 15_000 : 5_000);
  const { jobs, proofs, oldestUnproven, fresh } = await readStatus(
    database,
    clock.now() / 1_000n,
    BigInt(Date.now()),
  );
  const age = oldestUnproven === undefined ? 0 : Number(clock.now() - oldestUnproven) / 1_000;
  oldest = Math.max(oldest, age);
  const memory = Math.round(process.memoryUsage.rss() / MIB);
  const at = Math.round((performance.now() - begun) / 1_000);
  const cells = [
    at,
    jobs.done,
    proofs.attested,
    jobs.superseded,
    jobs.waiting,
    jobs.dead,
    Math.round(age),
    fresh,
    memory,
  ];
  say(`| ${cells.join(" | ")} |`);
}
stop.abort();
await running.catch(() => undefined);
const { user, system } = process.cpuUsage(cpu);
say(
  `shed ${shed}; oldest unproven at most ${Math.round(oldest)} s of the service's time; CPU ${Math.round((user + system) / 1e6)} s`,
);
for (const [message, times] of warnings) say(`${times} x ${message}`);
const ended = new Promise((resolve) => worker.once("exit", resolve));
worker.kill("SIGTERM");
await ended;
await sample.close();
await server.stop();
undo();
rmSync(folder, { recursive: true, force: true });
