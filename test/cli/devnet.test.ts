import { readdirSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { startAnvil } from "../../src/chain/node/anvil.ts";
import { cli, cliJson, expectRefusal, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

describe("ballast devnet --exec", () => {
  it("fails as its command does", async () => {
    const argv = ["devnet", folder.file("failing"), "--port", "0", "--exec", "exit 7"];
    expect((await cli(...argv)).code).toBe(1);
  });

  it("leaves the folder as it was where the port is taken", async () => {
    const anvil = await startAnvil();
    try {
      const path = folder.file("taken");
      await expectRefusal(undefined, ["devnet", path, "--port", String(anvil.port), "--exec", "true"], {
        exit: 3,
        code: "CHAIN_ERROR",
        says: /--port 0/,
      });
      expect(readdirSync(path)).toEqual([]);
    } finally {
      await anvil.stop();
    }
  });
});

describe("ballast devnet move", () => {
  it("moves a local chain's clock, and no other's", async () => {
    const anvil = await startAnvil({ timestamp: 1_769_760_000n });
    const foreign = await startAnvil({ chainId: 1 });
    try {
      const { time } = await cliJson<{ time: string }>("devnet", "move", "600", "--rpc", anvil.rpcUrl);
      expect(Number(time)).toBeGreaterThanOrEqual(1_769_760_600);
      await expectRefusal(undefined, ["devnet", "move", "600", "--rpc", foreign.rpcUrl], {
        exit: 2,
        code: "INVALID_INPUT",
        says: /no local chain/,
      });
    } finally {
      await anvil.stop();
      await foreign.stop();
    }
  });
});
