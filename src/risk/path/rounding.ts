import type { Holding } from "../requirement.ts";
import { isEnd, type PreparedTask, stateAfter } from "./exact.ts";
import type { PathState } from "./task.ts";

/** Legs whose lots are tried in both directions; of more, those with the least lots. */
const TRIED = 7;

/** A trade in part lots, as a solver proposes it. */
export interface Proposal {
  readonly instrumentId: number;
  readonly lots: number;
}

/**
 * The cheapest whole lots beside a proposal that a test accepts: each leg up and down.
 * @param accepts by the reference model.
 * @returns undefined where none is.
 */
export function cheapestRounding(
  prepared: PreparedTask,
  proposals: readonly Proposal[],
  accepts: (state: PathState) => boolean = (state) => isEnd(prepared, state),
): PathState | undefined {
  const ways = proposals
    .map(({ instrumentId, lots }) => {
      const near = Math.round(lots);
      const nearest = [BigInt(near)];
      const both = [BigInt(Math.floor(lots)), BigInt(Math.ceil(lots))];
      return {
        instrumentId,
        size: Math.abs(lots),
        nearest,
        both: Math.abs(lots - near) < 1e-6 ? nearest : both,
      };
    })
    .sort((a, b) => a.size - b.size);
  let best: PathState | undefined;
  const visit = (at: number, trades: readonly Holding[]): void => {
    const way = ways[at];
    if (way === undefined) {
      const state = stateAfter(prepared, trades);
      if (state === undefined || (best !== undefined && state.cost >= best.cost)) return;
      if (accepts(state)) best = state;
      return;
    }
    for (const quantity of at < TRIED ? way.both : way.nearest)
      visit(at + 1, [...trades, { instrumentId: way.instrumentId, quantity }]);
  };
  visit(0, []);
  return best;
}
