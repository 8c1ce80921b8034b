import { availableParallelism } from "node:os";
import {
  LIQUIDATION_STATEMENTS,
  type LiquidationCircuits,
  type LiquidationKeys,
  type LiquidationStatement,
} from "../../liquidation/circuits.ts";
import { mapParallel } from "../../parallel.ts";
import type { LoadedKey } from "../../prover/prover.ts";

/**
 * A key for each circuit, as many at a time as there are cores: compiling takes one core each.
 * @param keyOf makes or loads one, e.g. `setupDev`.
 */
export async function liquidationKeys(
  circuits: LiquidationCircuits,
  keyOf: (circuit: LiquidationCircuits[LiquidationStatement]) => Promise<LoadedKey>,
  atOnce = availableParallelism(),
): Promise<LiquidationKeys> {
  const made = await mapParallel(
    LIQUIDATION_STATEMENTS,
    atOnce,
    async (statement) => [statement, await keyOf(circuits[statement])] as const,
  );
  return Object.fromEntries(made) as Record<LiquidationStatement, LoadedKey>;
}
