import { describe, expect, it } from "vitest";
import { checkKey } from "../../src/prover/check-key.ts";
import { BASE_MODULUS, type G2Point } from "../../src/prover/curve.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import type { Groth16Proof } from "../../src/prover/proof.ts";
import { tablePoint } from "../../src/prover/table-point.ts";
import { verifyProof, verifyWithTablePoint } from "../../src/prover/verify.ts";
import type { VerifyingKey } from "../../src/prover/verifying-key.ts";
import {
  ALPHA,
  BETA,
  DELTA,
  equationHolds,
  forged,
  g1,
  g2,
  inputsPoint,
  inverse,
  madeUpKey,
  negated,
  negated2,
  smallTwistPoint,
  sum,
  times,
} from "../helpers/key-points.ts";
import { errorOf, toy, useTemporaryHome } from "./toy.ts";

useTemporaryHome();
const key = madeUpKey({ publicInputs: 3 });
const signals = [5n, 0n, 7n];
const INFINITY = { x: 0n, y: 0n };
const INFINITY2: G2Point = { x: { c0: 0n, c1: 0n }, y: { c0: 0n, c1: 0n } };
const shifted = (point: G2Point): G2Point => ({ ...point, x: { ...point.x, c1: point.x.c1 + BASE_MODULUS } });
const bent = (point: G2Point): G2Point => ({
  ...point,
  y: { ...point.y, c0: (point.y.c0 + 1n) % BASE_MODULUS },
});
const ic = (index: number, point: { x: bigint; y: bigint }) =>
  key.ic.map((old, at) => (at === index ? point : old));
const other = g2(11n);

describe("a key that proves something", () => {
  it("passes: a made-up one, one with another gamma, and what the setup makes", async () => {
    await checkKey(key);
    await checkKey({ ...key, gamma2: other });
    await checkKey((await setupDev(toy())).verifyingKey);
  });
});

const bad: [string, Partial<VerifyingKey>, string, RegExp][] = [
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
  ["the first IC point is infinity", { ic: ic(0, INFINITY) }, "IC 0", /infinity/],
  ["a signal's IC point is infinity", { ic: ic(3, INFINITY) }, "IC 3", /infinity/],
  ["an IC point is off the curve", { ic: ic(2, { x: 1n, y: 3n }) }, "IC 2", /not on the curve/],
  [
    "an IC point has a second spelling",
    { ic: ic(1, { x: g1(9n).x, y: g1(9n).y + BASE_MODULUS }) },
    "IC 1",
    /outside the field/,
  ],
  ["two IC points are equal", { ic: ic(3, key.ic[1] ?? INFINITY) }, "IC 3", /is IC 1/],
  ["two IC points are opposite", { ic: ic(2, negated(key.ic[0] ?? INFINITY)) }, "IC 2", /is IC 0/],
];

describe("a key that proves nothing is refused, by whoever uses it", () => {
  it.each(bad)("%s", async (_, change, point, message) => {
    const candidate = { ...key, ...change };
    const refusal = {
      code: "INVALID_KEY",
      shortMessage: expect.stringMatching(message),
      details: { point },
      hint: expect.stringContaining("ceremony"),
    };
    const proof = { a: g1(5n), b: g2(6n), c: g1(7n) };
    for (const use of [
      () => checkKey(candidate),
      () => verifyProof(candidate, proof, signals),
      () => verifyWithTablePoint(candidate, g1(8n), proof, signals.slice(1)),
      () => tablePoint(candidate, []),
    ]) {
      expect(await errorOf(use)).toMatchObject(refusal);
    }
  });
});

describe("why: the equation can be met for any signals, without a witness", () => {
  // Everything here is public: the key, its points in the other group that provers have, and small logarithms of the attacker's own.
  const cases: [string, Partial<VerifyingKey>, (key: VerifyingKey) => Promise<Groth16Proof>][] = [
    ["delta is gamma", { delta2: g2(1n) }, (vk) => forged(vk, signals)],
    [
      "delta is beta",
      { delta2: g2(BETA) },
      async (vk) => ({ a: await inputsPoint(vk, signals), b: vk.gamma2, c: negated(vk.alpha1) }),
    ],
    [
      "gamma is beta",
      { gamma2: g2(BETA) },
      async (vk) => ({ a: sum(vk.alpha1, await inputsPoint(vk, signals)), b: vk.beta2, c: INFINITY }),
    ],
    [
      "delta is known",
      { delta2: g2(12n) },
      async (vk) => ({ a: vk.alpha1, b: vk.beta2, c: times(await inputsPoint(vk, signals), -inverse(12n)) }),
    ],
    [
      "alpha is the generator",
      { alpha1: g1(1n) },
      async (vk) => ({
        a: sum(sum(g1(BETA), await inputsPoint(vk, signals)), times(g1(DELTA), 3n)), // beta and delta in G1: any .zkey
        b: g2(1n),
        c: g1(3n),
      }),
    ],
    [
      "beta is the generator",
      { beta2: g2(1n) },
      async (vk) => ({
        a: sum(sum(g1(ALPHA), await inputsPoint(vk, signals)), times(g1(DELTA), 3n)),
        b: g2(1n),
        c: g1(3n),
      }),
    ],
  ];
  it.each(cases)("%s", async (_, change, forge) => {
    const candidate = { ...key, ...change };
    expect(await equationHolds(candidate, await forge(candidate), signals)).toBe(true);
  });

  it("control: not under a key with neither", async () => {
    expect(await equationHolds(key, await forged(key, signals), signals)).toBe(false);
  });
});
