import type { Address, Hex } from "viem";
import type { ChainReader } from "../../chain/client.ts";
import { type Deployment, deployedSolvency } from "../../chain/deploy/deployment.ts";
import type { SolvencyAttestation } from "../../chain/solvency/attestation.ts";
import { viemSolvencyReader } from "../../chain/solvency/read.ts";
import { BallastError } from "../../errors.ts";
import { formatField, toField } from "../../math/field.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { checkLots, type LotCheck } from "./check-lots.ts";

export interface AttestedQuestion {
  readonly deployment: Deployment;
  /** Default: the venue's latest. */
  readonly runId?: Hex;
  /** The attested snapshot, to compare the vault's lots with. */
  readonly snapshot?: Snapshot;
}

/** A venue's attestation, and what there is to know of it. */
export interface AttestedVenue {
  readonly registry: Address;
  readonly attestation: SolvencyAttestation;
  /** Whether one of its keys is a development key, under which anybody can forge a run. */
  readonly devKeys: boolean;
  /** Null without a snapshot. */
  readonly lots: readonly LotCheck[] | null;
  /** Whether it is current, and every lot of the vault the snapshot's. */
  readonly isGood: boolean;
}

/**
 * A venue's attestation, from the chain alone.
 * @returns undefined where there is none.
 * @throws {BallastError} INVALID_INPUT where nothing of the kind is deployed; INVALID_SNAPSHOT for another snapshot than the attested
 *   one; CHAIN_ERROR.
 * @example
 * ```ts
 * import { connectReader, type Deployment } from "ballast";
 * import { readAttestedVenue } from "ballast/actions";
 * declare const deployment: Deployment;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const venue = await readAttestedVenue(reader, { deployment });
 * console.log(venue?.isGood, venue?.attestation.result.worstShortfall);
 * ```
 */
export async function readAttestedVenue(
  reader: ChainReader,
  { deployment, runId, snapshot }: AttestedQuestion,
): Promise<AttestedVenue | undefined> {
  const { registry } = deployedSolvency(deployment);
  const attestation = await viemSolvencyReader(reader.public, { registry }).readAttestation(runId);
  if (attestation === undefined) return undefined;
  if (snapshot !== undefined) checkSnapshot(attestation, snapshot);
  const lots = snapshot === undefined ? null : await checkLots(reader, attestation, snapshot);
  const { batchCircuit, reportCircuit } = attestation;
  const devKeys = deployment.verifiers.some(
    ({ dev, circuitId }) => dev && [batchCircuit, reportCircuit].includes(circuitId),
  );
  const isGood = attestation.status === "current" && (lots ?? []).every(({ ok }) => ok);
  return { registry, attestation, devKeys, lots, isGood };
}

function checkSnapshot({ snapshotId }: SolvencyAttestation, snapshot: Snapshot): void {
  if (snapshotId === snapshot.snapshotId) return;
  throw new BallastError("INVALID_SNAPSHOT", "The attestation is of another snapshot than the one given.", {
    hint: `Give snapshot ${formatField(toField(snapshotId))}, or none.`,
    inputs: ["snapshot"],
  });
}
