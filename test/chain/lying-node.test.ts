import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectReader } from "../../src/chain/client.ts";
import { parseDeployment } from "../../src/chain/deploy/deployment.ts";
import { readEvents } from "../../src/chain/liquidation/events.ts";
import type { LiquidationSystem } from "../../src/chain/liquidation/system.ts";
import { cli } from "../cli/harness.ts";

/** What the node says that nobody should believe, by method. */
const ANSWERS: Record<string, unknown> = {
  eth_chainId: "0x7a69",
  eth_blockNumber: "0x10",
  eth_getLogs: [{ x: 1 }],
  eth_getBlockByNumber: null,
};
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { id, method } = JSON.parse(body) as { id: number; method: string };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: method in ANSWERS ? ANSWERS[method] : "0x" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const address = (digit: number) => `0x${String(digit).repeat(40)}` as const;

describe("a node that answers what is no answer", () => {
  it("is an error of the chain where logs are none", async () => {
    const reader = await connectReader(url);
    const system = {
      engine: address(1),
      auction: address(2),
      clearingHouse: address(3),
      ledger: address(4),
      challenges: address(5),
      sale: address(6),
      vault: address(7),
      clock: address(8),
      desk: address(9),
      exits: `0x${"b".repeat(40)}`,
      houseAccounts: `0x${"c".repeat(40)}`,
      anchors: `0x${"a".repeat(40)}`,
    };
    const read = readEvents(reader, system as unknown as LiquidationSystem, { fromBlock: 0n });
    await expect(read).rejects.toMatchObject({ code: "CHAIN_ERROR" });
  });

  it.each([
    ["no time", { eth_getBlockByNumber: { number: "0x1" } }, /newest block has no time/],
    [
      "contracts that answer nonsense",
      { eth_getBlockByNumber: { number: "0x1", timestamp: "0x1" }, eth_call: "0x1234" },
      /answers to eth_call are wrong/,
    ],
  ])("is a fault of the doctor's where it has %s", async (_, answers, says) => {
    const before = { ...ANSWERS };
    Object.assign(ANSWERS, answers);
    try {
      const { code, out } = await cli("doctor", "--rpc", url, "--json");
      expect(code).toBe(1);
      const { findings } = JSON.parse(out) as { findings: { check: string; state: string; found: string }[] };
      expect(findings.find(({ check }) => check === "node")).toMatchObject({
        state: "fault",
        found: expect.stringMatching(says),
      });
    } finally {
      for (const name of Object.keys(answers)) delete ANSWERS[name];
      Object.assign(ANSWERS, before);
    }
  });

  it("is a finding of the doctor's where there is no block", async () => {
    const { code, out } = await cli("doctor", "--rpc", url, "--json");
    expect(code).not.toBe(70);
    expect(out).toContain("Failed while reading the latest block");
  });
});

describe("an address with a changed digit", () => {
  it("is refused by its checksum", () => {
    const changed = { deployer: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267" };
    expect(() =>
      parseDeployment({ format: "ballast.deployment/2", chainId: 1, block: 0, ...changed }),
    ).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringContaining("deployer") }),
    );
  });
});
