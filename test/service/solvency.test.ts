import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountOf } from "../../src/chain/client.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import { viemSolvencyReader } from "../../src/chain/solvency/read.ts";
import { createProver } from "../../src/prover/node/prover.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import { accountStress, SolvencySums } from "../../src/risk/solvency.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { rest } from "../../src/service/leader.ts";
import { ProverWorker } from "../../src/service/prover/worker.ts";
import { SENDER_RULES } from "../../src/service/sender/outbox.ts";
import { Sender } from "../../src/service/sender/sender.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import { SolvencySchedule } from "../../src/service/solvency/schedule.ts";
import { type Database, read } from "../../src/service/store/database.ts";
import { PublicRunFolder } from "../../src/solvency/node/folder.ts";
import { fill, type SolvencyStage, START, startSolvency } from "../chain/solvency/stage.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { BATCH, REPORT, snapshot, VENUE } from "../solvency/small.ts";
import { ManualClock } from "../venues/manual-clock.ts";
import { accountsOf, keyring, reading } from "./parts.ts";

useSimulatedProofs([BATCH, REPORT]);

const folder = mkdtempSync(join(tmpdir(), "ballast-runs-"));
const clock = new ManualClock(START * 1_000n);
const prover = createProver({ backend: "snarkjs" });
const events: ServiceEvent[] = [];
const over = new AbortController();
const working: Promise<unknown>[] = [];
let stage: SolvencyStage;
let database: Database;
/** The batches that each worker made. */
const made: Record<string, number> = { first: 0, second: 0 };

beforeAll(async () => {
  stage = await startSolvency();
  database = await emptyDatabase();
  await new Snapshots(database).add(snapshot);
  const accounts = accountsOf(database);
  for (const [account, positions] of VENUE) {
    const portfolio = {
      account,
      positions: Object.entries(positions).map(([instrument, quantity]) => ({ instrument, quantity })),
    };
    await accounts.accept(reading(account, 1n, "0", { portfolio }), snapshot, START * 1_000n);
  }
  // What the accounts hold, and more: the run's reserves are what they hold.
  await fill(
    stage,
    snapshot.rows
      .filter(({ instrument }) => instrument.kind === "collateral")
      .map(({ instrumentId }) => ({ instrumentId, quantity: 10n ** 15n })),
  );
});
afterAll(async () => {
  over.abort();
  await Promise.all(working);
  await prover.close();
  await stage.stop();
  rmSync(folder, { recursive: true });
});

function schedule(): SolvencySchedule {
  return new SolvencySchedule({
    ...{ database, keyring, clock, deployment: stage.deployment, client: stage.client },
    onEvent: (event) => events.push(event),
    ...{ accounts: accountsOf(database), snapshots: new Snapshots(database) },
    kits: { batch: { circuit: BATCH, key: stage.keys.batch } },
    venue: accountOf(anvilKeys(6)[4] ?? "0x"),
    rules: { every: 600n, folder, atOnce: 4, chunk: 2 },
  });
}
function worker(name: "first" | "second"): ProverWorker {
  return new ProverWorker({
    ...{ database, keyring, prover, name, deployment: stage.deployment, kits: [] },
    ...{ accounts: accountsOf(database), snapshots: new Snapshots(database), times: { poll: 20 } },
    statements: [
      { circuit: BATCH, key: stage.keys.batch },
      { circuit: REPORT, key: stage.keys.report },
    ],
    onEvent: ({ message }) => {
      if (message === "proven") made[name] = (made[name] ?? 0) + 1;
    },
  });
}
async function send(signal: AbortSignal): Promise<void> {
  const { client, deployment } = stage;
  const rules = { ...SENDER_RULES, confirmations: 1, spendADay: 10n ** 20n };
  const sender = new Sender({
    database,
    client,
    deployment,
    rules,
    attests: false,
    onEvent: () => undefined,
  });
  while (!signal.aborted) {
    await sender.step();
    await rest(30, signal);
  }
}
const jobs = () =>
  database.query(
    "select state, tries, worker from ballast.jobs where purpose = 'statement' order by created_at",
  );

describe("a venue's solvency run over the queue", () => {
  it("is gone on with where its process was killed: what was proven is there", async () => {
    const killed = new AbortController();
    const first = schedule().pass(killed.signal);
    await expect.poll(async () => (await jobs()).length, { timeout: 60_000 }).toBe(3);
    expect(await worker("first").step()).toBe("proven");
    killed.abort();
    await expect(first).rejects.toThrow("abort");
    expect((await jobs()).map((row) => read.text(row, "state"))).toEqual(
      expect.arrayContaining(["done", "waiting", "waiting"]),
    );
    working.push(worker("first").run(over.signal), worker("second").run(over.signal), send(over.signal));
    expect(await schedule().pass(over.signal)).toBe(snapshot.time);
    // Five accounts are three batches, and a report; each was proven once.
    const all = await jobs();
    expect(all.map((row) => [read.text(row, "state"), read.number(row, "tries")])).toEqual(
      Array.from({ length: 4 }, () => ["done", 1]),
    );
    expect((made["first"] ?? 0) + (made["second"] ?? 0)).toBe(4);
  });

  it("stands on chain, with the accounts' own commitments, and what it says is what the model says", async () => {
    const { run } = new PublicRunFolder(join(folder, String(snapshot.time), "public"));
    const attested = await viemSolvencyReader(stage.client.public, stage.solvency).readAttestation(run.runId);
    expect(attested).toMatchObject({ status: "current", snapshotId: snapshot.snapshotId });
    expect(run.batches).toBe(3);
    const sums = new SolvencySums(snapshot.shape);
    for (const { opening } of await accountsOf(database).open())
      sums.add(
        accountStress(
          portfolioSums(snapshot.rows, opening.portfolio.positions, snapshot.shape),
          ...([snapshot.policyElements, snapshot.shape] as const),
        ),
      );
    const { worstShortfall } = attested?.result ?? {};
    expect(worstShortfall).toBe(sums.result().worstShortfall);
  });

  it("is over: the next begins when it is due, and none before", async () => {
    const next = schedule();
    expect(await next.pass(over.signal)).toBeUndefined();
    expect(await jobs()).toHaveLength(4);
    expect(events.map(({ message }) => message)).toEqual([
      "a run begins: 5 accounts",
      "proven: 3 batches",
      "a run is closed on chain",
    ]);
  });

  it("keeps what accounts hold out of jobs, events and calls", async () => {
    const rows = [
      ...(await database.query("select * from ballast.jobs")),
      ...(await database.query("select * from ballast.calls")),
      ...(await database.query("select * from ballast.progress")),
    ];
    const salts = (await accountsOf(database).open()).map(({ opening: { salt } }) => salt);
    const text = JSON.stringify([rows, events], (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    for (const secret of [...salts.map(String), "writer", "60000-P"]) expect(text).not.toContain(secret);
    const open = await database.query(
      "select count(*)::int as n from ballast.statements where sealed is not null",
    );
    expect(open[0]?.["n"]).toBe(0);
  });
});
