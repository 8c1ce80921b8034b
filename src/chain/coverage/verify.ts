import type { ChainReader } from "../client.ts";
import { type Deployment, deployedVerifier } from "../deploy/deployment.ts";
import { encodeProof } from "../encode.ts";
import { chainError } from "../errors.ts";
import { coverageRegistryAbi } from "../generated/coverage-registry.ts";
import { coverageVerifierAbi } from "../generated/coverage-verifier.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import type { CoverageClaim } from "./attest.ts";

/**
 * Asks the deployed verifier about a proof, with the table point that the oracle holds and the context that the
 * registry derives from the deadline. Nothing is sent and nothing recorded.
 *
 * @param circuit the instance's name.
 * @returns whether the proof verifies, its deadline aside.
 * @throws {BallastError} CHAIN_ERROR for an unknown snapshot or table point, UNKNOWN_CIRCUIT for an instance without verifier.
 * @example
 * ```ts
 * import { connectReader, claimOf, type Deployment, verifyOnChain } from "ballast/chain";
 * import { loadProofFile } from "ballast/node";
 * declare const deployment: Deployment;
 * const proof = loadProofFile("proof.json");
 * const reader = await connectReader("http://127.0.0.1:8545");
 * console.log(await verifyOnChain(reader, deployment, proof.circuit, claimOf(proof, deployment)));
 * ```
 */
export async function verifyOnChain(
  reader: ChainReader,
  deployment: Deployment,
  circuit: string,
  claim: CoverageClaim,
): Promise<boolean> {
  const { address } = deployedVerifier(deployment, circuit);
  const { accountId, commitment, tier, deadline, snapshotId, circuitId, proof } = claim;
  try {
    const [x, y] = await reader.public.readContract({
      address: deployment.snapshotOracle,
      abi: snapshotOracleAbi,
      functionName: "usablePoint",
      args: [snapshotId, circuitId],
    });
    const context = await reader.public.readContract({
      address: deployment.coverageRegistry,
      abi: coverageRegistryAbi,
      functionName: "contextOf",
      args: [deadline],
    });
    return await reader.public.readContract({
      address,
      abi: coverageVerifierAbi,
      functionName: "verify",
      args: [{ x, y }, encodeProof(proof), [accountId, commitment, BigInt(tier), context]],
    });
  } catch (error) {
    throw chainError(error, "verifying on chain");
  }
}
