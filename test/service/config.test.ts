import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/service/config/config.ts";
import { keyringOf, loadConfig, secretOf, senderKeyOf } from "../../src/service/config/config-file.ts";
import { initialise } from "../../src/service/config/init-file.ts";
import { venuesOf } from "../../src/service/config/venues.ts";
import { cli, cliJson, temporaryFolder } from "../cli/harness.ts";

const folder = temporaryFolder();
const at = folder.file;
afterAll(folder.remove);
const CIRCUIT = "coverage_4x8_s5k2";
const made = initialise(at("service"), CIRCUIT);
const template = JSON.parse(readFileSync(made.config, "utf8")) as Record<string, unknown>;

describe("a configuration", () => {
  it("that init wrote is read, its paths from its own folder", () => {
    const { data, circuit, venues, sender, plan } = loadConfig(made.config);
    expect({ data, circuit }).toEqual({ data: at("service/data"), circuit: CIRCUIT });
    expect(venues).toMatchObject([{ kind: "file", path: at("service/portfolios"), declaredBy: "venue" }]);
    expect(sender).toMatchObject({ maxFeeGwei: 100_000_000_000n, spendADayEther: 10n ** 17n, dryRun: false });
    expect(plan).toMatchObject({ within: 120, renewBefore: 900 });
  });

  it("needs little: everything else has a default", () => {
    const { venues, snapshots } = template;
    const small = {
      format: "ballast.config/1",
      data: "d",
      deployment: "e",
      circuit: "4x8",
      venues,
      snapshots,
    };
    expect(parseConfig(small).sender.confirmations).toBe(2);
  });

  it.each([
    ["an unknown key", { ...template, sendr: {} }, /unknown key/],
    ["a number for an amount", { ...template, sender: { spendADayEther: 0.1 } }, /sender.spendADayEther/],
    [
      "an exponent",
      { ...template, sender: { maxFeeGwei: "1e3" } },
      /sender.maxFeeGwei.*decimal number of gwei/,
    ],
    ["too many decimals", { ...template, sender: { maxFeeGwei: "0.0000000001" } }, /sender.maxFeeGwei/],
    ["another kind of venue", { ...template, venues: [{ kind: "ftp", name: "x" }] }, /venues.0.kind/],
    [
      "two venues of one name",
      { ...template, venues: Array(2).fill((template["venues"] as unknown[])[0]) },
      /called book/,
    ],
    [
      "a combined account of a venue that isn't there",
      {
        ...template,
        combined: [{ name: "all", account: "desk", of: [{ venue: "book" }, { venue: "other" }] }],
      },
      /called other/,
    ],
    [
      "a combined account of one venue twice",
      {
        ...template,
        combined: [{ name: "all", account: "desk", of: [{ venue: "book" }, { venue: "book" }] }],
      },
      /called book/,
    ],
    ["a relay that is no URL", { ...template, sender: { relay: "ftp://secret" } }, /sender.relay/],
  ])("with %s is refused at its place", (_, json, says) => {
    expect(() => parseConfig(json)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" }));
    expect(() => parseConfig(json)).toThrow(says);
    expect(() => parseConfig(json)).not.toThrow(/secret/);
  });

  it("opens venues of every kind, and those that make one account together for it alone", () => {
    const key = (name: string, json: unknown): string => {
      folder.writeJson(name, json);
      return at(name);
    };
    const wallet = `0x${"78".repeat(20)}`;
    const kinds = [
      { kind: "deribit", account: "a", keyFile: key("a.json", { clientId: "i", clientSecret: "s" }) },
      {
        kind: "derive",
        account: "b",
        subaccount: 7,
        keyFile: key("b.json", { wallet, sessionKey: `0x${"5e".repeat(32)}` }),
      },
      { kind: "ccxt", account: "c", exchange: "okx", keyFile: key("c.json", { apiKey: "k" }) },
    ].map((venue) => ({ ...venue, name: `${venue.kind}-1`, network: "test" }));
    const files = { kind: "file", name: "book", path: "portfolios", declaredBy: "venue" };
    const of = [{ venue: "deribit-1" }, { venue: "derive-1" }];
    const combined = [{ name: "all", account: "desk", of }];
    const config = parseConfig({ ...template, venues: [files, ...kinds], combined });
    const names = venuesOf(config, systemClock, () => undefined).map(({ name }) => name);
    expect(names).toEqual(["book", "ccxt-1", "all"]);
    const unnamed = parseConfig({
      ...{ ...template, venues: [files, ...kinds] },
      combined: [{ name: "all", account: "desk", of: [{ venue: "book" }, { venue: "derive-1" }] }],
    });
    expect(() => venuesOf(unnamed, systemClock, () => undefined)).toThrow(/account of book/);
  });

  it("is written once: what is there is kept, the key above all", () => {
    const key = readFileSync(made.masterKey, "utf8");
    expect(() => initialise(at("service"), CIRCUIT)).toThrow(expect.objectContaining({ code: "FILE_ERROR" }));
    expect(readFileSync(made.masterKey, "utf8")).toBe(key);
    expect(statSync(made.masterKey).mode & 0o777).toBe(0o600);
  });
});

describe("secrets", () => {
  it("come from the environment, or from a file that it names, and never from both", () => {
    const path = folder.write("rpc", "http://127.0.0.1:1\n");
    expect(secretOf({ BALLAST_RPC: "x" }, "BALLAST_RPC")).toBe("x");
    expect(secretOf({ BALLAST_RPC_FILE: path, BALLAST_RPC: "" }, "BALLAST_RPC")).toBe("http://127.0.0.1:1");
    expect(secretOf({}, "BALLAST_RPC")).toBeUndefined();
    expect(() => secretOf({ BALLAST_RPC_FILE: path, BALLAST_RPC: "x" }, "BALLAST_RPC")).toThrow(/both set/);
    expect(keyringOf({ BALLAST_MASTER_KEY_FILE: made.masterKey }).keyId).toMatch(/^[0-9a-f]{16}$/);
  });

  it("that are missing or malformed are named, and not said", () => {
    expect(() => keyringOf({})).toThrow(/BALLAST_MASTER_KEY is not set/);
    expect(() => senderKeyOf({ BALLAST_PRIVATE_KEY: "canary" })).toThrow(/malformed/);
    expect(() => senderKeyOf({ BALLAST_PRIVATE_KEY: "canary" })).not.toThrow(/canary/);
  });
});

describe("ballast init and config check", () => {
  it("write a configuration, and say what a service still lacks", async () => {
    const place = at("new");
    const files = await cliJson("init", place, "--circuit", "4x8");
    expect(files).toEqual({
      config: join(place, "ballast.config.json"),
      masterKey: join(place, "master.key"),
    });
    const { code, out } = await cli("config", "check", "--config", String(files["config"]), "--json");
    expect(code).toBe(1);
    const { ready, findings } = JSON.parse(out) as {
      ready: boolean;
      findings: { check: string; state: string }[];
    };
    const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
    expect(ready).toBe(false);
    expect(states).toMatchObject({
      ...{ configuration: "ok", circuit: "ok", deployment: "fault", database: "ok" },
      ...{
        "master key": "fault",
        "sender's key": "fault",
        node: "fault",
        "venue book": "fault",
        snapshot: "note",
      },
    });
  });

  it("say of a file that others can read that they can", async () => {
    const { checkConfig } = await import("../../src/service/config/check-file.ts");
    mkdirSync(at("service/portfolios"), { recursive: true });
    chmodSync(made.masterKey, 0o644);
    const findings = await checkConfig(made.config, { BALLAST_MASTER_KEY_FILE: made.masterKey });
    expect(findings).toContainEqual(
      expect.objectContaining({ check: `file ${made.masterKey}`, state: "fault" }),
    );
    chmodSync(made.masterKey, 0o600);
    const after = await checkConfig(made.config, { BALLAST_MASTER_KEY_FILE: made.masterKey });
    expect(after.map(({ check }) => check)).not.toContain(`file ${made.masterKey}`);
    expect(after).toContainEqual(expect.objectContaining({ check: "venue book", state: "ok" }));
  });

  it("refuse what is no configuration, where it is", async () => {
    const path = at("wrong.json");
    writeFileSync(path, '{"format": "ballast.config/1", "format": "x"}');
    const { code, err } = await cli("serve", "--config", path);
    expect(code).toBe(2);
    expect(err).toContain("format");
    expect((await cli("serve", "--role", "watchman")).err).toContain("There is no role");
    expect((await cli("status", "--data", at("nothing"))).code).toBe(3);
  });
});
