import { describe, expect, it } from "vitest";
import { type Field, invert, FIELD_MODULUS as P, reduce, toField } from "../../src/math/field.ts";
import { leafOf } from "../../src/portfolio/merkle.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { type MembershipRequest, membershipWitness } from "../../src/witness/membership.ts";
import { changed, forge, listOf } from "../helpers/circuit-attack.ts";
import { slowHash } from "../helpers/circuit-poseidon.ts";
import { openForged } from "../helpers/circuit-solvency.ts";
import { at, violations } from "../helpers/r1cs.ts";
import { undetermined } from "../helpers/r1cs-determined.ts";
import { inputWires } from "../helpers/r1cs-forge.ts";
import { freedom } from "../helpers/r1cs-freedom.ts";
import { levelsOf } from "../helpers/solvency-run.ts";
import { Random } from "../helpers/synthetic.ts";

const SEED = 20_261_130;
const MEMBERSHIP = instanceOf("membership", "membership_d4");
const { depth } = MEMBERSHIP;
const CONTEXT = toField(987_654_321n);

const accounts = Array.from({ length: 11 }, (_, i) => ({
  accountId: toField(1001n + BigInt(i)),
  commitment: toField(5000n + BigInt(i)),
}));
const levels = levelsOf(accounts.map(leafOf), depth);
/** Siblings of a place, from one of a tree's levels upwards. */
const pathOf = (tree: readonly Field[][], index: number, from = 0): Field[] =>
  tree.slice(from, -1).map((level, l) => at(level, (index >> l) ^ 1));
const requestOf = (index: number): MembershipRequest => ({
  ...at(accounts, index),
  index,
  path: pathOf(levels, index),
  context: CONTEXT,
});
const honest = membershipWitness(MEMBERSHIP, requestOf(6));
const { inputs } = honest;
const circuit = await openForged("membership", MEMBERSHIP.name, inputs);

