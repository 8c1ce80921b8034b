import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { BallastError } from "../../errors.ts";
import type { Field } from "../../math/field.ts";
import { Meter, type OnTreeProgress } from "../../meter.ts";
import { type HeldLock, type LockOptions, withLock } from "../../node/lock.ts";
import { isNetted, reservesHash } from "../../portfolio/netting.ts";
import type { BatchCircuit, ReportCircuit } from "../../prover/circuits.ts";
import type { G1Point } from "../../prover/curve.ts";
import { createProver } from "../../prover/node/prover.ts";
import type { BackendName, LoadedKey, Prover } from "../../prover/prover.ts";
import { tablePoint } from "../../prover/table-point.ts";
import { verifyWithTablePoint } from "../../prover/verify.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { damaged } from "../../tree/layout.ts";
import { AccountTree } from "../../tree/tree.ts";
import { BatchProver, type BatchStep, type BatchWitness, reportWitness } from "../../witness/solvency.ts";
import { initialState, type RunState, stateHash } from "../../witness/solvency-state.ts";
import { cachedSignals } from "../../witness/table.ts";
import type { ReportFile } from "../run-format.ts";
import { solvencyContext } from "../run-id.ts";
import { reportSignals } from "../verify.ts";
import { RUN_LIMIT_MS } from "./begin.ts";
import { Book } from "./book.ts";
import { damagedFile } from "./damage.ts";
import { PublicRunFolder, type RunFolder, type RunSecret } from "./folder.ts";

export interface ProveRunOptions extends LockOptions {
  readonly snapshot: Snapshot;
  readonly batch: { readonly circuit: BatchCircuit; readonly key: LoadedKey };
  readonly report: { readonly circuit: ReportCircuit; readonly key: LoadedKey };
  readonly backend?: "auto" | BackendName;
  /** Provers at work at the same time. Default: 1. Each holds the key in memory, about 150 MB for a domain of 2^18. */
  readonly workers?: number;
  /** Provers in place of those, whose caller closes them: as many proofs are asked for at once. */
  readonly provers?: readonly Prover[];
  /** Counts batches. */
  readonly onProgress?: OnTreeProgress;
  /** Called with a batch whose proof file is damaged and is made again. */
  readonly onDamaged?: (index: number) => void;
}

/**
 * Proves what is missing of a run that has begun, then its report. Every finished proof is on disk before it counts;
 * what is there already is checked and kept. So an interrupted run loses at most the proofs in hand. Before anything is written, every file
 * of the run is compared with what it began with, and a proof that verifies is never overwritten.
 *
 * @throws {BallastError} RUN_CONFLICT when circuits, snapshot or the run's own files are not those it began with; RUN_DAMAGED, TREE_DAMAGED
 *   naming the file that is not as it was written; LOCKED while another process works on the run; and as `Prover.prove`.
 */
export function proveRun(folder: RunFolder, options: ProveRunOptions): Promise<ReportFile> {
  const work = (lock: HeldLock): Promise<ReportFile> => proveLocked(folder, options, lock);
  return withLock(folder.lock, work, { limit: RUN_LIMIT_MS, ...options });
}

async function proveLocked(folder: RunFolder, options: ProveRunOptions, lock: HeldLock): Promise<ReportFile> {
  const files = new PublicRunFolder(folder.publicPath);
  const secret = folder.readSecret(files.run);
  checkSame(files, secret, options);
  const book = new Book(folder.book);
  try {
    checkFiles(folder, files, secret, book, options);
  } catch (error) {
    book.close();
    throw error;
  }
  folder.removeUnfinished();
  const { workers = 1, backend = "auto" } = options;
  const threads = Math.max(1, Math.floor(availableParallelism() / workers));
  const count = options.provers === undefined ? workers : 0;
  const own = Array.from({ length: count }, () => createProver({ backend, threads }));
  const provers = options.provers ?? own;
  try {
    const work = { folder, files, secret, book, provers, options, lock };
    const end = await proveBatches(work);
    return (await keptReport(work, end)) ?? (await proveReport(work, end));
  } finally {
    await Promise.all(own.map((prover) => prover.close()));
    book.close();
  }
}

interface Work {
  readonly folder: RunFolder;
  readonly files: PublicRunFolder;
  readonly secret: RunSecret;
  readonly book: Book;
  readonly provers: readonly Prover[];
  readonly options: ProveRunOptions;
  readonly lock: HeldLock;
}

/** Walks all batches in order and proves the missing ones in parallel: states follow from accounts, not from proofs. */
async function proveBatches(work: Work): Promise<RunState> {
  const { folder, files, secret, book, options } = work;
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
      const job = proveBatch(work, prover, index, witness)
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
  { folder, options, lock }: Work,
  prover: Prover,
  index: number,
  { inputs, publicSignals, signals }: BatchWitness,
): Promise<void> {
  const { circuit, key } = options.batch;
  const proof = await prover.prove({ circuit, key, inputs, publicSignals });
  lock.check();
  folder.writeBatch({ index, stateOut: signals.stateOut, proof });
}

