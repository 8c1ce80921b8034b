import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { Proofs } from "../../src/service/prover/proofs.ts";
import { jobId, type NewJob } from "../../src/service/queue/job.ts";
import { JobQueue } from "../../src/service/queue/queue.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { acceptedJob, DEPLOYMENT, reading, stubProver, stubWorker } from "./parts.ts";

let database: Database;
let snapshot: Snapshot;
let queue: JobQueue;
let job: NewJob;
beforeAll(() => {
  snapshot = smallSnapshot(START);
});
beforeEach(async () => {
  database = await emptyDatabase();
  await new Snapshots(database).add(snapshot);
  job = await acceptedJob(database, snapshot, reading("desk", 1n, "250000"));
  queue = new JobQueue(database);
  await queue.add([job]);
});

/** A proof that takes as long as a test wants. */
function slow() {
  let done = (): void => {};
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  let begun = (): void => {};
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const prover = stubProver(() => {
    begun();
    return finished;
  });
  return { prover, started, done };
}

describe("a worker", () => {
  it("keeps what it proves together with the end of the job, and has nothing more to do then", async () => {
    expect(await stubWorker(database).step()).toBe("proven");
    expect(await stubWorker(database).step()).toBeUndefined();
    const [proof] = await new Proofs(database).unsent(9);
    expect(proof).toMatchObject({
      id: jobId(job),
      file: { signals: { commitment: job.commitment, tier: 0 } },
    });
    expect(proof?.file.deadline).toBe(START + BigInt(DEPLOYMENT.maxAge));
    expect(await queue.counts()).toMatchObject({ done: 1 });
  });

  it("doesn't keep what was superseded while it proved", async () => {
    const { prover, started, done } = slow();
    const working = stubWorker(database, { prover }).step();
    await started;
    await queue.supersede(new Map([[jobId(job), "a newer one"]]));
    done();
    expect(await working).toBe("lost");
    expect(await new Proofs(database).unsent(9)).toEqual([]);
    expect(await queue.counts()).toMatchObject({ superseded: 1 });
  });

  it("learns by its heartbeat that a job was taken back, and goes on to the next", async () => {
    const { prover, started } = slow();
    const working = stubWorker(database, { prover, times: { lease: 300 } }).step();
    await started;
    await queue.supersede(new Map([[jobId(job), "a newer one"]]));
    expect(await working).toBe("lost");
  });

  it("keeps its job by heartbeats for longer than a lease", async () => {
    const { prover, started, done } = slow();
    const working = stubWorker(database, { prover, times: { lease: 2_000 } }).step();
    await started;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await stubWorker(database, { name: "other" }).step()).toBeUndefined();
    done();
    expect(await working).toBe("proven");
  });

  it("hands its job back when it is to end and the proof takes too long; it is no try", async () => {
    const { prover, started } = slow();
    const stop = new AbortController();
    const running = stubWorker(database, { prover, times: { grace: 1 } }).run(stop.signal);
    await started;
    stop.abort();
    await running;
    expect(await queue.counts()).toMatchObject({ waiting: 1 });
    expect((await queue.take({ name: "next", circuits: [job.circuit] }))[0]?.tries).toBe(1);
  });

  it("finishes its job when it is to end and there is time", async () => {
    const { prover, started, done } = slow();
    const stop = new AbortController();
    const running = stubWorker(database, { prover }).run(stop.signal);
    await started;
    stop.abort();
    done();
    await running;
    expect(await queue.counts()).toMatchObject({ done: 1 });
  });

  it("says why a job failed, in public words alone", async () => {
    const events: ServiceEvent[] = [];
    const prover = stubProver(async () => {
      throw new Error("witness 271828");
    });
    expect(await stubWorker(database, { prover, events }).step()).toBe("failed");
    const rows = await database.query("select * from ballast.jobs");
    expect(rows).toMatchObject([{ state: "waiting", failure: "an unknown fault" }]);
    expect(JSON.stringify([rows, events])).not.toContain("271828");
  });

  it("doesn't try again what would fail again", async () => {
    const prover = stubProver(async () => {
      throw new BallastError("PORTFOLIO_TOO_LARGE", "Too large.");
    });
    expect(await stubWorker(database, { prover }).step()).toBe("failed");
    expect(await queue.counts()).toMatchObject({ dead: 1 });
  });

  it("refuses a version whose seal was broken, for good", async () => {
    await database.query(
      "update ballast.versions set sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)",
    );
    expect(await stubWorker(database).step()).toBe("failed");
    expect(await database.query("select state, failure from ballast.jobs")).toMatchObject([
      { state: "dead", failure: expect.stringContaining("SEAL_BROKEN") },
    ]);
  });
});
