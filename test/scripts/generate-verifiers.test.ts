import { describe, expect, it } from "vitest";
import { proofSignals, STATEMENTS, type StatementSpec } from "../../scripts/solidity/statements.ts";
import { instance, instancesOf, listInstances, type Statement } from "../../src/prover/circuits.ts";

function specOf(statement: Statement): StatementSpec {
  const found = Object.values(STATEMENTS).find((spec) => spec.statement === statement);
  if (found === undefined) throw new Error(`no contracts for ${statement}`);
  return found;
}

const BATCH = [
  "table",
  "snapshotId",
  "policy",
  "accountsRoot",
  "batchIndex",
  "stateIn",
  "stateOut",
  "context",
];
const REPORT = [
  ...["batches", "state", "tiers", "currentShortfall", "worstScenario"],
  ...["worstShortfall", "cover1Scenario", "cover1Shortfall", "cover2Scenario", "cover2Shortfall"],
  ...["demand", "netting", "zeta", "context"],
];

describe("the signals of generated verifiers", () => {
  const batch = instance("solvency_2x4x8_s5k2_d4");
  const report = instance("report_s5k2");
  const refused = expect.objectContaining({ code: "INVALID_ARTIFACT" });

  it("are those after the cached part, arrays element by element", () => {
    expect(proofSignals(specOf("solvency"), batch, BATCH)).toEqual(batch.signals);
    expect(proofSignals(specOf("report"), report, REPORT)).toEqual(report.signals);
    expect(report.signals).toHaveLength(23);
  });

  it("exist for every statement", () => {
    const all = [
      ...(["coverage", "equity", "ceiling", "reduction", "solvency", "report"] as const),
      ...(["transfer", "deleverage", "membership", "empty"] as const),
    ];
    for (const statement of all)
      expect(instancesOf(statement).length, specOf(statement).contract).toBeGreaterThan(0);
    expect(new Set(listInstances().map(({ statement }) => statement))).toEqual(new Set(all));
  });

  it("come with a kind of at most eight characters, another one for each statement", () => {
    const kinds = Object.values(STATEMENTS).map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const kind of kinds) expect(kind).toMatch(/^[a-z]{1,8}$/);
  });

  it("are refused when the circuit's differ from the prover's", () => {
    const swapped = BATCH.toSpliced(5, 2, "stateOut", "stateIn");
    const renamed = BATCH.with(3, "root");
    for (const list of [swapped, renamed, BATCH.slice(0, -1), [...BATCH, "extra"]])
      expect(() => proofSignals(specOf("solvency"), batch, list)).toThrow(refused);
    const unexpanded = REPORT.with(2, "tier");
    for (const list of [unexpanded, REPORT.toSpliced(10, 1)])
      expect(() => proofSignals(specOf("report"), report, list)).toThrow(refused);
  });

  it("are refused without the cached part, or under a name that the parameters don't make", () => {
    expect(() => proofSignals(specOf("solvency"), batch, BATCH.slice(3))).toThrow(refused);
    expect(() => proofSignals(specOf("solvency"), { ...batch, name: "solvency_2x4" }, BATCH)).toThrow(
      refused,
    );
    expect(() => proofSignals(specOf("solvency"), report, BATCH)).toThrow(refused);
  });
});
