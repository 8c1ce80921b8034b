import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { viemReader } from "../../src/chain/coverage/read.ts";
import { saveDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import { snapshotPoint } from "../../src/chain/snapshot/publish.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { filterChain } from "../../src/market/shift.ts";
import { endsWithUs } from "../../src/node/ending.ts";
import { buildSnapshot } from "../../src/risk/snapshot.ts";
import { saveSnapshot } from "../../src/risk/snapshot-file.ts";
import { initialise } from "../../src/service/config/init-file.ts";
import type { Database } from "../../src/service/store/database.ts";
import { migrate } from "../../src/service/store/migrate.ts";
import { openPostgres } from "../../src/service/store/postgres.ts";
import { CIRCUIT, publishWith, SMALL_POLICY, type System, startSystem } from "../chain/system.ts";
import { type Folder, temporaryFolder } from "../cli/harness.ts";
import { MAIN } from "../helpers/built.ts";
import { startPostgres, type TestPostgres } from "../helpers/postgres.ts";

/** The roles of one service, each a process of its own. */
const PROCESSES = {
  feed: ["serve", "--role", "feed"],
  sender: ["serve", "--role", "sender"],
  first: ["worker"],
  second: ["worker"],
  whole: ["serve"],
  other: ["serve"],
} as const;
type Name = keyof typeof PROCESSES;
const NAMES: readonly Name[] = ["feed", "sender", "first", "second"];
const ACCOUNTS = ["desk-a", "desk-b", "desk-c"];

let server: TestPostgres;
let database: Database;
let system: System;
let folder: Folder;
let config: string;
let environment: NodeJS.ProcessEnv;
let mining: NodeJS.Timeout;
const running = new Map<Name, ChildProcess>();
let log = "";

beforeAll(async () => {
  server = await startPostgres();
  database = await openPostgres(server.url);
  system = await startSystem({ timestamp: BigInt(Math.floor(Date.now() / 1_000)) });
  folder = temporaryFolder();
  const files = initialise(join(folder.path, "service"), CIRCUIT);
  config = files.config;
  const json = JSON.parse(readFileSync(config, "utf8")) as { prover: object; sender: object };
  writeFileSync(config, JSON.stringify({ ...json, prover: { ...json.prover, lease: 4 } }));
  mkdirSync(join(folder.path, "service/portfolios"));
  saveDeployment(join(folder.path, "service/deployment.json"), system.deployment);
  await publish();
  environment = {
    ...process.env,
    DATABASE_URL: server.url,
    BALLAST_MASTER_KEY_FILE: files.masterKey,
    BALLAST_PRIVATE_KEY: anvilKeys(9)[8] ?? "",
    BALLAST_RPC: system.anvil.rpcUrl,
  };
  await migrate(database);
  mining = setInterval(() => void system.client.public.request({ method: "evm_mine" } as never), 700);
});
afterAll(async () => {
  clearInterval(mining);
  for (const child of running.values()) child.kill("SIGKILL");
  await system.stop();
  await database.close();
  await server.stop();
  folder.remove();
});

/** A market of now: the sample's expiries are past. */
async function publish(): Promise<void> {
  const { timestamp } = await system.client.public.getBlock();
  const chain = filterChain(sampleChain(), (name) => !/-\d/.test(name));
  const shape = { scenarios: 5, underlyings: 2 };
  const snapshot = buildSnapshot({ ...chain, time: timestamp * 1_000n }, SMALL_POLICY, { rows: 7, shape });
  await publishWith(system, snapshot, [
    await snapshotPoint(system.circuit, system.key.verifyingKey, snapshot),
  ]);
  saveSnapshot(join(folder.path, "service/snapshot.json"), snapshot);
}

function begin(name: Name): void {
  const args = [MAIN, ...PROCESSES[name], "--config", config, "--json"];
  const child = endsWithUs(() =>
    spawn(process.execPath, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] }),
  );
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  running.set(name, child);
}

/** As a crash of the machine does: nothing is finished, nothing handed back. */
async function kill(name: Name): Promise<void> {
  const child = running.get(name);
  const gone = new Promise((resolve) => child?.once("exit", resolve));
  child?.kill("SIGKILL");
  await gone;
}

function hold(account: string, version: number): void {
  const portfolio = {
    account,
    version,
    positions: [{ instrument: "USDC", quantity: String(100_000 + version) }],
  };
  folder.writeJson(`service/portfolios/${account}.json`, portfolio);
}

async function until(what: string, query: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await database.query(query)).length > 0) return;
    await sleep(100);
  }
  throw new Error(`never: ${what}\n${log.slice(-4_000)}`);
}

/** When each is in the midst of what it does. */
const PHASES: readonly (readonly [Name, string, string])[] = [
  ["first", "a job is worked on", "select 1 from ballast.jobs where state = 'active'"],
  ["sender", "a transaction is out", "select 1 from ballast.transactions where state in ('sent', 'mined')"],
  ["feed", "jobs wait", "select 1 from ballast.jobs where state in ('waiting', 'active')"],
  ["second", "a job is worked on", "select 1 from ballast.jobs where state = 'active'"],
  ["sender", "a proof is to be sent", "select 1 from ballast.proofs where state in ('proven', 'sending')"],
];

