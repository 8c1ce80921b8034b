import { describe, expect, it } from "vitest";
import { type Field, FIELD_MODULUS as P, toField } from "../../../src/math/field.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { at } from "../../helpers/r1cs.ts";
import { levelsOf } from "../../helpers/solvency-run.ts";

// Batches of 2 in a tree of 16 places: a path of 3 siblings.
const [SIZE, DEPTH, HEIGHT] = [2, 4, 3];
const gadget = openTemplate(
  "place_2_4",
  ["solvency/place.circom"],
  `signal input leaves[${SIZE}]; signal input accountsRoot; signal input index; signal input isLast;
   signal input indexBit[${HEIGHT}]; signal input sibling[${HEIGHT}]; signal output batchRoot; signal output last;
   component place = BatchPlace(${SIZE}, ${DEPTH}); place.leaves <== leaves; place.accountsRoot <== accountsRoot; place.index <== index;
   place.isLast <== isLast; place.indexBit <== indexBit; place.sibling <== sibling; batchRoot <== place.batchRoot; last <== place.last;`,
  ["leaves", "accountsRoot", "index", "isLast", "indexBit", "sibling"],
);

/** A tree whose leaf of place i is 1000 + i, but 0 in the places left empty. */
const treeOf = (count: number, empty: readonly number[] = []): Field[][] =>
  levelsOf(
    Array.from({ length: count }, (_, i) => toField(empty.includes(i) ? 0n : 1000n + BigInt(i))),
    DEPTH,
  );
const bitsOf = (index: number): bigint[] =>
  Array.from({ length: HEIGHT }, (_, l) => BigInt((index >> l) & 1));
const placeOf = (levels: readonly Field[][], index: number, isLast: bigint) => ({
  leaves: at(levels, 0).slice(SIZE * index, SIZE * (index + 1)),
  accountsRoot: at(at(levels, DEPTH), 0),
  index: BigInt(index),
  isLast,
  indexBit: bitsOf(index),
  sibling: Array.from({ length: HEIGHT }, (_, l) => at(at(levels, 1 + l), (index >> l) ^ 1)),
});
const tree = treeOf(16);
/** Root of 2^level empty places. */
const EMPTY = levelsOf([], DEPTH).map((level) => at(level, 0));

describe("BatchPlace", () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    "accepts batch %d of a full tree, and no other index, root, leaf or sibling",
    (index) => {
      const honest = placeOf(tree, index, 0n);
      const { caught, assignment } = gadget.run(honest);
      expect(caught).toEqual([]);
      expect(assignment.value("main.batchRoot")).toBe(at(at(tree, 1), index));
      for (const other of [0n, 1n, 2n, 7n, 8n, 16n, P - 1n].filter((claim) => claim !== honest.index)) {
        expect(gadget.run({ ...honest, index: other }).caught).toEqual(["index"]);
      }
      expect(gadget.run({ ...honest, accountsRoot: honest.accountsRoot + 1n }).caught).toEqual(["root"]);
      for (let i = 0; i < SIZE; i++) {
        const leaves = honest.leaves.map((leaf, k) => (k === i ? 0n : leaf));
        expect(gadget.run({ ...honest, leaves }).caught).toEqual(["root"]);
      }
      for (let l = 0; l < HEIGHT; l++) {
        const sibling = honest.sibling.map((node, k) => (k === l ? node + 1n : node));
        expect(gadget.run({ ...honest, sibling }).caught).toEqual(["root"]);
        const indexBit = honest.indexBit.map((bit, k) => (k === l ? 1n - bit : bit));
        expect(gadget.run({ ...honest, indexBit }).caught).toEqual(["index", "root"]);
        const moved = BigInt(index ^ (1 << l));
        expect(gadget.run({ ...honest, indexBit, index: moved }).caught).toEqual(["root"]);
      }
    },
  );

  it("accepts the leaves in their order only", () => {
    const honest = placeOf(tree, 3, 0n);
    expect(gadget.run({ ...honest, leaves: [...honest.leaves].reverse() }).caught).toEqual(["root"]);
  });

  it("takes index bits of 0 and 1 only", () => {
    const honest = placeOf(tree, 5, 0n);
    for (const bit of [2n, P - 1n]) {
      const indexBit = [bit, 0n, 1n];
      expect(gadget.run({ ...honest, indexBit }).caught).toEqual(
        expect.arrayContaining(["bit place.path.bit[0]"]),
      );
    }
    // 2 + 1*2 - 0*4 is index 4 without a bit of 4
    const shifted = { ...placeOf(tree, 4, 0n), indexBit: [2n, 1n, 0n] };
    expect(gadget.run(shifted).caught).not.toContain("index");
    expect(gadget.run(shifted).caught).toContain("bit place.path.bit[0]");
  });
});

