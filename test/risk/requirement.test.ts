import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { portfolioSums, requirement, type Sums } from "../../src/risk/requirement.ts";
import type { Shape } from "../../src/risk/shape.ts";
import type { RiskVector } from "../../src/risk/table.ts";
import { failure, SEED } from "./fixtures.ts";

const SHAPE: Shape = { scenarios: 3, underlyings: 2 };
// delta 15 | 20 %, gamma 112.5 | 200, vega 10 | 12 points, stress weight 0.5, concentration 2 % | 3 % beyond 1,000 | 500 USD of delta
// and 100 | 50 USD of gamma, thresholds 1.25, 1.1, 1.
const POLICY = [
  15_000_000n,
  112_500_000n,
  10_000_000n,
  20_000_000n,
  200_000_000n,
  12_000_000n,
  500_000n,
  2_000_000n,
  1_000_000_000n,
  100_000_000n,
  3_000_000n,
  500_000_000n,
  50_000_000n,
  1_250_000n,
  1_100_000n,
  1_000_000n,
];
/** Concentration from the first dollar, so that it is convex. */
const NO_FREE = POLICY.map((value, index) => ([8, 9, 11, 12].includes(index) ? 0n : value));

const usd = (value: number): bigint => BigInt(value) * 1_000_000n;
const sums = (part: Partial<Sums>): Sums => ({
  equity: 0n,
  pnl: [0n, 0n, 0n],
  delta: [0n, 0n],
  gamma: [0n, 0n],
  vega: [0n, 0n],
  charges: 0n,
  ...part,
});

describe("requirement, worked by hand", () => {
  it("charges a short straddle for gamma, vega and the rest of the stress loss", () => {
    const result = requirement(
      sums({
        equity: usd(60_000),
        pnl: [-usd(40_000), usd(500), -usd(50_000)],
        delta: [usd(200), 0n],
        gamma: [-usd(110), 0n],
        vega: [-usd(300), 0n],
        charges: usd(700),
      }),
      POLICY,
      SHAPE,
    );
    // delta 15*200 = 3,000; gamma 112.5*110 = 12,375; vega 10*300 = 3,000; base 18,375
    expect(result.deltaMargin6).toBe(usd(3_000) * 1_000_000n);
    expect(result.gammaMargin6).toBe(usd(12_375) * 1_000_000n);
    expect(result.vegaMargin6).toBe(usd(3_000) * 1_000_000n);
    expect(result.stressLoss).toBe(usd(50_000));
    expect(result.worstScenario).toBe(2);
    // 0.5*(50,000 - 18,375) = 15,812.5
    expect(result.stressAddOn12).toBe(15_812_500_000n * 10n ** 12n);
    // 2*(110 - 100) = 20
    expect(result.concentration6).toBe(usd(20) * 1_000_000n);
    // 18,375 + 15,812.5 + 700 + 20 = 34,907.5, times 1.25 = 43,634.375
    expect(result.maintenance12).toBe(34_907_500_000n * 10n ** 12n);
    expect(result.thresholds18[0]).toBe(43_634_375_000n * 10n ** 18n);
    expect(result.tier).toBe(0);
  });

  it("doesn't charge long gamma, but both signs of delta and vega", () => {
    const long = sums({ delta: [-usd(10), usd(10)], gamma: [usd(5), usd(5)], vega: [-usd(1), usd(1)] });
    const result = requirement(long, POLICY, SHAPE);
    expect(result.gammaMargin6).toBe(0n);
    expect(result.base6).toBe((15n * 10n + 20n * 10n + 10n + 12n) * usd(1) * 1_000_000n);
    expect(result.worstScenario).toBeNull();
    expect(result.stressLoss).toBe(0n);
  });

  it("asks nothing of an account without risk", () => {
    const result = requirement(sums({ equity: usd(1) }), POLICY, SHAPE);
    expect(result.maintenance12).toBe(0n);
    expect(result.tier).toBe(0);
    expect(requirement(sums({}), POLICY, SHAPE).tier).toBe(0);
  });

  it.each([
    [125_000_000n, 0],
    [124_999_999n, 1],
    [110_000_000n, 1],
    [109_999_999n, 2],
    [100_000_000n, 2],
    [99_999_999n, 3],
    [0n, 3],
    [-1n, 4],
  ])("puts equity of %d micro-USD against 100 USD into tier %d", (equity, tier) => {
    expect(requirement(sums({ equity, charges: usd(100) }), POLICY, SHAPE).tier).toBe(tier);
  });

  it("names the first of two equally bad scenarios", () => {
    expect(requirement(sums({ pnl: [0n, -5n, -5n] }), POLICY, SHAPE).worstScenario).toBe(1);
  });

  it("refuses sums or a policy of another size", () => {
    expect(failure(() => requirement(sums({ pnl: [0n] }), POLICY, SHAPE)).code).toBe("INVALID_INPUT");
    expect(failure(() => requirement(sums({ vega: [0n] }), POLICY, SHAPE)).code).toBe("INVALID_INPUT");
    expect(failure(() => requirement(sums({}), POLICY.slice(1), SHAPE)).code).toBe("INVALID_INPUT");
  });
});

