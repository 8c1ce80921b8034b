import type { PublicClient } from "viem";
import type { Deployment } from "../deploy/deployment.ts";
import { coverageRegistryAbi } from "../generated/coverage-registry.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import { guarded } from "../guarded.ts";
import type { CoverageReader } from "./attestation.ts";

/**
 * Reads Ballast through a viem client.
 * @example
 * ```ts
 * import { connectReader, type Deployment, parseField, viemReader } from "ballast";
 * declare const deployment: Deployment;
 * const { public: client } = await connectReader("http://127.0.0.1:8545");
 * const reader = viemReader(client, deployment);
 * const attestation = await reader.readAttestation(parseField("0x2a"), parseField("0x2b"));
 * console.log(attestation?.isCurrent === true && attestation.tier < 2 ? "covered" : "not proven");
 * ```
 */
export function viemReader(
  client: Pick<PublicClient, "readContract" | "getContractEvents">,
  deployment: Pick<Deployment, "coverageRegistry" | "snapshotOracle">,
): CoverageReader {
  const registry = { address: deployment.coverageRegistry, abi: coverageRegistryAbi } as const;
  const oracle = { address: deployment.snapshotOracle, abi: snapshotOracleAbi } as const;
  return {
    readAttestation: (accountId, commitment) =>
      guarded("reading an attestation", async () => {
        const args = [accountId, commitment] as const;
        const { exists, ...found } = await client.readContract({
          ...registry,
          functionName: "attestation",
          args,
        });
        return exists ? found : undefined;
      }),
    isSnapshotFresh: (snapshotId) =>
      guarded("reading a snapshot", () =>
        client.readContract({ ...oracle, functionName: "isFresh", args: [snapshotId] }),
      ),
    readAttested: (fromBlock) =>
      guarded("reading attestations", async () => {
        const logs = await client.getContractEvents({
          ...registry,
          eventName: "Attested",
          fromBlock,
          strict: true,
        });
        return logs.map(({ args, blockNumber }) => ({ ...args, blockNumber }));
      }),
  };
}
