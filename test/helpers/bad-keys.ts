import { BASE_MODULUS, type G1Point, type G2Point } from "../../src/prover/curve.ts";
import type { VerifyingKey } from "../../src/prover/verifying-key.ts";
import { g1, g2, negated, negated2, smallTwistPoint } from "./key-points.ts";

/** What is wrong, how the key differs, which point TypeScript names and what it says of it. */
export type BadKey = readonly [string, Partial<VerifyingKey>, string, RegExp];

const INFINITY: G1Point = { x: 0n, y: 0n };
const INFINITY2: G2Point = { x: { c0: 0n, c1: 0n }, y: { c0: 0n, c1: 0n } };
const shifted = (point: G2Point): G2Point => ({ ...point, x: { ...point.x, c1: point.x.c1 + BASE_MODULUS } });
const bent = (point: G2Point): G2Point => ({
  ...point,
  y: { ...point.y, c0: (point.y.c0 + 1n) % BASE_MODULUS },
});

/**
 * Every kind of key that is refused: TypeScript and the contracts are held to this one list.
 *
 * @param key a key that passes, with the generator for gamma.
 * @param at four of its IC points, in ascending order.
 */
export function badKeys(
  key: VerifyingKey,
  [first, second, third, fourth]: readonly [number, number, number, number],
): BadKey[] {
  const other = g2(11n);
  const icOf = (index: number): G1Point => key.ic[index] ?? INFINITY;
  const ic = (index: number, point: G1Point) => key.ic.map((old, at) => (at === index ? point : old));
  return [
    ["delta is gamma", { delta2: key.gamma2 }, "delta", /is gamma, or its opposite/],
    ["delta is gamma's opposite", { delta2: negated2(key.gamma2) }, "delta", /is gamma/],
    ["delta is beta", { delta2: key.beta2 }, "delta", /is beta/],
    ["delta is beta's opposite", { delta2: negated2(key.beta2) }, "delta", /is beta/],
    ["gamma is beta", { gamma2: key.beta2 }, "gamma", /is beta/],
    ["gamma is beta's opposite", { gamma2: negated2(key.beta2) }, "gamma", /is beta/],
    ["delta is the generator", { gamma2: other, delta2: g2(1n) }, "delta", /is the generator/],
    ["beta is the generator", { gamma2: other, beta2: g2(1n) }, "beta", /is the generator/],
    ["beta is the generator's opposite", { gamma2: other, beta2: g2(-1n) }, "beta", /is the generator/],
    ["alpha is the generator", { alpha1: g1(1n) }, "alpha", /is the generator/],
    ["alpha is the generator's opposite", { alpha1: g1(-1n) }, "alpha", /is the generator/],
    ["alpha is infinity", { alpha1: INFINITY }, "alpha", /infinity/],
    ["beta is infinity", { beta2: INFINITY2 }, "beta", /infinity/],
    ["gamma is infinity", { gamma2: INFINITY2 }, "gamma", /infinity/],
    ["delta is infinity", { delta2: INFINITY2 }, "delta", /infinity/],
    [
      "alpha is off the curve",
      { alpha1: { ...key.alpha1, y: key.alpha1.y + 1n } },
      "alpha",
      /not on the curve/,
    ],
    ["beta is off the curve", { beta2: bent(key.beta2) }, "beta", /not on the curve/],
    ["gamma is off the curve", { gamma2: bent(key.gamma2) }, "gamma", /not on the curve/],
    ["delta is off the curve", { delta2: bent(key.delta2) }, "delta", /not on the curve/],
    ["beta is outside the subgroup", { beta2: smallTwistPoint() }, "beta", /prime order/],
    ["gamma is outside the subgroup", { gamma2: smallTwistPoint() }, "gamma", /prime order/],
    ["delta is outside the subgroup", { delta2: smallTwistPoint() }, "delta", /prime order/],
    [
      "alpha has a second spelling",
      { alpha1: { ...key.alpha1, x: key.alpha1.x + BASE_MODULUS } },
      "alpha",
      /outside the field/,
    ],
    ["beta has a second spelling", { beta2: shifted(key.beta2) }, "beta", /outside the field/],
    ["gamma has a second spelling", { gamma2: shifted(key.gamma2) }, "gamma", /outside the field/],
    ["delta has a second spelling", { delta2: shifted(key.delta2) }, "delta", /outside the field/],
    ["the first IC point is infinity", { ic: ic(first, INFINITY) }, `IC ${first}`, /infinity/],
    ["a signal's IC point is infinity", { ic: ic(fourth, INFINITY) }, `IC ${fourth}`, /infinity/],
    ["an IC point is off the curve", { ic: ic(third, { x: 1n, y: 3n }) }, `IC ${third}`, /not on the curve/],
    [
      "an IC point has a second spelling",
      { ic: ic(second, { x: g1(9n).x, y: g1(9n).y + BASE_MODULUS }) },
      `IC ${second}`,
      /outside the field/,
    ],
    [
      "two IC points are equal",
      { ic: ic(fourth, icOf(second)) },
      `IC ${fourth}`,
      new RegExp(`is IC ${second},`),
    ],
    [
      "two IC points are opposite",
      { ic: ic(third, negated(icOf(first))) },
      `IC ${third}`,
      new RegExp(`is IC ${first},`),
    ],
  ];
}
