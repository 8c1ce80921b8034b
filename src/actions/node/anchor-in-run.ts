import type { Hex, TransactionReceipt } from "viem";
import { solvencyRegistryAbi } from "../../chain/generated/solvency-registry.ts";
import { guarded } from "../../chain/guarded.ts";
import { type Field, toField } from "../../math/field.ts";
import { type InclusionProof, openInclusion } from "../../portfolio/inclusion.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import { createProver } from "../../prover/node/prover.ts";
import type { BackendName } from "../../prover/prover.ts";
import { membershipFor } from "../../solvency/circuits.ts";
import { anchorAccount, type PlaceInRun } from "../liquidation/anchor.ts";
import type { LiquidationContext } from "../liquidation/context.ts";
import { placeInRun } from "./attest-run.ts";

export interface AnchorOptions {
  readonly backend: "auto" | BackendName;
  /** Seconds that the proof holds. */
  readonly validFor: number;
}

export interface AnchorInRunOptions extends AnchorOptions {
  /** The folder of the run, which is closed on chain. */
  readonly folder: string;
  readonly accountId: Field;
}

/** Where an account was anchored, and by which transaction. */
export interface AnchoredPlace {
  readonly place: PlaceInRun;
  readonly receipt: TransactionReceipt;
}

/**
 * Anchors an account by a solvency run whose folder is here: finds its place in the tree, proves it and sends that.
 * @throws {BallastError} as `placeInRun` and `anchorAccount`; UNKNOWN_CIRCUIT; INVALID_KEY.
 */
export function anchorInRun(
  context: LiquidationContext,
  { folder, accountId, ...options }: AnchorInRunOptions,
): Promise<AnchoredPlace> {
  return anchorPlace(context, placeInRun(folder, accountId), options);
}

export interface AnchorByInclusionOptions extends AnchorOptions {
  /** The customer's own proof. */
  readonly proof: InclusionProof;
  /** The run over whose accounts it is, closed on chain. */
  readonly runId: Hex;
}

/**
 * Anchors an account by its customer's own proof of inclusion: no file of the venue's is needed.
 * @throws {BallastError} RUN_DAMAGED for a proof in another tree than the run's; as `openInclusion` and `anchorAccount`; UNKNOWN_CIRCUIT; INVALID_KEY.
 */
export async function anchorByInclusion(
  context: LiquidationContext,
  { proof, runId, ...options }: AnchorByInclusionOptions,
): Promise<AnchoredPlace> {
  const { client, system } = context;
  const [root] = await guarded("reading the closed run", () =>
    client.public.readContract({
      address: system.runs,
      abi: solvencyRegistryAbi,
      functionName: "closedRun",
      args: [runId],
    }),
  );
  const { accountId, index, path } = proof;
  const { commitment } = openInclusion(proof);
  const place = { runId, accountsRoot: toField(root), accountId, commitment, index, path };
  return anchorPlace(context, place, options);
}

async function anchorPlace(
  context: LiquidationContext,
  place: PlaceInRun,
  { backend, validFor }: AnchorOptions,
): Promise<AnchoredPlace> {
  const { client, progress } = context;
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
