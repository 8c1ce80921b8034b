import { BallastError } from "../../errors.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { reservesHash } from "../../portfolio/netting.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { PublicRun, RunFile } from "../../solvency/run-format.ts";
import type { ChainReader } from "../client.ts";
import { type DeployedSolvency, type Deployment, deployedSolvency } from "../deploy/deployment.ts";
import { hintOf } from "../errors.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import { solvencyRegistryAbi } from "../generated/solvency-registry.ts";
import { guarded } from "../guarded.ts";
import type { OnChainRun } from "./attestation.ts";
import { viemSolvencyReader } from "./read.ts";
import { readAssets } from "./vault.ts";

/** For the names of assets, and to be sure that it is the run's. */
export type PostSnapshot = Pick<Snapshot, "snapshotId" | "rows">;

/**
 * Finds what would stop a run on its way to an attestation, before anything is sent.
 *
 * @returns how far the run is on chain, undefined when it isn't open; one that is closed is not looked at any further.
 * @throws {BallastError} INVALID_INPUT for the node of another chain or a run that isn't complete, RUN_CONFLICT for one of
 *   another deployment, venue or snapshot, RESERVES_SHORT naming assets and amounts; CHAIN_ERROR, e.g. DeadlinePassed,
 *   UnknownSnapshot, NoTablePoint, SnapshotNotNewer.
 */
export async function preflightRun(
  reader: ChainReader,
  deployment: Deployment,
  files: PublicRun,
  snapshot?: PostSnapshot,
): Promise<OnChainRun | undefined> {
  const { run } = files;
  const solvency = deployedSolvency(deployment);
  checkTarget(run, reader.chainId, deployment);
  if (snapshot !== undefined && snapshot.snapshotId !== run.snapshotId) {
    throw new BallastError("RUN_CONFLICT", "The run was made with another snapshot than the one given.", {
      hint: "Give the snapshot that the run began with.",
    });
  }
  const found = await viemSolvencyReader(reader.public, solvency).readRun(run.runId);
  if (found?.closed === true) return found;
  checkComplete(files, found?.batches ?? 0);
  const { reserves } = files.report();
  if (reservesHash(reserves) !== run.reservesHash) {
    throw new BallastError("INVALID_INPUT", "The report's reserves are not those the run was begun with.", {
      hint: "The file was changed: get the run again, or delete the report and finish the run.",
    });
  }
  await checkChain(reader, solvency, deployment, run);
  await checkReserves(reader, solvency, reserves, snapshot);
  return found;
}

/**
 * The vault must hold at least what the accounts do.
 * @throws {BallastError} RESERVES_SHORT naming assets and what is missing; CHAIN_ERROR.
 */
export async function checkReserves(
  reader: ChainReader,
  solvency: DeployedSolvency,
  reserves: readonly Holding[],
  snapshot?: PostSnapshot,
): Promise<void> {
  const held = new Map((await readAssets(reader, solvency)).map((asset) => [asset.instrumentId, asset.lots]));
  const short = reserves.filter(({ instrumentId, quantity }) => quantity > (held.get(instrumentId) ?? 0n));
  if (short.length === 0) return;
  const missing = short.map(({ instrumentId, quantity }) =>
    amountText(instrumentId, quantity - (held.get(instrumentId) ?? 0n), snapshot),
  );
  const unknown = short.filter(({ instrumentId }) => !held.has(instrumentId));
  throw new BallastError("RESERVES_SHORT", `The vault is short of ${missing.join(", ")}.`, {
    hint:
      unknown.length === 0
        ? "Deposit what is missing with `ballast vault deposit`."
        : `It has no asset ${unknown.map(({ instrumentId }) => instrumentId).join(", ")}: add it with \`ballast vault add\`, then deposit.`,
    details: { instruments: short.map(({ instrumentId }) => instrumentId).join(",") },
  });
}

