import fc from "fast-check";
import { groth16 } from "snarkjs";
import { encodePacked, keccak256 } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../src/math/field.ts";
import { BASE_MODULUS } from "../../src/prover/curve.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { createProver } from "../../src/prover/node/prover.ts";
import { fromSnarkjsProof, type Groth16Proof, toSnarkjsProof } from "../../src/prover/proof.ts";
import type { LoadedKey } from "../../src/prover/prover.ts";
import { tablePoint } from "../../src/prover/table-point.ts";
import { verifyProof, verifyWithTablePoint } from "../../src/prover/verify.ts";
import {
  circuitId,
  fromSnarkjsJson,
  icHash,
  keyHash,
  toSnarkjsJson,
  type VerifyingKey,
} from "../../src/prover/verifying-key.ts";
import { smallTwistPoint } from "../helpers/key-points.ts";
import { errorOf, other, toy, toyWitness, useTemporaryHome } from "./toy.ts";

await useTemporaryHome();
const { inputs, publicSignals } = toyWitness(toy());
const cached = publicSignals.slice(0, toy().cachedInputs);
const own = publicSignals.slice(toy().cachedInputs);
const prover = createProver({ backend: "snarkjs" });
let key: LoadedKey;
let vk: VerifyingKey;
let proof: Groth16Proof;

beforeAll(async () => {
  key = await setupDev(toy());
  vk = key.verifyingKey;
  proof = await prover.prove({ circuit: toy(), key, inputs, publicSignals });
});
afterAll(() => prover.close());

describe("a valid proof", () => {
  it("verifies with all signals, with a table point, and in stock snarkjs", async () => {
    expect(await verifyProof(vk, proof, publicSignals)).toBe(true);
    const point = await tablePoint(vk, cached);
    expect(await verifyWithTablePoint(vk, point, proof, own)).toBe(true);
    expect(await groth16.verify(toSnarkjsJson(vk), publicSignals.map(String), toSnarkjsProof(proof))).toBe(
      true,
    );
  });

  it("survives snarkjs' JSON form", () => {
    expect(fromSnarkjsProof(JSON.parse(JSON.stringify(toSnarkjsProof(proof))))).toEqual(proof);
    expect(fromSnarkjsJson(JSON.parse(JSON.stringify(toSnarkjsJson(vk))))).toEqual(vk);
  });
});

describe("anything else", () => {
  it("fails when any one public signal changes, as in snarkjs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(publicSignals.length - 1),
        fc.bigInt(1n, FIELD_MODULUS - 1n),
        async (at, by) => {
          const changed = [...publicSignals];
          changed[at] = toField(((changed[at] ?? 0n) + by) % FIELD_MODULUS);
          const stock = await groth16.verify(toSnarkjsJson(vk), changed.map(String), toSnarkjsProof(proof));
          return !stock && !(await verifyProof(vk, proof, changed));
        },
      ),
      { numRuns: 12 },
    );
  });

  it("refuses signals that are equal modulo the field only", async () => {
    const aliased: bigint[] = [...publicSignals];
    aliased[0] = (aliased[0] ?? 0n) + FIELD_MODULUS;
    expect(await verifyProof(vk, proof, aliased)).toBe(false);
    const point = await tablePoint(vk, cached);
    for (const index of own.keys()) {
      const shifted: bigint[] = [...own];
      shifted[index] = (shifted[index] ?? 0n) + FIELD_MODULUS;
      expect(await verifyWithTablePoint(vk, point, proof, shifted)).toBe(false);
    }
    expect(await verifyWithTablePoint(vk, point, proof, [-1n, ...own.slice(1)])).toBe(false);
  });

  it("refuses a tampered proof: negated, swapped, off the curve, outside the base field", async () => {
    const bad: Groth16Proof[] = [
      { ...proof, a: { x: proof.a.x, y: BASE_MODULUS - proof.a.y } },
      { ...proof, a: proof.c, c: proof.a },
      { ...proof, c: { x: proof.c.x, y: proof.c.y + 1n } },
      { ...proof, a: { x: proof.a.x + BASE_MODULUS, y: proof.a.y } },
      { ...proof, a: { x: -1n, y: proof.a.y } },
      { ...proof, a: { x: 0n, y: 0n } },
      { ...proof, b: { x: proof.b.x, y: { c0: proof.b.y.c1, c1: proof.b.y.c0 } } },
    ];
    for (const candidate of bad) expect(await verifyProof(vk, candidate, publicSignals)).toBe(false);
  });

  it("refuses a B on the twist but outside the subgroup", async () => {
    // x = 1 gives y^2 = 1 + 3/(9+u), a square: found by trying small x, checked below by the curve equation.
    const outside = smallTwistPoint();
    const { sharedCurve, g2ToBytes } = await import("../../src/prover/curve.ts");
    const curve = await sharedCurve();
    expect(curve.G2.isValid(g2ToBytes(curve, outside))).toBe(true);
    expect(await verifyProof(vk, { ...proof, b: outside }, publicSignals)).toBe(false);
  });

  it("refuses a wrong table point", async () => {
    const point = await tablePoint(vk, cached);
    const wrong = await tablePoint(vk, [...cached.slice(1), toField(1n)]);
    expect(await verifyWithTablePoint(vk, wrong, proof, own)).toBe(false);
    expect(await verifyWithTablePoint(vk, { x: point.x, y: point.y + 1n }, proof, own)).toBe(false);
  });

  it("throws for another number of signals than the key's", async () => {
    expect(await errorOf(() => verifyProof(vk, proof, publicSignals.slice(1)))).toMatchObject({
      code: "KEY_MISMATCH",
    });
    expect(await errorOf(() => tablePoint(vk, [...publicSignals, toField(1n)]))).toMatchObject({
      code: "KEY_MISMATCH",
    });
  });
});

