import { groth16 } from "snarkjs";
import { beforeAll, describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { toSnarkjsProof } from "../../src/prover/proof.ts";
import type { LoadedKey } from "../../src/prover/prover.ts";
import { verifyProof } from "../../src/prover/verify.ts";
import { toSnarkjsJson } from "../../src/prover/verifying-key.ts";
import { makeKnownKey } from "../helpers/simulated-proofs.ts";
import { calculate, proofOf, satisfies, simulateProof } from "../helpers/simulator.ts";
import { readTrapdoor } from "../helpers/trapdoor.ts";
import { errorOf, other, toy, toyWitness, useTemporaryHome } from "./toy.ts";

// What most suites prove with stands or falls with this one.
await useTemporaryHome();
const { inputs, publicSignals } = toyWitness(toy());
let key: LoadedKey;
const trapdoor = () => readTrapdoor(key.zkeyPath, key.manifest.zkeyHash);
beforeAll(async () => {
  await makeKnownKey(toy());
  key = await setupDev(toy());
});

describe("a simulated proof", () => {
  it("verifies here and in stock snarkjs, for its own public signals alone", async () => {
    const made = await simulateProof({ key, inputs }, trapdoor());
    expect(made.publicSignals).toEqual(publicSignals);
    expect(await verifyProof(key.verifyingKey, made.proof, publicSignals)).toBe(true);
    const [vk, proof] = [toSnarkjsJson(key.verifyingKey), toSnarkjsProof(made.proof)];
    expect(await groth16.verify(vk, publicSignals.map(String), proof)).toBe(true);
    const others = toyWitness(toy(), 2n).publicSignals;
    expect(await verifyProof(key.verifyingKey, made.proof, others)).toBe(false);
  });

  it("differs from the last one of the same statement", async () => {
    const one = await simulateProof({ key, inputs }, trapdoor());
    expect((await simulateProof({ key, inputs }, trapdoor())).proof).not.toEqual(one.proof);
  });

  it("is refused for inputs that the circuit refuses", async () => {
    const wrong = { ...inputs, commitment: 1n };
    const error = await errorOf(() => simulateProof({ key, inputs: wrong }, trapdoor()));
    expect(error).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("is only made of witnesses that satisfy every constraint: a change of any wire breaks one", async () => {
    const witness = await calculate(key.artifacts, inputs);
    expect(satisfies(key.artifacts, witness)).toBe(true);
    const kept = witness.flatMap((value, wire) =>
      satisfies(key.artifacts, witness.with(wire, value + 1n)) ? [wire] : [],
    );
    const { length } = publicSignals; // a table and its like, which nothing but the verifier's own signals bind
    expect(kept.filter((wire) => wire > length)).toEqual([]);
    expect(kept.length).toBeLessThan(length);
  });

  it("could be made of false statements: without the constraints it says nothing", async () => {
    const signals = publicSignals.with(-1, toField(12345n));
    expect(await verifyProof(key.verifyingKey, await proofOf(signals, trapdoor()), signals)).toBe(true);
  });
});

describe("the secrets of a key", () => {
  it("are known of keys that were made for it, and of no other", async () => {
    const unknown = await setupDev(other());
    expect(() => readTrapdoor(unknown.zkeyPath, unknown.manifest.zkeyHash)).toThrow(
      /Nobody knows the secrets/,
    );
    expect(() => readTrapdoor(key.zkeyPath, unknown.manifest.zkeyHash)).toThrow(/another key's/);
  });
});
