import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PRESET_NAMES, parsePolicy, policyElements, presetPolicy } from "../../src/risk/policy.ts";
import { loadPolicy } from "../../src/risk/policy-file.ts";
import { POLICY_BITS, policyRules } from "../../src/risk/policy-layout.ts";
import { percent } from "../../src/risk/presets/grid.ts";
import { FLAGSHIP_SHAPE } from "../../src/risk/shape.ts";
import { failure } from "./fixtures.ts";

const les = () => presetPolicy("les");
const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error("empty");
  return item;
};

describe("presets", () => {
  it.each([
    ["les/1", 35],
    ["les/2", 35],
    ["deribit-pm/1", 35],
    ["deribit-pm/2", 35],
    ["span-16/1", 16],
    ["span-16/2", 26],
  ] as const)("%s has %d scenarios and fits the flagship shape", (name, count) => {
    const policy = presetPolicy(name);
    expect(policy.scenarios).toHaveLength(count);
    expect(policyElements(policy, FLAGSHIP_SHAPE)).toHaveLength(16);
    expect(loadPolicy(name)).toEqual(policy);
  });

  it("have 27 scenarios at full weight in the grids of les and deribit-pm, and 8 beyond", () => {
    for (const name of ["les", "deribit-pm"] as const) {
      const { scenarios } = presetPolicy(name);
      expect(scenarios.slice(0, 27).every(({ weight }) => weight === "1")).toBe(true);
      expect(new Set(scenarios.slice(0, 27).map(({ spot }) => spot.join())).size).toBe(9);
    }
  });

  it("span-16 counts 35 % of its two extreme moves", () => {
    const extremes = presetPolicy("span-16").scenarios.slice(14, 16);
    expect(extremes.map(({ weight }) => weight)).toEqual(["0.35", "0.35"]);
  });

  it("deribit-pm weights an extended move so that a linear position loses what it loses at the end of the range", () => {
    for (const { spot, weight } of presetPolicy("deribit-pm").scenarios.slice(27)) {
      expect(Math.abs(Number(first(spot)) * Number(weight))).toBeCloseTo(0.16, 5);
    }
  });

  it("les and span-16 move BTC and ETH apart, both ways, in price and in volatility", () => {
    for (const name of ["les", "span-16"] as const) {
      const gaps = presetPolicy(name).scenarios.map(({ spot: [btc, eth] }) => Number(btc) - Number(eth));
      expect(Math.max(...gaps)).toBeGreaterThanOrEqual(0.075);
      expect(Math.min(...gaps)).toBeLessThanOrEqual(-0.075);
    }
    const vols = presetPolicy("span-16").scenarios.map(({ vol: [btc, eth] }) => Number(btc) - Number(eth));
    expect(Math.max(...vols)).toBeGreaterThan(0.3);
    expect(Math.min(...vols)).toBeLessThan(-0.3);
  });
});

describe("policyElements", () => {
  it("stand in the order and units of the protocol", () => {
    const policy = {
      ...les(),
      greeks: { deltaMove: ["15", "18"], gammaMove: ["112.5", "162"], vegaMove: ["10", "12"] },
      stressWeight: "0.5",
      concentration: { rate: ["2", "3"], freeDelta: ["1000", "500"], freeGamma: ["100.5", "50"] },
      thresholds: { initial: "1.25", soft: "1.1" },
    };
    expect(policyElements(policy, FLAGSHIP_SHAPE)).toEqual([
      15_000_000n,
      112_500_000n,
      10_000_000n,
      18_000_000n,
      162_000_000n,
      12_000_000n,
      500_000n,
      2_000_000n,
      1_000_000_000n,
      100_500_000n,
      3_000_000n,
      500_000_000n,
      50_000_000n,
      1_250_000n,
      1_100_000n,
      1_000_000n,
    ]);
  });

  it("stay within the circuit's ranges at every bound of the schema", () => {
    const largest = parsePolicy({
      ...les(),
      greeks: { deltaMove: ["100", "100"], gammaMove: ["4000", "4000"], vegaMove: ["400", "400"] },
      stressWeight: "10",
      concentration: {
        rate: ["100", "100"],
        freeDelta: ["1000000000000000", "1000000000000000"],
        freeGamma: ["1000000000000000", "1000000000000000"],
      },
      thresholds: { initial: "10", soft: "9.9" },
    });
    const { underlyings, ...own } = policyRules(policyElements(largest, FLAGSHIP_SHAPE), 2);
    for (const numbers of [...underlyings, own])
      for (const [name, value] of Object.entries(numbers))
        expect(value < 1n << BigInt(POLICY_BITS[name as keyof typeof POLICY_BITS]), name).toBe(true);
  });

  it("need the shape's underlyings and room for the scenarios", () => {
    const small = failure(() => policyElements(les(), { scenarios: 16, underlyings: 2 }));
    expect(small.code).toBe("INVALID_POLICY");
    expect(small.message).toContain("35 scenarios");
    expect(failure(() => policyElements(les(), { scenarios: 35, underlyings: 3 })).code).toBe(
      "INVALID_POLICY",
    );
  });
});

