import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../src/math/field.ts";
import { hash } from "../../src/math/poseidon.ts";
import { leafOf } from "../../src/portfolio/merkle.ts";
import { buildTree } from "../../src/tree/build.ts";
import { AccountTree } from "../../src/tree/tree.ts";
import { openTemplate, refusedByAssert } from "../helpers/circuit-gadget.ts";
import { undetermined } from "../helpers/r1cs-determined.ts";
import { inputWires } from "../helpers/r1cs-forge.ts";
import { accountsTo, folder } from "./accounts.ts";

const INCLUDES = ["portfolio/account-tree.circom"];
// Root and index are outputs, so public: a claim about them is a lie there, and must break a constraint.
const path = openTemplate(
  "account_path_5",
  INCLUDES,
  `signal input accountId; signal input commitment; signal input indexBit[5]; signal input sibling[5];
   signal output root; signal output index;
   component leaf = AccountLeaf(); leaf.accountId <== accountId; leaf.commitment <== commitment;
   component p = MerklePath(5); p.node <== leaf.out; p.indexBit <== indexBit; p.sibling <== sibling;
   root <== p.root; index <== p.index;`,
  ["accountId", "commitment", "indexBit", "sibling"],
);
const subtree = openTemplate(
  "account_subtree_4",
  INCLUDES,
  `signal input leaves[4]; signal output root;
   component s = Subtree(4); s.leaves <== leaves; root <== s.root;`,
  ["leaves"],
);

const place = folder();
let tree: AccountTree;
beforeAll(async () => {
  await buildTree(place.file("t"), accountsTo(19), { depth: 5 });
  tree = new AccountTree(place.file("t"));
});
afterAll(() => {
  tree.close();
  place.remove();
});

const bits = (index: number, width: number): bigint[] =>
  Array.from({ length: width }, (_, i) => (BigInt(index) >> BigInt(i)) & 1n);

function honestPath(index: number) {
  const account = tree.account(index);
  if (account === null) throw new Error("an empty place");
  return { ...account, indexBit: bits(index, 5), sibling: tree.siblings(index) as readonly bigint[] };
}
const claim = (root: bigint, index: number | bigint) => ({ "main.root": root, "main.index": BigInt(index) });

describe("AccountLeaf and MerklePath", () => {
  it.each([0, 1, 6, 17, 18])("lead account %d to the tree's root", (index) => {
    const { caught, assignment } = path.run(honestPath(index));
    expect(caught).toEqual([]);
    expect(assignment.value("main.root")).toBe(tree.root);
    expect(assignment.value("main.index")).toBe(BigInt(index));
    expect(path.run(honestPath(index), claim(tree.root, index)).caught).toEqual([]);
  });

  it("refuse every claim about root or index that isn't theirs", () => {
    for (const [root, index] of [
      [tree.root + 1n, 6],
      [0n, 6],
      [tree.root, 7],
      [tree.root, 6 + 32],
    ] as const) {
      expect(path.run(honestPath(6), claim(root, index)).caught).not.toEqual([]);
    }
  });

  it("refuse every forged part of a path that claims the tree's root", () => {
    const honest = honestPath(6);
    const { sibling } = honest;
    const edited = (at: number, value: bigint): bigint[] => sibling.map((old, i) => (i === at ? value : old));
    const [first = 0n, second = 0n] = sibling;
    const forgeries = {
      "another commitment": { ...honest, commitment: honest.commitment + 1n },
      "another account": { ...honest, accountId: honest.accountId + 1n },
      "id and commitment exchanged": {
        ...honest,
        accountId: honest.commitment,
        commitment: honest.accountId,
      },
      "the neighbour's bits": { ...honest, indexBit: bits(7, 5) },
      "exchanged siblings": { ...honest, sibling: [second, first, ...sibling.slice(2)] },
      ...Object.fromEntries(
        sibling.map((old, i) => [`sibling ${i}`, { ...honest, sibling: edited(i, old + 1n) }]),
      ),
    };
    for (const [name, inputs] of Object.entries(forgeries)) {
      expect(path.run(inputs, { "main.root": tree.root }).caught, name).not.toEqual([]);
      expect(path.run(inputs).assignment.value("main.root"), name).not.toBe(tree.root);
    }
  });

  it("refuse a bit that is none, by the bit's own constraint alone", () => {
    const honest = honestPath(6);
    for (const bit of [2n, P - 1n]) {
      for (const at of [0, 4]) {
        const indexBit = honest.indexBit.map((old, i) => (i === at ? bit : old));
        expect(path.run({ ...honest, indexBit }).caught).toEqual([`bit p.bit[${at}]`]);
      }
    }
  });

  it("leave no wire undetermined", () => {
    // The lowest bit is simplified away: the public index stands for it.
    const inputs = ["accountId", "commitment", "index", "indexBit", "sibling"];
    const { witness } = path.run(honestPath(17));
    const given = inputs.flatMap((name) => inputWires(path.real, name));
    expect(undetermined(path.real, witness, given)).toEqual([]);
    expect(undetermined(path.real, witness, given.slice(1))).not.toEqual([]);
  });
});

describe("Subtree", () => {
  it("is the tree's node over a batch, with empty places too", () => {
    for (const index of [0, 3, 4, 5]) {
      const { accounts, root } = tree.batch(index, 4);
      const leaves = accounts.map((account) => (account === null ? 0n : leafOf(account)));
      const { caught, assignment } = subtree.run({ leaves });
      expect(caught).toEqual([]);
      expect(assignment.value("main.root")).toBe(root);
    }
    const [a, b] = [hash("node", [1n, 2n]), hash("node", [3n, 4n])];
    expect(subtree.run({ leaves: [1n, 2n, 3n, 4n] }).assignment.value("main.root")).toBe(
      hash("node", [a, b]),
    );
  });

  it("takes powers of two only", () => {
    const body = (leaves: number): string =>
      `signal input x; component s = Subtree(${leaves}); for (var i = 0; i < ${leaves}; i++) { s.leaves[i] <== x; } _ <== s.root;`;
    for (const leaves of [3, 6]) {
      expect(refusedByAssert(`account_subtree_${leaves}`, INCLUDES, body(leaves))).toBe(true);
    }
  });
});

describe("docs/protocol/accounts-tree.md", () => {
  it("says what leaf, nodes and levels cost", () => {
    const page = readFileSync(new URL("../../docs/protocol/accounts-tree.md", import.meta.url), "utf8");
    const [, node, level, leaf] =
      /\((\d+) constraints each\), `MerklePath\(DEPTH\)` \((\d+) a\s+level\) and `Subtree\(LEAVES\)` \((\d+) a node\)/.exec(
        page,
      ) ?? [];
    expect(subtree.real.constraints).toHaveLength(3 * Number(node));
    expect(leaf).toBe(node);
    // The path's index is an output, and so a linear constraint of its own.
    expect(path.real.constraints).toHaveLength(Number(node) + 5 * Number(level) + 1);
  });
});