describe("the membership circuit", () => {
  it("gives the root that the page alone gives, at a known place", async () => {
    const page = (tag: string, left: bigint, right: bigint): bigint => at(slowHash(tag, [left, right], 1), 0);
    let level: bigint[] = accounts.map(({ accountId, commitment }) => page("account", accountId, commitment));
    level = [...level, ...new Array<bigint>(16 - level.length).fill(0n)];
    while (level.length > 1)
      level = Array.from({ length: level.length / 2 }, (_, i) =>
        page("node", at(level, 2 * i), at(level, 2 * i + 1)),
      );
    expect(honest.publicSignals).toEqual([level[0], 1007n, 5006n, CONTEXT]);
    expect(violations(circuit.real, await circuit.generate(inputs))).toEqual([]);
  });

  it(`takes every account of random trees, as the reference has them (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    for (let round = 0; round < 12; round++) {
      const count = 1 + random.below(16);
      const members = Array.from({ length: count }, () => ({
        accountId: random.field(),
        commitment: random.field(),
      }));
      const tree = levelsOf(members.map(leafOf), depth);
      const index = random.below(count);
      const request = { ...at(members, index), index, path: pathOf(tree, index), context: random.field() };
      const witness = membershipWitness(MEMBERSHIP, request);
      expect(witness.signals.accountsRoot).toBe(at(at(tree, depth), 0));
      expect(violations(circuit.real, await circuit.generate(witness.inputs))).toEqual([]);
      expect(forge(circuit, witness.inputs).witness).toEqual(await circuit.generate(witness.inputs));
    }
  });

  it.each([0, 1, P - 1n].map(BigInt))("takes an id, a commitment and a context of %d", (edge) => {
    const value = toField(edge);
    const request = { ...requestOf(3), accountId: value, commitment: value, context: value };
    expect(forge(circuit, membershipWitness(MEMBERSHIP, request).inputs).caught).toEqual([]);
  });

  it("takes no other id, commitment, root, sibling or place", () => {
    for (const name of ["accountId", "commitment", "accountsRoot"] as const)
      for (const by of [1n, P - 1n]) {
        const value = ((inputs[name] as bigint) + by) % P;
        expect(forge(circuit, { ...inputs, [name]: value }).caught, name).toEqual(["root"]);
      }
    for (let l = 0; l < depth; l++) {
      const sibling = changed(inputs, "sibling", { [l]: (node) => node + 1n });
      expect(forge(circuit, { ...inputs, sibling }).caught).toEqual(["root"]);
      const indexBit = changed(inputs, "indexBit", { [l]: (bit) => 1n - bit });
      expect(forge(circuit, { ...inputs, indexBit }).caught).toEqual(["root"]);
    }
  });

  it("doesn't take another account's commitment, nor another's id", () => {
    const [mine, other] = [at(accounts, 6), at(accounts, 7)];
    for (const claim of [
      { ...inputs, commitment: other.commitment },
      { ...inputs, accountId: other.accountId },
      { ...inputs, accountId: mine.commitment, commitment: mine.accountId },
    ])
      expect(forge(circuit, claim).caught).toEqual(["root"]);
  });

  it("doesn't take a node for a leaf: not of a taller tree, nor at an empty place", () => {
    const tall = levelsOf(accounts.map(leafOf), depth + 1);
    const [left = 0n, right = 0n] = at(tall, 0);
    const claim = {
      ...inputs,
      accountsRoot: at(at(tall, depth + 1), 0),
      accountId: left,
      commitment: right,
      indexBit: [0n, 0n, 0n, 0n],
      sibling: pathOf(tall, 0, 1),
    };
    expect(forge(circuit, claim).caught).toEqual(["root"]);
    const empty = { ...inputs, indexBit: [1n, 1n, 1n, 1n], sibling: pathOf(levels, 15) };
    expect(forge(circuit, empty).caught).toEqual(["root"]);
    // The leaf of an empty place is 0: no account's hash may be replaced by it.
    const { caught } = forge(circuit, empty, { "main.leaf.out": 0n });
    expect(caught).toHaveLength(1);
    expect(at(caught, 0)).toMatch(/^law leaf\.h\./);
  });

  it("is safe by its bits alone from a made-up leaf: a fraction for a bit leads anywhere", () => {
    const forged = { ...inputs, accountId: 666n, commitment: 667n };
    const leaf = leafOf({ accountId: toField(666n), commitment: toField(667n) });
    for (let l = 0; l < depth; l++) {
      // The pair that the node above needs: current + bit*(sibling - current) = left, and the rest = right.
      const current = l === 0 ? leaf : forgedNode(forged, l);
      const index = 6 >> l;
      const [left, right] = [at(at(levels, l), index & ~1), at(at(levels, l), index | 1)];
      const sibling = reduce(left + right - current);
      const bit = reduce((left - current) * invert(reduce(sibling - current)));
      const claim = {
        ...forged,
        indexBit: listOf(forged, "indexBit").with(l, bit),
        sibling: listOf(forged, "sibling").with(l, sibling),
      };
      expect(forge(circuit, claim).caught, `level ${l}`).toEqual([`bit path.bit[${l}]`]);
    }
  });

  it("takes bits of 0 and 1 only", () => {
    for (const bit of [2n, P - 1n, (P + 1n) / 2n])
      for (let l = 0; l < depth; l++) {
        const indexBit = changed(inputs, "indexBit", { [l]: bit });
        expect(forge(circuit, { ...inputs, indexBit }).caught).toContain(`bit path.bit[${l}]`);
      }
  });

  it("leaves nothing open given all inputs, and binds each public signal", () => {
    const { witness } = forge(circuit, inputs);
    const wires = (without: readonly string[]) =>
      Object.keys(inputs)
        .filter((name) => !without.includes(name))
        .flatMap((name) => inputWires(circuit.real, name));
    const open = (without: readonly string[] = []) =>
      undetermined(circuit.real, witness, wires(without)).map((wire) => at(circuit.real.nameOf, wire));
    expect(open()).toEqual([]);
    expect(open(["accountsRoot"])).toEqual([]);
    expect(open(["context"])).toEqual(["main.context", "main.bound.squared"]);
    for (let wire = 1; wire <= MEMBERSHIP.publicInputs; wire++) {
      const bent = witness.map((value, i) => (i === wire ? (value + 1n) % P : value));
      expect(violations(circuit.real, bent).length, `signal ${wire}`).toBeGreaterThan(0);
    }
  });

  it("lets nothing of a witness move while the public signals stay", () => {
    const { values } = circuit.forger.derive(inputs);
    const { free, bound } = freedom(circuit.full, values, /sibling/);
    expect(bound.filter((name) => !/sibling|path/.test(name))).toEqual([]);
    // Siblings above one another move together to first order: only that the hash is one stands against it.
    expect(free.every((name) => /^main\.sibling\[\d\]$/.test(name))).toBe(true);
    expect(free.length).toBeLessThan(depth);
  });
});

/** The node that a made-up leaf leads to on a level. */
function forgedNode(forged: Readonly<Record<string, bigint | readonly bigint[]>>, level: number): bigint {
  return circuit.forger.derive(forged).value(`main.path.current[${level}]`);
}
