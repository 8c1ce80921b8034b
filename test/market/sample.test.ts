import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { exportBallastChain } from "../../src/market/importers/ballast.ts";
import { markPrice } from "../../src/market/mark.ts";
import { SAMPLE_TIME, sampleChain } from "../../src/market/sample.ts";
import { black76 } from "../../src/math/black76.ts";
import { type Wad, wad } from "../../src/math/wad.ts";

const WAD = 10n ** 18n;
const DAY = 86_400_000n;
const crash = { spot: wad((-15n * WAD) / 100n), vol: wad((60n * WAD) / 100n) };
const crashed = sampleChain(SAMPLE_TIME + DAY, crash);
const digest = (chain: ReturnType<typeof sampleChain>) =>
  createHash("sha256").update(exportBallastChain(chain)).digest("hex");
const namesOf = (chain: ReturnType<typeof sampleChain>) =>
  chain.quotes.map(({ instrument }) => instrument.name);

describe("sampleChain", () => {
  it("is the same on every machine", () => {
    expect(digest(sampleChain())).toBe("4fd3c233975fa43d3ee74b164b916d82497fb2e0dd7b0273c9da24e8b9624880");
    expect(digest(crashed)).toBe("183bf3bdd0775acf7324fa28bdb520433fe58bb91581a20ba98774a925e623ec");
  });

  it("has 235 instruments, the example of the portfolio file among them", () => {
    const chain = sampleChain();
    expect(chain.quotes).toHaveLength(235);
    expect(chain.excluded).toEqual([]);
    expect(namesOf(chain)).toContain("BTC-27MAR26-100000-C");
    expect(chain.underlyings.map(({ symbol }) => symbol)).toEqual(["BTC", "ETH"]);
  });

  it("quotes every option around its mark: an ask always, a bid unless that would be nothing", () => {
    for (const chain of [sampleChain(), crashed]) {
      const options = chain.quotes.filter(({ instrument }) => instrument.kind === "option");
      let bids = 0;
      for (const quote of options) {
        const mark = markPrice(quote, chain.time) ?? 0n;
        expect(quote.ask).toBeGreaterThan(mark);
        if (quote.bid === undefined) expect(mark).toBeLessThan(WAD / 1000n);
        else expect(quote.bid).toBeLessThan(mark);
        bids += quote.bid === undefined ? 0 : 1;
      }
      expect(bids).toBeGreaterThan(options.length / 2);
    }
  });

  it("keeps its instruments through a crash, which moves prices and volatilities", () => {
    const chain = sampleChain();
    expect(namesOf(crashed)).toEqual(namesOf(chain));
    expect(crashed.underlyings[0]?.indexPrice).toBe(71_400n * WAD);
    const atm = (c: typeof chain) =>
      Math.min(
        ...c.quotes
          .filter(({ instrument }) => instrument.name.startsWith("BTC-27MAR26-"))
          .map(({ impliedVolatility }) => Number(impliedVolatility) / 1e18),
      );
    expect(atm(chain)).toBeGreaterThan(0.35);
    expect(atm(chain)).toBeLessThan(0.5);
    expect(atm(crashed) / atm(chain)).toBeGreaterThan(1.5);
    expect(atm(crashed) / atm(chain)).toBeLessThan(1.7);
  });

  it.each([
    ["at rest", sampleChain()],
    ["crashed", crashed],
  ])("has no arbitrage between strikes beyond a tick of volatility, %s", (_, chain) => {
    const slices = new Map<string, { strike: number; price: number; vega: number }[]>();
    for (const { instrument, forward, impliedVolatility } of chain.quotes) {
      if (instrument.kind !== "option" || instrument.right !== "call") continue;
      const time = wad(((instrument.expiry - chain.time) * WAD) / (365n * DAY));
      const volatility = impliedVolatility ?? wad(0n);
      const { price, vega } = black76({
        forward,
        strike: instrument.strike,
        volatility,
        time,
        right: "call",
      });
      const key = `${instrument.underlying} ${instrument.expiry}`;
      const row = { strike: usd(instrument.strike), price: usd(price), vega: usd(vega) };
      slices.set(key, [...(slices.get(key) ?? []), row]);
    }
    expect(slices.size).toBe(12);
    for (const slice of slices.values()) {
      expect(slice).toHaveLength(9);
      const slopes = slice.slice(1).map((right, i) => {
        const left = slice[i] ?? right;
        // Half a tick of volatility, 0.00005, either side.
        const slack = (0.00005 * (left.vega + right.vega)) / (right.strike - left.strike);
        return { slope: (right.price - left.price) / (right.strike - left.strike), slack };
      });
      for (const { slope } of slopes) {
        expect(slope).toBeLessThan(0);
        expect(slope).toBeGreaterThan(-1);
      }
      for (const [i, { slope, slack }] of slopes.slice(1).entries()) {
        const before = slopes[i] ?? { slope: 0, slack: 0 };
        expect(slope - before.slope).toBeGreaterThan(-(slack + before.slack));
      }
    }
  });

  it("ends with its first expiry, and can't fall by all", () => {
    const outOfRange = expect.objectContaining({ code: "OUT_OF_RANGE" });
    expect(sampleChain(SAMPLE_TIME + 7n * DAY - 1n).quotes).toHaveLength(235);
    expect(() => sampleChain(SAMPLE_TIME + 7n * DAY)).toThrowError(outOfRange);
    expect(() => sampleChain(0n)).toThrowError(outOfRange);
    expect(() => sampleChain(SAMPLE_TIME, { spot: wad(-WAD), vol: wad(0n) })).toThrowError(outOfRange);
    expect(() => sampleChain(SAMPLE_TIME, { spot: wad(0n), vol: wad(-WAD) })).toThrowError(outOfRange);
  });
});

function usd(value: Wad): number {
  return Number(value) / 1e18;
}
