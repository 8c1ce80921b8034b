import { type Address, type ContractFunctionReturnType, type Hex, stringToHex } from "viem";
import type { SolvencyResult } from "../../risk/solvency.ts";
import type { solvencyRegistryAbi } from "../generated/solvency-registry.ts";

/**
 * `current` may be relied on; `expired` was true of a snapshot that is too old by now; `void` should not be believed:
 * its table was proven wrong, or one of its circuits was retired.
 */
export type AttestationStatus = "current" | "expired" | "void";

/** The funds that absorb losses, as they were when the run was closed. Micro-USD. */
export interface AttestedFunds {
  readonly insuranceFund: bigint;
  readonly gammaReserve: bigint;
  /** Both over the worst shortfall in parts per million, rounded down; null when no scenario leaves a shortfall. */
  readonly coveragePpm: bigint | null;
}

/** One collateral asset, in lots. */
export interface AttestedReserve {
  readonly instrumentId: number;
  /** What the accounts hold, all together: proven. */
  readonly proven: bigint;
  /** What the vault held when the run was closed. */
  readonly held: bigint;
}

/** What the chain says of a venue's solvency run. Times are Unix seconds. */
export interface SolvencyAttestation {
  readonly status: AttestationStatus;
  readonly venue: Address;
  /** Where the venue's tokens are. */
  readonly vault: Address;
  readonly runId: Hex;
  readonly snapshotId: bigint;
  readonly accountsRoot: bigint;
  readonly batchCircuit: Hex;
  readonly reportCircuit: Hex;
  readonly snapshotTime: bigint;
  readonly attestedAt: bigint;
  readonly expiresAt: bigint;
  readonly batches: number;
  readonly result: SolvencyResult;
  readonly funds: AttestedFunds;
  readonly reserves: readonly AttestedReserve[];
}

/** How far a run is on chain. */
export interface OnChainRun {
  readonly accountsRoot: bigint;
  readonly reservesHash: Hex;
  /** Where the batches so far have led; the initial state when there are none. */
  readonly state: bigint;
  readonly snapshotId: bigint;
  readonly batchCircuit: Hex;
  readonly reportCircuit: Hex;
  /** Unix seconds. */
  readonly deadline: bigint;
  /** How many are accepted: the number of the next one. */
  readonly batches: number;
  /** How often the venue had changed when it was opened: once it has again, the run can't be closed. */
  readonly handovers: number;
  readonly closed: boolean;
}

/** How a regulator reads a venue's solvency, whatever library it uses; see `viemSolvencyReader` and `ethersSolvencyReader`. */
export interface SolvencyReader {
  /** How far a run is, or undefined when it was never opened. @throws {BallastError} CHAIN_ERROR. */
  readRun(runId: Hex): Promise<OnChainRun | undefined>;
  /**
   * What a closed run says, or undefined when there is none.
   * @param runId default: the run that was closed last, which has the newest snapshot.
   * @throws {BallastError} CHAIN_ERROR.
   */
  readAttestation(runId?: Hex): Promise<SolvencyAttestation | undefined>;
}

/** An attestation as the registry returns it. */
export type RawAttestation = ContractFunctionReturnType<typeof solvencyRegistryAbi, "view", "attestation">;

/** The registry's largest number stands for a ratio over no shortfall. */
const NO_SHORTFALL = (1n << 256n) - 1n;

/** What the registry returned, in the terms of this library. */
export function attestationOf(
  raw: RawAttestation,
  about: Pick<SolvencyAttestation, "status" | "venue" | "vault">,
): SolvencyAttestation {
  return {
    ...about,
    runId: raw.runId,
    snapshotId: raw.snapshotId,
    accountsRoot: raw.accountsRoot,
    batchCircuit: raw.batchCircuit,
    reportCircuit: raw.reportCircuit,
    snapshotTime: raw.snapshotTime,
    attestedAt: raw.attestedAt,
    expiresAt: raw.expiresAt,
    batches: raw.batches,
    result: {
      accounts: Number(raw.accounts),
      tiers: [...raw.accountsByTier],
      currentShortfall: raw.currentShortfall,
      worstScenario: Number(raw.worstScenario),
      worstShortfall: raw.worstShortfall,
      cover1Scenario: Number(raw.cover1Scenario),
      cover1Shortfall: raw.cover1Shortfall,
      cover2Scenario: Number(raw.cover2Scenario),
      cover2Shortfall: raw.cover2Shortfall,
      demand: [...raw.demand],
    },
    funds: {
      insuranceFund: raw.insuranceFund,
      gammaReserve: raw.gammaReserve,
      coveragePpm: raw.coverageRatio === NO_SHORTFALL ? null : raw.coverageRatio,
    },
    reserves: raw.reserves.map(({ instrumentId, lots, held }) => ({ instrumentId, proven: lots, held })),
  };
}

/** What decides whether an attestation that isn't current has expired or is void. */
export interface Standing {
  readonly isUsable: boolean;
  /** The circuits' kinds by the list of verifiers, as bytes8. */
  readonly batchKind: Hex;
  readonly reportKind: Hex;
}

const BATCH_KIND = stringToHex("solvency", { size: 8 });
const REPORT_KIND = stringToHex("report", { size: 8 });

/** The status of an attestation that isn't current: void comes before expired. */
export function statusOf({ isUsable, batchKind, reportKind }: Standing): AttestationStatus {
  return isUsable && batchKind === BATCH_KIND && reportKind === REPORT_KIND ? "expired" : "void";
}
