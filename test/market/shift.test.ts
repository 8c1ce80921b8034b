import { describe, expect, it } from "vitest";
import { SAMPLE_TIME, sampleChain } from "../../src/market/sample.ts";
import { filterChain, shiftChain } from "../../src/market/shift.ts";
import { WAD, wad } from "../../src/math/wad.ts";

const DAY = 86_400_000n;
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
