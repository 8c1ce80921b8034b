import { describe, expect, it } from "vitest";
import { checkKey } from "../../src/prover/check-key.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import type { Groth16Proof } from "../../src/prover/proof.ts";
import { tablePoint } from "../../src/prover/table-point.ts";
import { verifyProof, verifyWithTablePoint } from "../../src/prover/verify.ts";
import type { VerifyingKey } from "../../src/prover/verifying-key.ts";
import { badKeys } from "../helpers/bad-keys.ts";
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
  sum,
  times,
} from "../helpers/key-points.ts";
import { errorOf, toy, useTemporaryHome } from "./toy.ts";

await useTemporaryHome();
const key = madeUpKey({ publicInputs: 3 });
const signals = [5n, 0n, 7n];
const INFINITY = { x: 0n, y: 0n };
const other = g2(11n);

describe("a key that proves something", () => {
  it("passes: a made-up one, one with another gamma, and what the setup makes", async () => {
    await checkKey(key);
    await checkKey({ ...key, gamma2: other });
    await checkKey((await setupDev(toy())).verifyingKey);
  });
});

const bad = badKeys(key, [0, 1, 2, 3]);

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
