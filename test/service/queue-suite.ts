import { beforeEach, describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { lead, resign, whileLeading } from "../../src/service/leader.ts";
import { jobId, type NewJob } from "../../src/service/queue/job.ts";
import { JobQueue, MOST_TRIES } from "../../src/service/queue/queue.ts";
import { type Database, read } from "../../src/service/store/database.ts";
import { checkSchema, migrate, SCHEMA_VERSION } from "../../src/service/store/migrate.ts";
import { empty } from "../helpers/database.ts";

const CIRCUIT = "coverage_4x8_s5k2";
const WORKER = { name: "a", circuits: [CIRCUIT] };

function job(account: number, more: Partial<NewJob> = {}): NewJob {
  return {
    ...{ purpose: "coverage", circuit: CIRCUIT, reason: "about to be stale" },
    ...{ account: toField(BigInt(account)), commitment: toField(5n), snapshot: toField(7n), version: 1n },
    ...{ urgency: 4, deadline: 1_800_000_000n },
    ...more,
  };
}

/** What holds of queue and schema on each database. */
export function describeQueue(open: () => Promise<Database>): void {
  let database: Database;
  let queue: JobQueue;
  /** Its leases run out at once. */
  let hasty: JobQueue;
  beforeEach(async () => {
    database = await open();
    await empty(database);
    queue = new JobQueue(database, { backoff: 0 });
    hasty = new JobQueue(database, { lease: 0, backoff: 0 });
  });
  const stateOf = async (id: string) => {
    const [row] = await database.query(
      "select state, tries, failure, superseded_by from ballast.jobs where id = $1",
      [id],
    );
    return row;
  };

  describe("the queue", () => {
    it("makes one job of the same request, however often it comes and how many ask at once", async () => {
      const asked = await Promise.all(Array.from({ length: 8 }, () => queue.add([job(1), job(2)])));
      expect(asked.flat().sort()).toEqual([jobId(job(1)), jobId(job(2))].sort());
      await queue.finish((await queue.take(WORKER))[0] ?? { id: "", lease: "" });
      expect(await queue.add([job(1), job(2)])).toEqual([]);
      expect(await queue.counts()).toMatchObject({ waiting: 1, done: 1 });
    });

    it("has another job for each other thing that is proven", () => {
      const one = job(1);
      const others = [
        job(2),
        job(1, { commitment: toField(6n) }),
        job(1, { snapshot: toField(8n) }),
        job(1, { circuit: "coverage_16x120_s35k2" }),
      ];
      expect(new Set([one, ...others].map(jobId)).size).toBe(5);
      expect(jobId(job(1, { urgency: 0, deadline: 1n, reason: "other words", version: 9n }))).toBe(
        jobId(one),
      );
    });

    it("gives the most urgent first, of those the earliest deadline", async () => {
      await queue.add([
        job(1, { urgency: 3, deadline: 10n }),
        job(2, { urgency: 0, deadline: 30n }),
        job(3, { urgency: 0, deadline: 20n }),
        job(4, { urgency: 3, deadline: 5n }),
      ]);
      const taken = await queue.take(WORKER, 4);
      expect(taken.map(({ account }) => Number(account))).toEqual([3, 2, 4, 1]);
    });

    it("lets a job that waits become more urgent, and never less", async () => {
      await queue.add([job(1, { urgency: 4 }), job(2, { urgency: 3 })]);
      expect(await queue.add([job(1, { urgency: 0, reason: "open case" }), job(2, { urgency: 5 })])).toEqual(
        [],
      );
      const live = (await queue.live()).map(({ account, urgency, reason }) => [
        Number(account),
        urgency,
        reason,
      ]);
      expect(live).toEqual([
        [1, 0, "open case"],
        [2, 3, "about to be stale"],
      ]);
    });

    it("gives each job to one worker, whatever number of them takes at once", async () => {
      await queue.add(Array.from({ length: 40 }, (_, i) => job(i)));
      const workers = ["a", "b", "c", "d"].map((name) => ({ ...WORKER, name }));
      const taken = await Promise.all(workers.map((worker) => queue.take(worker, 20)));
      const ids = taken.flat().map(({ id }) => id);
      expect(ids).toHaveLength(40);
      expect(new Set(ids).size).toBe(40);
    });

    it("gives a worker only what it has keys for", async () => {
      await queue.add([job(1)]);
      expect(await queue.take({ name: "b", circuits: ["coverage_16x120_s35k2"] })).toEqual([]);
      expect(await queue.take(WORKER)).toHaveLength(1);
    });

    it("takes a job from who is silent: what that one brings later is not taken", async () => {
      await queue.add([job(1)]);
      const [lost] = await hasty.take(WORKER);
      const [kept] = await queue.take({ ...WORKER, name: "b" });
      if (lost === undefined || kept === undefined) throw new Error("Nobody got the job.");
      expect(kept).toMatchObject({ id: lost.id, tries: 2 });
      expect(await queue.renew(lost)).toBe(false);
      expect(await queue.finish(lost)).toBe(false);
      expect(await queue.fail(lost, "late")).toBe(false);
      expect(await queue.release(lost)).toBe(false);
      expect(await queue.renew(kept)).toBe(true);
      expect(await queue.finish(kept)).toBe(true);
    });

    it("counts a silence as a try, and has a reason for what is dead", async () => {
      await queue.add([job(1)]);
      for (let n = 1; n <= MOST_TRIES; n++) expect((await hasty.take(WORKER))[0]?.tries).toBe(n);
      expect(await queue.take(WORKER)).toEqual([]);
      expect(await stateOf(jobId(job(1)))).toMatchObject({
        state: "dead",
        failure: "the lease of a ran out",
      });
      expect(await queue.retry([jobId(job(1))])).toBe(1);
      expect((await queue.take(WORKER))[0]?.tries).toBe(1);
    });

    it("tries what failed again, so often and no more; what can't ever succeed not at all", async () => {
      await queue.add([job(1), job(2, { urgency: 5 })]);
      for (let n = 1; n <= MOST_TRIES; n++) {
        const [taken] = await queue.take(WORKER);
        expect(taken).toMatchObject({ account: 1n, tries: n });
        if (taken !== undefined) await queue.fail(taken, `fault ${n}`);
      }
      expect(await stateOf(jobId(job(1)))).toMatchObject({ state: "dead", failure: `fault ${MOST_TRIES}` });
      const [second] = await queue.take(WORKER);
      if (second !== undefined) await queue.fail(second, "no circuit holds it", true);
      expect(await stateOf(jobId(job(2)))).toMatchObject({ state: "dead", tries: 1 });
    });

    it("waits before it tries again", async () => {
      const patient = new JobQueue(database, { backoff: 3_600_000 });
      await patient.add([job(1)]);
      const [taken] = await patient.take(WORKER);
      if (taken !== undefined) await patient.fail(taken, "fault");
      expect(await patient.take(WORKER)).toEqual([]);
      expect(await patient.counts()).toMatchObject({ waiting: 1 });
    });

    it("doesn't count what is handed back", async () => {
      await queue.add([job(1)]);
      const [taken] = await queue.take(WORKER);
      expect(await queue.release(taken ?? { id: "", lease: "" })).toBe(true);
      expect((await queue.take(WORKER))[0]?.tries).toBe(1);
    });

    it("takes out what a newer job replaces, also from who works on it", async () => {
      const newer = job(1, { snapshot: toField(8n) });
      await queue.add([job(1), job(2)]);
      const [active] = await queue.take(WORKER);
      await queue.add([newer]);
      const old = [jobId(job(1)), jobId(job(2))];
      expect(await queue.supersede(new Map(old.map((id) => [id, jobId(newer)])))).toBe(2);
      expect(await queue.renew(active ?? { id: "", lease: "" })).toBe(false);
      expect(await stateOf(old[0] ?? "")).toMatchObject({ state: "superseded", superseded_by: jobId(newer) });
      expect((await queue.live()).map(({ id }) => id)).toEqual([jobId(newer)]);
    });

    it("comes and goes with a transaction", async () => {
      const undone = database.transaction(async (sql) => {
        await new JobQueue(sql).add([job(1)]);
        throw new Error("undone");
      });
      await expect(undone).rejects.toThrow("undone");
      expect(await queue.counts()).toMatchObject({ waiting: 0 });
    });
  });

  describe("a lead", () => {
    it("is one owner's at a time, renewed by it, and free once it is over or given up", async () => {
      expect(await lead(database, "feed", "a", 60_000)).toBe(true);
      expect(await lead(database, "feed", "b", 60_000)).toBe(false);
      expect(await lead(database, "sender", "b", 60_000)).toBe(true);
      expect(await lead(database, "feed", "a", 0)).toBe(true);
      expect(await lead(database, "feed", "b", 60_000)).toBe(true);
      await resign(database, "feed", "a");
      expect(await lead(database, "feed", "a", 60_000)).toBe(false);
      await resign(database, "feed", "b");
      expect(await lead(database, "feed", "a", 60_000)).toBe(true);
    });

    it("makes one of several processes work; the next begins when that one ends, and each says which it is", async () => {
      const working: string[] = [];
      const said: string[] = [];
      const stops = [new AbortController(), new AbortController()];
      let onWork = (): void => {};
      const begun = (count: number) =>
        new Promise<void>((resolve) => {
          onWork = () => {
            if (working.length === count) resolve();
          };
          onWork();
        });
      const run = (owner: string, { signal }: AbortController) =>
        whileLeading(
          { database, onEvent: ({ message }) => said.push(message) },
          "feed",
          owner,
          signal,
          async (led) => {
            working.push(owner);
            onWork();
            await new Promise<void>((resolve) => led.addEventListener("abort", () => resolve()));
          },
          { term: 300 },
        );
      const first = run("a", stops[0] as AbortController);
      await begun(1);
      const second = run("b", stops[1] as AbortController);
      while (said.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(said).toEqual(["leads: feed", "another process leads feed: this one is ready to"]);
      expect(working).toEqual(["a"]);
      stops[0]?.abort();
      await first;
      await begun(2);
      expect(working).toEqual(["a", "b"]);
      stops[1]?.abort();
      await second;
    });
  });

  describe("the schema", () => {
    it("is brought up to date once, whoever comes at the same time", async () => {
      for (let round = 0; round < 3; round++) {
        await database.query("drop schema ballast cascade");
        await expect(checkSchema(database)).rejects.toMatchObject({ code: "STORE_ERROR" });
        const found = await Promise.all([migrate(database), migrate(database), migrate(database)]);
        expect([...found].sort()).toEqual([0, SCHEMA_VERSION, SCHEMA_VERSION]);
        await checkSchema(database);
      }
    });

    it("of a newer Ballast is refused and left alone", async () => {
      await database.query("insert into ballast.migrations (version, name) values ($1, 'of tomorrow')", [
        SCHEMA_VERSION + 1,
      ]);
      await expect(migrate(database)).rejects.toMatchObject({
        code: "STORE_ERROR",
        shortMessage: expect.stringContaining("knows"),
      });
      await expect(checkSchema(database)).rejects.toMatchObject({ code: "STORE_ERROR" });
      const [row] = await database.query("select max(version) as version from ballast.migrations");
      expect(read.number(row ?? {}, "version")).toBe(SCHEMA_VERSION + 1);
    });

    it("says of a refused statement its state and constraint, and none of its values", async () => {
      const error = await database
        .query("insert into ballast.migrations (version, name) values ($1, $2)", [1, "canary-7f3a"])
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "STORE_ERROR",
        details: { gone: false, state: "23505", constraint: "migrations_pkey" },
      });
      expect((error as Error).cause).toBeUndefined();
      expect(JSON.stringify(error) + String(error)).not.toContain("canary");
    });
  });
}
