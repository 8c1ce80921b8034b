import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { BLACK76_DOMAIN, type Black76Input, black76 } from "../../src/math/black76.ts";
import { divDown, WAD, wad } from "../../src/math/wad.ts";
import { DIGITS, fromWad, refBlack76, toNumber } from "../helpers/high-precision.ts";
import { options, SEED, saneCorners, widestCorners } from "./points.ts";

const corners = [...saneCorners, ...widestCorners];
const check = <T>(values: fc.Arbitrary<T>, property: (value: T) => void): void =>
  fc.assert(fc.property(values, property), { seed: SEED, numRuns: 2000 });
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const option: Black76Input = {
  forward: wad(60_000n * WAD),
  strike: wad(65_000n * WAD),
  volatility: wad(WAD / 2n),
  time: wad(WAD / 4n),
  right: "call",
};

function parity(input: Black76Input): void {
  const call = black76({ ...input, right: "call" });
  const put = black76({ ...input, right: "put" });
  expect(call.price - put.price).toBe(input.forward - input.strike);
  expect(call.delta - put.delta).toBe(WAD);
  expect([call.gamma, call.vega]).toEqual([put.gamma, put.vega]);
  expect(least(call.price, put.price)).toBeGreaterThanOrEqual(0n);
  expect(call.price).toBeLessThanOrEqual(input.forward);
  expect(put.price).toBeLessThanOrEqual(input.strike);
  expect(call.delta >= 0n && call.delta <= WAD).toBe(true);
  expect(least(call.gamma, call.vega)).toBeGreaterThanOrEqual(0n);
}

