import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { snapshotOracleAbi } from "../../chain/generated/snapshot-oracle.ts";
import { guarded } from "../../chain/guarded.ts";
import { type BuiltPoint, buildPointOnChain } from "../../chain/snapshot/build-point.ts";
import type { TableCircuit } from "../../prover/circuits.ts";
import type { VerifyingKey } from "../../prover/verifying-key.ts";
import { circuitId, keyHash } from "../../prover/verifying-key.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type Progress, SILENT } from "../progress.ts";

/** Disabled: what the oracles signed was wrong; no attestation by it counts any more. */
export interface SettledPoint extends BuiltPoint {
  readonly outcome: "proven" | "disabled";
}

/**
 * Has a published snapshot's table point computed on chain, which settles whether the one that oracles signed is right.
 * @throws {BallastError} as `buildPointOnChain`.
 * @example
 * ```ts
 * import { type Deployment, instanceOf, type Snapshot, type VerifyingKey } from "ballast";
 * import { settleTablePoint } from "ballast/actions";
 * import type { ChainClient } from "ballast/chain";
 * declare const client: ChainClient;
 * declare const deployment: Deployment;
 * declare const snapshot: Snapshot;
 * declare const key: VerifyingKey;
 * const circuit = instanceOf("coverage", "64x240");
 * const { outcome, gas } = await settleTablePoint(client, deployment, snapshot, circuit, key);
 * ```
 */
export async function settleTablePoint(
  client: ChainClient,
  deployment: Deployment,
  snapshot: Snapshot,
  circuit: TableCircuit,
  key: VerifyingKey,
  progress: Progress = SILENT,
): Promise<SettledPoint> {
  const built = await progress.step("computing the table point on chain", () =>
    buildPointOnChain(client, deployment, circuit, key, snapshot, {
      onProgress: (done, rows) => progress.note(`${done} of ${rows} rows`),
    }),
  );
  const id = circuitId(circuit.name, keyHash(key, circuit));
  const isUsable = await guarded("reading a table point", () =>
    client.public.readContract({
      address: deployment.snapshotOracle,
      abi: snapshotOracleAbi,
      functionName: "isUsable",
      args: [snapshot.snapshotId, id],
    }),
  );
  return { outcome: isUsable ? "proven" : "disabled", ...built };
}
