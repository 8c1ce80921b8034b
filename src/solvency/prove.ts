import { availableParallelism } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { BallastError } from "../errors.ts";
import { isNetted } from "../portfolio/netting.ts";
import { Meter, type OnTreeProgress } from "../portfolio/tree/progress.ts";
import { AccountTree } from "../portfolio/tree/tree.ts";
import type { BackendName } from "../prover/backend.ts";
import type { BatchCircuit, ReportCircuit } from "../prover/circuits.ts";
import type { G1Point } from "../prover/curve.ts";
import type { LoadedKey } from "../prover/keys/load-key.ts";
import { createProver, type Prover } from "../prover/prover.ts";
import { tablePoint } from "../prover/table-point.ts";
import { verifyWithTablePoint } from "../prover/verify.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { BatchProver, type BatchStep, type BatchWitness, reportWitness } from "../witness/solvency.ts";
import { initialState, type RunState, stateHash } from "../witness/solvency-state.ts";
import { cachedSignals } from "../witness/table.ts";
import { Book } from "./book.ts";
import { PublicRun, type ReportFile, type RunFolder, type RunSecret } from "./folder.ts";
import { solvencyContext } from "./run-id.ts";

export interface ProveRunOptions {
  readonly snapshot: Snapshot;
  readonly batch: { readonly circuit: BatchCircuit; readonly key: LoadedKey };
  readonly report: { readonly circuit: ReportCircuit; readonly key: LoadedKey };
  readonly backend?: "auto" | BackendName;
  /** Provers at work at the same time. Default: 1. Each holds the key in memory, about 150 MB for a domain of 2^18. */
  readonly workers?: number;
  /** Counts batches. */
  readonly onProgress?: OnTreeProgress;
  /** Called with a batch whose proof file is damaged and is made again. */
  readonly onDamaged?: (index: number) => void;
}

/**
 * Proves what is missing of a run that has begun, then its report. Every finished proof is on disk before it counts;
 * what is there already is checked and kept. So an interrupted run loses at most the proofs in hand.
 *
 * @throws {BallastError} RUN_CONFLICT when circuits, snapshot or the run's own files are not those it began with; and as
 *   `Prover.prove`.
 */
export async function proveRun(folder: RunFolder, options: ProveRunOptions): Promise<ReportFile> {
  const files = new PublicRun(folder.publicPath);
  const secret = folder.readSecret(files.run);
  checkSame(files, secret, options);
  const book = new Book(folder.book);
  const { workers = 1, backend = "auto" } = options;
  const threads = Math.max(1, Math.floor(availableParallelism() / workers));
  const provers = Array.from({ length: workers }, () => createProver({ backend, threads }));
  try {
    const end = await proveBatches(folder, { files, secret, book, provers, options });
    if (files.hasReport && (await isReportOf(files, secret, end, options))) return files.report();
    return await proveReport(folder, files, secret, end, provers[0], options);
  } finally {
    await Promise.all(provers.map((prover) => prover.close()));
    book.close();
  }
}

interface Work {
  readonly files: PublicRun;
  readonly secret: RunSecret;
  readonly book: Book;
  readonly provers: readonly Prover[];
  readonly options: ProveRunOptions;
}

/** Walks all batches in order and proves the missing ones in parallel: states follow from accounts, not from proofs. */
async function proveBatches(folder: RunFolder, work: Work): Promise<RunState> {
  const { files, secret, book, options } = work;
  const { circuit, key } = options.batch;
  const { batches, runId } = files.run;
  const witnesses = new BatchProver(circuit, options.snapshot, secret.plan, solvencyContext(runId));
  const point = await tablePoint(key.verifyingKey, cachedSignals(circuit, options.snapshot));
  const tree = new AccountTree(folder.tree);
  const idle = [...work.provers];
  const running = new Set<Promise<void>>();
  let failure: unknown;
  const known = Array.from({ length: batches }, (_, index) => files.hasBatch(index));
  const meter = new Meter("proving", batches, options.onProgress, known.filter(Boolean).length);
  try {
    let before = initialState(options.snapshot.shape);
    for (let index = 0; index < batches && failure === undefined; index++) {
      const accounts = book.accounts(index * circuit.accounts, circuit.accounts);
      const step = { index, isLast: index === batches - 1, accounts, before };
      if (known[index] === true) {
        const after = witnesses.advance(step);
        if (await isBatchOf(work, point, step, after)) {
          before = after;
          continue;
        }
        options.onDamaged?.(index);
      }
      const { siblings } = tree.batch(index, circuit.accounts);
      const witness = witnesses.witness({ ...step, siblings });
      before = witness.after;
      while (idle.length === 0 && failure === undefined) await Promise.race(running);
      const prover = idle.pop();
      if (prover === undefined) break;
      const job = proveBatch(folder, prover, index, witness, options)
        .then(() => meter.add(known[index] === true ? 0 : 1))
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => {
          idle.push(prover);
          running.delete(job);
        });
      running.add(job);
    }
    await Promise.all(running);
    if (failure !== undefined) throw failure;
    return before;
  } finally {
    await Promise.allSettled(running);
    tree.close();
  }
}

