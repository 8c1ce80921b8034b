import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS } from "../../src/math/field.ts";
import { HASH_TAGS, hashDomain, hashTo } from "../../src/math/poseidon.ts";
import { CIRCUITS_ROOT } from "../../src/prover/node/circuit-folder.ts";
import { openGadget } from "../helpers/circuit.ts";
import { forge } from "../helpers/circuit-attack.ts";
import { slowHash, slowPoseidon } from "../helpers/circuit-poseidon.ts";
import { violations } from "../helpers/r1cs.ts";
import { Forger } from "../helpers/r1cs-forge.ts";
import { Random } from "../helpers/synthetic.ts";

const random = new Random("hash 20260205");
const elements = (count: number): bigint[] => Array.from({ length: count }, () => random.bits(253));

describe("tags", () => {
  const source = readFileSync(join(CIRCUITS_ROOT, "math/hash.circom"), "utf8");
  const functions = [...source.matchAll(/function HASH_(\w+)\(\)\s*\{ return (0x[0-9a-f]+); \}/g)];

  it("in the circuit are those of the TypeScript side", () => {
    // An underscore in a function's name stands for a dot.
    const tagOf = (name: string): string => name.toLowerCase().replaceAll("_", ".");
    const names = functions.map(([, name = ""]) => tagOf(name));
    expect(names).toEqual(
      expect.arrayContaining([
        "portfolio",
        "beta",
        "alpha",
        "batch.beta",
        "batch.alpha",
        "transfer",
        "deleverage",
        "reduction",
      ]),
    );
    expect(source.match(/function HASH_/g)).toHaveLength(names.length);
    for (const [, name = "", value = ""] of functions) {
      const tag = HASH_TAGS.find((known) => known === tagOf(name));
      if (tag === undefined) throw new Error(`${name} is no tag.`);
      for (const length of [0, 1, 65_535])
        expect(BigInt(value) * 65536n + BigInt(length)).toBe(hashDomain(tag, length));
    }
  });

  it("give every use and every length another capacity, below the field's order", () => {
    const domains = HASH_TAGS.flatMap((tag) =>
      [1, 2, 16, 17, 65_535].map((length) => hashDomain(tag, length)),
    );
    expect(new Set(domains).size).toBe(domains.length);
    expect(domains.every((domain) => domain < FIELD_MODULUS)).toBe(true);
  });
});

describe("the slow Poseidon", () => {
  it("gives circomlib's published vectors", () => {
    // poseidon([1, 2]) and poseidon([1, 2, 3, 4]) of circomlib's own tests
    expect(slowPoseidon([0n, 1n, 2n])[0]).toBe(
      7853200120776062878684798364095072458815029376092732009249414926327459813530n,
    );
    expect(slowPoseidon([0n, 1n, 2n, 3n, 4n])[0]).toBe(
      0x299c867db6c1fdd79dcefa40e4510b9837e60ebb1ce0663dbaa525df65250465n,
    );
  });
});

describe("hash == slow hash", () => {
  it.each([1, 2, 3, 5, 15, 16, 17, 18, 31, 32, 33, 66, 130])("for %d inputs", (count) => {
    const inputs = elements(count);
    const outputs = Math.min(count % 16 === 0 ? 16 : count % 16, 3);
    for (const tag of HASH_TAGS) {
      expect(hashTo(tag, inputs, outputs)).toEqual(slowHash(tag, inputs, outputs));
    }
  });

  it("at the ends of the field", () => {
    const inputs = [0n, 1n, FIELD_MODULUS - 1n];
    expect(hashTo("beta", inputs, 1)).toEqual(slowHash("beta", inputs, 1));
  });

  it("is another for every permutation, prefix and padding", () => {
    const [a = 0n, b = 0n] = elements(2);
    const all = [[a, b], [b, a], [a], [a, b, 0n], [0n, a, b], [a, 0n]].map(
      (list) => hashTo("beta", list, 1)[0],
    );
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("the circuit's Hash", () => {
  const main = (inputs: number, outputs: number): string => `pragma circom 2.2.3;
include "math/hash.circom";
component main {public [in]} = Hash(HASH_ALPHA(), ${inputs}, ${outputs});
`;

  it.each([
    [3, 2],
    [16, 2],
    [18, 2],
  ])(
    "equals the slow hash for %d inputs and %d outputs, and no other output is accepted",
    (count, outputs) => {
      const circuit = openGadget(`hash_${count}_${outputs}`, main(count, outputs));
      const forger = new Forger(circuit.full, ["in"], [], () => false);
      for (const inputs of [
        elements(count),
        new Array<bigint>(count).fill(0n),
        new Array<bigint>(count).fill(FIELD_MODULUS - 1n),
      ]) {
        const { caught, assignment, witness } = forge({ ...circuit, forger }, { in: inputs });
        expect(caught).toEqual([]);
        const out = Array.from({ length: outputs }, (_, i) => assignment.value(`main.out[${i}]`));
        expect(out).toEqual(slowHash("alpha", inputs, outputs));
        // Outputs are wires 1.., and with them the whole sponge is fixed.
        for (let wire = 1; wire <= outputs; wire++) {
          const wrong = witness.map((value, other) =>
            other === wire ? (value + 1n) % FIELD_MODULUS : value,
          );
          expect(violations(circuit.real, wrong)).not.toEqual([]);
        }
      }
    },
  );
});
