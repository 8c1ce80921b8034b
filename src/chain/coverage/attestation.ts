import type { Hex } from "viem";
import type { Field } from "../../math/field.ts";

/** What the chain says about a pair (account, commitment). */
export interface Attestation {
  /** True until it expires or its table point is proven wrong. */
  readonly isCurrent: boolean;
  /** 0 healthy, 1 below initial margin, 2 soft liquidation, 3 full liquidation, 4 bankrupt. */
  readonly tier: number;
  /** Unix seconds, as all times here. */
  readonly snapshotTime: bigint;
  readonly attestedAt: bigint;
  readonly expiresAt: bigint;
  readonly snapshotId: bigint;
  readonly circuitId: Hex;
}

/**
 * Whether a pair's attestation says exactly this: by the same snapshot, the same tier. Attesting it again would change nothing.
 * @example
 * ```ts
 * import { type CoverageReader, isAttested, type ProofFile } from "ballast";
 * declare const [reader, proof]: [CoverageReader, ProofFile];
 * const { accountId, commitment, tier } = proof.signals;
 * const stored = await reader.readAttestation(accountId, commitment);
 * if (!isAttested(stored, { snapshotId: proof.snapshotId, tier })) console.log("Attest it first.");
 * ```
 */
export function isAttested(
  stored: Attestation | undefined,
  { snapshotId, tier }: { readonly snapshotId: Field; readonly tier: number },
): stored is Attestation {
  return stored?.snapshotId === snapshotId && stored.tier === tier;
}

/** How a regulator or a dashboard reads Ballast, whatever library it uses; see `viemReader` and `ethersReader`. */
export interface CoverageReader {
  /** The attestation of a pair, or undefined when there is none. @throws {BallastError} CHAIN_ERROR. */
  readAttestation(accountId: Field, commitment: Field): Promise<Attestation | undefined>;
  /** Whether a snapshot is published, well-formed and not too old. @throws {BallastError} CHAIN_ERROR. */
  isSnapshotFresh(snapshotId: Field): Promise<boolean>;
  /** The ids of every attestation since a block, oldest first. @throws {BallastError} CHAIN_ERROR. */
  readAttested(fromBlock: bigint): Promise<AttestedEvent[]>;
}

/** One `Attested` event: ids only. */
export interface AttestedEvent {
  readonly accountId: bigint;
  readonly commitment: bigint;
  readonly snapshotId: bigint;
  readonly blockNumber: bigint;
}
