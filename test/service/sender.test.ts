import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "viem";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ChainClient, connect } from "../../src/chain/client.ts";
import { attest, claimOf } from "../../src/chain/coverage/attest.ts";
import { viemReader } from "../../src/chain/coverage/read.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { ProofFile } from "../../src/prover/proof-format.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { Proofs } from "../../src/service/prover/proofs.ts";
import { ProverWorker } from "../../src/service/prover/worker.ts";
import type { NewJob } from "../../src/service/queue/job.ts";
import { JobQueue } from "../../src/service/queue/queue.ts";
import { SENDER_RULES, type SenderRules } from "../../src/service/sender/outbox.ts";
import { Sender } from "../../src/service/sender/sender.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import { publishSmall, START, type System, startSystem } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { acceptedJob, accountsOf, keyring, reading } from "./parts.ts";

/** What becomes of a request: `drop` never reaches the node, a function changes the answer, and undefined loses it. */
type Fate = "drop" | ((answer: string) => string | undefined);
const honest = (): Fate => (answer) => answer;

let system: System;
let server: Server;
let client: ChainClient;
let direct: ChainClient;
let fate: (method: string) => Fate = honest;
let snapshot: Snapshot;
let database: Database;
/** Real proofs of three accounts, made by a worker. */
let files: readonly ProofFile[] = [];
let base: unknown;
const KEY = anvilKeys(8)[7] ?? "0x";
const events: ServiceEvent[] = [];

const rpc = (method: string, params: readonly unknown[] = []): Promise<unknown> =>
  direct.public.request({ method, params } as never);
const mine = (blocks: number) => rpc("anvil_mine", [`0x${blocks.toString(16)}`]);

beforeAll(async () => {
  system = await startSystem();
  server = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += String(chunk);
    const headers = { "content-type": "application/json" };
    const becomes = fate((JSON.parse(body) as { method: string }).method);
    const answer =
      becomes === "drop"
        ? undefined
        : becomes(await (await fetch(system.anvil.rpcUrl, { method: "POST", body, headers })).text());
    if (answer === undefined) response.destroy();
    else response.writeHead(200, headers).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = await connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, KEY);
  direct = await connect(system.anvil.rpcUrl, KEY);
  snapshot = await publishSmall(system, START);
  database = await emptyDatabase();
  await proveThree();
  base = await rpc("evm_snapshot");
});
afterAll(async () => {
  server.close();
  await system.stop();
});

/** Through queue and worker, as in life. */
async function proveThree(): Promise<void> {
  const { circuit, key, prover, deployment } = system;
  await new Snapshots(database).add(snapshot);
  for (const [i, usdc] of ["250000", "250001", "250002"].entries())
    await new JobQueue(database).add([await acceptedJob(database, snapshot, reading(`desk-${i}`, 1n, usdc))]);
  const worker = new ProverWorker({
    ...{
      database,
      keyring,
      accounts: accountsOf(database),
      snapshots: new Snapshots(database),
      deployment,
      prover,
    },
    ...{ kits: [{ circuit, key }], name: "real", onEvent: () => {} },
  });
  for (let n = 0; n < 3; n++) expect(await worker.step()).toBe("proven");
  files = (await new Proofs(database).unsent(9)).map(({ file }) => file);
}

/** The chain as it was, and a database with so many proofs to send. */
async function begin(count: number, change: (file: ProofFile) => ProofFile = (file) => file): Promise<void> {
  fate = honest;
  events.length = 0;
  await rpc("evm_setAutomine", [true]);
  await rpc("evm_revert", [base]);
  base = await rpc("evm_snapshot");
  database = await emptyDatabase();
  for (const [i, file] of files.slice(0, count).entries()) {
    const { accountId: account, commitment } = file.signals;
    const job: NewJob = {
      purpose: "coverage",
      ...{
        account,
        commitment,
        snapshot: file.snapshotId,
        circuit: file.circuit,
        version: 1n,
      },
      ...{ urgency: 4, deadline: BigInt(i), reason: "unproven commitment" },
    };
    await new JobQueue(database).add([job]);
    const [leased] = await new JobQueue(database).take({ name: "test", circuits: [file.circuit] });
    if (leased === undefined) throw new Error("no job");
    await new JobQueue(database).finish(leased);
    await new Proofs(database).add(leased, i === count - 1 ? change(file) : file);
  }
}
beforeEach(() => begin(0));

