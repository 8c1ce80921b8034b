import {
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
  type TypedDataDefinition,
} from "viem";
import { BallastError } from "../../errors.ts";
import type { BatchFile, ReportFile } from "../../solvency/run-format.ts";
import { RUN_HEADER_FIELDS, type RunHeader, type RunTarget } from "../../solvency/run-id.ts";
import type { ChainClient } from "../client.ts";
import type { DeployedSolvency } from "../deploy/deployment.ts";
import { encodeProof, isLong } from "../encode.ts";
import { solvencyRegistryAbi } from "../generated/solvency-registry.ts";
import { transact } from "../transact.ts";

/** Where a venue's runs are attested. */
export type RegistryAddress = Pick<DeployedSolvency, "registry">;

/** Most batches in a transaction, as `SolvencyRegistry.MAX_BATCH`. */
export const MAX_CHUNK = 64;
export const DEFAULT_CHUNK = 16;

const RUN_TYPES = { RunHeader: RUN_HEADER_FIELDS } as const;

/** The EIP-712 message that the venue signs to open a run; its digest is the registry's `openDigest`. */
export function runMessage(run: RunHeader & RunTarget): TypedDataDefinition<typeof RUN_TYPES, "RunHeader"> {
  return {
    domain: {
      name: "Ballast SolvencyRegistry",
      version: "1",
      chainId: run.chainId,
      verifyingContract: run.registry,
    },
    types: RUN_TYPES,
    primaryType: "RunHeader",
    message: headerOf(run),
  };
}

/** The venue's signature under a run. */
export function signRun(run: RunHeader & RunTarget, account: LocalAccount): Promise<Hex> {
  return account.signTypedData(runMessage(run));
}

/**
 * Opens a run; anyone may, with the venue's signature.
 * @throws {BallastError} CHAIN_ERROR, e.g. InvalidSignature, RunAlreadyOpened, DeadlinePassed, SnapshotStale.
 */
export function openRun(
  client: ChainClient,
  { registry }: RegistryAddress,
  header: RunHeader,
  signature: Hex,
): Promise<TransactionReceipt> {
  const args = [headerOf(header), signature] as const;
  const data = encodeFunctionData({ abi: solvencyRegistryAbi, functionName: "open", args });
  return transact(client, { to: registry, data, doing: "opening the run" });
}

export interface SubmitOptions {
  /** Batches a transaction, 1..64. Default: 16. */
  readonly chunk?: number;
  /** Called after each transaction with the number of batches that the run then has. */
  readonly onProgress?: (batches: number, receipt: TransactionReceipt) => void;
}

/**
 * Submits a run's next batches in their order, one transaction after another; anyone may. What was accepted stays.
 *
 * @param fromBatch the number of the first one: the run's next.
 * @throws {BallastError} PROOF_REJECTED naming the first batch that doesn't verify; CHAIN_ERROR, e.g. UnknownRun, RunClosed,
 *   UnexpectedBatch, DeadlinePassed; OUT_OF_RANGE for a chunk that the registry doesn't take.
 */
export async function submitBatches(
  client: ChainClient,
  solvency: RegistryAddress,
  runId: Hex,
  fromBatch: number,
  batches: readonly BatchFile[],
  { chunk = DEFAULT_CHUNK, onProgress }: SubmitOptions = {},
): Promise<TransactionReceipt[]> {
  checkChunk(chunk);
  const receipts: TransactionReceipt[] = [];
  for (let done = 0; done < batches.length; done += chunk) {
    const steps = batches.slice(done, done + chunk);
    const receipt = await submit(client, solvency, runId, fromBatch + done, steps);
    receipts.push(receipt);
    onProgress?.(fromBatch + done + steps.length, receipt);
  }
  return receipts;
}

/**
 * Closes a run with its report; anyone may. The run is then the venue's latest attestation.
 * @throws {BallastError} CHAIN_ERROR, e.g. InvalidReport, ReservesShort, SnapshotNotNewer, DeadlinePassed; UNKNOWN_CIRCUIT
 *   for a report that the registry can't take.
 */
