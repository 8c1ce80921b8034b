import type { Hex } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { attestBatchData, attestData, claimOf } from "../../chain/coverage/attest.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { chainError } from "../../chain/errors.ts";
import type { StoredProof } from "../prover/proofs.ts";

export type SenderDeployment = Pick<Deployment, "chainId" | "coverageRegistry" | "snapshotOracle">;

/** Proofs that may share a transaction with the most urgent one. */
export function batchOf(proofs: readonly StoredProof[], atMost: number): readonly StoredProof[] {
  const [first] = proofs;
  if (first === undefined) return [];
  const same = ({ file }: StoredProof): boolean =>
    file.circuitId === first.file.circuitId &&
    file.snapshotId === first.file.snapshotId &&
    file.deadline === first.file.deadline;
  return proofs.filter(same).slice(0, atMost);
}

/** @throws {BallastError} INVALID_PROOF for another deployment's proofs. */
export function dataOf(batch: readonly StoredProof[], deployment: SenderDeployment): Hex {
  const claims = batch.map(({ file }) => claimOf(file, deployment));
  const [only] = claims;
  return claims.length === 1 && only !== undefined ? attestData(only) : attestBatchData(claims);
}

/** What the registry has of a proof's commitment: just that, something that is not older, or nothing that stands against it. */
export type Standing =
  | { readonly kind: "attested"; readonly expiresAt: bigint }
  | { readonly kind: "newer" }
  | { readonly kind: "open" };

/** @throws {BallastError} CHAIN_ERROR. */
export async function standingOf(
  client: ChainClient,
  deployment: SenderDeployment,
  { file: { snapshotId, signals, deadline } }: StoredProof,
  maxAge: bigint,
): Promise<Standing> {
  const stored = await viemReader(client.public, deployment).readAttestation(
    signals.accountId,
    signals.commitment,
  );
  if (stored === undefined) return { kind: "open" };
  if (stored.snapshotId === snapshotId)
    return stored.tier === signals.tier && stored.isCurrent
      ? { kind: "attested", expiresAt: stored.expiresAt }
      : { kind: "newer" };
  // A service's proofs hold until their snapshot is stale, which says of when it is.
  return stored.snapshotTime >= deadline - maxAge ? { kind: "newer" } : { kind: "open" };
}

/** Refusals that stay: another try would end like this one. */
const FINAL = new Set([
  "InvalidProof",
  "InvalidBatchProof",
  "DeadlinePassed",
  "SnapshotStale",
  "UnknownCircuit",
  "NotNewer",
]);

/**
 * Tries a call without sending it.
 * @returns the contract's name for why it refuses; undefined where it takes it.
 * @throws {BallastError} CHAIN_ERROR where the node doesn't answer.
 */
export async function refusalOf(
  client: ChainClient,
  to: `0x${string}`,
  data: Hex,
): Promise<string | undefined> {
  try {
    await client.public.call({ account: client.account, to, data });
    return undefined;
  } catch (cause) {
    const error = chainError(cause, "trying a call");
    const { error: name, node } = error.details;
    if (name !== undefined) return String(name);
    // Another's contract, a token's say, may refuse without saying why.
    if (node === undefined && /revert/i.test(error.shortMessage)) return "reverted without a reason";
    throw error;
  }
}

export function isFinal(refusal: string): boolean {
  return FINAL.has(refusal);
}
