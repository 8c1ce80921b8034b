import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatDecimal } from "../../../src/math/decimal.ts";
import { venueAmount } from "../../../src/portfolio/convert/amount.ts";
import { convertAccount } from "../../../src/portfolio/convert/convert.ts";
import { nameOfDerive } from "../../../src/portfolio/convert/derive.ts";

const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../fixtures/wire/${name}.json`, import.meta.url), "utf8"));
const held = (list: readonly { instrument: string; amount: { value: bigint } }[]) =>
  Object.fromEntries(list.map(({ instrument, amount }) => [instrument, formatDecimal(amount.value, 18)]));
const position = (instrument_name: string, direction: string, size: unknown, more: object = {}) => ({
  instrument_name,
  direction,
  size,
  kind: "option",
  average_price: 0.01,
  ...more,
});
const INVALID = expect.objectContaining({ code: "INVALID_PORTFOLIO" });

describe("an account of Deribit", () => {
  const positions = {
    jsonrpc: "2.0",
    result: [
      position("BTC-27MAR26-100000-C", "sell", -12.5),
      position("BTC-PERPETUAL", "buy", 25000, { kind: "future", size_currency: 0.3 }),
      position("ETH-PERPETUAL", "zero", 0),
      position("ETH-27MAR26-2800-P", "buy", 0),
    ],
  };

  it("has its sizes with their signs, and the recorded summaries' cash without the value of options", () => {
    const account = convertAccount([positions, recorded("deribit-account-summaries")]);
    expect(held(account.positions)).toEqual({ "BTC-27MAR26-100000-C": "-12.5", "BTC-PERPETUAL": "25000" });
    // balance + session gains of futures + realised: 302.60065765 + 0.05921555 - 0.03258105, and a satoshi of the venue's rounding.
    expect(held(account.balances)).toEqual({ BTC: "302.62729214", ETH: "100" });
    expect(account.notes).toEqual([]);
  });

  it("says that there are no balances where no summary was given", () => {
    expect(convertAccount([positions]).notes).toEqual([expect.stringContaining("no account summary")]);
  });

  it.each([
    ["a size of the other sign", position("BTC-PERPETUAL", "sell", 25000)],
    ["a size that is no number", position("BTC-PERPETUAL", "buy", "many")],
    ["a size with direction zero", position("BTC-PERPETUAL", "zero", 10)],
  ])("is refused with %s", (_, bad) => {
    expect(() => convertAccount([{ result: [bad] }])).toThrowError(INVALID);
  });

  it("is refused without a usable equity", () => {
    const summary = { currency: "BTC", equity: null, balance: 1, options_value: 0 };
    expect(() => convertAccount([{ result: summary }])).toThrowError(INVALID);
  });
});

describe("an account of ccxt", () => {
  const unified = (
    symbol: string,
    side: string,
    contracts: unknown,
    contractSize: unknown,
    info: object = {},
  ) => ({
    symbol,
    side,
    contracts,
    contractSize,
    info,
  });
  const balance = {
    info: {},
    free: { USDC: 1, BTC: 0.1 },
    used: { USDC: 0, BTC: 0 },
    total: { USDC: 250000.123456, BTC: 1.23456789, ETH: null },
    USDC: { free: 1, used: 0, total: 250000.123456 },
  };

  it("counts contracts times their size: USD for inverse ones, coins for the rest", () => {
    const account = convertAccount([
      [
        unified("BTC/USD:BTC", "short", 250, 100),
        unified("BTC/USD:BTC-260327-100000-C", "long", 15, 0.01),
        unified("ETH/USDC:USDC", "long", 2, 1),
        unified("ETH/USD:ETH", "long", 0, 10),
      ],
      balance,
    ]);
    expect(held(account.positions)).toEqual({
      "BTC-PERPETUAL": "-25000",
      "BTC-27MAR26-100000-C": "0.15",
      "ETH_USDC-PERPETUAL": "2",
    });
    expect(held(account.balances)).toEqual({ USDC: "250000.123456", BTC: "1.23456789" });
    expect(account.notes).toEqual([expect.stringContaining("options' value")]);
  });

  it("reads Deribit's and Derive's own rows where ccxt kept them, as texts", () => {
    const account = convertAccount([
      [
        unified("BTC/USD:BTC", "long", 1, 10, position("BTC-PERPETUAL", "sell", "-100.0")),
        unified("ETH/USD:USDC", "long", 1, 1, {
          instrument_name: "ETH-PERP",
          instrument_type: "perp",
          amount: "-2.5",
        }),
      ],
    ]);
    expect(held(account.positions)).toEqual({ "BTC-PERPETUAL": "-100", "ETH_USDC-PERPETUAL": "-2.5" });
  });

  it("takes Deribit's summaries in place of a total that has the options' value in it", () => {
    const account = convertAccount([{ ...balance, info: { result: recorded("deribit-account-summaries") } }]);
    expect(held(account.balances)).toEqual({ BTC: "302.62729214", ETH: "100" });
    expect(account.notes).toEqual([]);
  });

  it("keeps the symbol of what has no name, so that it is refused by it", () => {
    const perpetual = unified("BTC/USDT:USDT", "long", 1, 1);
    expect(held(convertAccount([[perpetual]]).positions)).toEqual({ "BTC/USDT:USDT": "1" });
    expect(held(convertAccount([[perpetual]], { asUsdc: ["USDT"] }).positions)).toEqual({
      "BTC_USDC-PERPETUAL": "1",
    });
  });

  it.each([
    ["no side", unified("BTC/USD:BTC", "", 1, 10)],
    ["negative contracts", unified("BTC/USD:BTC", "long", -1, 10)],
    ["no contract size", unified("BTC/USD:BTC", "long", 1, null)],
  ])("is refused with %s", (_, bad) => {
    expect(() => convertAccount([[bad]])).toThrowError(INVALID);
  });
});

describe("an account of Derive", () => {
  const subaccount = {
    result: {
      subaccount_id: 30769,
      collaterals: [
        { asset_name: "USDC", asset_type: "erc20", currency: "USDC", amount: "-12.000000000000000001" },
      ],
      positions: [
        { instrument_name: "ETH-20260206-2800-C", instrument_type: "option", amount: "-3.5" },
        { instrument_name: "ETH-PERP", instrument_type: "perp", amount: "1.25", unrealized_pnl: "4" },
        { instrument_name: "BTC-PERP", instrument_type: "perp", amount: "0" },
      ],
    },
  };

  it("reads recorded portfolios", () => {
    const account = convertAccount([recorded("derive-portfolios")]);
    expect(account.account).toBe("derive-130837");
    expect(held(account.balances)).toEqual({ ETH: "0.1" });
  });

  it("has linear positions, debts, and a word on what isn't settled", () => {
    const account = convertAccount([subaccount]);
    expect(held(account.positions)).toEqual({
      "ETH_USDC-6FEB26-2800-C": "-3.5",
      "ETH_USDC-PERPETUAL": "1.25",
    });
    expect(held(account.balances)).toEqual({ USDC: "-12.000000000000000001" });
    expect(account.notes).toEqual([expect.stringContaining("hasn't settled")]);
  });

  it("names fractional strikes as Deribit does, and leaves alone what it doesn't know", () => {
    expect(["BTC-20260327-2400_5-P", "ETH-USDC", "BTC-20260230-1-C"].map(nameOfDerive)).toEqual([
      "BTC_USDC-27MAR26-2400d5-P",
      "ETH-USDC",
      "BTC-20260230-1-C",
    ]);
  });

  it("isn't two accounts", () => {
    const other = { result: { ...subaccount.result, subaccount_id: 2 } };
    expect(() => convertAccount([subaccount, other])).toThrowError(INVALID);
  });
});

describe("a portfolio of Ballast's own form", () => {
  it("is taken with its dust: assets are balances", () => {
    const account = convertAccount([
      {
        account: "desk-7",
        positions: [
          { instrument: "USDC", quantity: "250000.123456" },
          { instrument: "BTC-27MAR26-100000-C", quantity: "-12.5" },
        ],
      },
    ]);
    expect(account.account).toBe("desk-7");
    expect(held(account.balances)).toEqual({ USDC: "250000.123456" });
    expect(held(account.positions)).toEqual({ "BTC-27MAR26-100000-C": "-12.5" });
  });

  it("isn't an account's file with its salt, which opens a commitment as it is", () => {
    const file = { account: "a", salt: "0x1", positions: [] };
    expect(() => convertAccount([file])).toThrowError(INVALID);
  });
});

describe("what is no account", () => {
  it.each([
    ["nothing known", [{ a: 1 }], {}],
    ["two kinds", [{ result: [position("BTC-PERPETUAL", "buy", 10)] }, recorded("derive-portfolios")], {}],
    ["another kind than was said", [recorded("derive-portfolios")], { from: "ccxt" as const }],
  ])("%s", (_, answers, options) => {
    expect(() => convertAccount(answers, options)).toThrowError(INVALID);
  });
});

describe("venues' amounts", () => {
  it.each([
    ["-1.5e-7", -150_000_000_000n, true],
    [1.23456789, 1_234_567_890_000_000_000n, true],
    ["0.0000000000000000019", 1n, false],
    ["-0.0000000000000000011", -2n, false],
    ["1E3", 1_000_000_000_000_000_000_000n, true],
  ])("%s", (value, wad, isExact) => {
    expect(venueAmount(value)).toEqual({ value: wad, isExact });
  });

  it("are nothing else", () => {
    for (const value of [
      "",
      "1,5",
      "0x1",
      "NaN",
      Number.NaN,
      Number.POSITIVE_INFINITY,
      null,
      undefined,
      {},
      "1e40",
      true,
    ])
      expect(venueAmount(value)).toBeUndefined();
  });
});
