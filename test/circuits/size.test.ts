import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type BatchCircuit, hasTable, instanceOf, listInstances } from "../../src/prover/circuits.ts";
import { sourcesOf } from "../../src/prover/node/artifacts.ts";
import { CIRCUITS_ROOT } from "../../src/prover/node/circuit-folder.ts";
import { domainPowerOf } from "../../src/prover/r1cs-file.ts";
import { recordedSizes } from "../../src/prover/sizes-file.ts";
import { compileText } from "../helpers/circuit.ts";

/**
 * The domain that each instance must fit (protocol section 4): a change is a decision. What an instance has today is in
 * circuits/sizes.json, which `npm run generated:check` compares with a compilation.
 */
const POWERS: Readonly<Record<string, number>> = {
  coverage_4x8_s5k2: 13,
  coverage_16x120_s35k2: 14,
  coverage_32x120_s35k2: 14,
  coverage_64x240_s35k2: 15,
  coverage_128x960_s35k2: 16,
  equity_4x8_s5k2: 13,
  equity_32x120_s35k2: 14,
  equity_64x240_s35k2: 15,
  ceiling_4x8_s5k2: 13,
  ceiling_32x120_s35k2: 14,
  ceiling_64x240_s35k2: 15,
  reduction_4x8_s5k2: 13,
  reduction_32x120_s35k2: 15,
  reduction_64x240_s35k2: 15,
  solvency_2x4x8_s5k2_d4: 14,
  solvency_8x16x120_s35k2_d20: 17,
  solvency_8x32x120_s35k2_d20: 17,
  solvency_16x16x240_s35k2_d20: 18,
  solvency_8x64x240_s35k2_d20: 18,
  report_s5k2: 12,
  report_s35k2: 15,
  transfer_4: 12,
  transfer_32: 14,
  transfer_64: 15,
  deleverage_4: 12,
  deleverage_32: 13,
  deleverage_64: 14,
  membership_d4: 11,
  membership_d20: 13,
  empty_4: 9,
  empty_32: 9,
  empty_64: 10,
};

const sizes = recordedSizes();
const sizeOf = (name: string) => {
  const size = sizes.get(name);
  if (size === undefined) throw new Error(`${name} has no recorded size.`);
  return size;
};

describe("circuit sizes", () => {
  it("are recorded for all instances, in their order", () => {
    expect([...sizes.keys()]).toEqual(listInstances().map(({ name }) => name));
    expect([...sizes.keys()]).toEqual(Object.keys(POWERS));
  });

  it.each(listInstances().map((instance) => [instance.name, instance] as const))(
    "of %s are those of today's sources, and fit its domain",
    (name, instance) => {
      const { constraints, publicInputs, wires, domainPower, sourceHash } = sizeOf(name);
      expect(sourceHash, "run `npm run generate`").toBe(sourcesOf(instance).hash);
      expect(publicInputs).toBe(instance.publicInputs);
      expect(wires).toBeGreaterThan(publicInputs);
      expect(domainPower).toBe(domainPowerOf(constraints, publicInputs));
      expect(domainPower).toBe(POWERS[name]);
    },
  );

  it("come with an R1CS of its own for each instance: keys are kept by it", () => {
    expect(new Set([...sizes.values()].map(({ r1csHash }) => r1csHash)).size).toBe(sizes.size);
  });
});

describe("sizes of accounts", () => {
  const FAMILY = [
    "coverage",
    "equity",
    "ceiling",
    "reduction",
    "transfer",
    "deleverage",
    "empty",
    "solvency",
  ];
  const statementsOf = (slots: number) =>
    new Set(
      listInstances().flatMap((circuit) =>
        "slots" in circuit && circuit.slots === slots ? [circuit.statement as string] : [],
      ),
    );

  it("are complete, so that what is attested can be moved, reduced, run and closed, or only attested and run", () => {
    const all = new Set(listInstances().flatMap((circuit) => ("slots" in circuit ? [circuit.slots] : [])));
    expect([...all].sort((one, other) => one - other)).toEqual([4, 16, 32, 64, 128]);
    for (const slots of [4, 32, 64])
      expect([...statementsOf(slots)].sort(), `${slots}`).toEqual([...FAMILY].sort());
    expect(statementsOf(16)).toEqual(new Set(["coverage", "solvency"]));
    expect(statementsOf(128)).toEqual(new Set(["coverage"]));
  });

  it("of a complete family share tables and shapes: a snapshot serves all of them", () => {
    const over = (slots: number) =>
      listInstances()
        .filter(hasTable)
        .filter((circuit) => circuit.slots === slots);
    for (const slots of [4, 32, 64])
      expect(
        new Set(over(slots).map(({ rows, shape }) => JSON.stringify([rows, shape]))).size,
        `${slots}`,
      ).toBe(1);
  });
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
      const { output } = compileText(`solvency_2x4x${rows}`, main, "--O2", { generator: false, large: true });
      const constraints = Number(/non-linear constraints: (\d+)/.exec(output)?.[1]);
      expect(output).toContain("linear constraints: 0");
      const slope = constraints - sizeOf(small.name).constraints;
      expect(slope).toBe(rowsShare({ ...small, rows }) - rowsShare(small));
    }
  });

  it.each([
    ["solvency_8x16x120_s35k2_d20", 11_500],
    ["solvency_8x32x120_s35k2_d20", 13_500],
    ["solvency_16x16x240_s35k2_d20", 11_500],
    ["solvency_8x64x240_s35k2_d20", 17_000],
  ] as const)("of %s are at most %d", (name, most) => {
    const batch = instanceOf("solvency", name);
    const perAccount = (sizeOf(name).constraints - rowsShare(batch)) / batch.accounts;
    expect(perAccount).toBeLessThanOrEqual(most);
    expect(perAccount).toBeGreaterThan(0.9 * most);
  });
});

describe("--inspect", () => {
  it.each([
    "coverage_4x8_s5k2",
    "equity_4x8_s5k2",
    "ceiling_4x8_s5k2",
    "reduction_4x8_s5k2",
    "solvency_2x4x8_s5k2_d4",
    "report_s5k2",
    "transfer_4",
    "deleverage_4",
    "membership_d4",
    "empty_4",
  ])("prints no warning for the templates of %s", (name) => {
    const source = readFileSync(join(CIRCUITS_ROOT, "main", `${name}.circom`), "utf8");
    // The check comes before simplification; --O0 is what forgeries are made with, so it is compiled once.
    const { ok, output } = compileText(name, source, "--O0", { large: true });
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
