import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EARLIEST_TIME, LATEST_TIME, parseUtcTime, timeProblem } from "../../src/market/time.ts";

const time = BigInt(Date.UTC(2026, 0, 30, 9, 31, 22));

describe("parseUtcTime", () => {
  it.each([
    ["2026-01-30T09:31:22Z", 0n],
    ["2026-01-30T09:31:22.5Z", 500n],
    ["2026-01-30T09:31:22.123456+00:00", 123n],
    ["2026-01-30T09:31:22.999999999+0000", 999n],
    ["2026-01-30 09:31:22+00:00", 0n],
    ["2026-01-30 09:31:22.000001+00", 0n],
    ["2026-01-30 09:31:22 UTC", 0n],
  ])("reads %s", (text, beyond) => {
    expect(parseUtcTime(text)).toBe(time + beyond);
  });

  it.each([
    "2026-02-30T08:00:05+00:00",
    "2026-02-29T08:00:05Z",
    "2100-02-29T08:00:05Z",
    "2026-04-31T08:00:05Z",
    "2026-13-01T08:00:05Z",
    "2026-00-10T08:00:05Z",
    "2026-01-00T08:00:05Z",
    "2026-01-30T24:00:00Z",
    "2026-01-30T23:60:00Z",
    "2026-01-30T23:59:60Z",
    "0026-01-30T09:31:22Z",
    "2026-01-30T09:31:22",
    "2026-01-30 09:31:22",
    "2026-01-30T09:31:22+01:00",
    "2026-01-30T09:31:22-00:00",
    "2026-1-30T09:31:22Z",
    "30/01/2026 09:31",
    "1769760005000",
    " 2026-01-30T09:31:22Z",
    "",
  ])("refuses %j", (text) => {
    expect(parseUtcTime(text)).toBeUndefined();
  });

  it("gives back every moment that it is given", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: EARLIEST_TIME, max: LATEST_TIME - 1n }), (moment) => {
        const text = new Date(Number(moment)).toISOString();
        expect(parseUtcTime(text)).toBe(moment);
        expect(parseUtcTime(text.replace("T", " ").replace("Z", "999+00:00"))).toBe(moment);
      }),
    );
  });
});

describe("timeProblem", () => {
  it.each([
    [time, undefined],
    [EARLIEST_TIME, undefined],
    [LATEST_TIME - 1n, undefined],
    [time / 1000n, "counts seconds, where milliseconds are expected"],
    [time * 1000n, "counts microseconds, where milliseconds are expected"],
    [time * 1_000_000n, "counts nanoseconds, where milliseconds are expected"],
    [0n, "lies outside of the years 2010 to 2099"],
    [-time, "lies outside of the years 2010 to 2099"],
    [1n, "lies outside of the years 2010 to 2099"],
  ])("%s", (moment, problem) => {
    expect(timeProblem(moment)).toBe(problem);
  });
});

describe("the rule in the sources", () => {
  it("times of markets are parsed by src/market/time.ts alone: Date.parse carries 30 February over", () => {
    const files = ["market", "risk", "portfolio", "solvency"].flatMap((room) =>
      readdirSync(join("src", room), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => join("src", room, name)),
    );
    expect(files.length).toBeGreaterThan(30);
    expect(
      files.filter((path) => /\bDate\.parse\b|new Date\(["'`]/.test(readFileSync(path, "utf8"))),
    ).toEqual([]);
  });
});
