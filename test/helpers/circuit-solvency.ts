import type { Statement } from "../../src/prover/circuits.ts";
import {
  type BatchInstance,
  BatchProver,
  type BatchStep,
  type RunPlan,
  reportWitness,
} from "../../src/witness/solvency.ts";
import { initialState, type RunState } from "../../src/witness/solvency-state.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { openInstance } from "./circuit.ts";
import { type Forgery, forge, listOf, worstOf } from "./circuit-attack.ts";
import { isCheck } from "./circuit-checks.ts";
import { circuitHints } from "./circuit-hints.ts";
import { at } from "./r1cs.ts";
import { Forger, type Inputs, type Lie } from "./r1cs-forge.ts";
import type { MemoryRun } from "./solvency-run.ts";

/** The instances that the soundness tests of a run attack. */
export const SMALL_BATCH = "solvency_2x4x8_s5k2_d4";
export const SMALL_REPORT = "report_s5k2";

/** A circuit with its forging tool. @param inputs honest ones: their names are the circuit's. */
export async function openForged<S extends Statement>(statement: S, name: string, inputs: Inputs) {
  const circuit = await openInstance(statement, name);
  const forger = new Forger(circuit.full, Object.keys(inputs), circuitHints(circuit.full), isCheck);
  return { ...circuit, forger };
}

export type BatchUnderAttack = Awaited<ReturnType<typeof openForged<"solvency">>>;
export type ReportUnderAttack = Awaited<ReturnType<typeof openForged<"report">>>;

/**
 * The strongest witness for a batch's changed inputs: each W, and the states that the proof shows, are what follows from the
 * others unless they are changed too, and everything downstream (challenges, slot values, inverses, bits) is recomputed.
 * The tree is the published one: {@link ownTree} is an attacker's.
 */
export function attackBatch(
  circuit: BatchUnderAttack,
  inputs: Inputs,
  changes: Inputs = {},
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  return forge(circuit, settled(circuit, inputs, changes, lies), lies);
}

/** The same where the attacker publishes whatever root the batch's leaves lead to. */
export function ownTree(
  circuit: BatchUnderAttack,
  inputs: Inputs,
  changes: Inputs = {},
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  const claim = settled(circuit, inputs, changes, lies);
  const accountsRoot = circuit.forger.derive(claim, lies).value("main.place.path.root");
  return forge(circuit, { ...claim, accountsRoot }, lies);
}

function settled(
  { instance, forger }: BatchUnderAttack,
  inputs: Inputs,
  changes: Inputs,
  lies: Readonly<Record<string, Lie>>,
): Inputs {
  const { accounts, shape } = instance;
  const claim: Record<string, bigint | readonly bigint[]> = { ...inputs, ...changes };
  if (changes["worstLoss"] === undefined) {
    const lanes = listOf(claim, "lanes");
    const width = lanes.length / accounts;
    claim["worstLoss"] = Array.from({ length: accounts }, (_, a) =>
      worstOf(lanes.slice(a * width + 1, a * width + 1 + shape.scenarios)),
    );
  }
  const first = forger.derive(claim, lies);
  for (const name of ["stateIn", "stateOut"] as const) {
    if (changes[name] === undefined) claim[name] = first.value(`main.step.${name}`);
  }
  return claim;
}

/** What an attacker's run is made from: the honest one with another plan, or other steps. */
export interface Remaking {
  readonly instance: BatchInstance;
  readonly snapshot: WitnessSnapshot;
  readonly run: MemoryRun;
}

/** Inputs of one of the run's batches, made once more from a changed step or plan. */
export function remake(
  { instance, snapshot, run }: Remaking,
  index: number,
  step: Partial<BatchStep>,
  plan: Partial<RunPlan> = {},
): Inputs {
  const { context } = at(run.witnesses, index).signals;
  const prover = new BatchProver(instance, snapshot, { ...run.plan, ...plan }, context);
  return prover.witness({ ...at(run.steps, index), ...step }).inputs;
}

/** All batches and the report of the run, made once more from a changed plan: other marks, another m2, salt or challenge. */
export function replay(
  { instance, snapshot, run }: Remaking,
  changes: Partial<RunPlan>,
): { readonly batches: readonly Inputs[]; readonly report: Inputs; readonly end: RunState } {
  const plan: RunPlan = { ...run.plan, ...changes };
  const { context } = at(run.witnesses, 0).signals;
  const prover = new BatchProver(instance, snapshot, plan, context);
  let before = initialState(instance.shape);
  const batches = run.steps.map((step) => {
    const witness = prover.witness({ ...step, before });
    before = witness.after;
    return witness.inputs;
  });
  return { batches, report: reportWitness(plan, { end: before, context }).inputs, end: before };
}
