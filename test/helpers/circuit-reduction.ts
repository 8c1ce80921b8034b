import { toField } from "../../src/math/field.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { type ReductionRequest, uncheckedReduction } from "../../src/witness/reduction.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { type Forgery, forge, listOf, worstOf } from "./circuit-attack.ts";
import { openForged } from "./circuit-solvency.ts";
import { at } from "./r1cs.ts";
import type { Inputs, Lie } from "./r1cs-forge.ts";
import { syntheticSnapshot } from "./synthetic.ts";

/** The instance that the soundness tests attack. */
export const REDUCTION = instanceOf("reduction", "reduction_4x8_s5k2");
export const snapshot: WitnessSnapshot = syntheticSnapshot("victim 29", REDUCTION.shape, 7);
export const idOf = (row: number): number => at(snapshot.rows, row).instrumentId;
export const hold = (row: number, quantity: bigint): Holding => ({ instrumentId: idOf(row), quantity });
export const PENALTY = 20_000n;

/** A request with a fixed account and fixed salts. */
export function reductionRequest(
  before: readonly Holding[],
  after: readonly Holding[],
  maxPenalty: bigint = PENALTY,
): ReductionRequest {
  return {
    accountId: toField(1001n),
    before: { positions: before, salt: toField(11n) },
    after: { positions: after, salt: toField(12n) },
    maxPenalty,
    context: toField(987_654_321n),
  };
}

/** Inputs for two portfolios, and which rules hold. */
export const reductionOf = (before: readonly Holding[], after: readonly Holding[], maxPenalty?: bigint) =>
  uncheckedReduction(REDUCTION, snapshot, reductionRequest(before, after, maxPenalty));

/** Half of the risk goes, the cash stays. */
export const SLICE = reductionOf(
  [hold(0, 5_000n), hold(2, 700n), hold(4, -300n)],
  [hold(0, 5_000n), hold(2, 350n), hold(4, -150n)],
  1_000_000n,
);

export const reduction = await openForged("reduction", REDUCTION.name, SLICE.inputs);

/** What refuses some inputs, at every level there is between two tiers; empty when one of them is accepted. */
export function refusal(inputs: Inputs): readonly string[] {
  const levels = [0, 1, 2, 3, 4].map((level) => {
    const isLevel = [0n, 0n, 0n, 0n, 0n].map((_, k) => (k === level ? 1n : 0n));
    return forge(reduction, { ...inputs, isLevel }).caught;
  });
  return levels.some((caught) => caught.length === 0) ? [] : [...new Set(levels.flat())].sort();
}

/**
 * The strongest witness for changed inputs: both W and both commitments are what follows from the others unless they are
 * changed too, and everything downstream is recomputed.
 */
export function attackReduction(
  inputs: Inputs,
  changes: Inputs,
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  const claim: Record<string, bigint | readonly bigint[]> = { ...inputs, ...changes };
  const lanes = listOf(claim, "lanes");
  const width = lanes.length / 2;
  const { scenarios } = REDUCTION.shape;
  if (changes["worstLoss"] === undefined)
    claim["worstLoss"] = [0, 1].map((k) => worstOf(lanes.slice(k * width + 1, k * width + 1 + scenarios)));
  const first = reduction.forger.derive(claim, lies);
  for (const [k, name] of ["oldCommitment", "newCommitment"].entries())
    if (changes[name] === undefined) claim[name] = first.value(`main.portfolio[${k}].commitment`);
  return forge(reduction, claim, lies);
}
