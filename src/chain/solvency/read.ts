import type { PublicClient } from "viem";
import type { DeployedSolvency } from "../deploy/deployment.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import { solvencyRegistryAbi } from "../generated/solvency-registry.ts";
import { verifierRegistryAbi } from "../generated/verifier-registry.ts";
import { guarded } from "../guarded.ts";
import {
  type AttestationStatus,
  attestationOf,
  type RawAttestation,
  type SolvencyReader,
  statusOf,
} from "./attestation.ts";

/**
 * Reads a venue's solvency through a viem client.
 * @example
 * ```ts
 * import { connectReader, viemSolvencyReader } from "ballast";
 * const { public: client } = await connectReader("http://127.0.0.1:8545");
 * const reader = viemSolvencyReader(client, { registry: "0x00000000000000000000000000000000000000c0" });
 * const attestation = await reader.readAttestation();
 * console.log(attestation?.status, attestation?.result.accounts);
 * ```
 */
export function viemSolvencyReader(
  client: Pick<PublicClient, "readContract">,
  { registry: address }: Pick<DeployedSolvency, "registry">,
): SolvencyReader {
  const registry = { address, abi: solvencyRegistryAbi } as const;
  return {
    readRun: (runId) =>
      guarded("reading a run", async () => {
        const found = await client.readContract({ ...registry, functionName: "run", args: [runId] });
        return found.deadline === 0n ? undefined : found;
      }),
    readAttestation: (runId) =>
      guarded("reading the attestation", async () => {
        const raw = await (runId === undefined
          ? client.readContract({ ...registry, functionName: "latest" })
          : client.readContract({ ...registry, functionName: "attestation", args: [runId] }));
        if (!raw.exists) return undefined;
        const [status, venue, vault] = await Promise.all([
          statusNow(raw),
          client.readContract({ ...registry, functionName: "venue" }),
          client.readContract({ ...registry, functionName: "vault" }),
        ]);
        return attestationOf(raw, { status, venue, vault });
      }),
  };

  async function statusNow(raw: RawAttestation): Promise<AttestationStatus> {
    if (raw.isCurrent) return "current";
    const [oracle, verifiers] = await Promise.all([
      client.readContract({ ...registry, functionName: "oracle" }),
      client.readContract({ ...registry, functionName: "verifiers" }),
    ]);
    const kindOf = { address: verifiers, abi: verifierRegistryAbi, functionName: "kindOf" } as const;
    const [isUsable, batchKind, reportKind] = await Promise.all([
      client.readContract({
        address: oracle,
        abi: snapshotOracleAbi,
        functionName: "isUsable",
        args: [raw.snapshotId, raw.batchCircuit],
      }),
      client.readContract({ ...kindOf, args: [raw.batchCircuit] }),
      client.readContract({ ...kindOf, args: [raw.reportCircuit] }),
    ]);
    return statusOf({ isUsable, batchKind, reportKind });
  }
}
