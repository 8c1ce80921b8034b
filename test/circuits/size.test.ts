import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CircuitInfo, circuitInfo } from "../../src/prover/artifacts.ts";
import { type BatchCircuit, CIRCUITS_ROOT, instanceOf, listInstances } from "../../src/prover/circuits.ts";
import { compileText } from "../helpers/circuit.ts";

/** The domain that each instance must fit (protocol section 4), and the constraints it has today: a change is a decision. */
const SIZES: Readonly<Record<string, { readonly power: number; readonly constraints: number }>> = {
  coverage_4x8_s5k2: { power: 13, constraints: 4193 },
  coverage_16x120_s35k2: { power: 14, constraints: 10870 },
  coverage_32x120_s35k2: { power: 14, constraints: 12595 },
  coverage_64x240_s35k2: { power: 15, constraints: 18649 },
  coverage_128x960_s35k2: { power: 16, constraints: 40297 },
  equity_4x8_s5k2: { power: 13, constraints: 4193 },
  equity_32x120_s35k2: { power: 14, constraints: 12595 },
  equity_64x240_s35k2: { power: 15, constraints: 18649 },
  reduction_4x8_s5k2: { power: 13, constraints: 5871 },
  reduction_32x120_s35k2: { power: 15, constraints: 18620 },
  reduction_64x240_s35k2: { power: 15, constraints: 28604 },
  solvency_2x4x8_s5k2_d4: { power: 14, constraints: 10257 },
  solvency_8x16x120_s35k2_d20: { power: 17, constraints: 96463 },
  solvency_16x16x240_s35k2_d20: { power: 18, constraints: 184180 },
  solvency_8x64x240_s35k2_d20: { power: 18, constraints: 145432 },
  report_s5k2: { power: 12, constraints: 3695 },
  report_s35k2: { power: 15, constraints: 16979 },
  transfer_4: { power: 12, constraints: 2604 },
  transfer_32: { power: 14, constraints: 10452 },
  transfer_64: { power: 15, constraints: 20088 },
  deleverage_4: { power: 12, constraints: 2061 },
  deleverage_32: { power: 13, constraints: 5994 },
  deleverage_64: { power: 14, constraints: 10815 },
};
const COMPILE_MS = 600_000;

// Compiled once for all tests here, and cached for keys.
const infos = new Map<string, CircuitInfo>();
beforeAll(async () => {
  for (const instance of listInstances()) infos.set(instance.name, await circuitInfo(instance));
}, 2 * COMPILE_MS);
const infoOf = (name: string): CircuitInfo => {
  const info = infos.get(name);
  if (info === undefined) throw new Error(`${name} was not compiled.`);
  return info;
};

describe("circuit sizes", () => {
  it("are those of all instances", () => {
    expect(listInstances().map(({ name }) => name)).toEqual(Object.keys(SIZES));
  });

  it.each(listInstances().map((instance) => [instance.name, instance] as const))(
    "of %s fit its domain",
    (name, instance) => {
      const { constraints, publicInputs, domainPower } = infoOf(name);
      const expected = SIZES[name];
      expect(constraints).toBe(expected?.constraints);
      expect(publicInputs).toBe(instance.publicInputs);
      expect(constraints + publicInputs + 1).toBeLessThanOrEqual(2 ** (expected?.power ?? 0));
      expect(domainPower).toBe(expected?.power);
    },
  );
});

describe("a batch's constraints per account", () => {
  type Size = Pick<BatchCircuit, "accounts" | "slots" | "rows" | "shape">;
  const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

  /** Constraints of `Hash`: three for each S-box, but for the one of the first capacity, a constant. */
  const hashCost = (inputs: number): number => {
    const blocks = Array.from({ length: Math.ceil(inputs / 16) }, (_, b) => Math.min(16, inputs - 16 * b));
    return blocks.reduce((sum, w) => sum + 3 * (8 * (w + 1) + (PARTIAL_ROUNDS[w - 1] ?? 0)), -3);
  };

  /** What rows cost a batch: to collapse and look up each, to range its two counts, and to hash all counts. */
  const rowsShare = ({ accounts, slots, rows, shape }: Size): number => {
    const lanes = 1 + shape.scenarios + 3 * shape.underlyings;
    const countBits = (accounts * slots).toString(2).length;
    const counts = Math.ceil((2 * rows) / Math.floor(251 / countBits));
    const others = 2 + accounts * Math.ceil((lanes + 1) / 4);
    return rows * (Math.ceil(lanes / 3) + 4 + 2 * countBits) + hashCost(others + counts) - hashCost(others);
  };

  it("leave out what the table's rows cost: a formula that is exact where rows are added", () => {
    const small = instanceOf("solvency", "solvency_2x4x8_s5k2_d4");
    // 40 rows have counts in two elements: the hash grows by one input.
    for (const rows of [16, 40]) {
      const main = `pragma circom 2.2.3;
include "solvency/batch.circom";
component main {public [table, snapshotId, policy, accountsRoot, batchIndex, stateIn, stateOut, context]} =
    SolvencyBatch(2, 4, ${rows}, 5, 2, 4);
`;
      const { output } = compileText(`solvency_2x4x${rows}`, main, "--O2");
      const constraints = Number(/non-linear constraints: (\d+)/.exec(output)?.[1]);
      expect(output).toContain("linear constraints: 0");
      const slope = constraints - infoOf(small.name).constraints;
      expect(slope).toBe(rowsShare({ ...small, rows }) - rowsShare(small));
    }
  });

  it.each([
    ["solvency_8x16x120_s35k2_d20", 11_500],
    ["solvency_16x16x240_s35k2_d20", 11_500],
    ["solvency_8x64x240_s35k2_d20", 17_000],
  ] as const)("of %s are at most %d", (name, most) => {
    const batch = instanceOf("solvency", name);
    const perAccount = (infoOf(name).constraints - rowsShare(batch)) / batch.accounts;
    expect(perAccount).toBeLessThanOrEqual(most);
    expect(perAccount).toBeGreaterThan(0.9 * most);
  });
});

describe("--inspect", () => {
  it.each([
    "coverage_4x8_s5k2",
    "equity_4x8_s5k2",
    "reduction_4x8_s5k2",
    "solvency_2x4x8_s5k2_d4",
    "report_s5k2",
    "transfer_4",
    "deleverage_4",
  ])("prints no warning for the templates of %s", (name) => {
    const source = readFileSync(join(CIRCUITS_ROOT, "main", `${name}.circom`), "utf8");
    // The check comes before simplification; --O0 is what forgeries are made with, so it is compiled once.
    const { ok, output } = compileText(name, source, "--O0");
    expect(ok).toBe(true);
    expect(output).not.toMatch(/warning/i);
  });

  it("would print one: a signal that no constraint mentions", () => {
    const source = `pragma circom 2.2.3;
include "math/range.circom";
template Loose() { signal input a; signal b; signal output c; component r = UnsignedRange(4); r.value <== a; c <== r.ranged; b <-- a; }
component main = Loose();
`;
    expect(compileText("loose", source, "--O0").output).toMatch(/warning/i);
  });
});
