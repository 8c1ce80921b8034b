import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatField,
  invert,
  FIELD_MODULUS as P,
  parseField,
  reduce,
  toField,
  toSigned,
} from "../../src/math/field.ts";
import { failure } from "../risk/fixtures.ts";

const SEED = 20_260_205;
const anyInteger = fc.bigInt(-(2n ** 600n), 2n ** 600n);

describe("the field", () => {
  it("is that of BN254's scalars", () => {
    expect(P).toBe(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n);
  });

  it("takes canonical elements only", () => {
    for (const value of [0n, 1n, P - 1n]) expect(toField(value)).toBe(value);
    for (const value of [-1n, P, P + 1n, 2n ** 256n]) {
      const { code, message } = failure(() => toField(value, "salt"));
      expect(code).toBe("OUT_OF_RANGE");
      expect(message).toContain("salt");
      expect(message).not.toContain(String(value));
    }
  });

  it("reduces any integer, and gives it back signed where it is small", () => {
    fc.assert(
      fc.property(anyInteger, (value) => {
        const reduced = reduce(value);
        expect(reduced >= 0n && reduced < P).toBe(true);
        expect((reduced - value) % P).toBe(0n);
      }),
      { seed: SEED },
    );
    for (const value of [0n, 1n, -1n, P / 2n, -(P / 2n)]) expect(toSigned(reduce(value))).toBe(value);
  });

  it("inverts everything but 0", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, P - 1n), (value) => {
        expect((invert(toField(value)) * value) % P).toBe(1n);
      }),
      { seed: SEED },
    );
    for (const value of [1n, 2n, P - 1n]) expect((invert(toField(value)) * value) % P).toBe(1n);
    expect(failure(() => invert(toField(0n))).code).toBe("OUT_OF_RANGE");
  });
});

describe("parseField and formatField", () => {
  it("are inverse to each other", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, P - 1n), (value) => {
        const text = formatField(toField(value));
        expect(text).toMatch(/^0x[0-9a-f]{64}$/);
        expect(parseField(text)).toBe(value);
        expect(parseField(value.toString())).toBe(value);
      }),
      { seed: SEED },
    );
  });

  it.each([
    "",
    " 1",
    "1 ",
    "-1",
    "+1",
    "01",
    "0x",
    "0xg",
    "1e5",
    "1.0",
    "0b1",
    `0x${"0".repeat(65)}`,
    "9".repeat(79),
  ])("refuse %j", (text) => {
    expect(failure(() => parseField(text)).code).toBe("INVALID_INPUT");
  });

  it.each([P.toString(), `0x${P.toString(16)}`, `0x${"f".repeat(64)}`, "9".repeat(78)])(
    "refuse %s, which is outside the field",
    (text) => {
      expect(failure(() => parseField(text)).code).toBe("OUT_OF_RANGE");
    },
  );
});
