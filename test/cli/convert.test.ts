import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadChain } from "../../src/market/chain-file.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { cli, cliJson } from "./harness.ts";

const TIME = Date.UTC(2026, 0, 30, 8, 0, 5);
const SUMMARIES = fileURLToPath(new URL("../fixtures/wire/deribit-account-summaries.json", import.meta.url));
let folder = "";
const at = (name: string): string => join(folder, name);
const write = (name: string, value: unknown): string => {
  writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value));
  return at(name);
};
const read = (name: string): unknown => JSON.parse(readFileSync(at(name), "utf8"));

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-convert-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const summary = (instrument_name: string, index: number) => ({
  instrument_name,
  creation_timestamp: TIME,
  mark_iv: 50,
  mark_price: 0.02,
  underlying_price: index,
  underlying_index: "",
  estimated_delivery_price: index,
  bid_price: null,
  ask_price: null,
  open_interest: 5,
});
const BOOK = {
  jsonrpc: "2.0",
  result: [
    summary("BTC-6FEB26-84000-C", 84000),
    summary("ETH-6FEB26-2800-C", 2800),
    summary("SOL_USDC-6FEB26-120-C", 120.5),
    summary("XRP_USDC-6FEB26-1d85-C", 1.82),
  ],
};
const policyFor = (...underlyings: string[]): string =>
  write(`les-${underlyings.join("-")}.json`, { ...presetPolicy("les"), name: "les-others", underlyings });

describe("snapshot build of other assets", () => {
  it("lists each with its true reason: no lot, then a third underlying", async () => {
    const book = write("book.json", BOOK);
    type Built = { excluded: { name: string; reason: string }[] };
    const without = await cliJson<Built>("snapshot", "build", "--chain", book, "-o", at("a.json"));
    expect(without.excluded.map(({ reason }) => reason)).toEqual([
      "no lot is known for a linear option on SOL, and none was given",
      "no lot is known for a linear option on XRP, and none was given",
    ]);
    const given = await cliJson<Built>(
      "snapshot",
      "build",
      "--chain",
      book,
      "--lots",
      "SOL=1,XRP=100",
      "-o",
      at("a.json"),
    );
    expect(given.excluded.map(({ reason }) => reason)).toEqual([
      "on SOL: a snapshot has at most 2 underlyings, here BTC and ETH",
      "on XRP: a snapshot has at most 2 underlyings, here BTC and ETH",
    ]);
  });

  it("builds one of SOL and XRP with lots, a policy for them and a registry, and verifies it", async () => {
    const lots = write("lots.json", { format: "ballast.lots/1", lots: { SOL: "1", XRP: "100" } });
    const options = [
      "--chain",
      write("book.json", BOOK),
      "--lots-file",
      lots,
      "--policy",
      policyFor("SOL", "XRP"),
    ];
    const built = await cliJson(
      "snapshot",
      "build",
      ...options,
      "--registry",
      at("reg.json"),
      "-o",
      at("sol.json"),
    );
    expect(built).toMatchObject({ rows: 7, underlyings: [{ symbol: "SOL" }, { symbol: "XRP" }] });
    expect(read("reg.json")).toMatchObject({
      instruments: [
        { id: 4, name: "SOL" },
        { id: 5, name: "XRP" },
        { id: 64, name: "SOL_USDC-PERPETUAL" },
        { id: 65, name: "XRP_USDC-PERPETUAL" },
        { id: 66, name: "SOL_USDC-6FEB26-120-C" },
        { id: 67, name: "XRP_USDC-6FEB26-1d85-C" },
      ],
    });
    expect(await cliJson("snapshot", "verify", at("sol.json"))).toMatchObject({ valid: true });
  });

  it("takes SOL as collateral from Ballast's own format, and a stablecoin beside it", async () => {
    const chain = write("chain-sol.json", {
      format: "ballast.chain/1",
      source: "test",
      time: "2026-01-30T08:00:05.000Z",
      underlyings: [
        { symbol: "BTC", indexPrice: "84000" },
        { symbol: "SOL", indexPrice: "120.5" },
      ],
      quotes: [
        { instrument: "USDC", forward: "1" },
        { instrument: "SOL", lotSize: "0.01", forward: "120.5" },
        { instrument: "BTC-6FEB26-84000-C", forward: "84100", impliedVolatility: "0.5" },
      ],
      excluded: [],
    });
    const options = ["--chain", chain, "--policy", policyFor("BTC", "SOL"), "--stablecoin", "USDT=0.999"];
    await cliJson(
      "snapshot",
      "build",
      ...options,
      "--registry",
      at("own.json"),
      "-o",
      at("own-snapshot.json"),
    );
    const { rows } = await cliJson<{ rows: { instrument: string; id: number; markPerLot: string }[] }>(
      "snapshot",
      "show",
      at("own-snapshot.json"),
    );
    expect(rows.map(({ instrument, id, markPerLot }) => [instrument, id, markPerLot]).slice(0, 3)).toEqual([
      ["USDC", 1, "0.01"],
      ["USDT", 4, "0.00999"],
      ["SOL", 5, "1.205"],
    ]);
  });

  it.each([
    [
      "three underlyings",
      ["--underlying", "BTC", "ETH", "SOL"],
      /at most 2 underlyings, until circuits of more exist/,
      /--underlying/,
    ],
    [
      "others than the policy's",
      ["--underlying", "SOL", "XRP"],
      /les\S* is for BTC and ETH, not for SOL and XRP/,
      /policy/,
    ],
    ["a lot that is missing, strictly", ["--strict"], /SOL_USDC-6FEB26-120-C: no lot is known/, /./],
    ["a malformed lot", ["--lots", "SOL"], /ASSET=SIZE/, /SOL=0.1/],
    ["a stablecoin that is none", ["--stablecoin", "SOL"], /no stablecoin/, /USDT/],
  ])("refuses %s", async (_, options, says, hint) => {
    const { code, err } = await cli(
      "snapshot",
      "build",
      "--chain",
      write("book.json", BOOK),
      ...options,
      "-o",
      at("no.json"),
    );
    expect(code).toBe(2);
    expect(err).toMatch(says);
    expect(err).toMatch(hint);
  });
});

