/**
 * Queues without proving, on the embedded database and on a PostgreSQL server: docs/decisions/27-own-queue.md has what came out.
 *
 *   npm install --no-save pg-boss@10.4.2 && npx tsx scripts/bench-queue.ts [--jobs N]
 *
 * Each case is a process of its own, for its memory. pg-boss is not a dependency: without it, Ballast's own queue is measured alone.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { toField } from "../src/math/field.ts";
import type { NewJob } from "../src/service/queue/job.ts";
import { JobQueue } from "../src/service/queue/queue.ts";
import type { Database } from "../src/service/store/database.ts";
import { migrate } from "../src/service/store/migrate.ts";
import { openDatabase } from "../src/service/store/open.ts";
import { startPostgres } from "../test/helpers/postgres.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "2000" },
    queue: { type: "string" },
    url: { type: "string" },
    folder: { type: "string" },
  },
});
const count = Number(values.jobs);
/** Jobs that are added together: what a change of the market asks for. */
const BATCH = 500;

/** What a queue does in its life, one job a worker at a time. */
interface Measured {
  add(jobs: readonly NewJob[]): Promise<unknown>;
  /** Takes one and finishes it. @returns false where there is none. */
  work(): Promise<boolean>;
}

function jobs(): NewJob[] {
  return Array.from({ length: count }, (_, i) => ({
    ...({ purpose: "coverage", circuit: "coverage_64x240_s35k2", reason: "stale" } as const),
    ...{ account: toField(BigInt(i)), commitment: toField(BigInt(i) ** 5n), snapshot: toField(7n) },
    ...{ version: 1n, urgency: i % 6, deadline: BigInt(1_800_000_000 + i) },
  }));
}

function own(database: Database): Measured {
  const queue = new JobQueue(database);
  const worker = { name: "bench", circuits: ["coverage_64x240_s35k2"] };
  return {
    add: (list) => queue.add(list),
    work: async () => {
      const [job] = await queue.take(worker);
      return job !== undefined && (await queue.finish(job));
    },
  };
}

/** The part of pg-boss's types that is used here. */
interface Boss {
  on(event: "error", handler: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<void>;
  insert(jobs: readonly object[]): Promise<void>;
  fetch(name: string, options: object): Promise<readonly { readonly id: string }[]>;
  complete(name: string, id: string): Promise<void>;
}

async function pgBoss(database: Database): Promise<Measured> {
  const name = "pg-boss";
  const { default: PgBoss } = (await import(name)) as { default: new (options: object) => Boss };
  const executeSql = async (text: string, list: readonly unknown[]) => {
    if (list === undefined || list.length === 0)
      // Its schema comes as one text of many statements, which only the simple protocol takes.
      return { rows: await severally(database, text) };
    return { rows: await database.query(text, list as never) };
  };
  const boss = new PgBoss(
    values.url === undefined ? { db: { executeSql } } : { connectionString: values.url },
  );
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue("prove", { policy: "standard" });
  return {
    add: (list) =>
      boss.insert(list.map((job, i) => ({ name: "prove", data: { id: i }, priority: 6 - job.urgency }))),
    work: async () => {
      const [job] = await boss.fetch("prove", {});
      if (job === undefined) return false;
      await boss.complete("prove", job.id);
      return true;
    },
  };
}

/** Runs a text of several statements; functions' bodies, between `$$`, have semicolons of their own. */
async function severally(database: Database, text: string): Promise<readonly unknown[]> {
  const parts = text.split("$$").flatMap((part, i) => (i % 2 === 1 ? [`$$${part}$$`] : part.split(/(;)/)));
  let rows: readonly unknown[] = [];
  let statement = "";
  for (const part of [...parts, ";"]) {
    if (part !== ";") statement += part;
    else if (statement.trim() !== "") {
      rows = await database.query(statement);
      statement = "";
    }
  }
  return rows;
}

async function measure(): Promise<void> {
  const { queue = "own", url, folder = "" } = values;
  const database = await openDatabase({ folder, ...(url === undefined ? {} : { url }) });
  await migrate(database);
  const measured = queue === "own" ? own(database) : await pgBoss(database);
  const list = jobs();
  const begun = performance.now();
  for (let start = 0; start < count; start += BATCH) await measured.add(list.slice(start, start + BATCH));
  const added = performance.now();
  let done = 0;
  const walk = async (): Promise<void> => {
    while (await measured.work()) done++;
  };
  await Promise.all([walk(), walk()]);
  const ended = performance.now();
  const rate = (ms: number): string => Math.round((count / ms) * 1000).toLocaleString("en-US");
  const { user, system } = process.cpuUsage();
  console.log(
    [
      `${queue.padEnd(8)} ${database.kind.padEnd(9)} ${done} jobs`,
      `added ${rate(added - begun).padStart(7)}/s`,
      `taken and finished ${rate(ended - added).padStart(6)}/s`,
      `CPU ${((user + system) / 1e6).toFixed(1)} s, peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
    ].join(", "),
  );
  process.exit(done === count ? 0 : 1);
}

async function all(): Promise<void> {
  const server = await startPostgres({ durable: true });
  try {
    for (const queue of ["own", "pg-boss"])
      for (const place of [["--folder"], ["--url", server.url]]) {
        const folder = mkdtempSync(join(tmpdir(), "ballast-bench-queue-"));
        const [flag = "", url] = place;
        const args = [
          "--import",
          "tsx",
          fileURLToPath(import.meta.url),
          "--queue",
          queue,
          "--jobs",
          String(count),
        ];
        const { status } = spawnSync(process.execPath, [...args, flag, url ?? folder], { stdio: "inherit" });
        rmSync(folder, { recursive: true, force: true });
        if (status !== 0) console.log(`${queue} did not finish`);
      }
  } finally {
    await server.stop();
  }
}

await (values.queue === undefined ? all() : measure());