const lane = fc.bigInt(-(2n ** 82n), 2n ** 82n);
const anySums: fc.Arbitrary<Sums> = fc.record({
  equity: lane,
  pnl: fc.tuple(lane, lane, lane),
  delta: fc.tuple(lane, lane),
  gamma: fc.tuple(lane, lane),
  vega: fc.tuple(lane, lane),
  charges: fc.bigInt(0n, 2n ** 82n),
});
const plus = (a: Sums, b: Sums): Sums => {
  const add = (x: readonly bigint[], y: readonly bigint[]): bigint[] =>
    x.map((value, i) => value + (y[i] ?? 0n));
  return {
    equity: a.equity + b.equity,
    pnl: add(a.pnl, b.pnl),
    delta: add(a.delta, b.delta),
    gamma: add(a.gamma, b.gamma),
    vega: add(a.vega, b.vega),
    charges: a.charges + b.charges,
  };
};
const check = (name: string, property: fc.IProperty<[Sums, Sums]>) =>
  it(name, () => fc.assert(property, { seed: SEED, numRuns: 500 }));

describe("requirement, on every input", () => {
  check(
    "is the sum of its parts, and all parts are at least zero",
    fc.property(anySums, anySums, (one, _) => {
      const r = requirement(one, POLICY, SHAPE);
      expect(r.maintenance12).toBe(
        (r.deltaMargin6 + r.gammaMargin6 + r.vegaMargin6 + r.concentration6) * 10n ** 6n +
          r.stressAddOn12 +
          r.charges * 10n ** 12n,
      );
      const parts = r.underlyings.flatMap((u) => [u.delta, u.gamma, u.vega, u.concentration]);
      for (const part of [...parts, r.stressLoss, r.stressAddOn12]) expect(part >= 0n).toBe(true);
      expect(parts.reduce((a, b) => a + b)).toBe(r.base6 + r.concentration6);
    }),
  );
  check(
    "is sub-additive where nothing is free and the stress weight is at most one: merging accounts never asks for more",
    fc.property(anySums, anySums, (a, b) => {
      const together = requirement(plus(a, b), NO_FREE, SHAPE).maintenance12;
      const apart =
        requirement(a, NO_FREE, SHAPE).maintenance12 + requirement(b, NO_FREE, SHAPE).maintenance12;
      expect(together <= apart).toBe(true);
    }),
  );
  check(
    "asks at least twice as much of twice the position, and more only by concentration",
    fc.property(anySums, anySums, (one, _) => {
      const [single, double] = [requirement(one, POLICY, SHAPE), requirement(plus(one, one), POLICY, SHAPE)];
      expect(double.maintenance12 >= 2n * single.maintenance12).toBe(true);
      expect(double.maintenance12 - 10n ** 6n * double.concentration6).toBe(
        2n * (single.maintenance12 - 10n ** 6n * single.concentration6),
      );
    }),
  );
  check(
    "never moves to a worse tier when equity is added, nor to a better one when a charge is",
    fc.property(anySums, anySums, (one, other) => {
      const before = requirement(one, POLICY, SHAPE).tier;
      const richer = { ...one, equity: one.equity + other.charges };
      const dearer = { ...one, charges: one.charges + other.charges };
      expect(requirement(richer, POLICY, SHAPE).tier).toBeLessThanOrEqual(before);
      expect(requirement(dearer, POLICY, SHAPE).tier).toBeGreaterThanOrEqual(before);
    }),
  );
  check(
    "covers the worst stress loss in full at a stress weight of one",
    fc.property(anySums, anySums, (one, _) => {
      const full = POLICY.map((value, index) => (index === 6 ? 1_000_000n : value));
      const r = requirement(one, full, SHAPE);
      expect(r.maintenance12 >= r.stressLoss * 10n ** 12n).toBe(true);
    }),
  );
});

describe("portfolioSums", () => {
  const row = (instrumentId: number, scale: bigint): { vector: RiskVector } => ({
    vector: {
      instrumentId,
      mark: 7n * scale,
      pnl: [-2n * scale, 3n * scale, 0n],
      delta: [5n * scale, 0n],
      gamma: [scale, 0n],
      vega: [0n, -scale],
      longCharge: 11n,
      shortCharge: 13n,
    },
  });
  const rows = [row(5, 1n), row(9, 100n)];

  it("adds lanes with their sign and charges by the sign of the holding", () => {
    const positions = [
      { instrumentId: 9, quantity: -2n },
      { instrumentId: 5, quantity: 3n },
    ];
    expect(portfolioSums(rows, positions, SHAPE)).toEqual({
      equity: 21n - 1400n,
      pnl: [-6n + 400n, 9n - 600n, 0n],
      delta: [15n - 1000n, 0n],
      gamma: [3n - 200n, 0n],
      vega: [0n, -3n + 200n],
      charges: 3n * 11n + 2n * 13n,
    });
  });

  it("is zero for no positions", () => {
    expect(portfolioSums(rows, [], SHAPE)).toEqual(sums({}));
  });

  it("gives a long and a short of one instrument nothing but their charges", () => {
    const both = [
      { instrumentId: 5, quantity: 4n },
      { instrumentId: 5, quantity: -4n },
    ];
    expect(portfolioSums(rows, both, SHAPE)).toEqual(sums({ charges: 4n * 24n }));
  });

  it("names an instrument that has no row, and refuses too many lots", () => {
    const unknown = failure(() => portfolioSums(rows, [{ instrumentId: 6, quantity: 1n }], SHAPE));
    expect(unknown.code).toBe("UNKNOWN_INSTRUMENT");
    expect(unknown.message).toContain("6");
    for (const quantity of [2n ** 36n, -(2n ** 36n)]) {
      const { code, message } = failure(() => portfolioSums(rows, [{ instrumentId: 5, quantity }], SHAPE));
      expect(code).toBe("LOT_OVERFLOW");
      expect(message).not.toContain((2n ** 36n).toString());
    }
    expect(portfolioSums(rows, [{ instrumentId: 5, quantity: 2n ** 36n - 1n }], SHAPE).equity).toBe(
      7n * (2n ** 36n - 1n),
    );
  });
});