/**
 * Whether the proof that lies there is one of this very step.
 * @throws {BallastError} RUN_CONFLICT when it is not, and yet holds: then it is the accounts that are wrong.
 */
async function isBatchOf(
  { files, secret, options }: Work,
  point: G1Point,
  { index, before }: Pick<BatchStep, "index" | "before">,
  after: RunState,
): Promise<boolean> {
  const batch = readable(() => files.batch(index));
  if (batch === undefined) return false;
  const { accountsRoot, runId, initialState: first } = files.run;
  const holds = (stateIn: Field): Promise<boolean> => {
    const signals = [accountsRoot, BigInt(index), stateIn, batch.stateOut, solvencyContext(runId)];
    return verifyWithTablePoint(options.batch.key.verifyingKey, point, batch.proof, signals);
  };
  const isExpected = batch.stateOut === stateHash(secret.plan, after);
  if (isExpected && (await holds(stateHash(secret.plan, before)))) return true;
  const stateIn = index === 0 ? first : readable(() => files.batch(index - 1))?.stateOut;
  if (stateIn !== undefined && (await holds(stateIn)))
    throw contradiction(`The proof of batch ${index}`, runId);
  return false;
}

async function proveReport(
  { folder, files, secret, provers: [prover], options: { report }, lock }: Work,
  end: RunState,
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
  lock.check();
  folder.writeReport(file);
  return file;
}

/**
 * The report that lies there, when its proof is of this run's numbers; what else is in the file is put right.
 * @returns undefined when it must be proven.
 * @throws {BallastError} RUN_CONFLICT when its proof is of other numbers, and yet holds.
 */
async function keptReport(
  { folder, files, secret, options: { report }, lock }: Work,
  end: RunState,
): Promise<ReportFile | undefined> {
  if (!files.hasReport) return undefined;
  const file = readable(() => files.report());
  if (file === undefined) return undefined;
  const { verifyingKey } = report.key;
  const { runId } = files.run;
  const { publicSignals, result } = reportWitness(secret.plan, { end, context: solvencyContext(runId) });
  const point = await tablePoint(verifyingKey, []);
  const { proof } = file;
  if (await verifyWithTablePoint(verifyingKey, point, proof, publicSignals)) {
    const expected = { result, netting: end.netting, reserves: secret.reserves, proof };
    if (isDeepStrictEqual(file, expected)) return file;
    lock.check();
    folder.writeReport(expected);
    return expected;
  }
  const own = reportSignals(files.run, file, stateHash(secret.plan, end));
  const fits = own.length === publicSignals.length;
  if (fits && (await verifyWithTablePoint(verifyingKey, point, proof, own))) {
    throw contradiction("The report's proof", runId);
  }
  return undefined;
}

/** What a public file says; undefined when it is damaged: then it is proven again. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BallastError) return undefined;
    throw error;
  }
}

function contradiction(what: string, run: string): BallastError {
  return new BallastError("RUN_CONFLICT", `${what} holds, but the run's accounts give another.`, {
    hint: "Nothing was overwritten. Restore the run's private folder from a backup, or begin a new run in another folder.",
    details: { run },
  });
}

function checkSame(
  files: PublicRunFolder,
  secret: RunSecret,
  { snapshot, batch, report }: ProveRunOptions,
): void {
  const { run } = files;
  const differs =
    run.snapshotId !== snapshot.snapshotId
      ? "another snapshot"
      : run.batchCircuit !== batch.key.circuitId || run.reportCircuit !== report.key.circuitId
        ? "another key or circuit"
        : stateHash(secret.plan, initialState(snapshot.shape)) !== run.initialState
          ? "another secret"
          : reservesHash(secret.reserves) !== run.reservesHash
            ? "another secret"
            : undefined;
  if (differs === undefined) return;
  throw new BallastError("RUN_CONFLICT", `The run began with ${differs}.`, {
    hint: "Resume it with what it began with, or begin a new run in another folder.",
    details: { run: run.runId },
  });
}

/**
 * Compares the run's files with what it began with, before anything is written.
 * @throws {BallastError} RUN_DAMAGED, TREE_DAMAGED naming the file.
 */
function checkFiles(
  folder: RunFolder,
  { path, run }: PublicRunFolder,
  secret: RunSecret,
  book: Book,
  { batch, report }: ProveRunOptions,
): void {
  book.verify();
  if (book.digest !== secret.book) throw damagedFile(folder.book, "it is another run's");
  const batches = Math.ceil(book.count / batch.circuit.accounts);
  const isNamed = run.batchInstance === batch.circuit.name && run.reportInstance === report.circuit.name;
  // The run's id, which is checked when it is read, does not cover these.
  if (!isNamed) throw damagedFile(join(path, "run.json"), "it names other circuits than its ids");
  if (run.batches !== batches) throw damagedFile(join(path, "run.json"), "its number of batches is another");
  const tree = new AccountTree(folder.tree);
  try {
    if (tree.digest() === secret.tree) return;
    tree.verifyIds();
    throw damaged(folder.tree);
  } finally {
    tree.close();
  }
}