describe("chain convert", () => {
  it("writes a chain that a snapshot is built of, and counts what was left out", async () => {
    const book = write("book.json", BOOK);
    const converted = await cliJson("chain", "convert", book, "-o", at("chain.json"));
    expect(converted).toMatchObject({
      file: at("chain.json"),
      quotes: 9,
      kinds: { collateral: 3, perpetual: 4, option: 2 },
      leftOut: [
        { count: 1, example: "SOL_USDC-6FEB26-120-C", reason: expect.stringContaining("SOL") },
        { count: 1, example: "XRP_USDC-6FEB26-1d85-C", reason: expect.stringContaining("XRP") },
      ],
    });
    const direct = await cliJson("snapshot", "build", "--chain", book, "-o", at("direct.json"));
    const through = await cliJson("snapshot", "build", "--chain", at("chain.json"), "-o", at("through.json"));
    expect(through["tableHash"]).toBe(direct["tableHash"]);
  });

  it("says so for people", async () => {
    const { code, out } = await cli("chain", "convert", write("book.json", BOOK), "-o", at("chain.json"));
    expect(code).toBe(0);
    expect(out).toMatch(/9 quotes: 3 collateral, 4 perpetual, 2 option/);
    expect(out).toMatch(
      /left out:[\s\S]*1.*no lot is known for a linear option on SOL.*SOL_USDC-6FEB26-120-C/,
    );
  });

  it("takes Tardis' file in gzip at a moment", async () => {
    const header =
      "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho";
    const row = (second: number, iv: number) =>
      `deribit,BTC-6FEB26-84000-C,${TIME + second * 1000}000,${TIME + second * 1000}500,call,84000,${Date.UTC(2026, 1, 6, 8)}000,5,,0.01,1,1,0.02,1,1,0.02,${iv},SYN.BTC-6FEB26,84100,0,0,0,0,0`;
    const lines = [header, row(0, 40), row(10, 45), row(20, 50)].join("\n");
    writeFileSync(at("day.csv.gz"), gzipSync(lines));
    for (const [options, iv, time] of [
      [["--at", "2026-01-30T08:00:16Z"], 450_000_000_000_000_000n, TIME + 10_000],
      [[], 500_000_000_000_000_000n, TIME + 20_000],
    ] as const) {
      await cliJson("chain", "convert", at("day.csv.gz"), ...options, "-o", at("tardis.json"), "--force");
      const { quotes, time: moment } = loadChain(at("tardis.json"));
      expect(quotes.find(({ instrument }) => instrument.kind === "option")?.impliedVolatility).toBe(iv);
      expect(moment).toBe(BigInt(time));
    }
    writeFileSync(at("cut.csv.gz"), gzipSync(lines).subarray(0, 120));
    const cut = await cli("chain", "convert", at("cut.csv.gz"), "-o", at("no.json"));
    expect(cut.code).toBe(3);
  });

  it.each([
    [
      "instruments alone",
      { result: [{ instrument_name: "BTC-6FEB26-84000-C", min_trade_amount: 0.1 }] },
      [],
      2,
      /no prices/,
    ],
    ["an unknown source", BOOK, ["--from", "okx"], 2, /no source/],
    ["--at without Tardis", BOOK, ["--at", "2026-01-30T08:00:00Z"], 2, /Tardis/],
    [
      "a moment that doesn't exist",
      BOOK,
      ["--from", "tardis", "--at", "2026-02-30T08:00:00Z"],
      2,
      /no moment/,
    ],
    [
      "a chain of Ballast's own",
      { format: "ballast.chain/1", quotes: [] },
      [],
      2,
      /own formats[\s\S]*snapshot build --chain/,
    ],
    ["what is not JSON", "{", [], 2, /not JSON/],
  ])("refuses %s", async (_, content, options, exit, says) => {
    const { code, err } = await cli(
      "chain",
      "convert",
      write("in.json", content),
      ...options,
      "-o",
      at("no.json"),
    );
    expect(err).toMatch(says);
    expect(code).toBe(exit);
  });
});

