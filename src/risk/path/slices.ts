import { policyRules } from "../policy-layout.ts";
import { netPositions } from "../transfer.ts";
import { answerTo } from "./endpoint.ts";
import { mayFollow, type PreparedTask, stateAfter } from "./exact.ts";
import { allocate } from "./ladder.ts";
import type { Solver } from "./programme.ts";
import type { Ask, Fill, Limit } from "./relaxation.ts";
import { cheapestRounding } from "./rounding.ts";
import type { PathSlice, PathState } from "./task.ts";

const usd = (micros: bigint): number => Number(micros) / 1e6;
const required = ({ requirement }: PathState): number => Number(requirement.maintenance12) / 1e18;

/**
 * Parts the way to an end into slices, each of which may be made by itself: caps of the requirement fall evenly, and each slice meets its
 * own at least cost (or with least short gamma). Where the reference model refuses one, an even share of all legs takes its place;
 * where it refuses that as well, or what is left could not be made at once, slices are joined; where that leaves one, fewer are tried.
 */
export function sliced(prepared: PreparedTask, solve: Solver, end: PathState): PathSlice[] {
  const count = prepared.task.slices ?? 1;
  const states: PathState[] = [prepared.before];
  for (let k = 1; k < count; k++) {
    const from = states.at(-1) ?? prepared.before;
    const next =
      programmed(prepared, solve, { from, end, share: k / count }) ?? evenly(prepared, from, end, k);
    if (next !== undefined) states.push(next);
  }
  while (states.length > 1 && !mayFollow(prepared, states.at(-1) ?? prepared.before, end)) states.pop();
  if (states.length === 1 && count > 2)
    return sliced({ ...prepared, task: { ...prepared.task, slices: count - 1 } }, solve, end);
  return [...states.slice(1), end].map((state, i) => sliceBetween(states[i] ?? prepared.before, state));
}

/** One slice as a transfer. */
function sliceBetween(from: PathState, after: PathState): PathSlice {
  const sold = after.trades.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
  return {
    moved: netPositions(from.trades, sold),
    cash: after.cash - from.cash,
    cost: after.cost - from.cost,
    after,
  };
}

/** The same share of every leg. */
function evenly(prepared: PreparedTask, from: PathState, end: PathState, k: number): PathState | undefined {
  const count = BigInt(prepared.task.slices ?? 1);
  const trades = end.trades.map(({ instrumentId, quantity }) => ({
    instrumentId,
    quantity: (quantity * BigInt(k)) / count,
  }));
  const state = stateAfter(prepared, trades);
  return state !== undefined && mayComeBetween(prepared, from, state, end) ? state : undefined;
}

function mayComeBetween(prepared: PreparedTask, from: PathState, state: PathState, end: PathState): boolean {
  const isSomething = netPositions(state.trades, negated(from)).length > 0;
  return isSomething && mayFollow(prepared, from, state) && mayFollow(prepared, state, end);
}

function negated({ trades }: PathState) {
  return trades.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
}

function programmed(
  prepared: PreparedTask,
  solve: Solver,
  { from, end, share }: { readonly from: PathState; readonly end: PathState; readonly share: number },
): PathState | undefined {
  const { task, before } = prepared;
  const fills = fillsBetween(prepared, from, end);
  const { shape, policyElements } = task.table;
  const { initial, soft, maintenance } = policyRules(policyElements, shape.underlyings);
  const tier = from.requirement.tier;
  const kept: readonly Limit[] = [initial, soft, maintenance]
    .slice(tier)
    .map((threshold) => ({ requirement: usd(threshold), cost: 1, limit: usd(before.sums.equity) }));
  const cap = required(before) - share * (required(before) - required(end));
  const penalty = task.maxPenalty === undefined ? undefined : usd(task.maxPenalty);
  const ask: Ask = {
    fills,
    limits: [
      { requirement: 1, cost: 0, limit: Math.min(cap, required(from)) },
      ...kept,
      ...(penalty === undefined
        ? []
        : [{ requirement: penalty, cost: 1, limit: penalty * required(from) + usd(from.cost) }]),
    ],
    shortGamma: from.sums.gamma.map((gamma) => usd(gamma < 0n ? -gamma : 0n)),
    objective: task.order ?? "cost",
  };
  const answer = answerTo(prepared, solve, ask);
  if (answer === undefined) return undefined;
  return cheapestRounding(prepared, answer.proposals, (state) => mayComeBetween(prepared, from, state, end));
}

/** What lies between two states, segment by segment. */
function fillsBetween({ segments }: PreparedTask, from: PathState, end: PathState): Fill[] {
  return end.trades.flatMap(({ instrumentId, quantity }) => {
    const own = segments.filter(({ vector }) => vector.instrumentId === instrumentId);
    const done = allocate(
      own,
      from.trades.find((trade) => trade.instrumentId === instrumentId)?.quantity ?? 0n,
    );
    return allocate(own, quantity).flatMap((to, i) => {
      const segment = own[i];
      return segment === undefined || to === 0n
        ? []
        : [{ segment, from: Number(done[i] ?? 0n), to: Number(to) }];
    });
  });
}