/** A sender that was started just now: whatever it knows is in the database. */
const step = (rules: Partial<SenderRules> = {}, clock: Clock = systemClock) =>
  new Sender({
    ...{ clock, database, client, deployment: system.deployment, onEvent: (event) => events.push(event) },
    rules: { ...SENDER_RULES, bumpAfter: 3_600_000, ...rules },
  }).step();

/** Steps, with a block between them, until nothing is left to do. */
async function settle(rules: Partial<SenderRules> = {}): Promise<void> {
  for (let n = 0; n < 12; n++) {
    if ((await step(rules)) === "idle") return;
    await mine(1);
  }
  throw new Error(`never idle: ${JSON.stringify(events)}`);
}
const attestedEvents = () => viemReader(direct.public, system.deployment).readAttested(0n);
const used = () => direct.public.getTransactionCount({ address: direct.account.address });
const counts = () => new Proofs(database).counts();
const sent = async () =>
  (await database.query("select nonce::int as nonce, state from ballast.transactions order by nonce")).map(
    ({ nonce, state }) => [nonce, state],
  );

describe("a sender", () => {
  it("sends proofs of a snapshot together, and takes them for attested once enough blocks are above", async () => {
    await begin(3);
    expect(await step({ confirmations: 3 })).toBe("sent");
    expect(await step({ confirmations: 3 })).toBe("waiting");
    await mine(1);
    expect(await step({ confirmations: 3 })).toBe("waiting");
    expect(await counts()).toMatchObject({ sending: 3, attested: 0 });
    await mine(1);
    expect(await step({ confirmations: 3 })).toBe("idle");
    expect(await counts()).toMatchObject({ attested: 3 });
    expect([await attestedEvents(), await used()]).toMatchObject([{ length: 3 }, 1]);
    const [row] = await database.query("select expires_at::text as at from ballast.proofs limit 1");
    expect(row?.["at"]).toBe((START + BigInt(system.deployment.maxAge)).toString());
    expect(await step()).toBe("idle");
  });

  it("sends no more at once than it is told", async () => {
    await begin(3);
    await settle({ batch: 2 });
    expect([await counts(), await used()]).toMatchObject([{ attested: 3 }, 2]);
  });

  it("doesn't send twice where the node's answer is lost", async () => {
    await begin(1);
    let lost = 0;
    fate = (method) => (method === "eth_sendRawTransaction" && lost++ === 0 ? () => undefined : honest());
    await settle();
    expect(lost).toBe(1);
    expect([await counts(), await used(), (await attestedEvents()).length]).toMatchObject([
      { attested: 1 },
      1,
      1,
    ]);
  });

  it("gives the same transaction again to a node that never got it", async () => {
    await begin(1);
    let lost = 0;
    fate = (method) => (method === "eth_sendRawTransaction" && lost++ === 0 ? "drop" : honest());
    await settle();
    expect([await counts(), await sent()]).toMatchObject([{ attested: 1 }, [[0, "confirmed"]]]);
    expect(await database.query("select count(*)::int as n from ballast.attempts")).toEqual([{ n: 1 }]);
  });

  it("offers more where no block takes it, under the same number and never above the cap", async () => {
    await begin(1);
    await rpc("evm_setAutomine", [false]);
    await step();
    for (let n = 0; n < 3; n++) expect(await step({ bumpAfter: 0 })).toBe("waiting");
    const fees = (await database.query("select fee::text as fee from ballast.attempts order by fee")).map(
      ({ fee }) => BigInt(String(fee)),
    );
    expect(fees).toHaveLength(4);
    for (const [i, fee] of fees.slice(1).entries())
      expect(fee * 10n).toBeGreaterThanOrEqual((fees[i] ?? 0n) * 11n);
    expect(await step({ bumpAfter: 0, maxFee: fees.at(-1) ?? 0n })).toBe("waiting");
    expect(events.at(-1)?.message).toBe("held: the gas price is at its cap");
    await mine(2);
    await rpc("evm_setAutomine", [true]);
    await settle();
    expect([await counts(), await used()]).toMatchObject([{ attested: 1 }, 1]);
  });

  it("offers more, too, where the machine's clock was set back", async () => {
    await begin(1);
    await rpc("evm_setAutomine", [false]);
    expect(await step()).toBe("sent");
    expect(await step()).toBe("waiting");
    const attempts = () => database.query("select hash from ballast.attempts");
    expect(await attempts()).toHaveLength(1);
    const anHourBefore = { ...systemClock, now: () => systemClock.now() - 3_600_000n };
    expect(await step({}, anHourBefore)).toBe("waiting");
    expect(await attempts()).toHaveLength(2);
    await rpc("evm_setAutomine", [true]);
    await mine(2);
    await settle();
    expect(await database.query("select state from ballast.proofs")).toEqual([{ state: "attested" }]);
  });

  it("frees its number with nothing once the proofs are of no use any more", async () => {
    await begin(1);
    await rpc("evm_setAutomine", [false]);
    await step();
    await rpc("anvil_dropAllTransactions");
    await rpc("evm_increaseTime", [system.deployment.maxAge + 60]);
    await mine(1);
    expect(await step()).toBe("waiting");
    expect(events.at(-1)?.message).toContain("its number is freed");
    await mine(2);
    await rpc("evm_setAutomine", [true]);
    await settle();
    expect([await counts(), await used(), await attestedEvents()]).toMatchObject([
      { refused: 1 },
      1,
      { length: 0 },
    ]);
  });

  it("sends again what three blocks that are gone had", async () => {
    await begin(2);
    const before = await rpc("evm_snapshot");
    await step({ confirmations: 5 });
    await mine(2);
    expect(await step({ confirmations: 5 })).toBe("waiting");
    expect(await sent()).toEqual([[0, "mined"]]);
    await rpc("evm_revert", [before]);
    await mine(2);
    expect(await used()).toBe(0);
    expect(await step({ confirmations: 5 })).toBe("waiting");
    expect(events.at(-1)?.message).toContain("is gone");
    await settle();
    expect([await counts(), await used(), (await attestedEvents()).length]).toMatchObject([
      { attested: 2 },
      1,
      2,
    ]);
  });

  it("undoes even what it took for final, should its block go after all", async () => {
    await begin(1);
    const before = await rpc("evm_snapshot");
    await settle();
    expect(await counts()).toMatchObject({ attested: 1 });
    await rpc("evm_revert", [before]);
    expect(await step()).toBe("waiting");
    expect(await counts()).toMatchObject({ sending: 1 });
    await settle();
    expect([await counts(), await used()]).toMatchObject([{ attested: 1 }, 1]);
  });

  it("sends under the next number when another process took its own, and not before that is final", async () => {
    await begin(1);
    await rpc("evm_setAutomine", [false]);
    await step();
    const other = { to: direct.account.address, value: 1n, nonce: 0, gas: 21_000n, maxFeePerGas: 10n ** 12n };
    await direct.wallet.sendTransaction({ ...other, maxPriorityFeePerGas: 10n ** 11n });
    await mine(1);
    expect(await step()).toBe("waiting");
    expect(await sent()).toEqual([[0, "sent"]]);
    await mine(1);
    await rpc("evm_setAutomine", [true]);
    await settle();
    expect(await sent()).toEqual([
      [0, "lost"],
      [1, "confirmed"],
    ]);
    expect([await counts(), (await attestedEvents()).length]).toMatchObject([{ attested: 1 }, 1]);
  });

  it("fills the numbers that a node said were used, and weren't", async () => {
    await begin(1);
    let lies = 1;
    fate = (method) => (answer) => {
      if (method !== "eth_getTransactionCount" || lies-- <= 0) return answer;
      return JSON.stringify({ ...JSON.parse(answer), result: "0x2" });
    };
    expect(await step()).toBe("sent");
    expect(await sent()).toEqual([[2, "sent"]]);
    await settle({ bumpAfter: 0 });
    expect([await counts(), await used()]).toMatchObject([{ attested: 1 }, 3]);
  });

  it("doesn't believe a node that says its number is used while it has the transaction", async () => {
    await begin(1);
    await rpc("evm_setAutomine", [false]);
    await step();
    fate = (method) => (answer) =>
      method === "eth_getTransactionCount"
        ? JSON.stringify({ ...JSON.parse(answer), result: "0x5" })
        : answer;
    await mine(0);
    for (let n = 0; n < 3; n++) expect(await step()).toBe("waiting");
    fate = honest;
    await mine(2);
    await rpc("evm_setAutomine", [true]);
    await settle();
    expect([await counts(), await used()]).toMatchObject([{ attested: 1 }, 1]);
  });

  it("doesn't believe the receipt of another transaction", async () => {
    await begin(1);
    await step();
    fate = (method) => (answer) => {
      if (method !== "eth_getTransactionReceipt") return answer;
      const { result, ...rest } = JSON.parse(answer) as { result: object };
      return JSON.stringify({ ...rest, result: { ...result, transactionHash: `0x${"12".repeat(32)}` } });
    };
    await mine(3);
    expect(await step()).toBe("waiting");
    expect(await counts()).toMatchObject({ attested: 0 });
    fate = honest;
    await settle();
    expect(await counts()).toMatchObject({ attested: 1 });
  });

  it.each([
    ["the gas price is above its cap", { maxFee: 1n }],
    ["what may be spent in a day is spent", { spendADay: 1n }],
    ["dry run", { dryRun: true }],
  ] as const)("signs nothing where %s", async (why, rules) => {
    await begin(1);
    expect(await step(rules)).toBe("held");
    expect(events.at(-1)?.message).toContain(why);
    expect([await sent(), await used(), await counts()]).toMatchObject([[], 0, { proven: 1 }]);
    await settle();
    expect(await counts()).toMatchObject({ attested: 1 });
  });

  it("counts what it spent", async () => {
    await begin(1);
    await settle();
    const [row] = await database.query("select spent::text as spent from ballast.transactions");
    const balance = await direct.public.getBalance({ address: direct.account.address });
    expect(10_000n * 10n ** 18n - balance).toBe(BigInt(String(row?.["spent"])));
  });

  it("sends nothing that somebody else attested meanwhile", async () => {
    await begin(1);
    const [file] = files;
    if (file !== undefined) await attest(system.client, system.deployment, claimOf(file, system.deployment));
    expect(await step()).toBe("idle");
    expect([await counts(), await used()]).toMatchObject([{ attested: 1 }, 0]);
  });

  it("puts aside a proof that doesn't hold, and sends the others", async () => {
    await begin(3, (file) => ({ ...file, proof: files[0]?.proof ?? file.proof }));
    await settle();
    expect([await counts(), (await attestedEvents()).length]).toMatchObject([{ attested: 2, refused: 1 }, 2]);
    expect(await database.query("select reason from ballast.proofs where state = 'refused'")).toEqual([
      { reason: "InvalidProof" },
    ]);
  });

  it("sends through a relay where there is one, and reads from its node", async () => {
    await begin(1);
    const relayed: Hex[] = [];
    const submit = (raw: Hex) => {
      relayed.push(raw);
      return direct.wallet.sendRawTransaction({ serializedTransaction: raw });
    };
    fate = (method) => (method === "eth_sendRawTransaction" ? "drop" : honest());
    const { deployment } = system;
    const rules = SENDER_RULES;
    const sender = new Sender({ database, client, deployment, rules, submit, onEvent: () => {} });
    expect(await sender.step()).toBe("sent");
    await mine(2);
    expect(await sender.step()).toBe("idle");
    expect([relayed.length, await counts()]).toMatchObject([1, { attested: 1 }]);
  });

  it("loses nothing where the node is gone in the midst", async () => {
    await begin(1);
    fate = () => "drop";
    await expect(step()).rejects.toMatchObject({ code: "CHAIN_ERROR" });
    expect(await counts()).toMatchObject({ proven: 1 });
    fate = honest;
    await step();
    await mine(2);
    fate = (method) => (method === "eth_call" ? "drop" : honest());
    await expect(step()).rejects.toMatchObject({ code: "CHAIN_ERROR" });
    expect(await counts()).toMatchObject({ sending: 1 });
    fate = honest;
    await settle();
    expect([await counts(), await used()]).toMatchObject([{ attested: 1 }, 1]);
  });
});
