import type { TransactionReceipt } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { type Entered, tryEnter } from "../../chain/coverage/clock.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { TablePoint } from "../../chain/snapshot/oracle-messages.ts";
import { type OracleSignature, publishSnapshot } from "../../chain/snapshot/publish.ts";
import type { Field } from "../../math/field.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type Progress, SILENT } from "../progress.ts";

/** A snapshot that is on chain, and whether it is the newest one. */
export interface PublishedSnapshot {
  readonly receipt: TransactionReceipt;
  /** Absent where the deployment has no liquidation: nothing asks for the newest prices there. */
  readonly newest?: Entered;
}

/**
 * Publishes a snapshot, and makes it the newest one where a liquidation keeps a clock. One that lacks a table point isn't yet: post or
 * prove the point, which makes it so.
 * @param publishBy until when the oracles let it be published, Unix seconds. Default: as of `signSnapshot`.
 * @throws {BallastError} as `publishSnapshot`.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { publishAsNewest } from "ballast/actions";
 * import type { ChainClient, Deployment, OracleSignature, TablePoint } from "ballast/chain";
 * declare const [client, deployment, snapshot]: [ChainClient, Deployment, Snapshot];
 * declare const [points, signatures]: [TablePoint[], OracleSignature[]];
 * const { newest } = await publishAsNewest(client, deployment, snapshot, points, signatures);
 * ```
 */
export async function publishAsNewest(
  client: ChainClient,
  deployment: Deployment,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  signatures: readonly OracleSignature[],
  publishBy?: bigint,
  progress: Progress = SILENT,
): Promise<PublishedSnapshot> {
  const receipt = await progress.step("publishing", () =>
    publishSnapshot(client, deployment, snapshot, points, signatures, publishBy),
  );
  return { receipt, ...(await enterWhere(client, deployment, snapshot.snapshotId, progress)) };
}

/** Makes a snapshot the newest one where there is a clock, and where it can be. @throws {BallastError} CHAIN_ERROR. */
export async function enterWhere(
  client: ChainClient,
  { liquidation }: Pick<Deployment, "liquidation">,
  snapshotId: Field,
  progress: Progress = SILENT,
): Promise<{ readonly newest?: Entered }> {
  if (liquidation === undefined) return {};
  const { clock } = liquidation;
  return {
    newest: await progress.step("making it the newest", () => tryEnter(client, clock, snapshotId)),
  };
}