describe("a policy document", () => {
  const scenario = () => first(les().scenarios);
  const bad: [string, () => unknown, string][] = [
    ["an unknown key", () => ({ ...les(), margins: 1 }), "margins"],
    ["an unknown key inside", () => ({ ...les(), charges: { ...les().charges, fee: "1" } }), "fee"],
    ["a missing key", () => ({ ...les(), stressWeight: undefined }), "stressWeight"],
    ["another format", () => ({ ...les(), format: "ballast.policy/3" }), "format"],
    [
      "the first format and a charge of the second",
      () => ({ ...les(), format: "ballast.policy/1" }),
      "linearPerYear",
    ],
    [
      "the second format and no charge by maturity",
      () => ({ ...les(), charges: { ...les().charges, linearPerYear: undefined } }),
      "linearPerYear",
    ],
    [
      "a missing quote that is cheaper than a wide one",
      () => ({ ...les(), charges: { ...les().charges, flatOption: ["0.02", "0.019999"] } }),
      "flatOption",
    ],
    ["a version that isn't a number", () => ({ ...les(), name: "les/two" }), "name"],
    ["a number for a decimal", () => ({ ...les(), stressWeight: 1 }), "stressWeight"],
    ["an exponent", () => ({ ...les(), stressWeight: "1e0" }), "stressWeight"],
    ["too many decimals", () => ({ ...les(), stressWeight: "0.1234567" }), "6 decimals"],
    ["a weight above one", () => ({ ...les(), scenarios: [{ ...scenario(), weight: "1.01" }] }), "weight"],
    ["a weight of nothing", () => ({ ...les(), scenarios: [{ ...scenario(), weight: "0" }] }), "weight"],
    ["a fall of all", () => ({ ...les(), scenarios: [{ ...scenario(), spot: ["-1", "0"] }] }), "spot"],
    ["a shock for one of two", () => ({ ...les(), scenarios: [{ ...scenario(), vol: ["0"] }] }), "vol"],
    ["a scenario twice", () => ({ ...les(), scenarios: [scenario(), scenario()] }), "different names"],
    ["no scenario", () => ({ ...les(), scenarios: [] }), "scenarios"],
    ["an underlying twice", () => ({ ...les(), underlyings: ["BTC", "BTC"] }), "underlyings"],
    ["thresholds that ascend", () => ({ ...les(), thresholds: { initial: "1.1", soft: "1.2" } }), "descend"],
    ["a soft threshold of one", () => ({ ...les(), thresholds: { initial: "1.1", soft: "1" } }), "descend"],
    ["a year of 300 days", () => ({ ...les(), yearSeconds: 25_920_000 }), "yearSeconds"],
    ["no object", () => null, "not valid"],
  ];
  it.each(bad)("is refused with %s", (_, make, says) => {
    const { code, message } = failure(() => parsePolicy(make()));
    expect(code).toBe("INVALID_POLICY");
    expect(message).toContain(says);
  });

  it("has one canonical form, whatever the order of its keys and its trailing zeros", () => {
    const shuffled = Object.fromEntries(Object.entries({ ...les(), stressWeight: "1.000" }).reverse());
    expect(JSON.stringify(parsePolicy(shuffled))).toBe(JSON.stringify(les()));
  });

  it("is read from a file, and a missing or broken file says so", () => {
    const folder = mkdtempSync(join(tmpdir(), "ballast-policy-"));
    try {
      const path = join(folder, "mine.json");
      writeFileSync(path, JSON.stringify({ ...les(), name: "mine" }));
      expect(loadPolicy(path).name).toBe("mine");
      writeFileSync(path, "{");
      expect(failure(() => loadPolicy(path)).code).toBe("INVALID_POLICY");
      const missing = failure(() => loadPolicy(join(folder, "none.json")));
      expect(missing.code).toBe("FILE_ERROR");
      for (const name of PRESET_NAMES) expect(missing.message).toContain(name);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it.each([
  ["-0.16", "-16%"],
  ["0", "0%"],
  ["0.045", "+4.5%"],
  ["-0.135", "-13.5%"],
  ["5", "+500%"],
])("percent(%s) is %s", (ratio, text) => expect(percent(ratio)).toBe(text));
