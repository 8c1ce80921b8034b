import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildPoseidonOpt } from "circomlibjs";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../src/math/field.ts";
import { permute, poseidonConstants } from "../../src/math/permutation.ts";
import { HASH_TAGS, hash, hashDomain, hashTo } from "../../src/math/poseidon.ts";
import { Random } from "../helpers/synthetic.ts";
import { failure } from "../risk/fixtures.ts";

const entry = createRequire(import.meta.url).resolve("circomlibjs");
const published = JSON.parse(
  readFileSync(join(entry, "..", "..", "src", "poseidon_constants_opt.json"), "utf8"),
) as Readonly<Record<"C" | "S" | "M" | "P", readonly unknown[]>>;
const WIDTHS = Array.from({ length: 16 }, (_, i) => i + 2);

// Known answers come from test/circuits/hash.test.ts: an independent Poseidon, and the circuit.

describe("hash", () => {
  it("keeps every use apart", () => {
    const all = HASH_TAGS.map((tag) => hash(tag, [1n, 2n]));
    expect(new Set(all).size).toBe(HASH_TAGS.length);
  });

  it("is the first output of hashTo, whose outputs are all different", () => {
    const outputs = hashTo("alpha", [1n, 2n, 3n], 3);
    expect(hash("alpha", [1n, 2n, 3n])).toBe(outputs[0]);
    expect(new Set(outputs).size).toBe(3);
  });

  it("depends on every input of every block", () => {
    const inputs = Array.from({ length: 40 }, (_, i) => BigInt(i));
    const all = inputs.map((_, at) =>
      hash(
        "beta",
        inputs.map((value, i) => (i === at ? value + 1n : value)),
      ),
    );
    expect(new Set([hash("beta", inputs), ...all]).size).toBe(41);
  });

  it("has the domain in the capacity: ASCII of the tag, then the length in 16 bits", () => {
    const ascii = Buffer.from("ballast.beta").toString("hex");
    expect(hashDomain("beta", 0x1234).toString(16)).toBe(`${ascii}1234`);
  });

  it("refuses what it can't encode", () => {
    expect(failure(() => hash("beta", [])).code).toBe("INVALID_INPUT");
    expect(failure(() => hash("beta", new Array<bigint>(65_536).fill(0n))).code).toBe("INVALID_INPUT");
    for (const value of [-1n, P]) expect(failure(() => hash("beta", [1n, value])).code).toBe("OUT_OF_RANGE");
    for (const outputs of [0, 3]) {
      expect(failure(() => hashTo("beta", [1n, 2n], outputs)).code).toBe("INVALID_INPUT");
    }
    // 17 inputs leave one element in the last block
    expect(failure(() => hashTo("beta", new Array<bigint>(17).fill(0n), 2)).code).toBe("INVALID_INPUT");
  });
});

describe("the permutation", () => {
  it.each(WIDTHS)("is circomlibjs' at width %i", async (width) => {
    const poseidon = await buildPoseidonOpt();
    const random = new Random(`permutation ${width}`);
    const edges = Array.from({ length: width }, (_, i) => (i % 2 === 0 ? P - 1n : 0n));
    for (const state of [edges, edges.map(() => random.bits(253)), edges.map(() => random.bits(20))]) {
      const [first, ...inputs] = state.map((value) => poseidon.F.e(value));
      const theirs = poseidon(inputs, first, width) as unknown[];
      expect(permute(state)).toEqual(theirs.map((value) => poseidon.F.toObject(value)));
    }
  });

  it.each(WIDTHS)("takes circomlibjs' constants at width %i", (width) => {
    const numbers = (list: unknown): bigint[] => (list as string[]).map(BigInt);
    const table = (list: unknown): bigint[][] => (list as unknown[]).map(numbers);
    const at = width - 2;
    const { C, S, M, P: full } = poseidonConstants(width);
    expect([C, S]).toEqual([numbers(published.C[at]), numbers(published.S[at])]);
    expect([M, full]).toEqual([table(published.M[at]), table(published.P[at])]);
  });

  it("knows no other width", () => {
    for (const width of [0, 1, 18])
      expect(failure(() => permute(new Array<bigint>(width).fill(0n))).code).toBe("INTERNAL");
  });
});
