import { expect, it } from "vitest";
import { toField } from "../../../src/math/field.ts";
import { emptyRoots, nodeOf } from "../../../src/portfolio/merkle.ts";
import { portfolioSums } from "../../../src/risk/requirement.ts";
import { accountStress, SolvencySums } from "../../../src/risk/solvency.ts";
import { BatchProver, planRun, reportWitness } from "../../../src/witness/solvency.ts";
import { initialState } from "../../../src/witness/solvency-state.ts";
import { openReal } from "../../helpers/circuit.ts";
import { expectedReport, type Places } from "../../helpers/circuit-solvency-model.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import { leafFor, levelsOf, randomPlaces } from "../../helpers/solvency-run.ts";
import { Random, syntheticSnapshot } from "../../helpers/synthetic.ts";

// A venue's shape: 36 states fill several elements of every packing, and a tree of a million places.

it("the reference model equals the circuits at 8 accounts, 16 slots, 120 rows, 35 scenarios", async () => {
  const batch = await openReal("solvency", "solvency_8x16x120_s35k2_d20");
  const report = await openReal("report", "report_s35k2");
  const { accounts, slots, depth, shape } = batch.instance;
  const random = new Random("large 8");
  const snapshot = syntheticSnapshot("large 8", shape, 117);
  const places: Places = randomPlaces(random, snapshot, accounts, slots - 2);
  const base = Math.log2(accounts);
  const siblings = emptyRoots(depth).slice(base, depth);
  const leaves = places.map((account) => leafFor(account, slots));
  const batchRoot = at(at(levelsOf(leaves, base), base), 0);
  const root = siblings.reduce((node, sibling) => nodeOf(node, sibling), batchRoot);

  const sums = new SolvencySums(shape);
  for (const account of places) {
    const summed = portfolioSums(snapshot.rows, account?.positions ?? [], shape);
    sums.add(account === null ? null : accountStress(summed, snapshot.policyElements, shape));
  }
  const [zeta, context] = [random.field(), toField(777n)];
  const plan = planRun(sums, root, zeta, random.field(), accounts);
  const step = { index: 0, isLast: true, accounts: places, siblings, before: initialState(shape) };
  const { inputs, publicSignals, after } = new BatchProver(batch.instance, snapshot, plan, context).witness(
    step,
  );
  const witness = await batch.generate(inputs);
  expect(violations(batch.real, witness)).toEqual([]);
  expect(witness.slice(1, 1 + publicSignals.length)).toEqual(publicSignals);

  const opened = reportWitness(plan, { end: after, context });
  const shown = await report.generate(opened.inputs);
  expect(violations(report.real, shown)).toEqual([]);
  const expected = expectedReport(snapshot, places);
  expect(shown.slice(3, 3 + expected.shown.length)).toEqual(expected.shown);
  expect(plan.second).toEqual(expected.second);
  expect(expected.second.filter((second) => second > 0n).length).toBeGreaterThan(9);
}, 900_000);
