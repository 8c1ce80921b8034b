import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField, toSigned } from "../../../src/math/field.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { type Gadget, openTemplate, refusedByAssert } from "../../helpers/circuit-gadget.ts";
import type { Lie } from "../../helpers/r1cs-forge.ts";

const INCLUDES = ["math/range.circom"];

const unsigned = (bits: number): Gadget =>
  openTemplate(
    `unsigned_${bits}`,
    INCLUDES,
    `signal input value; signal output out; component r = UnsignedRange(${bits}); r.value <== value; out <== r.ranged;`,
    ["value"],
  );
const signed = (bits: number): Gadget =>
  openTemplate(
    `signed_${bits}`,
    INCLUDES,
    `signal input value; signal output out; signal output negative; component r = SignedRange(${bits});
     r.value <== value; out <== r.ranged; negative <== r.isNegative;`,
    ["value"],
  );

/** Bits of a gadget's check that add up to its input over the integers mod p, all within the window's width but the top one. */
function topHeavy(gadget: Gadget): Record<string, Lie> {
  const bits = gadget.full.nameOf.filter((name) => name.includes("Num2Bits_") && name.includes(".out["));
  const top = bits.at(-1) ?? "";
  const weight = 1n << BigInt(bits.length - 1);
  return { [top]: (value) => value(top.replace(/out\[\d+\]$/, "in")) / weight };
}

describe.each([8, 36, 251])("UnsignedRange(%d)", (bits) => {
  const gadget = unsigned(bits);
  const limit = 1n << BigInt(bits);

  it("accepts 0 to its greatest value and hands them on", () => {
    for (const value of [0n, 1n, limit / 2n, limit - 2n, limit - 1n]) {
      const { caught, assignment } = gadget.run({ value });
      expect(caught).toEqual([]);
      expect(assignment.value("main.out")).toBe(value);
    }
  });

  it("refuses everything else, whatever the bits", () => {
    for (const value of [limit, limit + 1n, P - limit, P / 2n, P - 2n, P - 1n].filter((v) => v >= limit)) {
      for (const lies of [{}, absorbed(gadget.full, "main.r"), topHeavy(gadget)]) {
        expect(gadget.run({ value }, lies).caught).toEqual(["range r"]);
      }
    }
  });
});

describe.each([8, 83, 250])("SignedRange(%d)", (bits) => {
  const gadget = signed(bits);
  const limit = 1n << BigInt(bits);

  it("accepts its window and tells the sign", () => {
    for (const value of [-limit, -limit + 1n, -1n, 0n, 1n, limit - 1n]) {
      const { caught, assignment } = gadget.run({ value });
      expect(caught).toEqual([]);
      expect(toSigned(toField(assignment.value("main.out")))).toBe(value);
      expect(assignment.value("main.negative")).toBe(value < 0n ? 1n : 0n);
    }
  });

  it("refuses everything else, whatever the bits", () => {
    for (const value of [limit, limit + 1n, -limit - 1n, 2n * limit, P / 2n].filter(
      (v) => v >= limit || v < -limit,
    )) {
      for (const lies of [{}, absorbed(gadget.full, "main.r"), topHeavy(gadget)]) {
        expect(gadget.run({ value }, lies).caught).toEqual(["range r"]);
      }
    }
  });

  it("refuses the other sign, whatever makes up for it", () => {
    const names = gadget.full.nameOf.filter((name) => name.includes("Num2Bits_") && name.includes(".out["));
    const [low = "", top = ""] = [names[0], names.at(-1)];
    for (const value of [-3n, 0n, 5n]) {
      const sign = value < 0n ? 1n : -1n;
      const flip: Record<string, Lie> = { [top]: (_, honest) => honest + sign };
      expect(gadget.run({ value }, flip).caught).toEqual(["range r"]);
      const balanced = { ...flip, [low]: (_: unknown, honest: bigint) => honest - sign * limit };
      expect(gadget.run({ value }, balanced).caught).toEqual(["range r"]);
    }
  });
});

describe.each([8, 44, 62])("SignedBelow(%d)", (bits) => {
  const gadget = openTemplate(
    `signed_below_${bits}`,
    INCLUDES,
    `signal input value; signal output out; component r = SignedBelow(${bits}); r.value <== value; out <== r.ranged;`,
    ["value"],
  );
  const limit = 1n << BigInt(bits);

  it("accepts as many values to either side and hands them on", () => {
    for (const value of [-limit + 1n, -1n, 0n, 1n, limit - 1n]) {
      const { caught, assignment } = gadget.run({ value });
      expect(caught).toEqual([]);
      expect(toSigned(toField(assignment.value("main.out")))).toBe(value);
    }
  });

  it("refuses the window's end, and everything beyond", () => {
    expect(gadget.run({ value: -limit }).caught).toEqual(["range r.magnitude"]);
    for (const value of [limit, limit + 1n, -limit - 1n, P / 2n]) {
      const { caught } = gadget.run({ value });
      expect(caught).toContain("range r.range");
      for (const component of ["main.r.range", "main.r.magnitude"])
        expect(gadget.run({ value }, absorbed(gadget.full, component)).caught).not.toEqual([]);
    }
  });
});

describe("Bit", () => {
  const gadget = openTemplate(
    "bit",
    INCLUDES,
    "signal input value; signal output out; component r = Bit(); r.value <== value; out <== r.ranged;",
    ["value"],
  );

  it("accepts 0 and 1 alone", () => {
    for (const value of [0n, 1n]) expect(gadget.run({ value }).caught).toEqual([]);
    for (const value of [2n, P - 1n, P / 2n, (P + 1n) / 2n])
      expect(gadget.run({ value }).caught).toEqual(["bit r"]);
  });
});

describe("compile-time checks", () => {
  const range = (template: string): string =>
    `signal input value; component r = ${template}; r.value <== value; _ <== r.ranged;`;

  it.each(["UnsignedRange(0)", "UnsignedRange(252)", "SignedRange(0)", "SignedRange(251)"])(
    "refuse %s",
    (template) => {
      expect(refusedByAssert(`bad_${template.replace(/\W/g, "_")}`, INCLUDES, range(template))).toBe(true);
    },
  );

  it("refuse nothing that is in range", () => {
    expect(refusedByAssert("good_251", INCLUDES, range("UnsignedRange(251)"))).toBe(false);
    expect(refusedByAssert("good_250", INCLUDES, range("SignedRange(250)"))).toBe(false);
  });

  it("refuse a bound that has wrapped", () => {
    const body = "signal input value; var b = bitLength(0 - 5); _ <== value * b;";
    expect(refusedByAssert("wrapped_bound", INCLUDES, body)).toBe(true);
  });
});
