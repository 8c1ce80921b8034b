import { BallastError } from "../../errors.ts";
import { divFloor } from "../../math/rounding.ts";
import { policyRules } from "../policy-layout.ts";
import { margined, reductionRules } from "../reduction.ts";
import { type Holding, portfolioSums, type VectorIndex, vectorIndex } from "../requirement.ts";
import { netHolding, netPositions } from "../transfer.ts";
import { type Ladder, ladderCost, type Segment, segmentsOf } from "./ladder.ts";
import type { PathState, PathTarget, PathTask } from "./task.ts";

/** A task with what is computed of it once. */
export interface PreparedTask {
  readonly task: PathTask;
  readonly vectors: VectorIndex;
  readonly ladders: ReadonlyMap<number, Ladder>;
  /** By ladder, in the task's order. */
  readonly segments: readonly Segment[];
  readonly before: PathState;
  /** Micro-USD. */
  readonly microsPerLot: bigint;
}

const MILLION = 1_000_000n;
const SCALE12 = MILLION * MILLION;
const SCALE18 = SCALE12 * MILLION;

/**
 * Checks a task.
 * @throws {BallastError} UNKNOWN_INSTRUMENT for a holding, a ladder or a settlement asset without a row; INVALID_INPUT for a ladder
 *   of the settlement asset, two of one instrument, one out of order, or terms that are not positive.
 */
export function prepareTask(task: PathTask): PreparedTask {
  const {
    table,
    positions,
    settlementId,
    target,
    slices = 1,
    maxLegs = 1,
    maxPenalty = 0n,
    legFee = 0n,
  } = task;
  const vectors = vectorIndex(table.rows);
  const ladders = new Map(task.ladders.map((ladder) => [ladder.instrumentId, ladder]));
  const settlement = vectors.get(settlementId);
  if (settlement === undefined || settlement.mark <= 0n) throw unknown(settlementId);
  if (ladders.size < task.ladders.length || ladders.has(settlementId))
    throw new BallastError("INVALID_INPUT", "An instrument has one ladder, and the settlement asset none.");
  if (slices < 1 || maxLegs < 1 || !Number.isInteger(slices) || !Number.isInteger(maxLegs))
    throw new BallastError("INVALID_INPUT", "A path has one slice and one leg at least.");
  if (target.margin < 0n || maxPenalty < 0n || legFee < 0n)
    throw new BallastError("INVALID_INPUT", "Margin, penalty and fees of a path are not negative.");
  const segments = task.ladders.flatMap((ladder) => {
    const vector = vectors.get(ladder.instrumentId);
    if (vector === undefined) throw unknown(ladder.instrumentId);
    return segmentsOf(vector, ladder, netHolding(positions, ladder.instrumentId));
  });
  const held = netPositions(positions);
  const sums = portfolioSums(vectors, held, table.shape);
  const before: PathState = {
    ...margined(sums, table.policyElements, table.shape),
    ...{ positions: held, trades: [], cost: 0n, cash: 0n },
  };
  return { task, vectors, ladders, segments, before, microsPerLot: settlement.mark };
}

function unknown(instrumentId: number): BallastError {
  return new BallastError("UNKNOWN_INSTRUMENT", `The snapshot has no row for instrument ${instrumentId}.`, {
    hint: "Build a snapshot that includes every instrument of the portfolio.",
    details: { instrumentId },
  });
}

/**
 * The account after trades, by the reference model. Cash is rounded down to lots, so that the rounding is the account's loss.
 * @param trades lots bought since the start, signed, each instrument once.
 * @returns undefined where the ladders don't have them.
 */
export function stateAfter(prepared: PreparedTask, trades: readonly Holding[]): PathState | undefined {
  const { task, vectors, ladders, before, microsPerLot } = prepared;
  const { table, settlementId, legFee = 0n } = task;
  const made = trades.filter(({ quantity }) => quantity !== 0n);
  let cost = legFee * BigInt(made.length);
  let value = 0n;
  for (const { instrumentId, quantity } of made) {
    const ladder = ladders.get(instrumentId);
    const paid = ladder === undefined ? undefined : ladderCost(ladder, quantity);
    if (paid === undefined) return undefined;
    cost += paid;
    value += quantity * (vectors.get(instrumentId)?.mark ?? 0n);
  }
  const cash = divFloor(-value - cost, microsPerLot);
  const positions = netPositions(before.positions, made, [{ instrumentId: settlementId, quantity: cash }]);
  const sums = portfolioSums(vectors, positions, table.shape);
  const state = margined(sums, table.policyElements, table.shape);
  return { ...state, positions, trades: made, cost, cash };
}

/** What equity lacks of a target, micro-USD at 1e24 (threshold, margin and requirement unrounded); 0 or less: it is met. */
export function shortOfTarget({ task }: PreparedTask, { sums, requirement }: PathState): bigint {
  const { tier, margin } = task.target;
  return requirement.thresholds18[tier] * (MILLION + margin) - SCALE18 * MILLION * sums.equity;
}

/** Whether an account may go from one state to the other: the reduction's rules, and no tier but the better. */
export function mayFollow({ task }: PreparedTask, from: PathState, to: PathState): boolean {
  const rules = reductionRules(from, to, task.maxPenalty ?? 0n);
  return rules.margin && rules.shortGamma && rules.tier && (task.maxPenalty === undefined || rules.penalty);
}

/** Whether trades end at the target, may be made at once, and are no more than are allowed. */
export function isEnd(prepared: PreparedTask, state: PathState): boolean {
  const { maxLegs = Number.POSITIVE_INFINITY } = prepared.task;
  if (state.trades.length > maxLegs) return false;
  return shortOfTarget(prepared, state) <= 0n && mayFollow(prepared, prepared.before, state);
}

/** A target's threshold with its margin, a multiple of the requirement at 1e12. */
export function thresholdOf({ table }: Pick<PathTask, "table">, { tier, margin }: PathTarget): bigint {
  const { initial, soft, maintenance } = policyRules(table.policyElements, table.shape.underlyings);
  return ([initial, soft, maintenance] as const)[tier] * (MILLION + margin);
}
