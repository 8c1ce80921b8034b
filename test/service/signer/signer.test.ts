import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { viemReader } from "../../../src/chain/coverage/read.ts";
import { snapshotPoint } from "../../../src/chain/snapshot/publish.ts";
import type { MarketChain } from "../../../src/market/chain.ts";
import { FIRST_FREE_ID } from "../../../src/market/registry.ts";
import { sampleChain } from "../../../src/market/sample.ts";
import { WAD, wad } from "../../../src/math/wad.ts";
import { presetPolicy } from "../../../src/risk/policy.ts";
import { buildSnapshot, encodeSnapshot, type Snapshot } from "../../../src/risk/snapshot.ts";
import type { ServiceEvent } from "../../../src/service/events.ts";
import { SENDER_RULES } from "../../../src/service/sender/outbox.ts";
import { Sender } from "../../../src/service/sender/sender.ts";
import { TOLERANCES } from "../../../src/service/signer/compare.ts";
import { MarketView } from "../../../src/service/signer/market-view.ts";
import { Proposals } from "../../../src/service/signer/proposals.ts";
import { PROPOSING } from "../../../src/service/signer/propose.ts";
import { SnapshotSigner } from "../../../src/service/signer/signer.ts";
import { Proposer } from "../../../src/service/signer/source.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../../src/service/store/database.ts";
import {
  SMALL_POLICY as FIVE_OF_LES,
  ORACLE_ACCOUNTS,
  START,
  type System,
  startSystem,
} from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { dyingAt } from "../parts.ts";

useSimulatedProofs(SMALL.slice(0, 1));

/** What signers know: under a preset's name they would sign nothing but the preset. */
const SMALL_POLICY = { ...FIVE_OF_LES, name: "five-of-les" };

let system: System;
let database: Database;
let base: unknown;
let time = START;
const events: ServiceEvent[] = [];
const onEvent = (event: ServiceEvent) => events.push(event);
const clock = { now: () => time * 1_000n, sleep: () => Promise.resolve() };
const rpc = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
  system.client.public.request({ method, params } as never);

beforeAll(async () => {
  system = await startSystem();
  base = await rpc("evm_snapshot");
});
afterAll(() => system.stop());
beforeEach(async () => {
  await rpc("evm_revert", [base]);
  base = await rpc("evm_snapshot");
  database = await emptyDatabase();
  events.length = 0;
  await until(START + 60n);
});

/** A block of this time: what is asked of the chain from then on is after it. */
async function until(next: bigint): Promise<void> {
  time = next;
  await rpc("evm_setNextBlockTimestamp", [`0x${next.toString(16)}`]);
  await rpc("evm_mine");
}

/** The sample at the present time, moved by so many basis points. */
const market = (basisPoints = 0): MarketChain =>
  sampleChain(time * 1_000n, { spot: wad((BigInt(basisPoints) * WAD) / 10_000n), vol: wad(0n) });
const points = async (snapshot: Snapshot) => [
  await snapshotPoint(system.circuit, system.key.verifyingKey, snapshot),
];

/** A signer that was started just now. @param view null: it has none. */
function signer(n: number, view: (() => MarketChain) | null = market, over = database): SnapshotSigner {
  const account = ORACLE_ACCOUNTS[n];
  if (account === undefined) throw new Error("no such signer");
  return new SnapshotSigner({
    ...{
      database: over,
      account,
      deployment: system.deployment,
      policy: SMALL_POLICY,
      clock,
      onEvent,
      points,
    },
    ...{ tolerances: TOLERANCES, market: () => view?.() },
  });
}

/** A feed that was started just now. */
async function proposer(over = database, basisPoints = 0): Promise<Proposer> {
  const { client, deployment, circuit } = system;
  const reading = { reading: { venue: "made up", chain: market(basisPoints) } };
  const view = new MarketView(
    {
      name: "made up",
      markets: async function* () {
        yield reading;
      },
    },
    "feed",
    onEvent,
  );
  await view.follow(new AbortController().signal);
  return new Proposer({
    ...{ database: over, reader: client, deployment: () => deployment, sender: client.account.address },
    ...{ snapshots: new Snapshots(over), market: view, points, rules: PROPOSING, onEvent },
    terms: async () => ({ policy: SMALL_POLICY, circuit, held: [] }),
  });
}

