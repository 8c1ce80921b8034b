import { describe, expect, it } from "vitest";
import { invert, FIELD_MODULUS as P, reduce, toField } from "../../../src/math/field.ts";
import { isNetted, Netting } from "../../../src/portfolio/netting.ts";
import { openTemplate, rangedArray, slotsOf } from "../../helpers/circuit-gadget.ts";
import { mod } from "../../helpers/r1cs.ts";
import { Random } from "../../helpers/synthetic.ts";

const SLOTS = 3;
const gadget = openTemplate(
  "netting_3",
  ["portfolio/netting.circom", "math/range.circom"],
  `${rangedArray("quantity", "q", SLOTS, 36)} ${rangedArray("id", "d", SLOTS, 20)}
   signal input isShort[${SLOTS}]; signal input zeta; signal output out; component b[${SLOTS}]; signal {binary} s[${SLOTS}];
   for (var i = 0; i < ${SLOTS}; i++) { b[i] = Bit(); b[i].value <== isShort[i]; s[i] <== b[i].ranged; }
   ${slotsOf("slots", SLOTS, "q", "d", "s")}
   component n = Netting(${SLOTS}); n.slots <== slots; n.zeta <== zeta; out <== n.out;`,
  ["quantity", "id", "isShort", "zeta"],
);
const random = new Random("netting 20260205");
const zeta = random.field();
const LAST = (1n << 36n) - 1n;

type Slot = readonly [quantity: bigint, id: bigint, isShort: bigint];
const EMPTY: Slot = [0n, 0n, 0n];
const inputsOf = (slots: readonly Slot[], challenge: bigint = zeta) => ({
  quantity: slots.map(([quantity]) => quantity),
  id: slots.map(([, id]) => id),
  isShort: slots.map(([, , isShort]) => isShort),
  zeta: challenge,
});
/** The sum as fractions: numerator and denominator by themselves, divided once. */
const direct = (slots: readonly Slot[], challenge: bigint = zeta): bigint => {
  const [top, bottom] = slots.reduce(
    ([n, d], [quantity, id, isShort]) => {
      const signed = isShort === 1n ? -quantity : quantity;
      return [mod(n * (challenge - id) + signed * d), mod(d * (challenge - id))];
    },
    [0n, 1n],
  );
  return mod(top * invert(reduce(bottom)));
};

describe("Netting", () => {
  it("is the sum of signed lots over zeta less the id, and nothing else", () => {
    const some = (): Slot => [random.bits(36), random.bits(20), random.bits(1)];
    for (const slots of [
      [EMPTY, EMPTY, EMPTY],
      [[1n, 1n, 0n], EMPTY, EMPTY],
      [
        [LAST, (1n << 20n) - 1n, 1n],
        [LAST, 1n, 0n],
        [LAST, 2n, 1n],
      ],
      [
        [5n, 7n, 0n],
        [6n, 7n, 0n],
        [0n, 9n, 1n],
      ],
      ...Array.from({ length: 20 }, () => [some(), some(), some()]),
    ] as const) {
      const { caught, assignment } = gadget.run(inputsOf(slots));
      expect(caught).toEqual([]);
      expect(assignment.value("main.out")).toBe(direct(slots));
      const holdings = slots.map(([quantity, id, isShort]) => ({
        instrumentId: Number(id),
        quantity: isShort === 1n ? -quantity : quantity,
      }));
      expect(new Netting(zeta).share(holdings)).toBe(direct(slots));
      expect(isNetted(toField(direct(slots)), zeta, holdings)).toBe(true);
      for (const name of ["main.n.out", "main.n.term[0]", "main.n.signedQuantity[0]"]) {
        const { caught: wrong } = gadget.run(inputsOf(slots), { [name]: (_, honest) => honest + 1n });
        expect(wrong).toEqual([expect.stringMatching(/^law n\./)]);
      }
    }
  });

  it("is zero for both sides of an instrument, and only for equal lots", () => {
    const both = (short: bigint): readonly Slot[] => [[5n, 7n, 0n], [short, 7n, 1n], EMPTY];
    expect(gadget.run(inputsOf(both(5n))).assignment.value("main.out")).toBe(0n);
    expect(gadget.run(inputsOf(both(6n))).assignment.value("main.out")).not.toBe(0n);
  });

  it("can be solved for by whoever knows zeta before the positions: that is why it is a hash over them", () => {
    // 3 lots of id 7 look like some lots of id 9 at this one zeta.
    const small = 1_000_003n;
    const lots = mod(3n * (small - 9n) * invert(reduce(small - 7n)));
    expect(direct([[3n, 7n, 0n]], small)).toBe(direct([[lots, 9n, 0n]], small));
    expect(lots > LAST).toBe(true); // one instrument can't; a few together can (docs/protocol/encodings.md, 7)
    expect(gadget.run(inputsOf([[lots, 9n, 0n], EMPTY, EMPTY], small)).caught).toContain("range qRange[0]");
  });

  it("leaves one term open: where zeta is the id of a slot without lots, one of 2^20 values of a hash", () => {
    const pole = inputsOf([[0n, 7n, 0n], EMPTY, EMPTY], 7n);
    expect(gadget.run(pole, { "main.n.term[0]": 12_345n }).caught).toEqual([]);
    const used = inputsOf([[1n, 7n, 0n], EMPTY, EMPTY], 7n);
    for (const term of [0n, 1n, P - 1n]) {
      expect(gadget.run(used, { "main.n.term[0]": term }).caught).toHaveLength(1);
    }
  });

  it("takes ranged lots, ids and sides only", () => {
    const slots = (slot: Slot): readonly Slot[] => [EMPTY, slot, EMPTY];
    expect(gadget.run(inputsOf(slots([P - 5n, 7n, 0n]))).caught).toEqual(["range qRange[1]"]);
    expect(gadget.run(inputsOf(slots([5n, 1n << 20n, 0n]))).caught).toEqual(["range dRange[1]"]);
    expect(gadget.run(inputsOf(slots([5n, 7n, 2n]))).caught).toEqual(["bit b[1]"]);
  });
});
