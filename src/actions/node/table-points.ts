import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { snapshotPoint } from "../../chain/snapshot/publish.ts";
import type { TableCircuit } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type Progress, SILENT } from "../progress.ts";

/**
 * A snapshot's table points for some instances, under the keys that are here.
 * @throws {BallastError} INVALID_KEY, KEY_MISMATCH; INVALID_SNAPSHOT for an instance that can't hold it.
 * @example
 * ```ts
 * import { instanceOf } from "ballast";
 * import { loadSnapshot, tablePointsHere } from "ballast/node";
 * const points = await tablePointsHere(loadSnapshot("snapshot.json"), [instanceOf("coverage", "64x240")]);
 * ```
 */
export async function tablePointsHere(
  snapshot: Snapshot,
  circuits: readonly TableCircuit[],
  progress: Progress = SILENT,
): Promise<TablePoint[]> {
  const points: TablePoint[] = [];
  for (const circuit of circuits) {
    const { verifyingKey } = await loadKey(circuit, { onProgress: progress.onProgress });
    points.push(
      await progress.step(`table point of ${circuit.name}`, () =>
        snapshotPoint(circuit, verifyingKey, snapshot),
      ),
    );
  }
  return points;
}
