import { beforeAll, describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { Planner } from "../../src/service/plan/planner.ts";
import { JobQueue } from "../../src/service/queue/queue.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import { CIRCUIT, START, smallSnapshot } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { ManualClock } from "../venues/manual-clock.ts";
import { accountsOf, DEPLOYMENT, keyring, reading, stubWorker } from "./parts.ts";

/** Two hundred accounts and stub proofs: what feed, plan, queue and workers do between them, not how fast. */
const ACCOUNTS = 200;
let database: Database;
let first: Snapshot;
let second: Snapshot;
beforeAll(async () => {
  database = await emptyDatabase();
  [first, second] = [smallSnapshot(START), smallSnapshot(START + 60n)];
});

describe("a service of many accounts, with a prover that makes no proofs", () => {
  const clock = new ManualClock(START * 1_000n);
  const planner = () =>
    new Planner({
      ...{ database, keyring, clock, deployment: DEPLOYMENT, circuit: CIRCUIT, onEvent: () => {} },
      accounts: accountsOf(database),
      snapshots: new Snapshots(database),
      rules: { within: 120n, renewBefore: 600n },
    });
  const accept = (version: bigint, from: number, to: number) => {
    const accounts = accountsOf(database);
    const numbers = Array.from({ length: to - from }, (_, i) => from + i);
    return Promise.all(
      numbers.map((n) =>
        accounts.accept(reading(`desk-${n}`, version, String(1_000 + n)), first, clock.now()),
      ),
    );
  };
  const prove = async (): Promise<number> => {
    let proven = 0;
    const workers = ["a", "b", "c"].map((name) => stubWorker(database, { name }));
    await Promise.all(
      workers.map(async (worker) => {
        while ((await worker.step()) === "proven") proven++;
      }),
    );
    return proven;
  };
  const counts = () => new JobQueue(database).counts();

  it("proves each commitment once, however often it is planned", async () => {
    await new Snapshots(database).add(first);
    await accept(1n, 0, ACCOUNTS);
    const one = planner();
    expect(await one.pass()).toMatchObject({ queued: ACCOUNTS, superseded: 0, evaluated: ACCOUNTS });
    expect(await one.pass()).toMatchObject({ queued: 0, evaluated: 0 });
    expect(await planner().pass()).toMatchObject({ queued: 0, superseded: 0, evaluated: ACCOUNTS });
    expect(await prove()).toBe(ACCOUNTS);
    expect(await one.pass()).toMatchObject({ queued: 0, superseded: 0 });
    expect(await counts()).toMatchObject({ waiting: 0, done: ACCOUNTS, dead: 0 });
  });

  it("asks again for what has changed alone, and takes out what waits of the version before", async () => {
    const one = planner();
    await one.pass();
    await accept(2n, 0, 30);
    expect(await one.pass()).toMatchObject({ queued: 30, superseded: 0, evaluated: 30 });
    await accept(3n, 0, 10);
    expect(await one.pass()).toMatchObject({ queued: 10, superseded: 10, evaluated: 10 });
    expect(await prove()).toBe(30);
    expect(await counts()).toMatchObject({ waiting: 0, superseded: 10 });
  });

  it("takes out what waits in the old snapshot when a new one comes, and records what replaces it", async () => {
    const one = planner();
    await one.pass();
    await accept(4n, 0, 20);
    await one.pass();
    await new Snapshots(database).add(second);
    expect(await one.pass()).toMatchObject({ queued: 20, superseded: 20, evaluated: ACCOUNTS });
    const rows = await database.query(
      "select 1 from ballast.jobs old join ballast.jobs new on new.id = old.superseded_by where old.account = new.account",
    );
    expect(rows).toHaveLength(30);
    expect(await prove()).toBe(20);
  });

  it("has nothing to prove in a snapshot that is stale", async () => {
    await accept(5n, 0, 5);
    clock.advance(DEPLOYMENT.maxAge * 1_000 + 60_000);
    const pass = await planner().pass();
    expect(pass).toMatchObject({ queued: 0 });
    expect(pass?.plan.oldestUnproven?.version).toBeGreaterThan(0n);
  });

  it("goes on as before once a clock that had jumped is right again, by hours either way", async () => {
    clock.advance(-(DEPLOYMENT.maxAge * 1_000 + 60_000));
    expect(await planner().pass()).toMatchObject({ queued: 5, superseded: 0 });
    for (const hours of [-3, 30, -27]) {
      clock.advance(hours * 3_600_000);
      await planner().pass();
      expect(await counts()).toMatchObject({ waiting: 5, dead: 0 });
    }
    expect(await prove()).toBe(5);
    expect(await planner().pass()).toMatchObject({ queued: 0 });
  });
});
