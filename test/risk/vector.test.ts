import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MarketQuote } from "../../src/market/chain.ts";
import { divCeil, divFloor, divNearest, lesser } from "../../src/math/rounding.ts";
import { WAD, wad } from "../../src/math/wad.ts";
import { type Policy, presetPolicy } from "../../src/risk/policy.ts";
import { FLAGSHIP_SHAPE, LANE_LIMIT } from "../../src/risk/shape.ts";
import { shockedVolatility, termFactor, volatilityRules } from "../../src/risk/shock.ts";
import { encodeRow, type RiskVector } from "../../src/risk/table.ts";
import { riskVector } from "../../src/risk/vector.ts";
import { CHAIN, failure, QUOTES, quote, SEED, TIME, w } from "./fixtures.ts";

const LES = presetPolicy("les");
const vector = (q: MarketQuote, policy: Policy = LES): RiskVector =>
  riskVector(q, CHAIN, policy, FLAGSHIP_SHAPE, 100);
const withLot = (q: MarketQuote, lotSize: bigint): MarketQuote => ({
  ...q,
  instrument: { ...q.instrument, lotSize: wad(lotSize) },
});
const find = (name: string): MarketQuote => {
  const found = QUOTES.find(({ instrument }) => instrument.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const scenario = (name: string): number => {
  const index = LES.scenarios.findIndex((one) => one.name.startsWith(name));
  if (index < 0) throw new Error(`no scenario ${name}`);
  return index;
};
const FALL = scenario("spot -16% | -20%, vol same");
const RISE = scenario("spot +16% | +20%, vol same");

/** Black-76 in double precision, from the textbook: an implementation of its own. */
function black(forward: number, strike: number, vol: number, years: number, call: boolean) {
  const s = vol * Math.sqrt(years);
  const d1 = Math.log(forward / strike) / s + s / 2;
  const sign = call ? 1 : -1;
  const price = sign * (forward * phi(sign * d1) - strike * phi(sign * (d1 - s)));
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  return {
    price,
    delta: sign * phi(sign * d1),
    gamma: density / (forward * s),
    vega: forward * density * Math.sqrt(years),
  };
}
/** Normal distribution by its integral (Simpson, 4,000 steps). */
function phi(x: number): number {
  const n = 4000;
  const h = x / n;
  let sum = 1 + Math.exp((-x * x) / 2);
  for (let i = 1; i < n; i++) sum += (i % 2 === 0 ? 2 : 4) * Math.exp(-((i * h) ** 2) / 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}
const YEARS = (Date.UTC(2026, 2, 27, 8) - Number(TIME)) / 1000 / 31_536_000;

describe("collateral", () => {
  it("USDC is worth one and never moves", () => {
    expect(vector(find("USDC"))).toEqual({
      instrumentId: 100,
      mark: 10_000n,
      pnl: new Array(35).fill(0n),
      delta: [0n, 0n],
      gamma: [0n, 0n],
      vega: [0n, 0n],
      longCharge: 0n,
      shortCharge: 100n,
    });
  });

  it("a coin is worth the index price, moves with it, and carries haircut and borrow charge", () => {
    const btc = vector(find("BTC"));
    expect(btc.mark).toBe(6_400_000n);
    expect(btc.pnl[FALL]).toBe(-1_024_000n);
    expect(btc.pnl[RISE]).toBe(1_024_000n);
    expect(btc.delta).toEqual([64_000n, 0n]);
    expect(btc.gamma).toEqual([0n, 0n]);
    expect(btc.longCharge).toBe(160_000n);
    expect(btc.shortCharge).toBe(160_000n);
    expect(vector(find("ETH")).delta).toEqual([0n, 19_000n]);
  });
});

describe("futures and perpetuals", () => {
  it("carry no value", () => {
    for (const name of ["BTC-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC-27MAR26"])
      expect(vector(find(name)).mark).toBe(0n);
  });

  it("an inverse one of Q USD gains Q * m * S/F, what its coins are worth after the move", () => {
    const future = vector(find("BTC-27MAR26"));
    const [q, s, f, m] = [10, 64_000, 64_500, -0.16];
    const coins = q / f - q / (f * (1 + m));
    expect(Number(future.pnl[FALL]) / 1e6).toBeCloseTo(coins * s * (1 + m), 5);
    expect(future.pnl[FALL]).toBe(divFloor(-1_600_000n * 64_000n, 64_500n));
    expect(future.delta[0]).toBe(divNearest(100_000n * 64_000n, 64_500n));
  });

  it("a linear one of q coins gains q * F * m", () => {
    const perpetual = vector(find("ETH_USDC-PERPETUAL"));
    expect(perpetual.pnl[RISE]).toBe(3_802_500n);
    expect(perpetual.delta).toEqual([0n, 190_125n]);
    expect(perpetual.longCharge).toBe(perpetual.shortCharge);
  });
});

describe("charges of futures by maturity", () => {
  const DAY = 86_400_000n;
  const policy: Policy = {
    ...LES,
    charges: { ...LES.charges, flatLinear: ["0.001", "0"], linearPerYear: ["0.0365", "0.01"] },
  };
  /** A million USD of a BTC future at the index, so many days away. */
  const charge = (days: bigint, use: Policy = policy) => {
    const { instrument } = quote("BTC-25DEC26", "64000");
    if (instrument.kind !== "future") throw new Error("no future");
    const future = {
      instrument: { ...instrument, expiry: TIME + days * DAY, lotSize: wad(1_000_000n * WAD) },
      forward: w("64000"),
    };
    const { longCharge, shortCharge } = vector(future, use);
    expect(shortCharge).toBe(longCharge);
    return longCharge;
  };

  it("are a share of the notional a year, where that is more than the flat share", () => {
    // 3.65 % a year is 100 USD a day on a million.
    expect(charge(300n)).toBe(30_000_000_000n);
    expect(charge(11n)).toBe(1_100_000_000n);
    expect(charge(10n)).toBe(1_000_000_000n);
    expect(charge(1n)).toBe(1_000_000_000n);
  });

  it("are rounded up, once", () => {
    const { instrument } = quote("BTC-25DEC26", "64000");
    if (instrument.kind !== "future") throw new Error("no future");
    const odd = { instrument: { ...instrument, expiry: TIME + 100n * DAY + 1n }, forward: w("64000") };
    // 10 USD * 3.65 % * (100 days + 1 ms)/365 days is 0.1 USD and a little.
    expect(vector(odd, policy).longCharge).toBe(100_001n);
  });

  it("are flat for perpetuals, and for every future under a policy of the first format", () => {
    const perpetual = withLot(quote("BTC-PERPETUAL", "64000"), 1_000_000n * WAD);
    expect(vector(perpetual, policy).longCharge).toBe(1_000_000_000n);
    expect(charge(300n, presetPolicy("les/1"))).toBe(charge(1n, presetPolicy("les/1")));
  });
});

describe("options", () => {
  it.each([
    ["BTC-27MAR26-64000-C", 64_000, 0.66, true],
    ["BTC-27MAR26-64000-P", 64_000, 0.66, false],
    ["BTC-27MAR26-80000-C", 80_000, 0.62, true],
    ["BTC-27MAR26-60000-P", 60_000, 0.71, false],
  ] as const)("%s agrees with double precision in every lane", (name, strike, vol, call) => {
    const [s, f, lot] = [64_000, 64_500, 0.1];
    const { mark, delta, gamma, vega, pnl } = vector(find(name));
    const now = black(f, strike, vol, YEARS, call);
    const near = (lane: bigint | undefined, usd: number) =>
      expect(Math.abs(Number(lane) / 1e6 - usd)).toBeLessThan(2e-6);
    near(mark, (now.price * s * lot) / f);
    near(delta[0], now.delta * s * 0.01 * lot);
    near(gamma[0], now.gamma * f * s * 1e-4 * lot);
    near(vega[0], (now.vega * 0.01 * s * lot) / f);
    expect([delta[1], gamma[1], vega[1]]).toEqual([0n, 0n, 0n]);
    const days = (Date.UTC(2026, 2, 27, 8) - Number(TIME)) / 86_400_000;
    const factor = (30 / days) ** 0.25;
    LES.scenarios.forEach((shock, i) => {
      const move = Number(shock.spot[0]);
      const volShock = Number(shock.vol[0]);
      const raw = vol * (1 + volShock * factor);
      const shocked = volShock > 0 ? Math.max(raw, 0.4) : volShock < 0 ? Math.max(raw, 0.05) : vol;
      const then = black(f * (1 + move), strike, shocked, YEARS, call);
      const usd = ((then.price - now.price) * s * lot * Number(shock.weight)) / f;
      expect(Math.abs(Number(pnl[i]) / 1e6 - usd)).toBeLessThan(3e-6);
    });
  });

  it("a linear one is worth the undiscounted Black-76 price, with the Greeks of the forward", () => {
    const { mark, delta, gamma } = vector(find("BTC_USDC-27MAR26-64000-C"));
    const now = black(64_500, 64_000, 0.66, YEARS, true);
    expect(Number(mark) / 1e6).toBeCloseTo(now.price * 0.01, 5);
    expect(Number(delta[0]) / 1e6).toBeCloseTo(now.delta * 64_500 * 0.01 * 0.01, 5);
    expect(Number(gamma[0]) / 1e6).toBeCloseTo(now.gamma * 64_500 ** 2 * 1e-4 * 0.01, 5);
  });

  it("a call less a put moves like the future that they make, in every scenario", () => {
    const [call, put] = [vector(find("BTC-27MAR26-64000-C")), vector(find("BTC-27MAR26-64000-P"))];
    // 0.1 contracts are worth 0.1 * 64,500 USD of the inverse future.
    const future = vector(withLot(find("BTC-27MAR26"), 6_450n * WAD));
    call.pnl.forEach((pnl, i) => {
      const parts = pnl - (put.pnl[i] ?? 0n) - (future.pnl[i] ?? 0n);
      expect(parts >= -1n && parts <= 1n).toBe(true);
    });
    const delta = (call.delta[0] ?? 0n) - (put.delta[0] ?? 0n) - (future.delta[0] ?? 0n);
    expect(delta >= -1n && delta <= 1n).toBe(true);
    expect(call.gamma).toEqual(put.gamma);
    expect(call.vega).toEqual(put.vega);
  });

  /** The middle option of the fixture, a lot of 0.1 BTC, with other quotes. */
  const quoted = (sides: { bid?: string; ask?: string }, policy: Policy = LES) =>
    vector(quote("BTC-27MAR26-64000-C", "64500", "0.66", sides), policy);

  it("is charged half its bid/ask width, at most 2 % of the index", () => {
    // Width 0.002 BTC: half is 64 USD a contract, 6.4 a lot; short options 0.5 % of 64,000 more: 32 a lot.
    const wide = vector(find("BTC-27MAR26-64000-C"));
    expect(wide.longCharge).toBe(6_400_000n);
    expect(wide.shortCharge).toBe(38_400_000n);
    // A width of half a coin is capped at 1,280 USD a contract.
    expect(quoted({ bid: "0.1", ask: "0.6" }).longCharge).toBe(128_000_000n);
  });

  it("without a bid is charged half the ask, without an ask what the widest is", () => {
    expect(quoted({ ask: "0.01" }).longCharge).toBe(32_000_000n);
    expect(quoted({ bid: "0", ask: "0.01" }).longCharge).toBe(32_000_000n);
    for (const sides of [{}, { bid: "0.1" }, { bid: "0.1", ask: "0" }, { ask: "0.6" }]) {
      expect(quoted(sides).longCharge).toBe(128_000_000n);
      expect(quoted(sides).shortCharge).toBe(160_000_000n);
    }
  });

  it("is never charged less for a side that is missing", () => {
    const price = fc.integer({ min: 1, max: 9_000 }).map((ticks) => (ticks / 10_000).toFixed(4));
    fc.assert(
      fc.property(price, price, (one, other) => {
        const [bid = one, ask = one] = [one, other].sort((a, b) => Number(a) - Number(b));
        const { longCharge, shortCharge } = quoted({ bid, ask });
        for (const sides of [{ ask }, { bid }, {}]) {
          expect(quoted(sides).longCharge).toBeGreaterThanOrEqual(longCharge);
          expect(quoted(sides).shortCharge).toBeGreaterThanOrEqual(shortCharge);
        }
      }),
      { seed: SEED, numRuns: 40 },
    );
  });

  it("in the first format pays a flat share of the index without both sides, as it always did", () => {
    // 0.2 % of 64,000 is 128 USD a contract.
    for (const sides of [{}, { bid: "0.1" }, { ask: "0.1" }, { bid: "0", ask: "0.2" }]) {
      expect(quoted(sides, presetPolicy("les/1")).longCharge).toBe(12_800_000n);
      expect(quoted(sides, presetPolicy("les/1")).shortCharge).toBe(44_800_000n);
    }
  });

  it("never charges a long option more than it is worth", () => {
    const far = vector(quote("BTC-27MAR26-400000-C", "64500", "0.6"));
    expect(far.mark).toBeLessThan(1_000_000n);
    expect(far.longCharge - far.mark).toBeLessThanOrEqual(1n);
    expect(far.shortCharge).toBe(160_000_000n);
  });

  it("pads a policy of 16 scenarios with P&L of zero", () => {
    const { pnl } = vector(find("BTC-27MAR26-64000-C"), presetPolicy("span-16/1"));
    expect(pnl).toHaveLength(35);
    expect(pnl.slice(16)).toEqual(new Array(19).fill(0n));
    expect(pnl.slice(0, 16).every((value) => value !== 0n)).toBe(true);
  });
});

describe("rounding", () => {
  it("is down for P&L, up for charges, to nearest for the rest, once for each lane", () => {
    const names = fc.constantFrom(...QUOTES);
    const lots = fc.bigInt(1n, 10n ** 15n);
    fc.assert(
      fc.property(names, lots, (q, lot) => {
        const small = vector(withLot(q, lot));
        const exact = vector(withLot(q, lot * 1_000_000n));
        expect(small.pnl).toEqual(exact.pnl.map((value) => divFloor(value, 1_000_000n)));
        expect(small.longCharge).toBe(divCeil(exact.longCharge, 1_000_000n));
        expect(small.shortCharge).toBe(divCeil(exact.shortCharge, 1_000_000n));
        const nearest = (lane: bigint, fine: bigint) => {
          const gap = lane * 1_000_000n - fine;
          expect(gap >= -500_001n && gap <= 500_001n).toBe(true);
        };
        nearest(small.mark, exact.mark);
        for (const key of ["delta", "gamma", "vega"] as const)
          for (const [u, lane] of small[key].entries()) nearest(lane, exact[key][u] ?? 0n);
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it.each([
    [7n, 2n, 3n, 4n, 4n],
    [-7n, 2n, -4n, -3n, -4n],
    [6n, 3n, 2n, 2n, 2n],
    [-6n, 3n, -2n, -2n, -2n],
    [1n, 3n, 0n, 1n, 0n],
    [-1n, 3n, -1n, 0n, 0n],
    [0n, 5n, 0n, 0n, 0n],
  ])("%d / %d: floor %d, ceiling %d, nearest %d", (a, b, floor, ceil, nearest) => {
    expect(divFloor(a, b)).toBe(floor);
    expect(divCeil(a, b)).toBe(ceil);
    expect(divNearest(a, b)).toBe(nearest);
    expect(lesser(a, b)).toBe(a < b ? a : b);
  });
});

describe("volatility shocks", () => {
  const rules = volatilityRules(LES);
  const day = 86_400_000n;

  it("scale by a power law of the maturity, flat below the shortest", () => {
    const factor = (days: bigint) => Number(termFactor(rules, days * day)) / 1e18;
    expect(factor(30n)).toBe(1);
    expect(factor(7n)).toBeCloseTo((30 / 7) ** 0.35, 12);
    expect(factor(180n)).toBeCloseTo((30 / 180) ** 0.25, 12);
    expect(factor(1n)).toBeCloseTo(30 ** 0.35, 12);
    expect(termFactor(rules, 1n)).toBe(termFactor(rules, day));
  });

  it("leave a volatility alone at zero, and respect both floors and the ceiling", () => {
    const shocked = (vol: string, shock: bigint) => shockedVolatility(rules, w(vol), shock, w("2"));
    expect(shocked("0.6", 0n)).toBe(w("0.6"));
    expect(shocked("0.6", 500_000n)).toBe(w("1.2"));
    expect(shocked("0.6", -250_000n)).toBe(w("0.3"));
    expect(shocked("0.1", 500_000n)).toBe(w("0.4"));
    expect(shocked("0.06", -250_000n)).toBe(w("0.05"));
    expect(shocked("0.03", -250_000n)).toBe(w("0.03"));
    expect(shocked("0.6", -900_000n)).toBe(w("0.05"));
    expect(shocked("10", 10_000_000n)).toBe(w("100"));
  });
});

describe("bad quotes name the instrument", () => {
  const cases: [string, () => unknown, string][] = [
    [
      "an expired option",
      () => vector(quote("BTC-30JAN26-64000-C", "64500", "0.66")),
      "BTC-30JAN26-64000-C has expired",
    ],
    ["an expired future", () => vector(quote("BTC-30JAN26", "64500")), "has expired"],
    ["a missing volatility", () => vector(quote("BTC-27MAR26-64000-C", "64500")), "no implied volatility"],
    ["a zero volatility", () => vector(quote("BTC-27MAR26-64000-C", "64500", "0")), "not positive"],
    ["a negative volatility", () => vector(quote("BTC-27MAR26-64000-C", "64500", "-0.5")), "not positive"],
    ["a volatility of 1,001 %", () => vector(quote("BTC-27MAR26-64000-C", "64500", "10.01")), "absurd"],
    ["a volatility of 0.9 %", () => vector(quote("BTC-27MAR26-64000-C", "64500", "0.009")), "absurd"],
    ["a forward of zero", () => vector(quote("BTC-27MAR26-64000-C", "0", "0.66")), "forward"],
    ["a lot of zero", () => vector(withLot(find("BTC"), 0n)), "lot size"],
    [
      "crossed quotes",
      () => vector(quote("BTC-27MAR26-64000-C", "64500", "0.66", { bid: "0.2", ask: "0.1" })),
      "bid above its ask",
    ],
    [
      "a price beyond the model",
      () => vector(quote("BTC-27MAR26-64000-C", "2000000000000", "0.66")),
      "can't be priced",
    ],
    [
      "an underlying that the policy lacks",
      () => vector(find("ETH"), { ...LES, underlyings: ["BTC", "SOL"] }),
      "is on ETH",
    ],
    [
      "an underlying without an index price",
      () =>
        riskVector(
          find("ETH"),
          { ...CHAIN, underlyings: CHAIN.underlyings.slice(0, 1) },
          LES,
          FLAGSHIP_SHAPE,
          1,
        ),
      "no index price",
    ],
  ];
  it.each(cases)("%s", (_, action, says) => {
    const { code, message } = failure(action);
    expect(code).toBe("INVALID_MARKET");
    expect(message).toContain(says);
  });

  it("a row that doesn't fit names the instrument and the lane", () => {
    const huge = vector(withLot(find("BTC"), 9n * WAD));
    expect(huge.mark >= LANE_LIMIT).toBe(true);
    const { code, message } = failure(() => encodeRow(FLAGSHIP_SHAPE, huge, "BTC"));
    expect(code).toBe("LANE_OVERFLOW");
    expect(message).toContain("BTC: the mark value");
    // Short options far out lose more than they are worth: the widest lane is a scenario.
    const short = vector(withLot(find("ETH-13FEB26-2000-C"), 3_000n * WAD));
    expect(failure(() => encodeRow(FLAGSHIP_SHAPE, short, "ETH-13FEB26-2000-C")).message).toMatch(
      /ETH-13FEB26-2000-C: the scenario \d+/,
    );
  });
});
