import { describe, expect, it } from "vitest";
import { table, tierText } from "../../src/cli/format.ts";
import { duration, shortHex, usd } from "../../src/display.ts";

describe("usd", () => {
  it.each([
    ["1234567.891", 2, "1,234,567.89"],
    ["1234567.895", 2, "1,234,567.90"],
    ["-0.004", 2, "0.00"],
    ["-0.005", 2, "-0.01"],
    ["-1234.5", 0, "-1,235"],
    ["0", 0, "0"],
    ["999.9", 0, "1,000"],
  ])("%s with %i decimals reads %s", (text, decimals, expected) => {
    expect(usd(text, decimals)).toBe(expected);
  });
});

describe("duration", () => {
  it.each([
    [12.4, "12 ms"],
    [2310, "2.31 s"],
    [72_000, "1 min 12 s"],
  ])("%d ms reads %s", (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});

describe("tables and names", () => {
  it("aligns numbers to the right", () => {
    const lines = table(
      ["name", "USD"],
      [
        ["a", "1"],
        ["b", "100"],
      ],
      [1],
    ).split("\n");
    const [one = "", hundred = ""] = lines.filter((line) => / [ab] /.test(line));
    expect(one.trimEnd()).toHaveLength(hundred.trimEnd().length);
  });

  it("names tiers, plain without colour", () => {
    expect(tierText(4, false)).toBe("4 bankrupt");
  });

  it("shortens long hex only", () => {
    expect(shortHex("0x1234")).toBe("0x1234");
    expect(shortHex(`0x${"ab".repeat(32)}`)).toBe("0xababab…abab");
  });
});
