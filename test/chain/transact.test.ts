import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeErrorResult } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wasNotSent } from "../../src/actions/liquidation/store.ts";
import { type ChainClient, connect } from "../../src/chain/client.ts";
import { chainError } from "../../src/chain/errors.ts";
import { contractErrorsAbi } from "../../src/chain/generated/contract-errors.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { transact } from "../../src/chain/transact.ts";
import { NodeProxy } from "../helpers/node-proxy.ts";

describe("a transaction", () => {
  let anvil: Anvil;
  let client: ChainClient;
  beforeAll(async () => {
    anvil = await startAnvil();
    client = await connect(anvil.rpcUrl, anvilKeys(1)[0] ?? "0x");
  });
  afterAll(() => anvil.stop());
  const request = { to: `0x${"22".repeat(20)}`, data: "0x", doing: "a test" } as const;

  it("is given more gas than it takes now: it may take more by the time that it is in a block", async () => {
    const estimate = await client.public.estimateGas({ account: client.account, ...request });
    const gasOf = async (spareGas?: bigint) => {
      const sent = await transact(client, spareGas === undefined ? request : { ...request, spareGas });
      return (await client.public.getTransaction({ hash: sent.transactionHash })).gas;
    };
    expect(await gasOf()).toBe(estimate + estimate / 16n);
    expect(await gasOf(1_000n)).toBe(estimate + estimate / 16n + 1_000n);
  });

  it("that no block takes is waited for so long, and named", async () => {
    await client.public.request({ method: "evm_setAutomine", params: [false] } as never);
    await expect(transact(client, request, 1)).rejects.toMatchObject({
      code: "CHAIN_ERROR",
      shortMessage: "The transaction for a test is sent, and in no block after 1 s.",
      hint: expect.stringMatching(/may still be mined: look for 0x[0-9a-f]{64}/),
      details: { transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    });
    await client.public.request({ method: "evm_setAutomine", params: [true] } as never);
  });
});

describe("a node that loses answers and lies", () => {
  let anvil: Anvil;
  let proxy: NodeProxy;
  beforeAll(async () => {
    anvil = await startAnvil();
    proxy = await NodeProxy.before(anvil.rpcUrl);
  });
  afterAll(async () => {
    proxy.close();
    await anvil.stop();
  });
  const request = { to: `0x${"22".repeat(20)}`, data: "0x", doing: "a test" } as const;
  const keys = anvilKeys(6);

  it("has a transaction whose answer is lost, and is asked for it", async () => {
    const client = await connect(proxy.url, keys[1] ?? "0x");
    let lost = 0;
    proxy.fate = (method, answer) =>
      method === "eth_sendRawTransaction" && lost++ === 0 ? undefined : answer;
    const receipt = await transact(client, request, 20);
    expect(receipt.status).toBe("success");
    expect(lost).toBe(1);
    expect(await client.public.getTransactionCount(client.account)).toBe(1);
  });

  it("may have mined what it says it refused: the error names the transaction", async () => {
    const client = await connect(proxy.url, keys[2] ?? "0x");
    const data = encodeErrorResult({ abi: contractErrorsAbi, errorName: "InvalidProof" });
    proxy.fate = (method, answer) => {
      if (method === "eth_getTransactionByHash")
        return JSON.stringify({ jsonrpc: "2.0", id: 1, result: null });
      if (method !== "eth_sendRawTransaction") return answer;
      return JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        error: { code: 3, message: "execution reverted", data },
      });
    };
    const error = await transact(client, request, 20).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "CHAIN_ERROR",
      details: { error: "InvalidProof", transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    });
    expect(wasNotSent(error)).toBe(false);
  });

  it("that answers with another hash than the transaction's is not waited for", async () => {
    const client = await connect(proxy.url, keys[4] ?? "0x");
    proxy.fate = (method, answer) => {
      if (method === "eth_getTransactionByHash")
        return JSON.stringify({ jsonrpc: "2.0", id: 1, result: null });
      if (method !== "eth_sendRawTransaction") return answer;
      return JSON.stringify({ jsonrpc: "2.0", id: 1, result: `0x${"12".repeat(32)}` });
    };
    await expect(transact(client, request, 20)).rejects.toMatchObject({
      code: "CHAIN_ERROR",
      shortMessage: expect.stringContaining("another hash"),
      details: { transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
    });
  });

  it("that answers with another's receipt is not believed", async () => {
    const client = await connect(proxy.url, keys[4] ?? "0x");
    proxy.fate = (method, answer) => {
      if (method !== "eth_getTransactionReceipt") return answer;
      const { result, ...rest } = JSON.parse(answer) as { result: object | null };
      const other = result === null ? null : { ...result, transactionHash: `0x${"12".repeat(32)}` };
      return JSON.stringify({ ...rest, result: other });
    };
    await expect(transact(client, request, 20)).rejects.toMatchObject({
      code: "CHAIN_ERROR",
      shortMessage: expect.stringContaining("a receipt that is not the transaction's"),
    });
  });

  it("passes another transaction of the same number for none", async () => {
    proxy.behave();
    const client = await connect(proxy.url, keys[3] ?? "0x");
    const raw = (method: string, params: unknown[]) => client.public.request({ method, params } as never);
    await raw("evm_setAutomine", [false]);
    try {
      const done = transact(client, request, 20).catch((thrown: unknown) => thrown);
      while ((await client.public.getTransactionCount({ ...client.account, blockTag: "pending" })) === 0)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const { wallet } = client;
      const fee = 50_000_000_000n;
      await wallet.sendTransaction({
        to: client.account.address,
        nonce: 0,
        maxFeePerGas: fee,
        maxPriorityFeePerGas: fee,
        gas: 21_000n,
        chain: wallet.chain,
      });
      await raw("evm_mine", []);
      await raw("evm_mine", []);
      expect(await done).toMatchObject({
        code: "CHAIN_ERROR",
        shortMessage: "Another transaction has taken the place of that for a test.",
      });
    } finally {
      await raw("evm_setAutomine", [true]);
    }
  });
});

describe("a node that refuses a request", () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(async (incoming, response) => {
      let body = "";
      for await (const chunk of incoming) body += String(chunk);
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      const error = { code: -32_000, message: "history before block 99 was pruned" };
      response.setHeader("content-type", "application/json");
      const answer = method === "eth_chainId" ? { result: "0x7a69" } : { error };
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
  });
  afterAll(() => server.close());

  it("is repeated in its own words, without its URL", async () => {
    const client = await connect(url, anvilKeys(1)[0] ?? "0x");
    const failure = await client.public.getBlock().catch((error: unknown) => error);
    const { shortMessage } = chainError(failure, "reading a block");
    expect(shortMessage).toBe(
      "Failed while reading a block: the node says: history before block 99 was pruned (code -32000)",
    );
  });
});
