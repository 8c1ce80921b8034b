import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";

// 130 rows: 260 bits, the last eight in a second element.
const ROWS = 130;
const gadget = openTemplate(
  "used_130",
  ["table/used.circom"],
  `signal input usedLong[${ROWS}]; signal input usedShort[${ROWS}]; signal output packed[2]; signal output empty;
   component u = UsedRows(4, ${ROWS}); u.usedLong <== usedLong; u.usedShort <== usedShort; packed <== u.use.packed; empty <== u.use.empty;
   for (var n = 0; n < ${ROWS}; n++) { _ <== u.use.long[n]; _ <== u.use.short[n]; }`,
  ["usedLong", "usedShort"],
);
const zeros = (): bigint[] => new Array<bigint>(ROWS).fill(0n);
const withBit = (row: number, value: bigint): bigint[] =>
  zeros().map((zero, n) => (n === row ? value : zero));

describe("UsedRows", () => {
  it.each([0, 1, 125, 126, 129])("packs row %d's bits at 2n and 2n + 1, 252 to an element", (row) => {
    const bits = (side: 0n | 1n): bigint => 1n << (2n * BigInt(row) + side);
    const split = (value: bigint): bigint[] => [value % (1n << 252n), value >> 252n];
    const long = gadget.run({ usedLong: withBit(row, 1n), usedShort: zeros() });
    const short = gadget.run({ usedLong: zeros(), usedShort: withBit(row, 1n) });
    for (const [{ caught, assignment }, expected] of [
      [long, bits(0n)],
      [short, bits(1n)],
    ] as const) {
      expect(caught).toEqual([]);
      expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(split(expected));
      expect(assignment.value("main.empty")).toBe(3n);
    }
  });

  it("packs all bits below the field's order, and counts them", () => {
    const ones = zeros().map(() => 1n);
    const { caught, assignment } = gadget.run({ usedLong: ones, usedShort: ones });
    expect(caught).toEqual([]);
    expect(assignment.value("main.packed[0]")).toBe((1n << 252n) - 1n);
    expect(assignment.value("main.empty")).toBe(P + 4n - 260n);
  });

  it("refuses anything but bits, and another count", () => {
    for (const value of [2n, P - 1n]) {
      expect(gadget.run({ usedLong: withBit(5, value), usedShort: zeros() }).caught).toEqual([
        "bit u.longBit[5]",
      ]);
      expect(gadget.run({ usedLong: zeros(), usedShort: withBit(5, value) }).caught).toEqual([
        "bit u.shortBit[5]",
      ]);
    }
    const inputs = { usedLong: withBit(5, 1n), usedShort: zeros() };
    expect(gadget.run(inputs, { "main.u.use.empty": 4n }).caught).toEqual([
      expect.stringMatching(/^law u\.use\.empty /),
    ]);
  });
});
