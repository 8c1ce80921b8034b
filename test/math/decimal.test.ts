import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDecimal, parseDecimal } from "../../src/math/decimal.ts";
import { failure } from "../risk/fixtures.ts";

const SEED = 20_260_205;

describe("parseDecimal", () => {
  it.each([
    ["0", 0, 0n],
    ["-0", 6, 0n],
    ["1.5", 6, 1_500_000n],
    ["-12.5", 6, -12_500_000n],
    ["0.000001", 6, 1n],
    ["-0.000001", 6, -1n],
    ["1.500000", 6, 1_500_000n],
    ["123456789012345678901234567890", 0, 123456789012345678901234567890n],
  ])("reads %s with %d decimals as %d", (text, decimals, value) => {
    expect(parseDecimal(text, decimals, "x")).toBe(value);
  });

  it.each([
    "",
    ".",
    "1.",
    ".5",
    "01",
    "00",
    "-",
    "--1",
    "+1",
    " 1",
    "1 ",
    "1\n",
    "1e5",
    "1,000",
    "0x10",
    "1_000",
    "NaN",
    "Infinity",
    "١",
    "1.5.5",
  ])("refuses %j", (text) => {
    expect(failure(() => parseDecimal(text, 6, "strike")).code).toBe("INVALID_DECIMAL");
  });

  it("never rounds: one decimal too many is an error, even a zero", () => {
    for (const text of ["1.0000001", "1.0000000"]) {
      const { code, message } = failure(() => parseDecimal(text, 6, "strike"));
      expect(code).toBe("INVALID_DECIMAL");
      expect(message).toContain("strike");
    }
  });
});

describe("formatDecimal", () => {
  it("writes the shortest text that parses to the same value", () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 40n), 10n ** 40n),
        fc.integer({ min: 0, max: 24 }),
        (value, decimals) => {
          const text = formatDecimal(value, decimals);
          expect(parseDecimal(text, decimals, "x")).toBe(value);
          expect(text).not.toMatch(/\.\d*0$|\.$/);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it.each([
    [0n, 6, "0"],
    [1n, 6, "0.000001"],
    [-1n, 6, "-0.000001"],
    [1_500_000n, 6, "1.5"],
    [-10n, 0, "-10"],
  ])("writes %d with %d decimals as %s", (value, decimals, text) => {
    expect(formatDecimal(value, decimals)).toBe(text);
  });
});
