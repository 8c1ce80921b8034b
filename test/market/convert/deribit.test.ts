import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { convertChain, countReasons } from "../../../src/market/convert/convert.ts";
import { exportBallastChain, importBallastChain } from "../../../src/market/importers/ballast.ts";
import { importBookSummary } from "../../../src/market/importers/deribit.ts";
import { lotLookup, parseLots } from "../../../src/market/lots.ts";
import { formatDecimal } from "../../../src/math/decimal.ts";

const recorded: unknown = JSON.parse(
  readFileSync(new URL("../../fixtures/wire/deribit-ticker.json", import.meta.url), "utf8"),
);
const TIME = Date.UTC(2026, 0, 30, 8, 0, 5);
const ticker = (instrument_name: string, more: object = {}) => ({
  instrument_name,
  timestamp: TIME,
  mark_price: 0.02,
  mark_iv: 61.27,
  index_price: 84000,
  underlying_price: 84100.5,
  underlying_index: "SYN.BTC-6FEB26",
  best_bid_price: 0.019,
  best_ask_price: 0,
  open_interest: 12.5,
  ...more,
});
const instrument = (instrument_name: string, more: object = {}) => ({
  instrument_name,
  kind: "option",
  strike: 84000,
  expiration_timestamp: Date.UTC(2026, 1, 6, 8),
  creation_timestamp: 1,
  contract_size: 1,
  min_trade_amount: 0.1,
  is_active: true,
  ...more,
});
const CALL = "BTC-6FEB26-84000-C";
const quoteOf = (chain: ReturnType<typeof convertChain>, name: string) =>
  chain.quotes.find((quote) => quote.instrument.name === name);
const text = (value: bigint | undefined) => (value === undefined ? undefined : formatDecimal(value, 18));

