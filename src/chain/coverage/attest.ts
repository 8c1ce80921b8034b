import { type Address, encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import type { Field } from "../../math/field.ts";
import type { Groth16Proof } from "../../prover/proof.ts";
import type { ProofFile } from "../../prover/proof-format.ts";
import { isSameAddress } from "../address.ts";
import type { ChainClient } from "../client.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { encodeProof } from "../encode.ts";
import { coverageRegistryAbi } from "../generated/coverage-registry.ts";
import { transact } from "../transact.ts";

/** A coverage proof and everything it is checked against on chain. Public facts only. */
export interface CoverageClaim {
  readonly circuitId: Hex;
  readonly snapshotId: Field;
  /** Unix seconds; part of the proof's context. */
  readonly deadline: bigint;
  readonly accountId: Field;
  readonly commitment: Field;
  /** 0..4 */
  readonly tier: number;
  readonly proof: Groth16Proof;
}

/** Most proofs in a batch, as `CoverageRegistry.MAX_BATCH`. */
export const MAX_BATCH = 64;

/**
 * The claim of a proof file, for one deployment.
 * @throws {BallastError} INVALID_PROOF when the proof was made for another chain or another registry: there it could
 *   never be accepted.
 * @example
 * ```ts
 * import { claimOf, type Deployment } from "ballast/chain";
 * import { loadProofFile } from "ballast/node";
 * declare const deployment: Deployment;
 * const { accountId, tier } = claimOf(loadProofFile("proof.json"), deployment);
 * ```
 */
export function claimOf(
  file: ProofFile,
  deployment: Pick<Deployment, "chainId" | "coverageRegistry">,
): CoverageClaim {
  if (file.chainId !== BigInt(deployment.chainId)) {
    throw new BallastError(
      "INVALID_PROOF",
      `The proof was made for chain ${file.chainId}, not for chain ${deployment.chainId}.`,
      { hint: "Prove again with the deployment that you attest to." },
    );
  }
  if (!isSameAddress(file.registry, deployment.coverageRegistry)) {
    throw new BallastError("INVALID_PROOF", "The proof was made for another coverage registry.", {
      hint: "Prove again with the deployment that you attest to.",
      details: { proof: file.registry, deployment: deployment.coverageRegistry },
    });
  }
  const { circuitId, snapshotId, deadline, signals, proof } = file;
  const { accountId, commitment, tier } = signals;
  return { circuitId, snapshotId, deadline, accountId, commitment, tier, proof };
}

/** The calldata of one attestation. */
export function attestData(claim: CoverageClaim): Hex {
  return encodeFunctionData({
    abi: coverageRegistryAbi,
    functionName: "attest",
    args: [{ ...claim, tier: checkedTier(claim.tier), proof: encodeProof(claim.proof) }],
  });
}

/**
 * Submits one proof; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. InvalidProof, DeadlinePassed, SnapshotStale, NotNewer; OUT_OF_RANGE for a
 *   tier that doesn't exist.
 * @example
 * ```ts
 * import { attest, claimOf, connect, type Deployment } from "ballast/chain";
 * import { loadProofFile } from "ballast/node";
 * declare const deployment: Deployment;
 * const client = await connect("http://127.0.0.1:8545", `0x${"11".repeat(32)}`);
 * const { gasUsed } = await attest(client, deployment, claimOf(loadProofFile("proof.json"), deployment));
 * ```
 */
export function attest(
  client: ChainClient,
  deployment: Pick<Deployment, "coverageRegistry">,
  claim: CoverageClaim,
): Promise<TransactionReceipt> {
  return transact(client, { to: deployment.coverageRegistry, data: attestData(claim), doing: "attesting" });
}

/**
 * Submits proofs of one circuit, snapshot and deadline together, checked by one pairing product. If one of them is
 * wrong, nothing is recorded and the error says which.
 * @throws {BallastError} INVALID_INPUT for claims that differ or are none or more than 64, PROOF_REJECTED naming the
 *   positions of wrong proofs, CHAIN_ERROR for anything else that the chain refuses.
 * @example
 * ```ts
 * import { attestBatch, type ChainClient, claimOf, type Deployment } from "ballast/chain";
 * import { loadProofFile } from "ballast/node";
 * declare const [client, deployment]: [ChainClient, Deployment];
 * const proofs = ["a.json", "b.json"].map(loadProofFile);
 * await attestBatch(client, deployment, proofs.map((proof) => claimOf(proof, deployment)));
 * ```
 */
export async function attestBatch(
  client: ChainClient,
  deployment: Pick<Deployment, "coverageRegistry">,
  claims: readonly CoverageClaim[],
): Promise<TransactionReceipt> {
  const data = attestBatchData(claims);
  try {
    return await transact(client, { to: deployment.coverageRegistry, data, doing: "attesting a batch" });
  } catch (error) {
    if (!(error instanceof BallastError) || error.details["error"] !== "InvalidBatchProof") throw error;
    const wrong = await wrongClaims(client, deployment.coverageRegistry, claims);
    throw new BallastError("PROOF_REJECTED", `The batch was refused: wrong proofs at ${wrong.join(", ")}.`, {
      hint: "Nothing was recorded. Leave them out, or prove them again.",
      details: { positions: wrong.join(",") },
      cause: error,
    });
  }
}

/** The calldata of a batch. @throws {BallastError} as {@link attestBatch}. */
export function attestBatchData(claims: readonly CoverageClaim[]): Hex {
  const [first] = claims;
  if (first === undefined || claims.length > MAX_BATCH) {
    throw new BallastError("INVALID_INPUT", `A batch has 1 to ${MAX_BATCH} proofs, not ${claims.length}.`);
  }
  const { circuitId, snapshotId, deadline } = first;
  if (
    claims.some((c) => c.circuitId !== circuitId || c.snapshotId !== snapshotId || c.deadline !== deadline)
  ) {
    throw new BallastError(
      "INVALID_INPUT",
      "The proofs of a batch must share circuit, snapshot and deadline.",
      {
        hint: "Group them first, or attest them one by one.",
      },
    );
  }
  const items = claims.map(({ accountId, commitment, tier, proof }) => ({
    accountId,
    commitment,
    tier: checkedTier(tier),
    proof: encodeProof(proof),
  }));
  return encodeFunctionData({
    abi: coverageRegistryAbi,
    functionName: "attestBatch",
    args: [circuitId, snapshotId, deadline, items],
  });
}

/** Positions of the claims that `attest` refuses as invalid, by trying each without sending it. */
async function wrongClaims(
  client: ChainClient,
  registry: Address,
  claims: readonly CoverageClaim[],
): Promise<number[]> {
  const refused = await Promise.all(
    claims.map(async (claim) => {
      try {
        const abi = coverageRegistryAbi;
        const args = [{ ...claim, proof: encodeProof(claim.proof) }] as const;
        await client.public.simulateContract({ address: registry, abi, functionName: "attest", args });
        return false;
      } catch (error) {
        return String(error).includes("InvalidProof");
      }
    }),
  );
  return refused.flatMap((isWrong, index) => (isWrong ? [index] : []));
}

function checkedTier(tier: number): number {
  if (Number.isInteger(tier) && tier >= 0 && tier <= 4) return tier;
  throw new BallastError("OUT_OF_RANGE", `There is no tier ${tier}: tiers are 0 to 4.`);
}
