import { describe, expect, it } from "vitest";
import { importBookSummary } from "../../../src/market/importers/deribit.ts";

const TIME = Date.UTC(2026, 2, 13, 19);
const option = {
  instrument_name: "BTC-25DEC26-100000-C",
  creation_timestamp: TIME,
  mark_iv: 50.34 as unknown,
  mark_price: 0.07301792 as number | null,
  underlying_price: 73038.53 as number | null,
  underlying_index: "BTC-25DEC26",
  estimated_delivery_price: 71048.7 as number | null,
  bid_price: 0.0715 as number | null,
  ask_price: 0.073 as number | null,
  open_interest: 2921.5,
  price_change: null,
};
const synthetic = {
  ...option,
  instrument_name: "BTC-14MAR26-70000-P",
  underlying_price: 71055.20030008859,
  underlying_index: "SYN.BTC-14MAR26",
  bid_price: null,
  ask_price: 0,
};
const eth = {
  ...option,
  instrument_name: "ETH-25DEC26-3000-C",
  underlying_index: "ETH-25DEC26",
  underlying_price: 2180.25,
  estimated_delivery_price: 2100.5,
};
const perpetual = {
  instrument_name: "BTC-PERPETUAL",
  creation_timestamp: TIME + 7,
  mark_price: 71052.25,
  estimated_delivery_price: 71048.7,
  bid_price: 71052,
  ask_price: 71052.5,
  open_interest: 812_000_000,
};
const envelope = (...result: unknown[]) => ({ jsonrpc: "2.0", result, usIn: 1, testnet: false });
const nano = 10n ** 9n;

describe("importBookSummary", () => {
  it("reads volatilities in percent, prices to the last digit, zero and null as no quote", () => {
    const chain = importBookSummary([envelope(option, synthetic)]);
    const byName = new Map(chain.quotes.map((quote) => [quote.instrument.name, quote]));
    expect(byName.get(option.instrument_name)).toMatchObject({
      forward: 73_038_530_000_000n * nano,
      impliedVolatility: 503_400_000n * nano,
      bid: 71_500_000n * nano,
      ask: 73_000_000n * nano,
      openInterest: 2_921_500_000_000n * nano,
    });
    expect(byName.get(synthetic.instrument_name)).toMatchObject({ forward: 71_055_200_300_088_590_000_000n });
    expect(byName.get(synthetic.instrument_name)).not.toHaveProperty("bid");
    expect(byName.get(synthetic.instrument_name)).not.toHaveProperty("ask");
    expect([...byName.keys()].filter((name) => !name.endsWith("-C") && !name.endsWith("-P"))).toEqual([
      "USDC",
      "BTC",
      "BTC-PERPETUAL",
      "BTC_USDC-PERPETUAL",
      "BTC-25DEC26",
    ]);
    expect(chain.underlyings).toEqual([{ symbol: "BTC", indexPrice: 71_048_700_000_000n * nano }]);
  });

  it("makes one chain of several answers, bare results among them", () => {
    const chain = importBookSummary([envelope(option), [eth, perpetual]]);
    expect(chain.time).toBe(BigInt(TIME + 7));
    expect(chain.underlyings).toEqual([
      { symbol: "BTC", indexPrice: 71_048_700_000_000n * nano },
      { symbol: "ETH", indexPrice: 2_100_500_000_000n * nano },
    ]);
    expect(chain.quotes.find(({ instrument }) => instrument.name === "BTC-PERPETUAL")).toEqual({
      instrument: expect.objectContaining({ kind: "perpetual" }),
      forward: 71_052_250_000_000n * nano,
      bid: 71_052_000_000_000n * nano,
      ask: 71_052_500_000_000n * nano,
      openInterest: 812_000_000_000_000_000n * nano,
    });
    expect(chain.quotes.find(({ instrument }) => instrument.name === "ETH-PERPETUAL")?.forward).toBe(
      2_100_500_000_000n * nano,
    );
  });

  it("takes the nearest forward for the index when the answer has none", () => {
    const bare = { ...synthetic, estimated_delivery_price: null };
    const chain = importBookSummary([[{ ...option, estimated_delivery_price: null }, bare]]);
    expect(chain.underlyings[0]?.indexPrice).toBe(71_055_200_300_088_590_000_000n);
  });

  it.each([
    ["no mark_iv", { mark_iv: null }, "implied volatility missing"],
    ["a mark_iv of zero", { mark_iv: 0 }, "implied volatility outside"],
    ["a mark_iv of 5,000 %", { mark_iv: 5000 }, "implied volatility outside"],
    ["no underlying price", { underlying_price: null }, "forward price missing"],
    ["an underlying price of zero", { underlying_price: 0 }, "forward price not above zero"],
    ["crossed quotes", { bid_price: 0.08 }, "crossed"],
    ["another expiry's future", { underlying_index: "BTC-27MAR26" }, "forward of another expiry"],
    ["the name of a combo", { instrument_name: "BTC-FS-27MAR26_PERP" }, "not the name"],
    ["an expiry in the past", { instrument_name: "BTC-13MAR26-100000-C", underlying_index: "x" }, "expired"],
  ])("lists a summary with %s, or fails", (_, change, reason) => {
    const bad = { ...option, ...change };
    const { excluded } = importBookSummary([envelope(synthetic, bad)]);
    expect(excluded).toEqual([{ name: bad.instrument_name, reason: expect.stringContaining(reason) }]);
    expect(() => importBookSummary([envelope(synthetic, bad)], { onBadQuote: "error" })).toThrowError(
      expect.objectContaining({
        message: expect.stringContaining(reason),
        details: { instrument: bad.instrument_name },
      }),
    );
  });

  it("finds duplicates across answers", () => {
    expect(() => importBookSummary([[option], envelope(option)], { onBadQuote: "error" })).toThrowError(
      expect.objectContaining({ code: "DUPLICATE_INSTRUMENT" }),
    );
  });

  it("refuses answers of different moments", () => {
    const later = { ...eth, creation_timestamp: TIME + 60_001 };
    expect(() => importBookSummary([[option], [later]])).toThrowError("not of one moment");
  });

  it.each([
    ["an error of the venue", { jsonrpc: "2.0", error: { code: 10028, message: "too_many_requests" } }],
    ["another answer", { result: { instrument_name: "BTC-PERPETUAL" } }],
    ["text for a number", envelope({ ...option, mark_iv: "50.34" })],
    ["a missing time", envelope({ ...option, creation_timestamp: undefined })],
    ["no rows", envelope()],
  ])("refuses %s", (_, answer) => {
    expect(() => importBookSummary([answer])).toThrowError(
      expect.objectContaining({ code: "INVALID_MARKET" }),
    );
  });
});
