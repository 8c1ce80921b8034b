import { describe, expect, it } from "vitest";
import { FIELD_MODULUS } from "../../../src/math/field.ts";
import { LOT_LIMIT } from "../../../src/risk/shape.ts";
import { changed, forge, listOf, negative } from "../../helpers/circuit-attack.ts";
import { attackBatch, ownTree, remake } from "../../helpers/circuit-solvency.ts";
import { batch, batchInputs, places, remaking, victim } from "../../helpers/circuit-solvency-fixture.ts";
import { at } from "../../helpers/r1cs.ts";
import type { Lie } from "../../helpers/r1cs-forge.ts";

// Lies about a batch's accounts, carried through with honest values wherever they leave a choice; each expectation names all
// constraints that stand against it. Account 0 is in tier 0, account 1 in tier 2; each has cash in its first two slots and then
// two positions.

const inputs = at(batchInputs, 0);
const { slots } = batch.instance;
const LANES = listOf(inputs, "lanes").length / 2;
const honest = forge(batch, inputs);
const move = (name: string, edits: Parameters<typeof changed>[2]) => ({
  [name]: changed(inputs, name, edits),
});

it("start from a batch that holds", () => {
  expect(honest.caught).toEqual([]);
});

describe("positions", () => {
  it("open one commitment to one portfolio: limbs of quantity, id and side can't be forged", () => {
    for (const account of [0, 1]) {
      const first = account * slots;
      const slot = `account[${account}].portfolio.opened.slots`;
      const forgeries = [
        [
          {
            ...move("quantity", { [first]: (q) => q + LOT_LIMIT }),
            ...move("id", { [first]: (id) => id - 1n }),
          },
          `range ${slot}.quantityRange[0]`,
        ],
        [
          {
            ...move("quantity", { [first]: (q) => q - LOT_LIMIT }),
            ...move("id", { [first]: (id) => id + 1n }),
          },
          `range ${slot}.quantityRange[0]`,
        ],
        [
          {
            ...move("id", { [first + 1]: (id) => id + (1n << 20n) }),
            ...move("isShort", { [first + 1]: (side) => side - 1n }),
          },
          `range ${slot}.idRange[1]`,
        ],
        [
          {
            ...move("isShort", { [first + 1]: (side) => side + 2n }),
            ...move("quantity", { [first + 2]: (q) => q - 1n }),
          },
          `bit ${slot}.sideBit[1]`,
        ],
      ] as const;
      for (const [claim, range] of forgeries) {
        const { caught, assignment } = attackBatch(batch, inputs, claim);
        expect(assignment.value(`main.account[${account}].leaf`)).toBe(
          honest.assignment.value(`main.account[${account}].leaf`),
        );
        expect(caught).toContain(range);
        expect(caught).not.toContain("root");
      }
    }
  });

  it("are those of the published tree: any other quantity, id or side leads to another root", () => {
    for (const [name, edit] of [
      ["quantity", (old: bigint) => old + 1n],
      ["id", (old: bigint) => old + 1n],
      ["isShort", (old: bigint) => 1n - old],
    ] as const) {
      expect(attackBatch(batch, inputs, move(name, { [slots]: edit })).caught).toContain("root");
    }
  });

  it("can't be negative, nor lots of no instrument, in a tree of one's own either", () => {
    const quantity = changed(inputs, "quantity", { 0: negative(40n) });
    expect(ownTree(batch, inputs, { quantity }).caught).toEqual([
      "range account[0].portfolio.opened.slots.quantityRange[0]",
      "sum of account 0",
    ]);
    const bare = ownTree(batch, inputs, move("id", { 1: 0n }));
    expect(bare.caught).toContain("empty slot of account 0");
  });

  it("can't be priced by another row, the other side, or another account's value", () => {
    const value =
      (name: string): Lie =>
      (read) =>
        read(`main.value.${name}`);
    for (const [slot, name] of [
      [0, "rows.long[3]"],
      [0, "rows.short[2]"],
      [slots + 1, "rows.long[2]"],
      [slots, "rows.short[4]"],
    ] as const) {
      const account = Math.floor(slot / slots);
      const { caught } = attackBatch(batch, inputs, {}, { [`main.value.slotValue[${slot}]`]: value(name) });
      expect(caught).toEqual(["membership", `sum of account ${account}`]);
    }
    const swap = {
      "main.value.slotValue[0]": value("rows.long[4]"),
      [`main.value.slotValue[${slots}]`]: value("rows.long[2]"),
    };
    expect(attackBatch(batch, inputs, {}, swap).caught).toEqual([
      "membership",
      "sum of account 0",
      "sum of account 1",
    ]);
  });

  it("can't be used more or less often than they are, by any account", () => {
    for (let row = 0; row < 7; row++) {
      for (const side of ["usedLong", "usedShort"]) {
        const more = move(side, { [row]: (count) => count + 1n });
        expect(attackBatch(batch, inputs, more).caught).toEqual(["membership"]);
      }
    }
    expect(attackBatch(batch, inputs, move("usedLong", { 2: 16n })).caught).toEqual([
      "membership",
      "range used.longRange[2]",
    ]);
  });
});

describe("a place without an account", () => {
  const half = at(batchInputs, 1); // account 0 is bankrupt, place 1 empty

  it("adds nothing, and has no positions, no sums and no tier", () => {
    const { value } = forge(batch, half).assignment;
    const names = [
      ...Array.from({ length: 5 }, (_, k) => `tierIs[${k}]`),
      "demand[0]",
      "shortfall[0]",
      "shortfall[5]",
      "leaf",
    ];
    expect(names.map((name) => value(`main.account[1].${name}`))).toEqual(names.map(() => 0n));
    const lanes = changed(half, "lanes", { [LANES]: 1_000n });
    expect(attackBatch(batch, half, { lanes }).caught).toEqual(["sum of account 1"]);
    const tier = attackBatch(batch, half, {}, { "main.account[1].bit[0]": 1n });
    expect(tier.caught).toEqual(["one tier of account 1"]);
  });

  it("can't be given positions that stand in no leaf: sums, counts and tier that fit them are refused by that alone", () => {
    // Place 3 is empty in the published tree. The account of place 0, in tier 0, would add its lots to the netting sum there.
    const plan = {
      second: victim.plan.second.map(() => 1n << 50n),
      largestPlace: victim.plan.second.map(() => -1),
      secondBatch: victim.plan.second.map(() => -1),
    };
    const phantom = remake(remaking, 1, { accounts: [at(places, 2), at(places, 0)] }, plan);
    const { caught, assignment } = attackBatch(batch, phantom, { present: [1n, 0n] });
    expect(assignment.value("main.account[1].leaf")).toBe(0n);
    expect(assignment.value("main.net[1].out")).not.toBe(0n);
    expect(caught).toEqual(["positions of no account of account 1"]);
  });

  it("is there or not: half an account isn't", () => {
    for (const present of [2n, (FIELD_MODULUS + 1n) / 2n]) {
      const { caught } = ownTree(batch, inputs, move("present", { 1: present }));
      expect(caught).toContain("bit account[1].Bit");
    }
  });

  it("leaves id and salt of nobody open, which no other value reads", () => {
    const changes = {
      accountId: changed(half, "accountId", { 1: 5n }),
      salt: changed(half, "salt", { 1: 6n }),
    };
    const { caught, assignment } = attackBatch(batch, half, changes);
    expect(caught).toEqual([]);
    for (const name of ["stateOut", "value.first.beta", "place.path.root"]) {
      expect(assignment.value(`main.${name}`)).toBe(forge(batch, half).assignment.value(`main.${name}`));
    }
  });
});
