import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { openTemplate, rangedArray, refusedByAssert } from "../../helpers/circuit-gadget.ts";
import type { Lie } from "../../helpers/r1cs-forge.ts";
import { Random } from "../../helpers/synthetic.ts";

const INCLUDES = ["math/maximum.circom"];
const bodyOf = (count: number): string =>
  `${rangedArray("value", "v", count, 8)} signal output maximum; signal output index;
   component m = FirstMaximum(${count}); m.value <== v; maximum <== m.maximum; index <== m.index;`;
const COUNT = 5;
const gadget = openTemplate("maximum_5", INCLUDES, bodyOf(COUNT), ["value"]);

const oneHot = (place: number): bigint[] => Array.from({ length: COUNT }, (_, i) => (i === place ? 1n : 0n));
const marks = (bits: readonly bigint[]): Record<string, Lie> =>
  Object.fromEntries(bits.map((bit, i) => [`main.m.isPlace[${i}]`, bit]));
const firstMaximum = (values: readonly bigint[]): [bigint, number] => {
  const greatest = values.reduce((a, b) => (a > b ? a : b));
  return [greatest, values.indexOf(greatest)];
};

const random = new Random("maximum 20260205");
const CASES: bigint[][] = [
  [0n, 0n, 0n, 0n, 0n],
  [255n, 255n, 255n, 255n, 255n],
  [0n, 0n, 0n, 0n, 1n],
  [1n, 0n, 0n, 0n, 0n],
  [3n, 7n, 7n, 2n, 7n],
  [0n, 255n, 254n, 255n, 0n],
  [1n, 2n, 3n, 4n, 5n],
  [5n, 4n, 3n, 2n, 1n],
  ...Array.from({ length: 20 }, () => Array.from({ length: COUNT }, () => random.bits(2))),
  ...Array.from({ length: 10 }, () => Array.from({ length: COUNT }, () => random.bits(8))),
];

describe("FirstMaximum", () => {
  it("is the largest value and the first index at which it stands: ties, all equal, the ends", () => {
    for (const value of CASES) {
      const { caught, assignment } = gadget.run({ value });
      expect(caught).toEqual([]);
      const [maximum, index] = firstMaximum(value);
      expect([assignment.value("main.maximum"), assignment.value("main.index")]).toEqual([
        maximum,
        BigInt(index),
      ]);
    }
  });

  // The hint "math/maximum isPlace", over all bits there are and some that aren't.
  it("accepts no other place: a smaller value is below another, a later tie not above the first", () => {
    for (const value of CASES) {
      const [maximum, index] = firstMaximum(value);
      for (let place = 0; place < COUNT; place++) {
        if (place === index) continue;
        const { caught } = gadget.run({ value }, marks(oneHot(place)));
        // Before the place all must be smaller by one, behind it none may be larger.
        const above = value.flatMap((other, i) =>
          other + (i < place ? 1n : 0n) > (value[place] ?? 0n) ? [`range m.range[${i}]`] : [],
        );
        expect(above.length).toBeGreaterThan(0);
        expect(caught).toEqual(above);
        if (value[place] === maximum) expect(caught).toContain(`range m.range[${index}]`);
      }
    }
  });

  it("accepts nothing but exactly one place", () => {
    for (const value of CASES.slice(0, 8)) {
      const honest = oneHot(firstMaximum(value)[1]).join();
      for (let set = 0; set < 2 ** COUNT; set++) {
        const bits = Array.from({ length: COUNT }, (_, i) => BigInt((set >> i) & 1));
        const { caught } = gadget.run({ value }, marks(bits));
        const weight = bits.filter((bit) => bit === 1n).length;
        if (bits.join() === honest) expect(caught).toEqual([]);
        else if (weight !== 1) expect(caught).toContain("one place");
        else expect(caught.length).toBeGreaterThan(0);
      }
    }
  });

  it("accepts no shares of places: a maximum of two halves", () => {
    const half = (P + 1n) / 2n;
    const { caught, assignment } = gadget.run(
      { value: [4n, 8n, 6n, 0n, 0n] },
      marks([half, half, 0n, 0n, 0n]),
    );
    expect(assignment.value("main.maximum")).toBe(6n);
    expect(caught).toEqual(expect.arrayContaining(["bit m.bit[0]", "bit m.bit[1]"]));
    expect(caught).not.toContain("one place");
  });

  it("accepts no maximum and no index of the prover's own", () => {
    const value = [3n, 7n, 7n, 2n, 7n];
    for (const lie of [8n, 6n, 0n, P - 1n]) {
      expect(gadget.run({ value }, { "main.m.maximum": lie }).caught).toEqual(
        expect.arrayContaining([expect.stringMatching(/^law m\.chosen/)]),
      );
      expect(gadget.run({ value }, { "main.m.index": lie }).caught).toEqual([
        expect.stringMatching(/^law m\.index/),
      ]);
    }
  });

  it("takes no value outside its range", () => {
    for (const wrong of [256n, P - 1n]) {
      const { caught } = gadget.run({ value: [0n, 1n, wrong, 0n, 0n] });
      expect(caught).toContain("range vRange[2]");
    }
  });

  it("is the value itself where there is but one", () => {
    const single = openTemplate("maximum_1", INCLUDES, bodyOf(1), ["value"]);
    for (const value of [0n, 7n, 255n]) {
      const { caught, assignment } = single.run({ value: [value] });
      expect(caught).toEqual([]);
      expect([assignment.value("main.maximum"), assignment.value("main.index")]).toEqual([value, 0n]);
    }
    expect(single.run({ value: [5n] }, { "main.m.isPlace[0]": 0n }).caught.length).toBeGreaterThan(0);
    expect(refusedByAssert("maximum_0", INCLUDES, bodyOf(0))).toBe(true);
  });
});
