import type { LiquidationCircuits, LiquidationStatement } from "../../liquidation/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { createProver } from "../../prover/node/prover.ts";
import type { OnProgress } from "../../prover/progress.ts";
import type { BackendName } from "../../prover/prover.ts";
import type { Kits } from "../liquidation/context.ts";

export interface KitsOptions<Needed extends LiquidationStatement> {
  readonly circuits: LiquidationCircuits;
  readonly needed: readonly Needed[];
  readonly backend: "auto" | BackendName;
  readonly onProgress: OnProgress;
}

/**
 * Loads the keys of some statements, lets `work` prove with them, and ends the prover whatever happens.
 * @throws {BallastError} INVALID_KEY, KEY_MISMATCH; what `work` throws.
 */
export async function withKits<Needed extends LiquidationStatement, Result>(
  { circuits, needed, backend, onProgress }: KitsOptions<Needed>,
  work: (kits: Kits<Needed>) => Promise<Result>,
): Promise<Result> {
  const keys = [];
  for (const statement of needed)
    keys.push([statement, await loadKey(circuits[statement], { onProgress })] as const);
  const prover = createProver({ backend });
  try {
    const kits = Object.fromEntries(
      keys.map(([statement, key]) => [statement, { prover, circuit: circuits[statement], key, onProgress }]),
    );
    return await work(kits as unknown as Kits<Needed>);
  } finally {
    await prover.close();
  }
}
