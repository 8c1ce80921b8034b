import { join } from "node:path";
import { type Address, zeroAddress } from "viem";
import { type Deployment, deployedSolvency } from "../../chain/deploy/deployment.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { makeFolder } from "../../node/files.ts";
import { readPortfolios, type VenueAccount } from "../../portfolio/stream-file.ts";
import type { BatchCircuit, ReportCircuit } from "../../prover/circuits.ts";
import { loadKey } from "../../prover/keys/load-key.ts";
import type { BackendName, LoadedKey, Prover } from "../../prover/prover.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { batchFor, reportFor } from "../../solvency/circuits.ts";
import { beginRun } from "../../solvency/node/begin.ts";
import { damagedFile } from "../../solvency/node/damage.ts";
import { PublicRunFolder, RunFolder } from "../../solvency/node/folder.ts";
import { proveRun } from "../../solvency/node/prove.ts";
import { type Progress, SILENT } from "../progress.ts";
import { fingerprint } from "./run-source.ts";

export interface RunSolvencyOptions {
  /** The run's folder: begun there, the run resumes. */
  readonly folder: string;
  readonly snapshot: Snapshot;
  /** A JSON Lines file, a folder of portfolios, or `-` for standard input. Needed to begin. */
  readonly portfolios?: string;
  /** The same from elsewhere, and a name of where that is. */
  readonly accounts?: {
    readonly of: Iterable<VenueAccount> | AsyncIterable<VenueAccount>;
    readonly source: string;
  };
  /** The batch circuit's name. Default: the smallest table that fits, or what the run began with. */
  readonly instance?: string;
  /** Where the run is to be posted. Default: nowhere. */
  readonly deployment?: Deployment;
  /** Who signs the run. Default: the deployment's venue. */
  readonly venue?: Address;
  /** Seconds after the snapshot until which it may be closed. Default: the deployment's oldest snapshot, else 3600. */
  readonly validFor?: number;
  /** The same as Unix seconds; goes before `validFor`. */
  readonly deadline?: bigint;
  /** What the venue holds, to be compared with what accounts hold. */
  readonly reserves?: readonly Holding[];
  readonly backend?: "auto" | BackendName;
  /** Batches proven at the same time. */
  readonly workers?: number;
  /** Provers in place of those, whose caller closes them: as many proofs are asked for at once. */
  readonly provers?: readonly Prover[];
}

/**
 * Proves coverage of all accounts of a venue, from the first account to the report; interrupted, the same call goes on.
 * @throws {BallastError} RUN_CONFLICT where the options say otherwise than what the run began with; INVALID_INPUT, RUN_DAMAGED; as
 *   `beginRun` and `proveRun`.
 * @example
 * ```ts
 * import { loadSnapshot, runSolvency } from "ballast/node";
 * const snapshot = loadSnapshot("snapshot.json");
 * const { run, publicPath } = await runSolvency({ folder: "run", portfolios: "accounts.jsonl", snapshot });
 * ```
 */
export async function runSolvency(options: RunSolvencyOptions, progress: Progress = SILENT) {
  const { snapshot, backend = "auto", workers = 1 } = options;
  const folder = new RunFolder(options.folder);
  const begun = folder.hasBegun ? new PublicRunFolder(folder.publicPath).run : undefined;
  const batch = await keyed(instanceFor(folder, options, begun), progress);
  const report = await keyed(reportFor(snapshot), progress);
  const run =
    begun === undefined
      ? await begin(folder, options, batch, report, progress)
      : resume(folder, options, begun);
  const file = await progress.step(`proving ${run.batches} batches`, () =>
    proveRun(folder, {
      ...{ snapshot, batch, report, backend, workers },
      ...given({ provers: options.provers }),
      onWait: progress.note,
      onProgress: progress.meter("batches"),
      onDamaged: (index) => progress.note(`the proof of batch ${index} is damaged: proving it again`),
    }),
  );
  return { run, report: file, publicPath: folder.publicPath };
}

type Run = PublicRunFolder["run"];

