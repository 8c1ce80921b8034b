import { describe, expect, it } from "vitest";
import { markPrice } from "../../src/market/mark.ts";
import { SAMPLE_TIME, sampleChain } from "../../src/market/sample.ts";
import { filterChain, shiftChain } from "../../src/market/shift.ts";
import { WAD, wad } from "../../src/math/wad.ts";

const DAY = 86_400_000n;
const w = (text: string) => wad(BigInt(text) * WAD);
const CRASH = { spot: wad((-15n * WAD) / 100n), vol: wad((6n * WAD) / 10n) };

describe("shiftChain", () => {
  it("moves every price by the spot shock and every volatility by the vol shock, to the unit", () => {
    const before = sampleChain();
    const after = shiftChain(before, CRASH, DAY);
    expect(after.time).toBe(SAMPLE_TIME + DAY);
    const option = before.quotes.find(({ instrument }) => instrument.kind === "option");
    const moved = after.quotes.find(({ instrument }) => instrument.name === option?.instrument.name);
    expect(moved?.forward).toBe(((option?.forward ?? 0n) * 85n) / 100n);
    expect(moved?.impliedVolatility).toBe(((option?.impliedVolatility ?? 0n) * 16n) / 10n);
    expect(after.underlyings.map(({ indexPrice }) => indexPrice)).toEqual(
      before.underlyings.map(({ indexPrice }) => (indexPrice * 85n) / 100n),
    );
  });

  it("keeps each option's bid and ask at their distance from the mark, and a missing side missing", () => {
    const before = sampleChain();
    const after = shiftChain(before, CRASH, DAY);
    const byName = new Map(after.quotes.map((quote) => [quote.instrument.name, quote]));
    let kept = 0;
    for (const was of before.quotes) {
      const is = byName.get(was.instrument.name);
      if (was.instrument.kind !== "option" || is === undefined) continue;
      const [old, mark] = [markPrice(was, before.time) ?? 0n, markPrice(is, after.time) ?? 0n];
      if (was.ask !== undefined) expect((is.ask ?? 0n) - mark).toBe(was.ask - old);
      if (was.bid === undefined) expect(is.bid).toBeUndefined();
      else if (is.bid !== undefined) expect(mark - is.bid).toBe(old - was.bid);
      else expect(mark - (old - was.bid)).toBeLessThanOrEqual(0n);
      kept += is.bid === undefined ? 0 : 1;
    }
    expect(kept).toBeGreaterThan(100);
  });

  it("moves the quotes of a future with its price", () => {
    const before = sampleChain();
    const quotes = before.quotes.map((quote) =>
      quote.instrument.name === "BTC-27MAR26" ? { ...quote, bid: w("84000"), ask: w("84100") } : quote,
    );
    const after = shiftChain({ ...before, quotes }, CRASH, DAY);
    const future = after.quotes.find(({ instrument }) => instrument.name === "BTC-27MAR26");
    expect([future?.bid, future?.ask]).toEqual([w("71400"), w("71485")]);
  });

  it("leaves the quote currency at its price", () => {
    const after = shiftChain(sampleChain(), CRASH, DAY);
    expect(after.quotes.find(({ instrument }) => instrument.name === "USDC")?.forward).toBe(WAD);
  });

  it("drops what has expired by then", () => {
    const before = sampleChain();
    const expiries = before.quotes.flatMap(({ instrument }) =>
      instrument.kind === "option" ? [instrument.expiry] : [],
    );
    const [first = 0n] = [...new Set(expiries)].sort((a, b) => (a < b ? -1 : 1));
    const after = shiftChain(before, CRASH, first - before.time);
    const left = after.quotes.filter(
      ({ instrument }) => instrument.kind === "option" && instrument.expiry === first,
    );
    expect(before.quotes.length).toBeGreaterThan(after.quotes.length);
    expect(left).toEqual([]);
  });

  it.each([
    ["a fall of 100 %", { spot: wad(-WAD), vol: wad(0n) }, 0n],
    ["volatility gone", { spot: wad(0n), vol: wad(-WAD) }, 0n],
    ["back in time", { spot: wad(0n), vol: wad(0n) }, -1n],
  ])("refuses %s", (_, shock, elapsed) => {
    expect(() => shiftChain(sampleChain(), shock, elapsed)).toThrow(/can't move/);
  });
});

describe("filterChain", () => {
  it("keeps what it is told to keep", () => {
    expect(
      filterChain(sampleChain(), (name) => name === "USDC").quotes.map(({ instrument }) => instrument.name),
    ).toEqual(["USDC"]);
  });
});
