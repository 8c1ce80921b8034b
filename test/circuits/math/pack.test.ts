import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { openTemplate, refusedByAssert } from "../../helpers/circuit-gadget.ts";
import { mod } from "../../helpers/r1cs.ts";

const INCLUDES = ["math/pack.circom"];
const bodyOf = (count: number, bits: number, per: number): string =>
  `signal input value[${count}]; signal output packed[${Math.ceil(count / per)}];
   component p = Pack(${count}, ${bits}, ${per}); p.value <== value; packed <== p.packed;`;

describe.each([
  [5, 20, 3],
  [4, 58, 4],
  [9, 28, 9],
  [1, 252, 1],
])("Pack(%d, %d, %d)", (count, bits, per) => {
  const gadget = openTemplate(`pack_${count}_${bits}_${per}`, INCLUDES, bodyOf(count, bits, per), ["value"]);
  const elements = Math.ceil(count / per);
  const windows = (values: readonly bigint[]): bigint[] =>
    Array.from({ length: elements }, (_, e) =>
      values
        .slice(e * per, (e + 1) * per)
        .reduce((sum, value, i) => sum + value * 2n ** BigInt(bits * i), 0n),
    );

  it("puts the first value into the lowest window, and carries nothing from element to element", () => {
    const greatest = 2n ** BigInt(bits) - 1n;
    for (const values of [
      new Array<bigint>(count).fill(0n),
      new Array<bigint>(count).fill(greatest),
      Array.from({ length: count }, (_, i) => BigInt(i + 1)),
      ...Array.from({ length: count }, (_, at) =>
        Array.from({ length: count }, (_, i) => (i === at ? greatest : 0n)),
      ),
    ]) {
      const { caught, assignment } = gadget.run({ value: values });
      expect(caught).toEqual([]);
      const packed = Array.from({ length: elements }, (_, e) => assignment.value(`main.packed[${e}]`));
      expect(packed).toEqual(windows(values));
      expect(packed.every((element) => element < P)).toBe(true);
    }
  });

  it("takes signed values as the field has them, and accepts no other element", () => {
    const values = Array.from({ length: count }, (_, i) => BigInt(i % 2 === 0 ? -i - 1 : i));
    const { assignment } = gadget.run({ value: values.map(mod) });
    expect(assignment.value("main.packed[0]")).toBe(mod(windows(values)[0] ?? 0n));
    for (const step of [1n, -1n, 1n << BigInt(bits)]) {
      const lie = { "main.p.packed[0]": (_: unknown, honest: bigint) => honest + step };
      expect(gadget.run({ value: values.map(mod) }, lie).caught).toEqual([
        expect.stringMatching(/^law p\.packed\[0\]/),
      ]);
    }
  });
});

describe("Pack", () => {
  it("ranges nothing: which values fit is its caller's to show", () => {
    const gadget = openTemplate("pack_5_20_3", INCLUDES, bodyOf(5, 20, 3), ["value"]);
    const one = gadget.run({ value: [1n << 20n, 0n, 0n, 0n, 0n] });
    const other = gadget.run({ value: [0n, 1n, 0n, 0n, 0n] });
    expect([one.caught, other.caught]).toEqual([[], []]);
    expect(one.assignment.value("main.packed[0]")).toBe(other.assignment.value("main.packed[0]"));
  });

  it.each([
    [3, 85, 3],
    [5, 51, 5],
    [1, 253, 1],
  ])("has no element that could wrap: Pack(%d, %d, %d) is refused", (count, bits, per) => {
    expect(refusedByAssert(`bad_pack_${bits}`, INCLUDES, bodyOf(count, bits, per))).toBe(true);
  });
});