async function proveBatch(
  folder: RunFolder,
  prover: Prover,
  index: number,
  { inputs, publicSignals, signals }: BatchWitness,
  { batch: { circuit, key } }: ProveRunOptions,
): Promise<void> {
  const proof = await prover.prove({ circuit, key, inputs, publicSignals });
  folder.writeBatch({ index, stateOut: signals.stateOut, proof });
}

/** Whether the proof that lies there is one of this very step. */
async function isBatchOf(
  { files, secret, options }: Work,
  point: G1Point,
  { index, before }: Pick<BatchStep, "index" | "before">,
  after: RunState,
): Promise<boolean> {
  try {
    const { stateOut, proof } = files.batch(index);
    const expected = stateHash(secret.plan, after);
    const { accountsRoot, runId } = files.run;
    const stateIn = stateHash(secret.plan, before);
    const signals = [accountsRoot, BigInt(index), stateIn, stateOut, solvencyContext(runId)];
    return (
      stateOut === expected &&
      (await verifyWithTablePoint(options.batch.key.verifyingKey, point, proof, signals))
    );
  } catch (error) {
    if (error instanceof BallastError) return false;
    throw error;
  }
}

async function proveReport(
  folder: RunFolder,
  files: PublicRun,
  secret: RunSecret,
  end: RunState,
  prover: Prover | undefined,
  { report }: ProveRunOptions,
): Promise<ReportFile> {
  const { plan, reserves } = secret;
  if (prover === undefined || !isNetted(end.netting, plan.zeta, reserves)) {
    throw new BallastError("INTERNAL", "The run's netting sum is not that of its reserves.", {
      hint: "Please report it.",
    });
  }
  const context = solvencyContext(files.run.runId);
  const { inputs, publicSignals, result } = reportWitness(plan, { end, context });
  const { circuit, key } = report;
  const proof = await prover.prove({ circuit, key, inputs, publicSignals });
  const file: ReportFile = { result, netting: end.netting, reserves, proof };
  folder.writeReport(file);
  return file;
}

/** Whether the report that lies there is this run's: its numbers, its reserves, and a proof of them. */
async function isReportOf(
  files: PublicRun,
  secret: RunSecret,
  end: RunState,
  { report }: ProveRunOptions,
): Promise<boolean> {
  const { verifyingKey } = report.key;
  const context = solvencyContext(files.run.runId);
  const { publicSignals, result } = reportWitness(secret.plan, { end, context });
  try {
    const { proof, ...opened } = files.report();
    const expected = { result, netting: end.netting, reserves: secret.reserves };
    const point = await tablePoint(verifyingKey, []);
    return (
      isDeepStrictEqual(opened, expected) &&
      (await verifyWithTablePoint(verifyingKey, point, proof, publicSignals))
    );
  } catch (error) {
    if (error instanceof BallastError) return false; // damaged: it is proven again
    throw error;
  }
}

function checkSame(files: PublicRun, secret: RunSecret, { snapshot, batch, report }: ProveRunOptions): void {
  const { run } = files;
  const differs =
    run.snapshotId !== snapshot.snapshotId
      ? "another snapshot"
      : run.batchCircuit !== batch.key.circuitId || run.reportCircuit !== report.key.circuitId
        ? "another key or circuit"
        : stateHash(secret.plan, initialState(snapshot.shape)) !== run.initialState
          ? "another secret"
          : undefined;
  if (differs === undefined) return;
  throw new BallastError("RUN_CONFLICT", `The run began with ${differs}.`, {
    hint: "Resume it with what it began with, or begin a new run in another folder.",
    details: { run: run.runId },
  });
}
