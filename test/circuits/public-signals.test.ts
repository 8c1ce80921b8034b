import { describe, expect, it } from "vitest";
import { hasTable, instance } from "../../src/prover/circuits.ts";
import { policyLength } from "../../src/risk/policy-layout.ts";
import { rowWidth } from "../../src/risk/shape.ts";
import { openReal } from "../helpers/circuit.ts";
import { at, wiresIn } from "../helpers/r1cs.ts";

// What keys are made from, and what prover and contracts call its public wires: both come from circuits.json, the wires by way
// of the compiler, which numbers them as the templates declare them.

const NAMES = [
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
];

describe.each(NAMES)("the public wires of %s", async (name) => {
  const circuit = instance(name);
  const { real } = await openReal(circuit.statement, name);
  const list = (of: string, length: number): string[] => Array.from({ length }, (_, i) => `${of}[${i}]`);

  it("are the signals that the prover and the contracts name, in their order", () => {
    const cached = hasTable(circuit)
      ? [
          ...list("table", circuit.rows).flatMap((row) => list(row, rowWidth(circuit.shape))),
          "snapshotId",
          ...list("policy", policyLength(circuit.shape.underlyings)),
        ]
      : [];
    // tier0 and demand0 are the elements of tiers and demand (src/prover/circuits.ts).
    const own = circuit.signals.map((signal) =>
      signal.replace(/^tier(\d)$/, "tiers[$1]").replace(/^demand(\d)$/, "demand[$1]"),
    );
    const wires = [...cached, ...own].map((signal) => real.wireOf.get(`main.${signal}`));
    expect(wires).toEqual(Array.from({ length: circuit.publicInputs }, (_, i) => i + 1));
    expect(real.publicSignals).toBe(circuit.publicInputs);
  });

  it("are each in a constraint: one that is in none is any value's", () => {
    const used = new Set(real.constraints.flatMap(wiresIn));
    const loose = Array.from({ length: real.publicSignals }, (_, i) => i + 1).filter(
      (wire) => !used.has(wire),
    );
    expect(loose.map((wire) => at(real.nameOf, wire))).toEqual([]);
  });
});