describe("a service of four processes on one PostgreSQL: each is killed in the midst of its work, and so is the database", () => {
  it("attests every account's last commitment, each commitment once in a snapshot, and loses nothing", async () => {
    for (const account of ACCOUNTS) hold(account, 1);
    for (const name of NAMES) begin(name);
    for (const [i, [name, what, query]] of PHASES.entries()) {
      await until(what, query);
      await kill(name);
      for (const account of ACCOUNTS) hold(account, i + 2);
      if (i === 2) await publish();
      if (i === 3) {
        await server.crash();
        await server.start();
      }
      begin(name);
    }
    await until(
      "all attested",
      `select 1 where (select count(*) from ballast.accounts a join ballast.versions v on v.account = a.id and v.version = a.version
      join ballast.proofs p on p.account = a.id and p.commitment = v.commitment
      where p.state = 'attested' and a.version = ${PHASES.length + 1}) = ${ACCOUNTS.length}`,
    );
    const attested = await viemReader(system.client.public, system.deployment).readAttested(0n);
    const keys = attested.map(({ accountId, commitment, snapshotId }) =>
      [accountId, commitment, snapshotId].join(),
    );
    expect(new Set(keys).size).toBe(keys.length);
    const last = await database.query("select commitment from ballast.versions where version = $1", [
      PHASES.length + 1,
    ]);
    for (const { commitment } of last)
      expect(attested.map((one) => one.commitment)).toContain(BigInt(String(commitment)));
    expect(await database.query("select id from ballast.jobs where state = 'dead'")).toEqual([]);
    const [numbers] = await database.query(
      "select count(*)::int as sent, count(distinct nonce)::int as numbers from ballast.transactions where state = 'confirmed'",
    );
    expect(numbers?.["sent"]).toBe(numbers?.["numbers"]);
  });

  it("says how it does, to whoever has the database", () => {
    const args = [MAIN, "status", "--json"];
    const { stdout, status } = spawnSync(process.execPath, args, { env: environment, encoding: "utf8" });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      accounts: ACCOUNTS.length,
      fresh: ACCOUNTS.length,
      oldestUnproven: null,
    });
  });

  it("ends each process by SIGTERM with its work handed over, and exit code 0", async () => {
    for (const [name, child] of running) {
      const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      expect([name, await ended]).toEqual([name, 0]);
    }
    expect(await database.query("select role from ballast.leaders where until > clock_timestamp()")).toEqual(
      [],
    );
    expect(await database.query("select id from ballast.jobs where state = 'active'")).toEqual([]);
  });

  it("is led by one of two `ballast serve`, and by the other where that one is killed", async () => {
    const ready = () => log.split("another process leads feed: this one is ready to").length - 1;
    const before = ready();
    begin("whole");
    begin("other");
    const led = "select 1 from ballast.leaders where role = 'feed' and until > clock_timestamp()";
    await until("one leads", led);
    while (ready() === before) await sleep(100);
    const [leader] = await database.query("select owner from ballast.leaders where role = 'feed'");
    const pid = Number(/\/(\d+)-/.exec(String(leader?.["owner"]))?.[1]);
    const name = (["whole", "other"] as const).find((one) => running.get(one)?.pid === pid);
    if (name === undefined) throw new Error(`who leads is neither: ${leader?.["owner"]}`);
    await kill(name);
    running.delete(name);
    hold("desk-a", 99);
    await until(
      "attested by the other",
      `select 1 from ballast.proofs p join ballast.versions v on v.account = p.account and v.commitment = p.commitment
      where v.version = 99 and p.state = 'attested'`,
    );
    const numbers = await database.query(
      "select nonce from ballast.transactions where state <> 'lost' group by nonce having count(*) > 1",
    );
    expect(numbers).toEqual([]);
    const survivor = name === "whole" ? "other" : "whole";
    const child = running.get(survivor);
    const ended = new Promise((resolve) => child?.once("exit", resolve));
    child?.kill("SIGTERM");
    expect(await ended).toBe(0);
  });

  it("has said no secret in any of its logs", () => {
    const key = readFileSync(join(folder.path, "service/master.key"), "utf8").trim();
    for (const secret of [key, anvilKeys(9)[8] ?? "none", server.url, "desk-a", "100002"])
      expect(log).not.toContain(secret);
    expect(log).toContain("attested");
  });

  it("refuses a worker where the schema is a newer version's", async () => {
    await database.query("insert into ballast.migrations (version, name) values (999, 'of tomorrow')");
    begin("first");
    const child = running.get("first");
    const code = await new Promise((resolve) => child?.once("exit", resolve));
    expect(code).toBe(3);
    expect(log).toContain("knows");
  });
});
