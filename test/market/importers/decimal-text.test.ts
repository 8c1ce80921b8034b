import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalTextToWad, jsonNumberToWad } from "../../../src/market/importers/decimal-text.ts";

describe("decimalTextToWad", () => {
  it.each([
    ["64195.92923076923", 64_195_929_230_769_230_000_000n],
    ["1e-05", 10_000_000_000_000n],
    ["9.999999999999994e-05", 99_999_999_999_999n],
    ["0.0", 0n],
    ["-0.29", -290_000_000_000_000_000n],
    ["+5.", 5_000_000_000_000_000_000n],
    ["1.5E3", 1_500_000_000_000_000_000_000n],
    ["0.1234567890123456789", 123_456_789_012_345_678n],
    ["-0.0000000000000000019", -1n],
    ["1e-19", 0n],
    ["999999999999999", 999_999_999_999_999_000_000_000_000_000_000n],
  ])("reads %s", (text, value) => {
    expect(decimalTextToWad(text)).toBe(value);
  });

  it.each([
    "",
    " ",
    "abc",
    "nan",
    "inf",
    "1,5",
    "0x10",
    "1e",
    "--1",
    " 1",
    "1 ",
    ".5",
    "1e1000",
    "1e999",
    "1e15",
  ])("refuses %j", (text) => {
    expect(decimalTextToWad(text)).toBeUndefined();
  });

  it("agrees with the exact value of every decimal of 18 places, shifted by any exponent", () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 20n });
    fc.assert(
      fc.property(digits, fc.integer({ min: -30, max: 8 }), (value, exponent) => {
        const scaled =
          exponent >= -18 ? value * 10n ** BigInt(18 + exponent) : value / 10n ** BigInt(-18 - exponent);
        const expected = scaled < 10n ** 33n ? scaled : undefined;
        expect(decimalTextToWad(`${value}e${exponent}`)).toBe(expected);
      }),
    );
  });
});

describe("jsonNumberToWad", () => {
  it("keeps the digits that the venue printed", () => {
    const parsed = JSON.parse("[71060.55686672572, 50.34, 1e-7, 0.1]") as number[];
    expect(parsed.map(jsonNumberToWad)).toEqual([
      71_060_556_866_725_720_000_000n,
      50_340_000_000_000_000_000n,
      100_000_000_000n,
      100_000_000_000_000_000n,
    ]);
  });

  it("refuses what is no number or far too large", () => {
    expect(jsonNumberToWad(Number.NaN)).toBeUndefined();
    expect(jsonNumberToWad(Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(jsonNumberToWad(1e21)).toBeUndefined();
  });
});