export function closeRun(
  client: ChainClient,
  { registry }: RegistryAddress,
  runId: Hex,
  report: ReportFile,
): Promise<TransactionReceipt> {
  const { result, proof, reserves } = report;
  const tiers = result.tiers.map(BigInt);
  const { demand } = result;
  if (!isLong(tiers, 5) || !isLong(demand, 6)) {
    throw new BallastError("UNKNOWN_CIRCUIT", "The registry takes reports over two underlyings.", {
      hint: "Use the report that `ballast solvency run` made for this registry.",
    });
  }
  const opened = {
    tiers,
    currentShortfall: result.currentShortfall,
    worstScenario: BigInt(result.worstScenario),
    worstShortfall: result.worstShortfall,
    cover1Scenario: BigInt(result.cover1Scenario),
    cover1Shortfall: result.cover1Shortfall,
    cover2Scenario: BigInt(result.cover2Scenario),
    cover2Shortfall: result.cover2Shortfall,
    demand,
  };
  const held = reserves.map(({ instrumentId, quantity }) => ({ instrumentId, lots: quantity }));
  const args = [runId, opened, encodeProof(proof), held] as const;
  const data = encodeFunctionData({ abi: solvencyRegistryAbi, functionName: "close", args });
  return transact(client, { to: registry, data, doing: "closing the run" });
}

/** @throws {BallastError} OUT_OF_RANGE. */
export function checkChunk(chunk: number): void {
  if (Number.isInteger(chunk) && chunk >= 1 && chunk <= MAX_CHUNK) return;
  throw new BallastError("OUT_OF_RANGE", `A transaction takes 1 to ${MAX_CHUNK} batches, not ${chunk}.`, {
    hint: `The default is ${DEFAULT_CHUNK}.`,
  });
}

async function submit(
  client: ChainClient,
  solvency: RegistryAddress,
  runId: Hex,
  fromBatch: number,
  steps: readonly BatchFile[],
): Promise<TransactionReceipt> {
  const { registry: to } = solvency;
  const data = submitData(runId, fromBatch, steps);
  try {
    return await transact(client, { to, data, doing: "submitting batches" });
  } catch (error) {
    if (!isWrongProof(error)) throw error;
    const wrong = fromBatch + (await firstWrong(client, solvency, runId, fromBatch, steps));
    throw new BallastError("PROOF_REJECTED", `The proof of batch ${wrong} does not verify.`, {
      hint: "Check that it is of this run, in its place, and not changed since; `ballast solvency run` proves it again.",
      details: { batch: wrong, ...error.details },
      cause: error,
    });
  }
}

function submitData(runId: Hex, fromBatch: number, steps: readonly BatchFile[]): Hex {
  const encoded = steps.map(({ stateOut, proof }) => ({ stateOut, proof: encodeProof(proof) }));
  const args = [runId, BigInt(fromBatch), encoded] as const;
  return encodeFunctionData({ abi: solvencyRegistryAbi, functionName: "submit", args });
}

/**
 * Position of the first step that the registry refuses, by halving: with it, every longer list is refused too. Nothing
 * is sent.
 */
async function firstWrong(
  client: ChainClient,
  { registry: to }: RegistryAddress,
  runId: Hex,
  fromBatch: number,
  steps: readonly BatchFile[],
): Promise<number> {
  let [good, bad] = [0, steps.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    const data = submitData(runId, fromBatch, steps.slice(0, middle));
    try {
      await client.public.call({ account: client.account, to, data });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

function isWrongProof(error: unknown): error is BallastError {
  return (
    error instanceof BallastError &&
    ["InvalidProof", "InvalidBatchProof"].includes(String(error.details["error"]))
  );
}

/** The header alone, of an object that has more. */
function headerOf(run: RunHeader): RunHeader {
  const { venue, batchCircuit, reportCircuit, snapshotId, accountsRoot } = run;
  const { reservesHash, initialState, deadline } = run;
  return {
    venue,
    batchCircuit,
    reportCircuit,
    snapshotId,
    accountsRoot,
    reservesHash,
    initialState,
    deadline,
  };
}