/** @throws {BallastError} as `batchFor`; RUN_DAMAGED when the run that has begun names no circuit. */
function instanceFor(
  { publicPath }: RunFolder,
  { instance, snapshot }: RunSolvencyOptions,
  begun: Run | undefined,
): BatchCircuit {
  try {
    return batchFor(instance ?? begun?.batchInstance, snapshot);
  } catch (error) {
    const isNamed = instance !== undefined || begun === undefined;
    if (isNamed || !(error instanceof BallastError) || error.code !== "UNKNOWN_CIRCUIT") throw error;
    throw damagedFile(join(publicPath, "run.json"), "it names no batch circuit");
  }
}

interface Keyed<Circuit> {
  readonly circuit: Circuit;
  readonly key: LoadedKey;
}

async function keyed<Circuit extends BatchCircuit | ReportCircuit>(
  circuit: Circuit,
  { onProgress }: Progress,
): Promise<Keyed<Circuit>> {
  return { circuit, key: await loadKey(circuit, { onProgress }) };
}

async function begin(
  folder: RunFolder,
  options: RunSolvencyOptions,
  batch: Keyed<BatchCircuit>,
  report: Keyed<ReportCircuit>,
  progress: Progress,
): Promise<Run> {
  const { portfolios, snapshot, deployment, reserves } = options;
  const accounts =
    options.accounts ??
    (portfolios === undefined
      ? undefined
      : { of: readPortfolios(portfolios, snapshot), source: fingerprint(portfolios) });
  if (accounts === undefined) {
    throw new BallastError("INVALID_INPUT", `No run has begun in ${options.folder}.`, {
      hint: "Give portfolios to begin one.",
      inputs: ["run.portfolios"],
    });
  }
  const solvency = deployment === undefined ? undefined : deployedSolvency(deployment);
  const deadline = deadlineOf(options);
  makeFolder(options.folder);
  return progress.step("reading accounts, building the tree", () =>
    beginRun(folder, {
      snapshot,
      batch: { circuit: batch.circuit, circuitId: batch.key.circuitId },
      report: { circuit: report.circuit, circuitId: report.key.circuitId },
      accounts: accounts.of,
      source: accounts.source,
      target: { chainId: BigInt(deployment?.chainId ?? 0), registry: solvency?.registry ?? zeroAddress },
      venue: options.venue ?? solvency?.venue ?? zeroAddress,
      deadline,
      ...given({ reserves }),
      onWait: progress.note,
      onProgress: progress.meter("accounts"),
    }),
  );
}

/** @throws {BallastError} INVALID_INPUT for one that the registry would refuse, after all the proving. */
function deadlineOf({ deadline, validFor, deployment, snapshot }: RunSolvencyOptions): bigint {
  const { time } = snapshot;
  const maxAge = deployment?.maxAge;
  const wanted = deadline ?? time + BigInt(validFor ?? maxAge ?? 3600);
  if (maxAge === undefined || wanted <= time + BigInt(maxAge)) return wanted;
  throw new BallastError("INVALID_INPUT", "The deadline lies after the snapshot's expiry on chain.", {
    hint: `This deployment takes snapshots for ${maxAge} seconds: leave deadline and validity out.`,
    inputs: ["run.deadline", "run.validFor"],
  });
}

/** A run that has begun goes on with what it began with; options that say otherwise are refused. */
function resume(folder: RunFolder, options: RunSolvencyOptions, begun: Run): Run {
  const conflict = (what: string): BallastError =>
    new BallastError("RUN_CONFLICT", `The run in ${options.folder} began with ${what}.`, {
      hint: "Leave the option out to resume it, or begin a new run in another folder.",
    });
  const { portfolios, deployment, venue, deadline } = options;
  if (portfolios !== undefined && folder.readSecret(begun).source !== fingerprint(portfolios))
    throw conflict("other portfolios, or they have changed since");
  if (deployment !== undefined) {
    const { registry } = deployedSolvency(deployment);
    if (begun.chainId !== BigInt(deployment.chainId) || begun.registry !== registry)
      throw conflict("another deployment");
  }
  if (venue !== undefined && venue !== begun.venue) throw conflict("another venue");
  if (deadline !== undefined && deadline !== begun.deadline) throw conflict("another deadline");
  return begun;
}
