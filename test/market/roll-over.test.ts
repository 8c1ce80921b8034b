import { describe, expect, it } from "vitest";
import { checkChain, type MarketChain, type MarketQuote } from "../../src/market/chain.ts";
import { exportBallastChain, importBallastChain } from "../../src/market/importers/ballast.ts";
import { deliveryName, rollOver, SETTLED_DAYS } from "../../src/market/roll-over.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { selectQuotes } from "../../src/market/select.ts";
import { shiftChain } from "../../src/market/shift.ts";
import { WAD, wad } from "../../src/math/wad.ts";

const DAY = 86_400_000n;
const STILL = { spot: wad(0n), vol: wad(0n) };
const usd = (whole: bigint) => wad(whole * WAD);
const DELIVERIES = new Map([
  ["BTC-6FEB26", usd(81_000n)],
  ["ETH-6FEB26", usd(2_600n)],
]);
const before = sampleChain();
/** A week on: what expired on 6 February is gone. */
const week = shiftChain(before, STILL, 7n * DAY);
const rolled = rollOver(before.quotes, week, { deliveries: DELIVERIES });
const expired = before.quotes.filter(
  ({ instrument }) => "expiry" in instrument && deliveryName(instrument) in Object.fromEntries(DELIVERIES),
);
const settledOf = ({ quotes }: MarketChain) => quotes.filter(({ settled }) => settled === true);
const find = (quotes: readonly MarketQuote[], name: string): MarketQuote => {
  const quote = quotes.find(({ instrument }) => instrument.name === name);
  if (quote === undefined) throw new Error(`no ${name}`);
  return quote;
};

describe("rollOver", () => {
  it("keeps what expired since, at its delivery price and without quotes", () => {
    expect(week.quotes).toHaveLength(before.quotes.length - expired.length);
    expect(expired).toHaveLength(38);
    expect(settledOf(rolled).map(({ instrument }) => instrument.name)).toEqual(
      expired.map(({ instrument }) => instrument.name),
    );
    const call = find(rolled.quotes, "BTC-6FEB26-80000-C");
    expect(call).toEqual({ instrument: call.instrument, forward: usd(81_000n), settled: true });
    expect(checkChain(rolled).quotes).toHaveLength(before.quotes.length);
  });

  it("carries on what is settled, at the same price, for as long as a case takes and a week", () => {
    const later = shiftChain(week, STILL, 44n * DAY - 60_000n);
    const [{ instrument }] = settledOf(rolled) as [MarketQuote];
    if (!("expiry" in instrument)) throw new Error("no expiry");
    const end = instrument.expiry + SETTLED_DAYS * DAY;
    const at = (time: bigint) => settledOf(rollOver(settledOf(rolled), { ...later, time }));
    expect(at(end)).toEqual(settledOf(rolled));
    expect(at(end + 1n)).toEqual([]);
    expect(settledOf(shiftChain(rolled, { ...STILL, spot: wad(-WAD / 2n) }, DAY))).toEqual(settledOf(rolled));
  });

  it("lets go what nobody holds, but only once it was settled", () => {
    const held = ["BTC-6FEB26-80000-C"];
    const [kept, ...others] = settledOf(rollOver(rolled.quotes, week, { held }));
    expect(kept?.instrument.name).toBe("BTC-6FEB26-80000-C");
    expect(others).toEqual([]);
    expect(settledOf(rollOver(before.quotes, week, { deliveries: DELIVERIES, held }))).toHaveLength(38);
  });

  it("asks for each delivery price that is missing", () => {
    const deliveries = new Map([["BTC-6FEB26", usd(81_000n)]]);
    expect(() => rollOver(before.quotes, week, { deliveries })).toThrow(/delivery price for ETH-6FEB26,/);
    expect(() => rollOver(before.quotes, week)).toThrow(/for BTC-6FEB26, ETH-6FEB26,/);
  });

  it("takes no other price for what was settled before, and the same one once", () => {
    const again = (forward: bigint) => ({
      ...week,
      quotes: [...week.quotes, { ...find(rolled.quotes, "BTC-6FEB26-80000-C"), forward: wad(forward) }],
    });
    expect(settledOf(rollOver(rolled.quotes, again(81_000n * WAD)))).toHaveLength(38);
    expect(() => rollOver(rolled.quotes, again(81_001n * WAD))).toThrow(/settled before at another price/);
  });
});

describe("a settled quote", () => {
  const call = find(rolled.quotes, "BTC-6FEB26-80000-C");
  const chainWith = (quote: MarketQuote, time = rolled.time): MarketChain => ({
    ...rolled,
    time,
    quotes: [...week.quotes, quote],
  });

  it("may be of any price above zero, wherever the index is since", () => {
    const quote = { ...call, forward: usd(900_000n) };
    expect(checkChain(chainWith(quote)).quotes).toContainEqual(quote);
    expect(() => checkChain(chainWith({ ...call, forward: wad(0n) }))).toThrow(
      /forward price not above zero/,
    );
  });

  it.each([
    ["that lives", { settled: true }, before.time, /settled before its expiry/],
    ["with a volatility", { impliedVolatility: wad(WAD / 2n) }, rolled.time, /settled, and quoted still/],
    ["with a bid", { bid: wad(WAD) }, rolled.time, /settled, and quoted still/],
    ["with an ask", { ask: wad(WAD) }, rolled.time, /settled, and quoted still/],
  ] as const)("is none %s", (_, change, time, message) => {
    expect(() => checkChain({ ...chainWith({ ...call, ...change }), time })).toThrow(message);
  });

  it("is none of what never expires", () => {
    const perpetual = find(week.quotes, "BTC-PERPETUAL");
    const quotes = week.quotes.map((quote) =>
      quote === perpetual ? { ...quote, settled: true as const } : quote,
    );
    expect(() => checkChain({ ...week, quotes })).toThrow(/settled before its expiry/);
  });

  it("is in a chain's file as it was", () => {
    const file = exportBallastChain(checkChain(rolled));
    expect(importBallastChain(JSON.parse(file)).quotes).toEqual(checkChain(rolled).quotes);
  });

  it("always has its row, and all of them a third of a table at most", () => {
    expect(settledOf(selectQuotes(rolled, 114))).toHaveLength(38);
    expect(() => selectQuotes(rolled, 113)).toThrow(
      /38 rows are of expired instruments; of 113 rows, 37 may be/,
    );
  });
});
