import { QUOTE_CURRENCY } from "../../market/instruments.ts";
import type { Wad } from "../../math/wad.ts";
import { DEFAULT_COSTS, marketLadders } from "../../risk/path/market-ladders.ts";
import { liquidationPath } from "../../risk/path/path.ts";
import type { Solver } from "../../risk/path/programme.ts";
import type { FoundPath, NoPath, PathTask } from "../../risk/path/task.ts";
import type { Holding } from "../../risk/requirement.ts";
import { rowByName, type Snapshot } from "../../risk/snapshot.ts";

/** What a path may be, beside its target. */
export interface PathOptions
  extends Pick<PathTask, "target" | "maxPenalty" | "slices" | "order" | "maxLegs" | "legFee"> {
  /** Names of all that may be traded. Default: every instrument with a quote. */
  readonly only?: readonly string[];
  /** What is open by an instrument's name, 1e18: caps of what may be traded. */
  readonly open?: ReadonlyMap<string, Wad>;
}

/**
 * The path of an account in a snapshot's market, paid in the quote currency.
 * @throws {BallastError} UNKNOWN_INSTRUMENT for a name in `only` that the snapshot lacks; as `liquidationPath`.
 * @example
 * ```ts
 * import type { Holding, Snapshot } from "ballast";
 * import { planPath } from "ballast/actions";
 * import { loadHighs } from "ballast/node";
 * declare const snapshot: Snapshot;
 * declare const positions: readonly Holding[];
 * const path = planPath(snapshot, positions, { target: { tier: 1, margin: 5_000n } }, await loadHighs());
 * ```
 */
export function planPath(
  snapshot: Snapshot,
  positions: readonly Holding[],
  { only, open, ...options }: PathOptions,
  solve: Solver,
): FoundPath | NoPath {
  const named =
    only === undefined ? undefined : new Set(only.map((name) => rowByName(snapshot, name).instrumentId));
  const ladders = marketLadders(snapshot, DEFAULT_COSTS, open).filter(
    ({ instrumentId }) => named === undefined || named.has(instrumentId),
  );
  const { instrumentId: settlementId } = rowByName(snapshot, QUOTE_CURRENCY);
  return liquidationPath({ table: snapshot, positions, settlementId, ladders, ...options }, solve);
}
