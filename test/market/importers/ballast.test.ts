import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MarketChain } from "../../../src/market/chain.ts";
import { exportBallastChain, importBallastChain } from "../../../src/market/importers/ballast.ts";
import { sampleChain } from "../../../src/market/sample.ts";
import { wad } from "../../../src/math/wad.ts";

const quote = {
  instrument: "BTC-27MAR26-100000-C",
  lotSize: "0.1",
  forward: "84579.95",
  impliedVolatility: "0.4094",
  bid: "0.01",
  ask: "0.011",
  openInterest: "4615",
};
const file = {
  format: "ballast.chain/1",
  source: "test",
  time: "2026-01-30T08:00:00.000Z",
  underlyings: [{ symbol: "BTC", indexPrice: "84000" }],
  quotes: [quote],
  excluded: [],
};
const withQuote = (change: object) => ({ ...file, quotes: [{ ...quote, ...change }] });

describe("ballast.chain/1", () => {
  it("round-trips the sample, exclusions, and lots of one's own", () => {
    const sample = sampleChain();
    const chain: MarketChain = {
      ...sample,
      quotes: sample.quotes.map((q) => ({
        ...q,
        instrument: { ...q.instrument, lotSize: wad(q.instrument.lotSize * 7n) },
      })),
      excluded: [{ name: "BTC-27MAR26-1-C", reason: 'said "no"' }],
    };
    expect(importBallastChain(JSON.parse(exportBallastChain(sample)))).toEqual(sample);
    expect(importBallastChain(JSON.parse(exportBallastChain(chain)))).toEqual(chain);
  });

  it("round-trips every number at 1e18", () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 24n }).map(wad);
    fc.assert(
      fc.property(amount, amount, amount, (openInterest, low, spread) => {
        const [first] = importBallastChain(file).quotes;
        if (first === undefined) throw new Error("no quote");
        const changed = { ...first, openInterest, bid: low, ask: wad(low + spread) };
        const chain = { ...importBallastChain(file), quotes: [changed] };
        expect(importBallastChain(JSON.parse(exportBallastChain(chain)))).toEqual(chain);
      }),
    );
  });

  it("gives the default lot when none is said", () => {
    const { lotSize: _, ...bare } = quote;
    expect(importBallastChain({ ...file, quotes: [bare] })).toEqual(importBallastChain(file));
  });

  it.each([
    ["an unknown key", { ...file, sourc: "x" }, "INVALID_MARKET"],
    ["an unknown key in a quote", withQuote({ iv: "0.4" }), "INVALID_MARKET"],
    ["another version", { ...file, format: "ballast.chain/2" }, "INVALID_MARKET"],
    ["a number for text", withQuote({ forward: 84579.95 }), "INVALID_MARKET"],
    ["no quotes", { ...file, quotes: [] }, "INVALID_MARKET"],
    ["no time", { ...file, time: "2026-01-30" }, "INVALID_MARKET"],
    ["a time that doesn't exist", { ...file, time: "2026-02-30T08:00:00.000Z" }, "INVALID_MARKET"],
    ["an exponent", withQuote({ forward: "8.4e4" }), "INVALID_DECIMAL"],
    ["19 decimals", withQuote({ impliedVolatility: "0.4000000000000000001" }), "INVALID_DECIMAL"],
    ["an unknown name", withQuote({ instrument: "BTC-27MAR26-0-C" }), "UNKNOWN_INSTRUMENT"],
    ["a zero volatility", withQuote({ impliedVolatility: "0" }), "INVALID_MARKET"],
    ["a lot of zero", withQuote({ lotSize: "0" }), "INVALID_MARKET"],
    ["an expired option", { ...file, time: "2026-03-27T08:00:00.000Z" }, "INVALID_MARKET"],
    ["a quote twice", { ...file, quotes: [quote, quote] }, "DUPLICATE_INSTRUMENT"],
    ["null", null, "INVALID_MARKET"],
  ])("refuses %s", (_, json, code) => {
    expect(() => importBallastChain(json)).toThrowError(expect.objectContaining({ code }));
  });

  it("lists bad quotes when told to exclude", () => {
    const bad = [
      { ...quote, instrument: "BTC-27MAR26-0-C" },
      { ...quote, instrument: "BTC-27MAR26-90000-C", forward: "8.4e4" },
      { ...quote, instrument: "BTC-27MAR26-80000-C", impliedVolatility: "0" },
    ];
    const chain = importBallastChain({ ...file, quotes: [quote, ...bad] }, { onBadQuote: "exclude" });
    expect(chain.quotes).toHaveLength(1);
    expect(chain.excluded.map(({ name }) => name)).toEqual(bad.map(({ instrument }) => instrument));
  });
});
