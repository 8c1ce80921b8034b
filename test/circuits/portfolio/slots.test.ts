import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { hash } from "../../../src/math/poseidon.ts";
import { packSlots } from "../../../src/portfolio/commitment.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";

// Five slots: two packed elements, the second with one slot in it.
const gadget = openTemplate(
  "slots_5",
  ["portfolio/slots.circom", "portfolio/commitment.circom"],
  `signal input quantity[5]; signal input id[5]; signal input isShort[5]; signal input accountId; signal input salt;
   signal output packed[2]; signal output commitment;
   component s = Slots(5); s.quantity <== quantity; s.id <== id; s.isShort <== isShort; packed <== s.packed;
   for (var i = 0; i < 5; i++) { _ <== s.ranged.quantity[i]; _ <== s.ranged.id[i]; _ <== s.ranged.isShort[i]; }
   component c = Commitment(5); c.accountId <== accountId; c.salt <== salt; c.packed <== s.packed; commitment <== c.out;`,
  ["quantity", "id", "isShort", "accountId", "salt"],
);
const LAST_QUANTITY = (1n << 36n) - 1n;
const LAST_ID = (1n << 20n) - 1n;
const EMPTY = [0n, 0n, 0n] as const;
const inputsOf = (slots: readonly (readonly [bigint, bigint, bigint])[]) => ({
  quantity: slots.map(([quantity]) => quantity),
  id: slots.map(([, id]) => id),
  isShort: slots.map(([, , isShort]) => isShort),
  accountId: 5n,
  salt: 6n,
});

describe("Slots and Commitment", () => {
  it.each([
    ["nothing", [EMPTY, EMPTY, EMPTY, EMPTY, EMPTY]],
    ["the least", [[0n, 1n, 0n], [1n, 1n, 1n], [0n, 2n, 1n], EMPTY, [1n, 3n, 0n]]],
    ["the greatest everywhere", Array.from({ length: 5 }, () => [LAST_QUANTITY, LAST_ID, 1n] as const)],
  ] as const)("pack and commit %s as the TypeScript side does", (_, slots) => {
    const { caught, assignment } = gadget.run(inputsOf(slots));
    expect(caught).toEqual([]);
    const packed = packSlots(
      slots.map(([quantity, id, isShort]) => ({
        quantity,
        instrumentId: Number(id),
        isShort: isShort === 1n ? 1 : 0,
      })),
    );
    expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(packed);
    expect(assignment.value("main.commitment")).toBe(hash("portfolio", [5n, 6n, ...packed]));
  });

  it.each([
    ["a quantity of 2^36", [LAST_QUANTITY + 1n, 7n, 0n], "range s.quantityRange"],
    ["a quantity of p - 1", [P - 1n, 7n, 0n], "range s.quantityRange"],
    ["an id of 2^20", [1n, LAST_ID + 1n, 0n], "range s.idRange"],
    ["an id of p - 1", [1n, P - 1n, 0n], "range s.idRange"],
    ["a side of 2", [1n, 7n, 2n], "bit s.sideBit"],
    ["a side of p - 1", [1n, 7n, P - 1n], "bit s.sideBit"],
  ] as const)("refuse %s in any slot", (_, slot, label) => {
    for (const at of [0, 3, 4]) {
      const slots = Array.from({ length: 5 }, (_, i) => (i === at ? slot : EMPTY));
      expect(gadget.run(inputsOf(slots)).caught).toEqual([`${label}[${at}]`]);
      if (label.startsWith("range")) {
        const lies = absorbed(gadget.full, `main.${label.slice(6)}[${at}]`);
        expect(gadget.run(inputsOf(slots), lies).caught).toEqual([`${label}[${at}]`]);
      }
    }
  });

  it("refuse lots or a side without an instrument, whatever the inverse, and a lie about which slots are filled", () => {
    for (const slot of [
      [1n, 0n, 0n],
      [0n, 0n, 1n],
      [LAST_QUANTITY, 0n, 1n],
    ] as const) {
      const inputs = inputsOf([EMPTY, slot, EMPTY, EMPTY, EMPTY]);
      for (const inverse of [0n, 1n, 12_345n, P - 1n]) {
        expect(gadget.run(inputs, { "main.s.inverse[1]": inverse }).caught).toEqual(["empty slot"]);
      }
      const denied = gadget.run(inputs, { "main.s.isFilled[1]": 1n });
      expect(denied.caught).toEqual(["law s.id[1] s.inverse[1] s.isFilled[1]"]);
    }
  });

  it("take no other inverse where a slot has lots or is short", () => {
    for (const slot of [
      [1n, 7n, 0n],
      [0n, 7n, 1n],
      [LAST_QUANTITY, LAST_ID, 1n],
    ] as const) {
      const inputs = inputsOf([EMPTY, slot, EMPTY, EMPTY, EMPTY]);
      for (const inverse of [0n, 1n, P - 1n]) {
        expect(gadget.run(inputs, { "main.s.inverse[1]": inverse }).caught).toEqual(["empty slot"]);
      }
    }
  });

  // Where id, quantity or side would have to be something for it to matter, the two tests above hold. Here nothing is left to say:
  // the second equation is 0 for any inverse, and no other wire reads inverse or isFilled.
  it.each([
    ["an empty slot", EMPTY],
    ["an instrument without lots", [0n, 7n, 0n]],
  ] as const)("leave the inverse of %s open, on which nothing depends", (_, slot) => {
    const inputs = inputsOf([EMPTY, slot, EMPTY, EMPTY, EMPTY]);
    const honest = gadget.run(inputs).assignment;
    const { caught, assignment } = gadget.run(inputs, { "main.s.inverse[1]": 12_345n });
    expect(caught).toEqual([]);
    const different = gadget.full.nameOf.filter((_, wire) => assignment.values[wire] !== honest.values[wire]);
    expect(different).toEqual(
      slot[1] === 0n ? ["main.s.inverse[1]"] : ["main.s.inverse[1]", "main.s.isFilled[1]"],
    );
  });
});