describe("hashes of a key", () => {
  const g1 = ({ x, y }: { x: bigint; y: bigint }) => encodePacked(["uint256", "uint256"], [x, y]);

  it("follow docs/protocol/encodings.md, section 6", () => {
    const [first, ...rest] = vk.ic;
    if (first === undefined) throw new Error("no IC");
    const rows = Array.from({ length: 4 }, (_, row) => rest.slice(row * 5, row * 5 + 5));
    const tail = rest.slice(31);
    expect(tail).toHaveLength(4);
    let hash = keccak256(`0x${[first, ...rest.slice(20, 31)].map((point) => g1(point).slice(2)).join("")}`);
    for (const row of rows) {
      hash = keccak256(`${hash}${row.map((point) => g1(point).slice(2)).join("")}`);
    }
    expect(icHash(vk, toy())).toBe(hash);
    const g2s = [vk.beta2, vk.gamma2, vk.delta2].flatMap(({ x, y }) => [x.c1, x.c0, y.c1, y.c0]);
    const words = [vk.alpha1.x, vk.alpha1.y, ...g2s, ...tail.flatMap(({ x, y }) => [x, y]), BigInt(hash)];
    expect(keyHash(vk, toy())).toBe(keccak256(encodePacked(["uint256[]"], [words])));
    expect(circuitId("a", hash)).not.toBe(circuitId("b", hash));
  });

  it("change with every point", () => {
    const base = keyHash(vk, toy());
    for (const index of vk.ic.keys()) {
      const ic = vk.ic.map((point, at) => (at === index ? { x: point.x, y: BASE_MODULUS - point.y } : point));
      expect(keyHash({ ...vk, ic }, toy())).not.toBe(base);
    }
  });

  it("refuse the key of another circuit", () => {
    expect(() => keyHash(vk, other())).toThrowError(expect.objectContaining({ code: "KEY_MISMATCH" }));
  });
});

describe("foreign JSON", () => {
  it("is refused as a verification key", () => {
    const json = toSnarkjsJson(vk);
    for (const bad of [
      null,
      { ...json, protocol: "plonk" },
      { ...json, curve: "bls12381" },
      { ...json, nPublic: 3 },
      { ...json, vk_alpha_1: [BASE_MODULUS.toString(), "1", "1"] },
      { ...json, vk_alpha_1: ["1", "2", "3"] },
    ]) {
      expect(() => fromSnarkjsJson(bad)).toThrowError(expect.objectContaining({ code: "INVALID_KEY" }));
    }
  });

  it("is refused as a proof", () => {
    const json = toSnarkjsProof(proof);
    for (const bad of [
      {},
      { ...json, pi_a: ["1", "2"] },
      { ...json, pi_a: ["0x1", "2", "1"] },
      { ...json, pi_a: [BASE_MODULUS.toString(), "2", "1"] },
      { ...json, pi_a: ["1", "2", "0"] },
    ]) {
      expect(() => fromSnarkjsProof(bad)).toThrowError(expect.objectContaining({ code: "INVALID_PROOF" }));
    }
  });
});
