import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { loadChain } from "../../src/market/chain-file.ts";
import { DeribitServer, KEY } from "../venues/deribit/server.ts";
import { cli, cliJson, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
const SUMMARIES = new URL("../fixtures/wire/deribit-account-summaries.json", import.meta.url);
let server: DeribitServer;
let key = "";
beforeAll(async () => {
  server = await DeribitServer.start(systemClock);
  key = folder.write("key.json", JSON.stringify(KEY));
  const position = { instrument_name: "BTC-PERPETUAL", size: -5000, direction: "sell", kind: "future" };
  server.answers["private/get_positions"] = [position];
  server.answers["private/get_account_summaries"] = JSON.parse(readFileSync(SUMMARIES, "utf8"));
  const perpetual = (name: string, price: number) => ({
    instrument_name: name,
    creation_timestamp: Date.now(),
    mark_price: price,
    estimated_delivery_price: price,
  });
  server.answers["public/get_book_summary_by_currency BTC"] = [perpetual("BTC-PERPETUAL", 71_052.25)];
  server.answers["public/get_book_summary_by_currency ETH"] = [perpetual("ETH-PERPETUAL", 2_104.5)];
  server.answers["public/get_instruments"] = [{ instrument_name: "BTC-PERPETUAL", min_trade_amount: 10 }];
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});
const at = (): readonly string[] => ["--network", "test", "--url", server.url];

describe("portfolio pull", () => {
  const pull = (...more: string[]) => ["portfolio", "pull", ...at(), "--account", "desk", ...more];

  it("writes what the account holds, for its owner alone, and says who declared it and as of when", async () => {
    const path = folder.file("portfolio.json");
    const { code, out, err } = await cli(...pull("--key-file", key, "-o", path));
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining("error") });
    expect(out).toMatch(/desk, 3 positions\nself-declared, as of 20[0-9-]+T[0-9:.]+Z\nnote: rounded down/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      account: "desk",
      positions: [{ instrument: "BTC", quantity: "302.6272" }, { instrument: "ETH" }, { quantity: "-5000" }],
    });
    const json = await cliJson(...pull("--key-file", key, "-o", folder.file("again.json")));
    expect(json).toMatchObject({ account: "desk", venue: "deribit", declaredBy: "self", positions: 3 });
    expect(`${out}${JSON.stringify(json)}`).not.toContain(KEY.clientSecret);
  });

  it("refuses a wrong key, and shows nothing of it", async () => {
    const wrong = folder.write("wrong.json", JSON.stringify({ ...KEY, clientSecret: "5ec4e7-and-wrong" }));
    const refused = await cli(...pull("--key-file", wrong, "-o", folder.file("none.json")));
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("invalid_credentials");
    const other = folder.write("other.json", `{"clientId": "a", "clientSecret": "5ec4e7", "more": 1}`);
    const malformed = await cli(...pull("--key-file", other, "-o", folder.file("none.json")));
    expect([malformed.code, malformed.err]).toEqual([2, expect.stringContaining("none of Deribit's")]);
    for (const { out, err } of [refused, malformed]) expect(`${out}${err}`).not.toMatch(/5ec4e7|fo7WAPRm4P/);
  });

  it("asks for the number of a subaccount at Derive", async () => {
    const derive = folder.writeJson("derive.json", {
      wallet: `0x${"78".repeat(20)}`,
      sessionKey: `0x${"5e".repeat(32)}`,
    });
    const { code, err } = await cli(
      ...pull("--venue", "derive", "--key-file", derive, "-o", folder.file("none.json")),
    );
    expect([code, err]).toEqual([2, expect.stringContaining("--subaccount NUMBER")]);
  });

  it("says when nobody answers", async () => {
    const nobody = ["--url", "ws://127.0.0.1:1/ws/api/v2"];
    const { code, err } = await cli(...pull("--key-file", key, "-o", folder.file("none.json"), ...nobody));
    expect([code, err]).toEqual([3, expect.stringContaining("127.0.0.1:1")]);
  });
});

describe("chain pull", () => {
  it("writes a chain that a snapshot can be built of", async () => {
    const path = folder.file("chain.json");
    const json = await cliJson(
      "chain",
      "pull",
      ...at(),
      "--currency",
      "BTC,ETH",
      "--stablecoin",
      "USDT",
      "-o",
      path,
    );
    expect(json).toMatchObject({ file: path, underlyings: [{ symbol: "BTC" }, { symbol: "ETH" }] });
    const { quotes, source } = loadChain(path);
    expect(source).toBe("deribit test");
    expect(quotes.map(({ instrument }) => instrument.name)).toEqual(
      expect.arrayContaining(["USDT", "BTC-PERPETUAL", "ETH-PERPETUAL"]),
    );
  });

  it("refuses a currency that isn't there", async () => {
    const { code, err } = await cli(
      "chain",
      "pull",
      ...at(),
      "--currency",
      "DOGE",
      "-o",
      folder.file("none.json"),
    );
    expect(code).not.toBe(0);
    expect(err).not.toContain("unexpected");
  });
});
