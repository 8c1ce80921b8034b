import { encodeErrorResult, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { viemReader } from "../../src/chain/coverage/read.ts";
import { saveDeployment } from "../../src/chain/deploy/deployment-file.ts";
import { contractErrorsAbi } from "../../src/chain/generated/contract-errors.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { saveSnapshot } from "../../src/risk/snapshot-file.ts";
import { CIRCUIT, START, type System, startSystem } from "../chain/system.ts";
import { type Fate, NodeProxy } from "../helpers/node-proxy.ts";
import { smallSnapshot } from "../solvency/small.ts";
import { cli, cliJson, type Folder, temporaryFolder } from "./harness.ts";

let system: System;
let folder: Folder;
let proxy: NodeProxy;
let snapshot: Snapshot;
const signatures: string[] = [];
beforeAll(async () => {
  system = await startSystem();
  folder = temporaryFolder();
  proxy = await NodeProxy.before(system.anvil.rpcUrl);
  snapshot = smallSnapshot(START * 1000n);
  saveSnapshot(folder.file("snapshot.json"), snapshot);
  saveDeployment(folder.file("deployment.json"), system.deployment);
  for (const [i, key] of anvilKeys(3).entries()) {
    const path = folder.write(`${i}.key`, key);
    if (i === 0) continue;
    const output = folder.file(`${i}.signature.json`);
    await cliJson("sign", ...about(), "-o", output, "--private-key-file", path);
    signatures.push(output);
  }
});
afterAll(async () => {
  proxy.close();
  folder.remove();
  await system.stop();
});

const about = () => [
  ...["-s", folder.file("snapshot.json"), "--deployment", folder.file("deployment.json")],
  ...["--instance", CIRCUIT],
];
const publish = async () => {
  const by = ["--signatures", ...signatures, "--private-key-file", folder.file("0.key")];
  const { code, out, err } = await cli("publish", ...about(), ...by, "--rpc", proxy.url, "--json");
  expect(err).toBe("");
  return { code, said: JSON.parse(out) as { error?: { code: string; message: string; details: object } } };
};
const isPublished = () =>
  viemReader(system.client.public, system.deployment).isSnapshotFresh(snapshot.snapshotId);

let nonce = 1_000;
/** Runs `work` and takes the chain back; the sender goes on with numbers of its own. */
async function undone(work: () => Promise<void>): Promise<void> {
  const { account, public: node } = system.client;
  const request = (method: string, ...params: unknown[]) => node.request({ method, params } as never);
  const id = await request("evm_snapshot");
  try {
    await work();
  } finally {
    proxy.behave();
    await request("evm_revert", id);
    nonce += 1_000;
    await request("anvil_setNonce", account.address, toHex(nonce));
  }
}

const SEND = "eth_sendRawTransaction";
const WORD = `0x${"12".repeat(32)}`;
const answering = (result: unknown) => JSON.stringify({ jsonrpc: "2.0", id: 1, result });
const changed = (answer: string, change: object): string => {
  const { result, ...rest } = JSON.parse(answer) as { result: object | null };
  return JSON.stringify({ ...rest, result: result === null ? null : { ...result, ...change } });
};
const lie = (lies: Readonly<Record<string, (answer: string) => string | undefined>>): Fate => {
  return (method, answer) => {
    const told = lies[method];
    return told === undefined ? answer : told(answer);
  };
};
const data = encodeErrorResult({ abi: contractErrorsAbi, errorName: "InvalidSignature" });
const revert = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  error: { code: 3, message: "execution reverted", data },
});

describe("`publish` through a node that lies", () => {
  it("is done where only the answer was lost", () =>
    undone(async () => {
      let lost = 0;
      proxy.fate = lie({ [SEND]: (answer) => (lost++ === 0 ? undefined : answer) });
      expect((await publish()).code).toBe(0);
      expect(lost).toBeGreaterThan(0);
      expect(await isPublished()).toBe(true);
    }));

  it.each<readonly [string, Parameters<typeof lie>[0], RegExp]>([
    [
      "it says it refused what it took",
      { [SEND]: () => revert, eth_getTransactionByHash: () => answering(null) },
      /execution reverted/,
    ],
    [
      "it answers with another transaction's number",
      { [SEND]: () => answering(WORD), eth_getTransactionByHash: () => answering(null) },
      /another hash/,
    ],
    [
      "it hands out another's receipt",
      { eth_getTransactionReceipt: (answer) => changed(answer, { transactionHash: WORD }) },
      /a receipt that is not the transaction's/,
    ],
    [
      "it says that the block took it back",
      { eth_getTransactionReceipt: (answer) => changed(answer, { status: "0x0" }) },
      /was reverted in its block/,
    ],
  ])("names the transaction, which may be mined, where %s", (_, lies, says) =>
    undone(async () => {
      proxy.fate = lie(lies);
      const { code, said } = await publish();
      expect(code).toBe(3);
      expect(said.error).toMatchObject({
        code: "CHAIN_ERROR",
        message: expect.stringMatching(says),
        details: { transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
      });
      expect(await isPublished()).toBe(true); // which an honest node says when it is asked again
      proxy.behave();
      expect((await publish()).said.error).toMatchObject({ details: { error: "SnapshotAlreadyPublished" } });
    }),
  );

  it.each<readonly [string, Parameters<typeof lie>[0]]>([
    ["it is another chain's", { eth_chainId: () => answering("0x1") }],
    ["it says that every call fails", { eth_call: () => revert }],
  ])("sends nothing where %s", (_, lies) =>
    undone(async () => {
      proxy.fate = lie(lies);
      const { code, said } = await publish();
      expect([2, 3]).toContain(code);
      expect(said.error).toMatchObject({ code: expect.stringMatching(/CHAIN_ERROR|INVALID/) });
      expect(await isPublished()).toBe(false);
    }),
  );

  it.each<readonly [string, Parameters<typeof lie>[0]]>([
    ["it answers nonsense to the trial", { eth_call: () => answering("0x1234") }],
    ["it has no block", { eth_getBlockByNumber: () => answering(null) }],
  ])("is done where %s: the transaction is the same, and its receipt decides", (_, lies) =>
    undone(async () => {
      proxy.fate = lie(lies);
      expect((await publish()).code).toBe(0);
      expect(await isPublished()).toBe(true);
    }),
  );
});