describe("portfolio convert", () => {
  const positions = (size: number) => ({
    jsonrpc: "2.0",
    result: [{ instrument_name: "BTC-27MAR26-100000-C", direction: "sell", size, kind: "option" }],
  });
  let snapshot = "";
  beforeAll(async () => {
    snapshot = at("sample.json");
    await cliJson("snapshot", "build", "--rows", "60", "--include", "BTC-27MAR26-100000-C", "-o", snapshot);
  });

  it("writes a portfolio that `margin` takes, readable by its owner alone, with its dust shown", async () => {
    const files = [write("positions.json", positions(-12.5)), SUMMARIES];
    const result = await cliJson<{ effect: { requirement: { kept: string } } }>(
      "portfolio",
      "convert",
      ...files,
      "--account",
      "desk-7",
      "-s",
      snapshot,
      "-o",
      at("portfolio.json"),
    );
    expect(result).toMatchObject({
      account: "desk-7",
      positions: 3,
      dust: [{ instrument: "BTC", held: "302.62729214", kept: "302.6272", rest: "0.00009214" }],
      rounded: [],
    });
    expect(read("portfolio.json")).toEqual({
      account: "desk-7",
      positions: [
        { instrument: "BTC", quantity: "302.6272" },
        { instrument: "ETH", quantity: "100" },
        { instrument: "BTC-27MAR26-100000-C", quantity: "-12.5" },
      ],
    });
    expect(statSync(at("portfolio.json")).mode & 0o777).toBe(0o600);
    const report = await cliJson<{ requirement: string }>(
      "margin",
      "-s",
      snapshot,
      "-p",
      at("portfolio.json"),
    );
    expect(Math.abs(Number(report.requirement) - Number(result.effect.requirement.kept))).toBeLessThan(1e-5);
  });

  it("refuses a position off the grid, and with --round says what that changes", async () => {
    const argv = [
      "portfolio",
      "convert",
      write("positions.json", positions(-12.53)),
      SUMMARIES,
      "--account",
      "desk-7",
      "-s",
      snapshot,
      "-o",
      at("rounded.json"),
    ];
    const refused = await cli(...argv);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/BTC-27MAR26-100000-C/);
    expect(refused.err).not.toMatch(/12\.5/);
    const { code, out } = await cli(...argv, "--round");
    expect(code).toBe(0);
    expect(out).toMatch(/BTC-27MAR26-100000-C +-12\.53 +-12\.5 +-0\.03/);
    expect(out).toMatch(/maintenance requirement +[\d,.]+ +[\d,.]+ +-\d+\.\d{6}/);
  });

  it("takes the dust out of a portfolio that `margin` refuses", async () => {
    const dusty = write("dust.json", {
      account: "desk-7",
      positions: [
        { instrument: "USDC", quantity: "250000.123456" },
        { instrument: "BTC", quantity: "1.23456789" },
      ],
    });
    const refused = await cli("margin", "-s", snapshot, "-p", dusty);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/portfolio convert/);
    const { out } = await cli("portfolio", "convert", dusty, "-s", snapshot, "-o", at("clean.json"));
    expect(out).toMatch(/USDC +250000\.123456 +250000\.12 +0\.003456/);
    expect((await cli("margin", "-s", snapshot, "-p", at("clean.json"))).code).toBe(0);
  });

  it.each([
    ["no name", [], /no name/],
    [
      "lots beside a snapshot's",
      ["--account", "a", "-s", "SNAPSHOT", "--lots", "BTC=1"],
      /Lots are the snapshot's/,
    ],
    ["an unknown source", ["--account", "a", "--from", "okx"], /no source/],
  ])("refuses %s", async (_, options, says) => {
    const argv = options.map((option) => (option === "SNAPSHOT" ? snapshot : option));
    const { code, err } = await cli(
      "portfolio",
      "convert",
      write("p.json", positions(-1)),
      ...argv,
      "-o",
      at("no.json"),
    );
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });
});