describe(`black76 (seed ${SEED})`, () => {
  it("keeps put-call parity to the last bit, prices within their bounds, deltas within 0 and 1", () => {
    check(options, parity);
    for (const input of corners) parity(input);
  });

  it("is symmetric: a put on (F, K) is a call on (K, F), to the last bit", () => {
    check(options, (input) => {
      const mirrored = { ...input, forward: input.strike, strike: input.forward };
      const right = input.right === "call" ? "put" : "call";
      expect(black76({ ...mirrored, right }).price).toBe(black76(input).price);
    });
  });

  it("keeps its error bound over the whole accepted domain: half a unit and 1e-20 of the lesser of F and K", () => {
    for (const input of widestCorners) {
      const error = black76(input).price * 10n ** (DIGITS - 18n) - refBlack76(input).price;
      const size = Math.abs(toNumber(error));
      const allowed = 0.5000001e-18 + 1e-20 * toNumber(fromWad(least(input.forward, input.strike)));
      expect(size, `${input.right} ${Object.values(input).join(" ")}`).toBeLessThanOrEqual(allowed);
    }
  });

  it("never falls with volatility or time, nor (calls) rises with strike, by more than one unit and 1e-23 of the forward", () => {
    check(fc.tuple(options, fc.bigInt({ min: 1n, max: WAD })), ([input, step]) => {
      const slack = 1n + input.forward / 10n ** 23n;
      const call = { ...input, right: "call" as const };
      const price = black76(call).price;
      const up = (x: bigint) => wad(x + 1n + (x * step) / (10n * WAD));
      expect(black76({ ...call, volatility: up(call.volatility) }).price).toBeGreaterThanOrEqual(
        price - slack,
      );
      expect(black76({ ...call, time: up(call.time) }).price).toBeGreaterThanOrEqual(price - slack);
      expect(black76({ ...call, strike: up(call.strike) }).price).toBeLessThanOrEqual(price + slack);
      expect(black76({ ...call, forward: up(call.forward) }).price).toBeGreaterThanOrEqual(price - slack);
    });
  });

  it("is intrinsic exactly, with delta 0 or 1 and no gamma or vega, far from the money", () => {
    const near = { ...option, volatility: wad(WAD / 1000n), time: wad(WAD / 10_000n) };
    for (const strike of [59_000n, 1n, 61_000n, 10n ** 9n]) {
      const call = black76({ ...near, strike: wad(strike * WAD) });
      const inMoney = strike < 60_000n;
      expect(call).toEqual({
        price: inMoney ? (60_000n - strike) * WAD : 0n,
        delta: inMoney ? WAD : 0n,
        gamma: 0n,
        vega: 0n,
      });
    }
    // |ln(F/K)| = 34.5 at one year and 100 %.
    const far = { ...option, forward: wad(10n ** 12n), strike: wad(10n ** 27n), volatility: WAD, time: WAD };
    expect(black76(far).price).toBe(0n);
    expect(black76({ ...far, right: "put" }).price).toBe(10n ** 27n - 10n ** 12n);
    // With volatility without bound a call tends to the forward, a put to the strike.
    const wild = { ...option, volatility: wad(100n * WAD), time: WAD };
    expect(black76(wild).price).toBe(option.forward);
    expect(black76({ ...wild, right: "put" }).price).toBe(option.strike);
  });

  it("is 2 Phi(s/2) - 1 times the forward at the money", () => {
    const { price } = black76({ ...option, strike: option.forward, volatility: WAD, time: WAD });
    expect(divDown(price, option.forward)).toBe(382_924_922_548_026_207n); // erf(1/(2 sqrt 2))
  });

  it("has the Greeks that its own price has, by central differences", () => {
    const { delta, gamma, vega } = black76(option);
    const step = WAD; // 1 USD; 1e-3 of volatility
    const [low, mid, high] = [-step, 0n, step].map(
      (move) => black76({ ...option, forward: wad(option.forward + move) }).price,
    );
    const [less, more] = [-1n, 1n].map(
      (k) => black76({ ...option, volatility: wad(option.volatility + (k * WAD) / 1000n) }).price,
    );
    if (low === undefined || mid === undefined || high === undefined) throw new Error("No prices.");
    if (less === undefined || more === undefined) throw new Error("No prices.");
    expect(Number(high - low) / 2e18).toBeCloseTo(Number(delta) / 1e18, 9);
    expect(Number(high - 2n * mid + low) / Number(gamma)).toBeCloseTo(1, 7);
    expect(((Number(more - less) / 2e15) * 1e18) / Number(vega)).toBeCloseTo(1, 6);
  });

  it("refuses zero, negative and absurd inputs, naming the one that is wrong", () => {
    const bad: [Partial<Black76Input>, string][] = [
      [{ forward: wad(0n) }, "The forward price"],
      [{ forward: wad(-WAD) }, "The forward price"],
      [{ strike: wad(0n) }, "The strike"],
      [{ strike: wad(BLACK76_DOMAIN.price.max + 1n) }, "The strike"],
      [{ volatility: wad(0n) }, "The volatility"],
      [{ volatility: wad(BLACK76_DOMAIN.volatility.min - 1n) }, "The volatility"],
      [{ volatility: wad(BLACK76_DOMAIN.volatility.max + 1n) }, "The volatility"],
      [{ time: wad(0n) }, "The time to expiry"],
      [{ time: wad(-WAD) }, "The time to expiry"],
      [{ time: wad(BLACK76_DOMAIN.time.max + 1n) }, "The time to expiry"],
    ];
    for (const [change, what] of bad) {
      let caught: unknown;
      try {
        black76({ ...option, ...change });
      } catch (error) {
        caught = error;
      }
      expect(caught).toBeInstanceOf(BallastError);
      expect(caught).toMatchObject({ code: "OUT_OF_RANGE", shortMessage: expect.stringContaining(what) });
    }
  });

  it("gives the same bits everywhere: a change of any rounding changes every snapshot id, so it must be meant", () => {
    const hash = createHash("sha256");
    let state = 1n;
    const next = (): bigint => {
      state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
      return state >> 16n;
    };
    for (let i = 0; i < 2000; i++) {
      const forward = wad((1n + (next() % 100_000n)) * WAD + next());
      const strike = wad((forward * (200_000n + (next() % 3_000_000n))) / 1_000_000n);
      const volatility = wad(WAD / 100n + ((next() % 300n) * WAD) / 100n);
      const time = wad(WAD / 10_000n + ((next() % 20_000n) * WAD) / 10_000n);
      const right = i % 2 === 0 ? "call" : "put";
      const { price, delta, gamma, vega } = black76({ forward, strike, volatility, time, right });
      hash.update(`${price},${delta},${gamma},${vega};`);
    }
    expect(hash.digest("hex")).toBe("caee710a36b7d5d029e88d0421d474d671fa2f0975871cf33f9206d46336c57f");
  });
});
