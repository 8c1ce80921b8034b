import { type Field, toField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { EMPTY_LEAF, leafOf, nodeOf } from "../../src/portfolio/merkle.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import { accountStress, type SolvencyResult, SolvencySums } from "../../src/risk/solvency.ts";
import {
  type BatchInstance,
  BatchProver,
  type BatchStep,
  type BatchWitness,
  planRun,
  type ReportWitness,
  type RunPlan,
  reportWitness,
  type SolvencyAccount,
} from "../../src/witness/solvency.ts";
import { initialState, type RunState } from "../../src/witness/solvency-state.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { at } from "./r1cs.ts";
import { type Random, syntheticPositions, tierEdges, withEquity } from "./synthetic.ts";

/** A whole run in memory: what src/solvency does with files. */
export interface MemoryRun {
  readonly plan: RunPlan;
  readonly steps: readonly BatchStep[];
  readonly witnesses: readonly BatchWitness[];
  readonly report: ReportWitness;
  readonly result: SolvencyResult;
  readonly end: RunState;
}

export interface MemoryRunOptions {
  readonly salt?: Field;
  readonly context?: Field;
  /** The netting challenge, which a verifier derives from root, snapshot and reserves. */
  readonly zeta?: Field;
}

/** The levels of a small accounts tree, leaves first. */
export function levelsOf(leaves: readonly Field[], depth: number): Field[][] {
  const levels: Field[][] = [[...leaves, ...new Array<Field>(2 ** depth - leaves.length).fill(EMPTY_LEAF)]];
  for (let level = 0; level < depth; level++) {
    const below = at(levels, level);
    levels.push(
      Array.from({ length: below.length / 2 }, (_, i) => nodeOf(at(below, 2 * i), at(below, 2 * i + 1))),
    );
  }
  return levels;
}

export function leafFor(account: SolvencyAccount | null, slots: number): Field {
  if (account === null) return EMPTY_LEAF;
  const { accountId, salt, positions } = account;
  return leafOf({ accountId, commitment: commit(accountId, salt, slotsOf(positions, slots)) });
}

/** Plans and witnesses a run over the given places; null where no account stands. Depth at most 10. */
export function memoryRun(
  instance: BatchInstance,
  snapshot: WitnessSnapshot,
  places: readonly (SolvencyAccount | null)[],
  { salt = toField(4242n), context = toField(777n), zeta = toField(31337n << 200n) }: MemoryRunOptions = {},
): MemoryRun {
  const { accounts: size, slots, depth, shape } = instance;
  const batches = Math.ceil(places.length / size);
  const padded = Array.from({ length: batches * size }, (_, i) => places[i] ?? null);
  const levels = levelsOf(
    padded.map((account) => leafFor(account, slots)),
    depth,
  );
  const root = at(at(levels, depth), 0);
  const sums = new SolvencySums(shape);
  for (const account of padded) {
    const summed = portfolioSums(snapshot.rows, account?.positions ?? [], shape);
    sums.add(account === null ? null : accountStress(summed, snapshot.policyElements, shape));
  }
  const plan = planRun(sums, root, zeta, salt, size);
  const prover = new BatchProver(instance, snapshot, plan, context);
  const base = Math.log2(size);
  let before = initialState(shape);
  const steps: BatchStep[] = [];
  const witnesses = Array.from({ length: batches }, (_, index) => {
    const siblings = Array.from({ length: depth - base }, (_, l) =>
      at(at(levels, base + l), Math.floor(index / 2 ** l) ^ 1),
    );
    const accounts = padded.slice(index * size, (index + 1) * size);
    const step = { index, isLast: index === batches - 1, accounts, siblings, before };
    const witness = prover.witness(step);
    steps.push(step);
    before = witness.after;
    return witness;
  });
  const result = sums.result();
  const report = reportWitness(plan, { end: before, context });
  return { plan, steps, witnesses, report, result, end: before };
}

/** Random accounts of all tiers, with empty places between them. */
export function randomPlaces(
  random: Random,
  snapshot: WitnessSnapshot,
  count: number,
  positions: number,
): (SolvencyAccount | null)[] {
  return Array.from({ length: count }, (_, i) => {
    if (random.below(100) < 15) return null;
    const held = syntheticPositions(random, snapshot, positions, 12);
    const edges = tierEdges(snapshot, held);
    const wanted = random.pick([...edges, ...edges.map((edge) => edge - 1n), 0n, -1n, -5_000_000n]);
    return {
      accountId: toField(BigInt(1000 + i)),
      salt: toField(random.bits(248)),
      positions: withEquity(snapshot, held, wanted) ?? held,
    };
  });
}
