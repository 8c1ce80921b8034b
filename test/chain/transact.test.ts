import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChainClient, connect } from "../../src/chain/client.ts";
import { chainError } from "../../src/chain/errors.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { transact } from "../../src/chain/transact.ts";

describe("a transaction", () => {
  let anvil: Anvil;
  let client: ChainClient;
  beforeAll(async () => {
    anvil = await startAnvil();
    client = await connect(anvil.rpcUrl, anvilKeys(1)[0] ?? "0x");
  });
  afterAll(() => anvil.stop());
  const request = { to: `0x${"22".repeat(20)}`, data: "0x", doing: "a test" } as const;

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