describe("a chain from Deribit's answers", () => {
  it("reads a recorded ticker: percent, coin, index and forward of its own row", () => {
    const chain = convertChain([recorded]);
    const quote = quoteOf(chain, "BTC-27SEP24-40000-C");
    expect(chain.time).toBe(1_699_578_548_021n);
    expect(chain.underlyings.map(({ indexPrice }) => text(indexPrice))).toEqual(["36552.72"]);
    expect(
      [quote?.forward, quote?.impliedVolatility, quote?.bid, quote?.ask, quote?.openInterest].map(text),
    ).toEqual(["38992.71", "0.6127", "0.214", "0.219", "368.8"]);
    expect(text(quoteOf(chain, "BTC-27SEP24")?.forward)).toBe("38992.71");
  });

  it("gives of book summaries what the importer gives", () => {
    const summary = {
      instrument_name: CALL,
      creation_timestamp: TIME,
      mark_iv: 50.34,
      mark_price: 0.02,
      underlying_price: 84100.25,
      underlying_index: "SYN.BTC-6FEB26",
      estimated_delivery_price: 84000.125,
      bid_price: null,
      ask_price: 0.021,
      open_interest: 5,
    };
    const answer = {
      jsonrpc: "2.0",
      result: [summary, { ...summary, instrument_name: "BTC-6FEB26-90000-P" }],
    };
    const options = { source: "same" };
    expect(convertChain([answer], options)).toEqual(importBookSummary([answer], options));
  });

  it("finds answers in envelopes, lists, objects by name, notifications", () => {
    const one = convertChain([ticker(CALL)]);
    for (const wrapped of [
      { jsonrpc: "2.0", result: ticker(CALL) },
      [{ result: ticker(CALL) }],
      { [CALL]: ticker(CALL) },
      [{ method: "subscription", params: { channel: `ticker.${CALL}.raw`, data: ticker(CALL) } }],
    ])
      expect(convertChain([wrapped])).toEqual(one);
  });

  it("takes numbers that a library kept as text", () => {
    const texts = Object.fromEntries(
      Object.entries(ticker(CALL)).map(([key, value]) => [key, String(value)]),
    );
    expect(convertChain([texts])).toEqual(convertChain([ticker(CALL)]));
  });

  it("takes lots from instruments, of other assets too; what is given goes before", () => {
    const xrp = ticker("XRP_USDC-6FEB26-0d625-C", {
      index_price: 0.62,
      underlying_price: 0.63,
      underlying_index: "SYN.XRP_USDC-6FEB26",
    });
    const terms = instrument("XRP_USDC-6FEB26-0d625-C", { strike: 0.625, min_trade_amount: 1000 });
    const chain = convertChain([{ result: [terms] }, [xrp]]);
    expect(text(quoteOf(chain, "XRP_USDC-6FEB26-0d625-C")?.instrument.lotSize)).toBe("1000");
    expect(countReasons(chain.excluded)).toEqual([
      { reason: "no lot is known for XRP as collateral, and none was given", count: 1, example: "XRP" },
    ]);
    const given = convertChain([[terms], [xrp]], { lots: lotLookup(parseLots("XRP=10")) });
    expect(text(quoteOf(given, "XRP_USDC-6FEB26-0d625-C")?.instrument.lotSize)).toBe("10");
    expect(given.excluded).toEqual([]);
  });

  it.each([
    ["another strike", { strike: 85000 }, "strike is not the name's"],
    ["another expiry", { expiration_timestamp: Date.UTC(2026, 1, 7, 8) }, "expiry is not the name's"],
    ["no trading", { is_active: false }, "not active"],
  ])("leaves out what its instrument says of %s", (_, more, reason) => {
    const other = ticker("BTC-6FEB26-90000-C");
    const chain = convertChain([[instrument(CALL, more)], [ticker(CALL), other]]);
    expect(chain.excluded).toEqual([{ name: CALL, reason }]);
  });

  it("counts by reason, and lists instruments without a quote", () => {
    const bad = ticker("BTC-FS-27MAR26_PERP");
    const chain = convertChain([
      [instrument(CALL), instrument("BTC-6FEB26-90000-C"), instrument("BTC-6FEB26-95000-C")],
      [ticker(CALL), bad, ticker("BTC-6FEB26-70000-C", { timestamp: TIME * 1000 })],
    ]);
    expect(countReasons(chain.excluded)).toEqual([
      { reason: "no ticker or book summary given", count: 2, example: "BTC-6FEB26-90000-C" },
      { reason: "no time in milliseconds", count: 1, example: "BTC-6FEB26-70000-C" },
      { reason: expect.stringContaining("not the name"), count: 1, example: "BTC-FS-27MAR26_PERP" },
    ]);
    expect(importBallastChain(JSON.parse(exportBallastChain(chain)))).toEqual(chain);
  });

  it("gives options without a forward that of a call and a put, and says so", () => {
    const bare = { underlying_price: null, underlying_index: "" };
    const chain = convertChain([
      [
        ...[82_000, 84_000, 86_000].flatMap((strike) => [
          ticker(`BTC-6FEB26-${strike}-C`, { ...bare, mark_price: 0.5 + 1 - (0.99 * strike) / 84_000 }),
          ticker(`BTC-6FEB26-${strike}-P`, { ...bare, mark_price: 0.5 }),
        ]),
        ticker("BTC-6FEB26-95000-C", { ...bare, mark_price: 0.001 }),
      ],
    ]);
    // In coin: F = K / (1 - (C - P)) = 84000 / 0.99 at each strike.
    expect(text(quoteOf(chain, "BTC-6FEB26-95000-C")?.forward)).toMatch(/^84848\.48/);
    expect(chain.notes).toEqual([expect.stringContaining("put-call parity")]);
    expect(() => convertChain([[ticker(CALL, bare)]])).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining("forward price missing") }),
    );
  });

  it.each([
    ["instruments alone", [instrument(CALL)], /Instruments alone have no prices/],
    ["an error of the venue", { error: { code: 10009, message: "x" } }, /error message of the venue/],
    ["anything else", { a: [1, "x", null] }, /no ticker or book summary/],
    ["no usable quote", [ticker("DOGE_USDC-6FEB26-1-C")], /no usable quote/],
  ])("refuses %s", (_, json, message) => {
    expect(() => convertChain([json])).toThrowError(
      expect.objectContaining({ code: "INVALID_MARKET", shortMessage: expect.stringMatching(message) }),
    );
  });

  it("says why no quote can be used, with an example", () => {
    expect(() =>
      convertChain([[ticker("DOGE_USDC-6FEB26-1-C"), ticker("DOGE_USDC-6FEB26-2-C")]]),
    ).toThrowError(
      expect.objectContaining({
        hint: expect.stringMatching(/no lot is known.*2, e\.g\. DOGE_USDC-6FEB26-1-C/),
      }),
    );
  });
});
