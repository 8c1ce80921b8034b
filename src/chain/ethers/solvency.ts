import { Contract, type ContractRunner, isHexString, type Result } from "ethers";
import type { Address, Hex } from "viem";
import * as z from "zod";
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
} from "../solvency/attestation.ts";

const uint = z.bigint();
const small = uint.transform(Number);
const bytes32 = z.custom<Hex>((value) => isHexString(value, 32));
const address = z.custom<Address>((value) => isHexString(value, 20));
const bytes8 = z.custom<Hex>((value) => isHexString(value, 8));

const runSchema = z.object({
  accountsRoot: uint,
  reservesHash: bytes32,
  state: uint,
  snapshotId: uint,
  batchCircuit: bytes32,
  reportCircuit: bytes32,
  deadline: uint,
  batches: small,
  handovers: small,
  closed: z.boolean(),
});
const attestationSchema: z.ZodType<RawAttestation> = z.object({
  exists: z.boolean(),
  isCurrent: z.boolean(),
  runId: bytes32,
  snapshotId: uint,
  accountsRoot: uint,
  batchCircuit: bytes32,
  reportCircuit: bytes32,
  snapshotTime: uint,
  attestedAt: uint,
  expiresAt: uint,
  batches: small,
  accounts: uint,
  accountsByTier: z.tuple([small, small, small, small, small]),
  currentShortfall: uint,
  worstScenario: uint,
  worstShortfall: uint,
  cover1Scenario: uint,
  cover1Shortfall: uint,
  cover2Scenario: uint,
  cover2Shortfall: uint,
  demand: z.tuple([uint, uint, uint, uint, uint, uint]),
  insuranceFund: uint,
  gammaReserve: uint,
  coverageRatio: uint,
  reserves: z.array(z.object({ instrumentId: small, lots: uint, held: uint })),
});

/**
 * Reads a venue's solvency through an ethers provider or signer: the same answers as `viemSolvencyReader`.
 * @example
 * ```ts
 * import { ethersSolvencyReader } from "ballast/chain/ethers";
 * import { JsonRpcProvider } from "ethers";
 * const registry = "0x00000000000000000000000000000000000000c0";
 * const reader = ethersSolvencyReader(new JsonRpcProvider("http://127.0.0.1:8545"), { registry });
 * console.log((await reader.readAttestation())?.status);
 * ```
 */
export function ethersSolvencyReader(
  runner: ContractRunner,
  { registry: target }: Pick<DeployedSolvency, "registry">,
): SolvencyReader {
  const registry = new Contract(target, solvencyRegistryAbi, runner);
  return {
    readRun: (runId) =>
      guarded("reading a run", async () => {
        const result: Result = await registry.getFunction("run")(runId);
        const found = runSchema.parse(result.toObject());
        return found.deadline === 0n ? undefined : found;
      }),
    readAttestation: (runId) =>
      guarded("reading the attestation", async () => {
        const result: Result = await (runId === undefined
          ? registry.getFunction("latest")()
          : registry.getFunction("attestation")(runId));
        // A list without entries is no list to `toObject`.
        const reserves: Result = result.getValue("reserves");
        const raw = attestationSchema.parse({
          ...result.toObject(true),
          reserves: reserves.map((entry: Result) => entry.toObject()),
        });
        if (!raw.exists) return undefined;
        const [status, venue, vault] = await Promise.all([
          statusNow(raw),
          addressOf("venue"),
          addressOf("vault"),
        ]);
        return attestationOf(raw, { status, venue, vault });
      }),
  };

  async function statusNow(raw: RawAttestation): Promise<AttestationStatus> {
    if (raw.isCurrent) return "current";
    const [oracle, verifiers] = await Promise.all([addressOf("oracle"), addressOf("verifiers")]);
    const kindOf = new Contract(verifiers, verifierRegistryAbi, runner).getFunction("kindOf");
    const isUsableOf = new Contract(oracle, snapshotOracleAbi, runner).getFunction("isUsable");
    const [isUsable, batchKind, reportKind] = await Promise.all([
      isUsableOf(raw.snapshotId, raw.batchCircuit),
      kindOf(raw.batchCircuit),
      kindOf(raw.reportCircuit),
    ]);
    return statusOf({
      isUsable: z.boolean().parse(isUsable),
      batchKind: bytes8.parse(batchKind),
      reportKind: bytes8.parse(reportKind),
    });
  }

  async function addressOf(name: "oracle" | "verifiers" | "venue" | "vault"): Promise<Address> {
    return address.parse(await registry.getFunction(name)());
  }
}
