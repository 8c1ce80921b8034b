import type { TransactionReceipt } from "viem";
import { guarded } from "../../chain/guarded.ts";
import type { Field } from "../../math/field.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { createProver } from "../../prover/node/prover.ts";
import type { BackendName } from "../../prover/prover.ts";
import { membershipFor } from "../../solvency/circuits.ts";
import { anchorAccount, type PlaceInRun } from "../liquidation/anchor.ts";
import type { LiquidationContext } from "../liquidation/context.ts";
import { placeInRun } from "./attest-run.ts";

export interface AnchorInRunOptions {
  /** The folder of the run, which is closed on chain. */
  readonly folder: string;
  readonly accountId: Field;
  readonly backend: "auto" | BackendName;
  /** Seconds that the proof holds. */
  readonly validFor: number;
}

/**
 * Anchors an account by a solvency run whose folder is here: finds its place in the tree, proves it and sends that.
 * @throws {BallastError} as `placeInRun` and `anchorAccount`; UNKNOWN_CIRCUIT; INVALID_KEY.
 */
export async function anchorInRun(
  context: LiquidationContext,
  { folder, accountId, backend, validFor }: AnchorInRunOptions,
): Promise<{ readonly place: PlaceInRun; readonly receipt: TransactionReceipt }> {
  const { client, progress } = context;
  const place = placeInRun(folder, accountId);
  const circuit = membershipFor(place.path.length);
  const { onProgress } = progress;
  const key = await loadKey(circuit, { onProgress });
  const { timestamp } = await guarded("reading the latest block", () => client.public.getBlock());
  const prover = createProver({ backend });
  try {
    const kit = { circuit, key, prover, onProgress };
    const receipt = await anchorAccount(context, kit, place, timestamp + BigInt(validFor));
    return { place, receipt };
  } finally {
    await prover.close();
  }
}
