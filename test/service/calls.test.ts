import type { Address, Hex } from "viem";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ChainClient, connect } from "../../src/chain/client.ts";
import { marketClockAbi } from "../../src/chain/generated/market-clock.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { clientOf } from "../../src/service/keeper/client.ts";
import { Calls, callId, type NewCall } from "../../src/service/sender/calls.ts";
import { SENDER_RULES, type SenderRules } from "../../src/service/sender/outbox.ts";
import { Sender, type SenderState } from "../../src/service/sender/sender.ts";
import type { Database } from "../../src/service/store/database.ts";
import { START, type System, startSystem } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { dyingAt } from "./parts.ts";

/** Nobody's code is there: every call succeeds. */
const ANYBODY: Address = "0x00000000000000000000000000000000000000aa";
const LATE = START + 1_000_000n;

let system: System;
let client: ChainClient;
let database: Database;
let base: unknown;
const events: ServiceEvent[] = [];

const rpc = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
  client.public.request({ method, params } as never);
const mine = (blocks: number) => rpc("anvil_mine", [`0x${blocks.toString(16)}`]);

beforeAll(async () => {
  system = await startSystem();
  client = await connect(system.anvil.rpcUrl, anvilKeys(8)[7] ?? "0x");
  base = await rpc("evm_snapshot");
});
afterAll(() => system.stop());
beforeEach(async () => {
  await rpc("evm_revert", [base]);
  base = await rpc("evm_snapshot");
  database = await emptyDatabase();
  events.length = 0;
});

const call = (name: string, more: Partial<NewCall> = {}): NewCall => ({
  ...{ id: callId(name), sender: client.account.address, target: ANYBODY, data: "0x1234", purpose: name },
  ...{ urgency: 1, dropAfter: LATE, spareGas: 0n, ...more },
});
/** A sender that was started just now: whatever it knows is in the database. */
const step = (rules: Partial<SenderRules> = {}, over: Database = database) =>
  new Sender({
    ...{ database: over, client, deployment: system.deployment, onEvent: (event) => events.push(event) },
    rules: { ...SENDER_RULES, ...rules },
  }).step();
const used = () => client.public.getTransactionCount({ address: client.account.address });
const stateOf = async (name: string) => (await new Calls(database).get(callId(name)))?.state;

const settle = () => untilIdle(step);

/** Steps, with a block between them, until nothing is left to do. */
async function untilIdle(once: () => Promise<SenderState>): Promise<void> {
  for (let n = 0; n < 20; n++) {
    if ((await once()) === "idle") return;
    await mine(1);
  }
  throw new Error(`never idle: ${JSON.stringify(events)}`);
}

describe("calls of a key", () => {
  it("of one step are others where their data is another, and one where it is the same", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    const ask = (data: Hex) => {
      const of = { database, step: "s", purpose: "case 1: reduce", urgency: 1, dropAfter: LATE };
      const { outbox } = clientOf(client, { ...of, signal: stopped });
      return outbox?.({ to: ANYBODY, data, doing: "selling a slice" });
    };
    for (const data of ["0x12", "0x34", "0x12"] as const) await expect(ask(data)).rejects.toThrow("stopped");
    await settle();
    expect([await used(), await new Calls(database).counts()]).toEqual([
      2,
      { waiting: 0, sending: 0, done: 2, refused: 0 },
    ]);
  });

  it("are made once each, however often they are asked for, the urgent ones first", async () => {
    const calls = new Calls(database);
    await calls.add(call("later"));
    await calls.add(call("first", { urgency: 0 }));
    for (let n = 0; n < 3; n++) await calls.add(call("later", { data: "0x9999" }));
    await settle();
    await calls.add(call("later"));
    await settle();
    expect([await used(), await calls.counts()]).toEqual([
      2,
      { waiting: 0, sending: 0, done: 2, refused: 0 },
    ]);
    expect(events.filter(({ message }) => message.startsWith("done")).map(({ message }) => message)).toEqual([
      "done: first",
      "done: later",
    ]);
    const done = await calls.get(callId("later"));
    const { input, to } = await client.public.getTransaction({ hash: done?.hash as Hex });
    expect([input, to]).toEqual(["0x1234", ANYBODY]);
  });

  it("are put aside with the contract's word where it refuses them, and when they are too late", async () => {
    const calls = new Calls(database);
    const { snapshotOracle: target } = system.deployment;
    const data = encodeFunctionData({ abi: marketClockAbi, functionName: "enter", args: [1n] });
    await calls.add(call("no such function", { target, data }));
    await calls.add(call("too late", { dropAfter: START - 1n }));
    await calls.add(call("good"));
    await settle();
    const reasons = await database.query(
      "select purpose, reason from ballast.calls where state = 'refused' order by 1",
    );
    expect(reasons).toEqual([
      { purpose: "no such function", reason: "reverted without a reason" },
      { purpose: "too late", reason: "too late" },
    ]);
    expect([await stateOf("good"), await used()]).toEqual(["done", 1]);
  });

  it("of another key are left to that one's sender", async () => {
    await new Calls(database).add(call("not mine", { sender: ANYBODY }));
    expect([await step(), await stateOf("not mine")]).toEqual(["idle", "waiting"]);
  });

  it("are not sent in a dry run, nor above a cap", async () => {
    await new Calls(database).add(call("good"));
    expect(await step({ dryRun: true })).toBe("held");
    expect(await step({ maxFee: 1n })).toBe("held");
    expect([await used(), await stateOf("good")]).toEqual([0, "waiting"]);
    expect(events.map(({ message }) => message)).toEqual([
      "held: dry run: would be sent: good",
      "held: the gas price is above its cap",
    ]);
  });

  it("are made again when the block is gone that had them", async () => {
    await new Calls(database).add(call("good"));
    const before = await rpc("evm_snapshot");
    await settle();
    await rpc("evm_revert", [before]);
    await mine(1);
    expect([await step(), await stateOf("good")]).toEqual(["waiting", "sending"]);
    await settle();
    expect([await stateOf("good"), await used()]).toEqual(["done", 1]);
  });

  it("are made once each though the sender is killed at any of its statements", async () => {
    let isDone = false;
    let nth = 0;
    while (!isDone) {
      nth++;
      const name = `killed at ${nth}`;
      await new Calls(database).add(call(name));
      const before = await used();
      const dying = dyingAt(database, nth);
      isDone = await untilIdle(() => step({}, dying)).then(
        () => true,
        () => false,
      );
      await settle();
      expect([name, await stateOf(name), (await used()) - before]).toEqual([name, "done", 1]);
    }
    expect(nth).toBeGreaterThan(10);
  });
});