describe("isLast", () => {
  it.each([1, 2, 3, 5, 8, 9, 15, 16])(
    "is accepted for the last batch of %d accounts, and for batches of empty places behind it",
    (count) => {
      const levels = treeOf(count);
      for (let index = 0; index < 8; index++) {
        const inRun = SIZE * (index + 1) >= count;
        const { caught, assignment } = gadget.run(placeOf(levels, index, 1n));
        if (inRun) expect(caught).toEqual([]);
        else expect(caught).toEqual(["nothing behind"]);
        expect(assignment.value("main.last")).toBe(1n);
        expect(gadget.run(placeOf(levels, index, 0n)).caught).toEqual([]);
      }
    },
  );

  it("is refused for one account to the right, at each level: the next batch, the next two, the next four", () => {
    for (const [batch, account] of [
      [0, 2],
      [0, 3],
      [0, 4],
      [0, 7],
      [0, 8],
      [0, 15],
      [1, 4],
      [2, 7],
      [3, 8],
      [3, 15],
      [6, 14],
    ] as const) {
      const others = Array.from({ length: 16 }, (_, i) => i).filter(
        (i) => i >= SIZE * (batch + 1) && i !== account,
      );
      const claim = placeOf(treeOf(16, others), batch, 1n);
      expect(gadget.run(claim).caught).toEqual(["nothing behind"]);
      // A sibling of an empty subtree in its place leads to another root.
      const sibling = claim.sibling.map((node, l) =>
        at(claim.indexBit, l) === 0n ? at(EMPTY, 1 + l) : node,
      );
      expect(gadget.run({ ...claim, sibling }).caught).toEqual(["root"]);
    }
  });

  it("says nothing of places to the left", () => {
    const left = treeOf(16, [0, 3, 5, 12, 13, 14, 15]);
    expect(gadget.run(placeOf(left, 5, 1n)).caught).toEqual([]);
  });

  it("can't be argued away: not by the empty roots, nor by the product that asks for them, nor by a half", () => {
    const claim = placeOf(treeOf(9), 0, 1n);
    for (let l = 0; l < HEIGHT; l++) {
      const node = at(claim.sibling, l);
      const { caught } = gadget.run(claim, { [`main.place.emptyRoot[${1 + l}]`]: node });
      expect(caught).toContain(`law place.emptyRoot[${1 + l}] place.empty[${l}].out`);
    }
    const free = gadget.run(
      claim,
      Object.fromEntries(bitsOf(0).map((_, l) => [`main.place.strict[${l}]`, 0n])),
    );
    expect(free.caught.every((label) => label.startsWith("law "))).toBe(true);
    expect(free.caught).toHaveLength(HEIGHT);
    for (const isLast of [2n, P - 1n, (P + 1n) / 2n]) {
      expect(gadget.run({ ...claim, isLast }).caught).toEqual(["bit place.Bit", "nothing behind"]);
    }
  });

  it("holds the empty subtrees' roots as the tree has them", () => {
    const { assignment } = gadget.run(placeOf(tree, 0, 0n));
    expect(EMPTY.map((_, level) => assignment.value(`main.place.emptyRoot[${level}]`))).toEqual(EMPTY);
  });
});
