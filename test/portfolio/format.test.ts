import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak256, stringToBytes } from "viem";
import { afterAll, describe, expect, it } from "vitest";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { FIELD_MODULUS } from "../../src/math/field.ts";
import { accountIdOf, parsePortfolio } from "../../src/portfolio/format.ts";
import { loadPortfolio } from "../../src/portfolio/portfolio-file.ts";
import type { SnapshotRow } from "../../src/risk/snapshot.ts";
import { failure } from "../risk/fixtures.ts";

const CALL = "BTC-27MAR26-100000-C"; // lots of 0.1 BTC
const names = ["USDC", "BTC", CALL, "BTC-PERPETUAL"];
const none = { mark: 0n, pnl: [], delta: [], gamma: [], vega: [], longCharge: 0n, shortCharge: 0n };
const rows = names.map((name, n): SnapshotRow => {
  const instrumentId = [1, 2, 70, 8][n] ?? 0;
  return { instrument: parseInstrumentName(name), instrumentId, vector: { ...none, instrumentId } };
});
const parse = (positions: unknown, account: unknown = "desk 7") =>
  parsePortfolio({ account, positions }, { rows });
const one = (instrument: unknown, quantity: unknown) => parse([{ instrument, quantity }]);

describe("parsePortfolio", () => {
  it("turns units into signed lots, by ascending id, without zeros", () => {
    const { account, positions } = parse([
      { instrument: CALL, quantity: "-12.5" },
      { instrument: "BTC-PERPETUAL", quantity: "0" },
      { instrument: "USDC", quantity: "250000.01" },
    ]);
    expect(account).toBe("desk 7");
    expect(positions).toEqual([
      { instrumentId: 1, quantity: 25_000_001n },
      { instrumentId: 70, quantity: -125n },
    ]);
    expect(parse([]).positions).toEqual([]);
  });

  it("takes up to 2^36 - 1 lots of either sign", () => {
    expect(one(CALL, "6871947673.5").positions[0]?.quantity).toBe(2n ** 36n - 1n);
    expect(one(CALL, "-6871947673.5").positions[0]?.quantity).toBe(1n - 2n ** 36n);
  });

  it.each([
    [
      "an instrument that is not in the snapshot",
      () => one("BTC-27MAR26-90000-C", "314.1"),
      "UNKNOWN_INSTRUMENT",
    ],
    ["a quantity off the lot grid", () => one(CALL, "314.15"), "OFF_LOT_GRID"],
    ["a quantity far off the lot grid", () => one(CALL, "0.000000000000000314"), "OFF_LOT_GRID"],
    ["2^36 lots", () => one(CALL, "6871947673.6"), "LOT_OVERFLOW"],
    ["-2^36 lots", () => one(CALL, "-6871947673.6"), "LOT_OVERFLOW"],
    ["an astronomic number of lots", () => one(CALL, `${"314".repeat(20)}`), "LOT_OVERFLOW"],
    ["an exponent", () => one(CALL, "314e5"), "INVALID_DECIMAL"],
    ["a plus sign", () => one(CALL, "+314"), "INVALID_DECIMAL"],
    ["spaces", () => one(CALL, " 314"), "INVALID_DECIMAL"],
    ["no number", () => one(CALL, "314 BTC"), "INVALID_DECIMAL"],
    ["nothing", () => one(CALL, ""), "INVALID_DECIMAL"],
    ["more than 18 decimals", () => one(CALL, "0.3140000000000000000"), "INVALID_DECIMAL"],
    [
      "an instrument twice",
      () => parse([CALL, CALL].map((instrument) => ({ instrument, quantity: "314.1" }))),
      "DUPLICATE_INSTRUMENT",
    ],
    [
      "an instrument twice, once with nothing",
      () => parse(["0", "314.1"].map((quantity) => ({ instrument: CALL, quantity }))),
      "DUPLICATE_INSTRUMENT",
    ],
    ["a quantity that is a number", () => one(CALL, 314), "INVALID_PORTFOLIO"],
    ["a quantity of a page", () => one(CALL, "3".repeat(314)), "INVALID_PORTFOLIO"],
    ["an instrument that is a number", () => one(314, "1"), "INVALID_PORTFOLIO"],
    [
      "an unknown key",
      () => parse([{ instrument: CALL, quantity: "314.1", price: "1" }]),
      "INVALID_PORTFOLIO",
    ],
    ["no positions", () => parsePortfolio({ account: "a" }, { rows }), "INVALID_PORTFOLIO"],
    ["no account", () => parsePortfolio({ positions: [] }, { rows }), "INVALID_PORTFOLIO"],
    ["an empty account", () => parse([], ""), "INVALID_PORTFOLIO"],
    ["a list", () => parsePortfolio([], { rows }), "INVALID_PORTFOLIO"],
    ["null", () => parsePortfolio(null, { rows }), "INVALID_PORTFOLIO"],
    ["an account above the field's order", () => parse([], `0x${"f".repeat(64)}`), "OUT_OF_RANGE"],
  ])("refuses %s and quotes no quantity", (_, action, expected) => {
    const { code, message } = failure(action);
    expect(code).toBe(expected);
    expect(message.replaceAll("27MAR26-100000", "")).not.toMatch(/314|6871947673|333/);
  });

  it("names the instrument that is wrong", () => {
    for (const action of [
      () => one("BTC-27MAR26-90000-C", "1"),
      () => one(CALL, "0.01"),
      () => one(CALL, "x"),
    ]) {
      expect(failure(action).message).toContain("BTC-27MAR26-");
    }
  });

  it("keeps quantities out of causes and details too", () => {
    for (const action of [() => one(CALL, "31x4"), () => one(CALL, "314.15"), () => one(CALL, 314)]) {
      let thrown: unknown;
      try {
        action();
      } catch (error) {
        thrown = error;
      }
      if (!(thrown instanceof Error)) throw new Error("Expected an error.");
      const everything = JSON.stringify({ ...thrown, cause: String(thrown.cause) });
      expect(everything).not.toMatch(/314|31x4/);
    }
  });
});

describe("accountIdOf", () => {
  it("takes a field element as it stands, and hashes any other name to 253 bits", () => {
    expect(accountIdOf("0x0a")).toBe(10n);
    expect(accountIdOf("desk 7")).toBe(BigInt(keccak256(stringToBytes("desk 7"))) >> 3n);
    expect(accountIdOf("Zürich")).toBe(BigInt(keccak256(stringToBytes("Zürich"))) >> 3n);
    expect(accountIdOf("10")).not.toBe(10n);
    expect(accountIdOf("x") < FIELD_MODULUS).toBe(true);
  });
});

describe("loadPortfolio", () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-portfolio-"));
  const file = (text: string): string => {
    const path = join(folder, "portfolio.json");
    writeFileSync(path, text);
    return path;
  };
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("reads a file", () => {
    const path = file(JSON.stringify({ account: "a", positions: [{ instrument: "USDC", quantity: "1" }] }));
    expect(loadPortfolio(path, { rows }).positions).toEqual([{ instrumentId: 1, quantity: 100n }]);
  });

  it("says what is wrong with one, without quoting it", () => {
    const broken = failure(() =>
      loadPortfolio(file('{"account": "a", "positions": [{"quantity": "314"'), { rows }),
    );
    expect(broken.code).toBe("INVALID_INPUT");
    expect(broken.message).not.toContain("314");
    expect(failure(() => loadPortfolio(join(folder, "absent.json"), { rows })).code).toBe("FILE_ERROR");
  });
});
