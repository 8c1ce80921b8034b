import { Contract, type ContractRunner, EventLog, isHexString, type Result } from "ethers";
import type { Hex } from "viem";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import type { CoverageReader } from "../coverage/attestation.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { coverageRegistryAbi } from "../generated/coverage-registry.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import { guarded } from "../guarded.ts";

const attestationSchema = z.object({
  exists: z.boolean(),
  isCurrent: z.boolean(),
  tier: z.bigint().transform(Number),
  snapshotTime: z.bigint(),
  attestedAt: z.bigint(),
  expiresAt: z.bigint(),
  snapshotId: z.bigint(),
  circuitId: z.custom<Hex>((value) => isHexString(value, 32)),
});
const eventSchema = z.object({ accountId: z.bigint(), commitment: z.bigint(), snapshotId: z.bigint() });

/**
 * Reads Ballast through an ethers provider or signer: the same answers as `viemReader`.
 * @example
 * ```ts
 * import { parseDeployment, parseField } from "ballast";
 * import { ethersReader } from "ballast/chain/ethers";
 * import { JsonRpcProvider } from "ethers";
 * declare const json: unknown;
 * const reader = ethersReader(new JsonRpcProvider("http://127.0.0.1:8545"), parseDeployment(json));
 * console.log(await reader.isSnapshotFresh(parseField("0x2a")));
 * ```
 */
export function ethersReader(
  runner: ContractRunner,
  deployment: Pick<Deployment, "coverageRegistry" | "snapshotOracle">,
): CoverageReader {
  const registry = new Contract(deployment.coverageRegistry, coverageRegistryAbi, runner);
  const oracle = new Contract(deployment.snapshotOracle, snapshotOracleAbi, runner);
  return {
    readAttestation: (accountId, commitment) =>
      guarded("reading an attestation", async () => {
        const result: Result = await registry.getFunction("attestation")(accountId, commitment);
        const { exists, ...found } = attestationSchema.parse(result.toObject());
        return exists ? found : undefined;
      }),
    isSnapshotFresh: (snapshotId) =>
      guarded("reading a snapshot", async () =>
        z.boolean().parse(await oracle.getFunction("isFresh")(snapshotId)),
      ),
    readAttested: (fromBlock) =>
      guarded("reading attestations", async () => {
        const logs = await registry.queryFilter("Attested", fromBlock);
        return logs.map((log) => {
          if (!(log instanceof EventLog)) throw new BallastError("CHAIN_ERROR", "A log can't be decoded.");
          return { ...eventSchema.parse(log.args.toObject()), blockNumber: BigInt(log.blockNumber) };
        });
      }),
  };
}
