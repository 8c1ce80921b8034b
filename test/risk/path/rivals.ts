import { isEnd, type PreparedTask, shortOfTarget, stateAfter } from "../../../src/risk/path/exact.ts";
import type { PathState } from "../../../src/risk/path/task.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import { netPositions } from "../../../src/risk/transfer.ts";

const MILLION = 1_000_000n;
/** A greedy step is this part of what the account holds, or of a ladder's first level. */
const STEP = 20n;

/** The smallest equal share of all positions whose sale reaches the target. */
export function equalSlice(prepared: PreparedTask): PathState | undefined {
  const { before, task } = prepared;
  const at = (share: bigint): PathState | undefined =>
    stateAfter(
      prepared,
      before.positions
        .filter(({ instrumentId }) => instrumentId !== task.settlementId)
        .map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -(quantity * share) / MILLION })),
    );
  const reaches = (state: PathState | undefined) => state !== undefined && isEnd(prepared, state);
  let [low, high] = [0n, MILLION];
  // Shares are tried coarsely first: the whole of it need not reach what a part does.
  for (let share = MILLION / 100n; share <= MILLION; share += MILLION / 100n) {
    if (!reaches(at(share))) continue;
    [low, high] = [share - MILLION / 100n, share];
    break;
  }
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (reaches(at(middle))) high = middle;
    else low = middle;
  }
  const state = at(high);
  return reaches(state) ? state : undefined;
}

/** Step by step the trade, of what is held or has no gamma, that lessens the shortfall most for its cost. */
export function greedyChoice(prepared: PreparedTask): PathState | undefined {
  const { before, ladders, vectors } = prepared;
  const held = new Map(before.positions.map(({ instrumentId, quantity }) => [instrumentId, quantity]));
  const steps: Holding[] = [...ladders.values()].flatMap(({ instrumentId, buy }) => {
    const own = held.get(instrumentId) ?? 0n;
    const isLinear = vectors.get(instrumentId)?.gamma.every((gamma) => gamma === 0n) === true;
    const step = (value: bigint): Holding => ({ instrumentId, quantity: value === 0n ? 1n : value });
    if (isLinear) {
      const lots = (buy[0]?.lots ?? 0n) / STEP;
      return [step(lots), { instrumentId, quantity: -step(lots).quantity }];
    }
    return own === 0n
      ? []
      : [{ instrumentId, quantity: own > 0n ? -1n * (own / STEP || 1n) : -own / STEP || 1n }];
  });
  let state = before;
  for (let taken = 0; taken < 400; taken++) {
    const now = Number(shortOfTarget(prepared, state));
    let best: { readonly state: PathState; readonly rate: number; readonly step: Holding } | undefined;
    for (const step of steps) {
      const next = stateAfter(prepared, netPositions(state.trades, [step]));
      if (next === undefined || next.cost <= state.cost) continue;
      const rate = (now - Number(shortOfTarget(prepared, next))) / Number(next.cost - state.cost);
      if (rate > 0 && (best === undefined || rate > best.rate)) best = { state: next, rate, step };
    }
    if (best === undefined) return undefined;
    if (shortOfTarget(prepared, best.state) <= 0n) return leastOf(prepared, state, best.step);
    state = best.state;
  }
  return undefined;
}

/** The least of the last step that reaches the target. */
function leastOf(prepared: PreparedTask, from: PathState, { instrumentId, quantity }: Holding) {
  const side = quantity < 0n ? -1n : 1n;
  let [low, high] = [0n, side * quantity];
  const at = (lots: bigint) =>
    stateAfter(prepared, netPositions(from.trades, [{ instrumentId, quantity: side * lots }]));
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const state = at(middle);
    if (state !== undefined && shortOfTarget(prepared, state) <= 0n) high = middle;
    else low = middle;
  }
  const state = at(high);
  return state !== undefined && isEnd(prepared, state) ? state : undefined;
}