async function send(over = database): Promise<void> {
  const { client, deployment } = system;
  const rules = { ...SENDER_RULES, confirmations: 1 };
  await new Sender({ database: over, client, deployment, rules, onEvent }).step();
}

/** Feed and sender, some times over. @returns what was published. */
async function publish(): Promise<Snapshot | undefined> {
  for (let n = 0; n < 5; n++) {
    const feed = await proposer();
    const published = await feed.step();
    if (published !== undefined) {
      await feed.given(published.proposal);
      return published.snapshot;
    }
    await send();
  }
  return undefined;
}
const isFresh = (snapshot: Snapshot) =>
  viemReader(system.client.public, system.deployment).isSnapshotFresh(snapshot.snapshotId);
const verdicts = async () =>
  (await database.query("select reason from ballast.signatures order by said_at")).map(
    ({ reason }) => reason,
  );
const states = async () =>
  (await database.query("select state, reason from ballast.proposals order by time")).map(
    ({ state, reason }) => [state, reason],
  );
const transactions = async () => (await database.query("select 1 from ballast.transactions")).length;

describe("signers of a feed's snapshots", () => {
  it("derive a proposal again and sign it, and with enough of them it is published once, by the sender", async () => {
    await (await proposer()).step();
    expect(await publish()).toBeUndefined();
    await signer(0).step();
    expect(await publish()).toBeUndefined();
    await signer(1).step();
    const snapshot = await publish();
    if (snapshot === undefined) throw new Error(JSON.stringify(events));
    expect([await isFresh(snapshot), await states(), await transactions()]).toEqual([
      true,
      [["published", "on chain"]],
      1,
    ]);
    expect(await publish()).toBeUndefined();
    expect(await database.query("select address, tolerances from ballast.signers limit 1")).toEqual([
      { address: expect.any(String), tolerances: JSON.stringify(TOLERANCES) },
    ]);
  });

  it("say why not where one's own market is another, and the others go on", async () => {
    await (await proposer()).step();
    await signer(0, () => market(-200)).step();
    expect(await verdicts()).toEqual(["index of BTC: 20408 ppm away"]);
    await signer(1).step();
    await signer(2).step();
    expect(await publish()).toBeDefined();
  });

  it("that are silent keep nothing from coming later, but what too few sign in time lapses", async () => {
    await (await proposer()).step();
    await signer(0, null).step();
    await signer(1, () => market(-200)).step();
    await signer(2).step();
    expect(await verdicts()).toHaveLength(2);
    expect(await publish()).toBeUndefined();
    await until(START + 60n + PROPOSING.publishWithin + 1n);
    expect(await publish()).toBeUndefined();
    const [first] = await states();
    expect(first).toEqual(["lapsed", "too few have signed in time"]);
    // The next one, which the feed has proposed meanwhile, is signed by those who are there.
    await signer(0).step();
    await signer(2).step();
    expect(await publish()).toBeDefined();
  });

  it("refuse whatever is no snapshot of the present market under the known rules, each with its reason", async () => {
    const small = (chain: MarketChain, policy = SMALL_POLICY) =>
      buildSnapshot(chain, policy, { rows: 7, shape: system.circuit.shape });
    const good = small(market());
    const content = encodeSnapshot(good);
    const late = small(sampleChain((time - 1_000n) * 1_000n));
    const other = small(market(), { ...SMALL_POLICY, name: "mine" });
    const impostor = small(market(), { ...presetPolicy("les"), scenarios: SMALL_POLICY.scenarios });
    const proposals = new Proposals(database);
    const propose = (
      snapshot: Snapshot,
      text: string,
      publishBy = snapshot.time + 900n,
      id = snapshot.snapshotId,
    ) => proposals.add(id, { time: snapshot.time, content: text, publishBy }, "test");
    const said = async (): Promise<unknown> => {
      await signer(0).step();
      const [last] = (await verdicts()).slice(-1);
      await database.query("delete from ballast.proposals");
      return last;
    };
    await propose(good, "garbage");
    expect(await said()).toMatch(/^INVALID_SNAPSHOT/);
    await propose(good, content.replace(/"indexPrice":"84/, '"indexPrice":"85'));
    expect(await said()).toMatch(/^SNAPSHOT_TAMPERED/);
    await propose(late, encodeSnapshot(late));
    expect(await said()).toContain("not the present one");
    await propose(other, encodeSnapshot(other));
    expect(await said()).toContain("other rules");
    await propose(impostor, encodeSnapshot(impostor));
    expect(await said()).toMatch(/INVALID_POLICY|other rules/);
    await propose(good, content, good.time + 86_400n);
    expect(await said()).toContain("for too long");
    await propose(good, content, good.time + 900n, late.snapshotId);
    expect(await said()).toContain("under another id");
    await propose(good, content);
    expect(await said()).toBeNull();
  });

  it("refuse another id for an instrument than they signed before, and a market that goes back", async () => {
    await (await proposer()).step();
    await signer(0).step();
    await signer(1).step();
    const first = await publish();
    if (first === undefined) throw new Error("not published");
    await until(time + 100n);
    const numbered = first.rows.find(({ instrumentId }) => instrumentId >= FIRST_FREE_ID);
    // A feed that lost its registry, and gives ids anew to a market that begins elsewhere.
    const quotes = market().quotes.filter(({ instrument }) => instrument.name !== numbered?.instrument.name);
    const anew = buildSnapshot({ ...market(), quotes }, SMALL_POLICY, {
      rows: 8,
      shape: system.circuit.shape,
    });
    await new Proposals(database).add(
      anew.snapshotId,
      { time: anew.time, content: encodeSnapshot(anew), publishBy: anew.time + 900n },
      "test",
    );
    await signer(0).step();
    expect(String((await verdicts()).slice(-1)[0])).toContain("had another id before");
  });

  it("are asked at once when prices move beyond a bound, and else by the schedule", async () => {
    await (await proposer()).step();
    await signer(0).step();
    await signer(1).step();
    await publish();
    const count = async () => (await states()).length;
    await until(time + 100n);
    await (await proposer(database, 50)).step();
    expect(await count()).toBe(1);
    await (await proposer(database, 150)).step();
    expect(await count()).toBe(2);
    expect(await database.query("select why from ballast.proposals order by time desc limit 1")).toEqual([
      { why: "BTC moved by 15000 ppm" },
    ]);
    await until(time + PROPOSING.every);
    await (await proposer(database, 150)).step();
    expect(await database.query("select why from ballast.proposals order by time desc limit 1")).toEqual([
      { why: "schedule" },
    ]);
  });

  it("publish each snapshot once, though feed, signer and sender are killed at any statement", async () => {
    let isDone = false;
    let nth = 0;
    while (!isDone) {
      nth++;
      await until(time + PROPOSING.every);
      const dying = dyingAt(database, nth);
      const round = async (over: Database) => {
        const feed = await proposer(over);
        const published = await feed.step();
        for (const n of [0, 1]) await signer(n, market, over).step();
        await send(over);
        if (published !== undefined) await feed.given(published.proposal);
        return published !== undefined;
      };
      const untilPublished = async (over: Database) => {
        for (let n = 0; n < 6; n++) if (await round(over)) return;
        throw new Error(JSON.stringify(events.slice(-5)));
      };
      isDone = await untilPublished(dying).then(
        () => true,
        (error: unknown) => {
          if ((error as Error).message !== "killed") throw error;
          return false;
        },
      );
      if (!isDone && (await new Proposals(database).counts()).published < nth) await untilPublished(database);
      expect([(await new Proposals(database).counts()).published, await transactions()]).toEqual([nth, nth]);
    }
    expect(nth).toBeGreaterThan(20);
  });

  it("with one key in two processes have one word", async () => {
    await (await proposer()).step();
    await Promise.all([signer(0).step(), signer(0, () => market(-200)).step()]);
    expect(await verdicts()).toHaveLength(1);
  });
});
