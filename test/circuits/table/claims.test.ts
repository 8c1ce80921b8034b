import { describe, expect, it } from "vitest";
import { reduce } from "../../../src/math/field.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { mod } from "../../helpers/r1cs.ts";
import { Random } from "../../helpers/synthetic.ts";

// Five scenarios and two underlyings: 12 lanes and the charges, in four elements, the last with one value.
const gadget = openTemplate(
  "claims_5x2",
  ["table/claims.circom"],
  `signal input lanes[12]; signal input charges; signal output packed[4];
   component c = Claims(5, 2); c.lanes <== lanes; c.charges <== charges; packed <== c.packed;`,
  ["lanes", "charges"],
);
const [WINDOW, SPACING] = [1n << 56n, 58n];

/** Four values to an element, 58 bits apart. */
function packed(values: readonly bigint[]): bigint[] {
  return [0, 1, 2, 3].map((e) =>
    mod(values.slice(4 * e, 4 * e + 4).reduce((sum, value, k) => sum + (value << (SPACING * BigInt(k))), 0n)),
  );
}

describe("Claims", () => {
  const random = new Random("claims 1");
  const lists = [
    new Array<bigint>(13).fill(0n),
    [...new Array<bigint>(12).fill(WINDOW), WINDOW - 1n],
    [...new Array<bigint>(12).fill(-WINDOW), 0n],
    ...Array.from({ length: 20 }, () => [
      ...Array.from({ length: 12 }, () => random.signed(WINDOW)),
      random.unsigned(WINDOW),
    ]),
  ];
  const inputsOf = (values: readonly bigint[]) => ({
    lanes: values.slice(0, 12).map(reduce),
    charges: values[12] ?? 0n,
  });

  it("packs lanes and charges to the ends of their windows, and gives nothing else", () => {
    for (const values of lists) {
      const { caught, assignment } = gadget.run(inputsOf(values));
      expect(caught).toEqual([]);
      expect([0, 1, 2, 3].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(packed(values));
      for (const e of [0, 3]) {
        const lie = { [`main.packed[${e}]`]: (_: unknown, honest: bigint) => honest + 1n };
        expect(gadget.run(inputsOf(values), lie).caught).toHaveLength(1);
      }
    }
  });

  it("gives two lists that differ by one unit, or by a carry into the next window, two packings", () => {
    const [first = []] = lists;
    const base = packed(first).join();
    for (let i = 0; i < 13; i++) {
      const one = first.map((value, k) => (k === i ? value + 1n : value));
      expect(packed(one).join()).not.toBe(base);
    }
    // A carry would take a lane of 2^58, four times what Lanes lets through.
    const carried = first.map((value, k) =>
      k === 0 ? value + (1n << SPACING) : k === 1 ? value - 1n : value,
    );
    expect(packed(carried).join()).toBe(base);
    expect((carried[0] ?? 0n) > WINDOW).toBe(true);
  });
});