function checkTarget(run: RunFile, chainId: number, deployment: Deployment): void {
  if (chainId !== deployment.chainId) {
    throw new BallastError(
      "INVALID_INPUT",
      `The node is on chain ${chainId}, the deployment on chain ${deployment.chainId}.`,
      { hint: "Use the node and the deployment of one chain." },
    );
  }
  const { venue, registry } = deployedSolvency(deployment);
  const problem =
    run.chainId === 0n
      ? "The run was begun for verification off chain."
      : run.chainId !== BigInt(chainId)
        ? `The run was made for chain ${run.chainId}, not for chain ${chainId}.`
        : run.registry !== registry
          ? `The run was made for the registry ${run.registry}, not for ${registry}.`
          : run.venue !== venue
            ? `The run is of the venue ${run.venue}, not of ${venue}.`
            : undefined;
  if (problem === undefined) return;
  throw new BallastError("RUN_CONFLICT", problem, {
    hint: "Its proofs hold nowhere else: post it there, or begin a run for this one.",
    inputs: ["run.deployment"],
    details: { run: run.runId },
  });
}

function checkComplete(files: PublicRun, from: number): void {
  const { batches } = files.run;
  const missing = Array.from({ length: batches }, (_, index) => index).filter(
    (index) => index >= from && !files.hasBatch(index),
  );
  const [first] = missing;
  const problem =
    first !== undefined
      ? `${missing.length} of ${batches} batches have no proof, first batch ${first}.`
      : files.hasReport
        ? undefined
        : "it has no report.";
  if (problem === undefined) return;
  throw new BallastError("INVALID_INPUT", `The run is not complete: ${problem}`, {
    hint: "Finish it with `ballast solvency run`, or get all files of its public half.",
  });
}

/** Deadline, snapshot and registry as the chain has them now. */
async function checkChain(
  { public: client }: ChainReader,
  { registry: address }: DeployedSolvency,
  { snapshotOracle }: Deployment,
  run: RunFile,
): Promise<void> {
  const registry = { address, abi: solvencyRegistryAbi } as const;
  const [block, [, , time, , proven]] = await guarded("checking the run's snapshot", () =>
    Promise.all([
      client.getBlock(),
      client.readContract({
        address: snapshotOracle,
        abi: snapshotOracleAbi,
        functionName: "usablePoint",
        args: [run.snapshotId, run.batchCircuit],
      }),
    ]),
  );
  if (block.timestamp > run.deadline) {
    throw refusal("DeadlinePassed", `The run's deadline passed ${block.timestamp - run.deadline} s ago`);
  }
  const [venue, requireProven, latest] = await guarded("reading the registry", () =>
    Promise.all([
      client.readContract({ ...registry, functionName: "venue" }),
      client.readContract({ ...registry, functionName: "requireProven" }),
      client.readContract({ ...registry, functionName: "latest" }),
    ]),
  );
  if (venue !== run.venue) throw refusal("WrongVenue", `The registry is of the venue ${venue}`);
  if (requireProven && !proven) throw refusal("TablePointNotProven", "The table point is only signed");
  if (latest.snapshotTime >= time) {
    throw refusal("SnapshotNotNewer", "The venue's latest attestation has this or a newer snapshot");
  }
}

/** What the registry would say, before it is asked. */
function refusal(error: string, why: string): BallastError {
  const hint = hintOf(error);
  return new BallastError("CHAIN_ERROR", `${why}: ${error}.`, {
    details: { error },
    ...(hint === undefined ? {} : { hint }),
  });
}

function amountText(instrumentId: number, lots: bigint, snapshot?: PostSnapshot): string {
  const row = snapshot?.rows.find((candidate) => candidate.instrumentId === instrumentId);
  if (row === undefined) return `${lots} lots of asset ${instrumentId}`;
  return `${formatDecimal(lots * row.instrument.lotSize, 18)} ${row.instrument.name}`;
}
