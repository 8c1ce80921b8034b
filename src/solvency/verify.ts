import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import { Meter, type OnTreeProgress } from "../meter.ts";
import { isNetted, nettingChallenge, reservesHash } from "../portfolio/netting.ts";
import type { BatchCircuit, ReportCircuit } from "../prover/circuits.ts";
import { tablePoint } from "../prover/table-point.ts";
import { verifyWithTablePoint } from "../prover/verify.ts";
import { circuitId, keyHash, type VerifyingKey } from "../prover/verifying-key.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { cachedSignals } from "../witness/table.ts";
import type { PublicRun, ReportFile, RunFile } from "./run-format.ts";
import { solvencyContext } from "./run-id.ts";

export interface VerifyRunOptions {
  /** Derived again from its inputs by `loadSnapshot`. */
  readonly snapshot: Snapshot;
  readonly batch: { readonly circuit: BatchCircuit; readonly verifyingKey: VerifyingKey };
  readonly report: { readonly circuit: ReportCircuit; readonly verifyingKey: VerifyingKey };
  /** Counts batches. */
  readonly onProgress?: OnTreeProgress;
}

/** One thing that was checked, in the order in which a reader asks for it. */
export interface RunCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong. */
  readonly problem?: string;
}

export interface VerifiedRun {
  readonly valid: boolean;
  readonly checks: readonly RunCheck[];
  /** Present when the run has one; believe it only when `valid`. */
  readonly report?: ReportFile;
}

/**
 * Verifies a run with nothing but its public files, the snapshot and the verifying keys, which must come from a
 * source the verifier trusts. Reserves on chain are not looked at: the result says what they must be.
 *
 * @throws {BallastError} FILE_ERROR and INVALID_INPUT when `run.json` itself can't be used; KEY_MISMATCH for keys of
 *   another shape. A file that doesn't hold is no error but a check that is not ok.
 * @example
 * ```ts
 * import { instanceOf, type Snapshot, type VerifyingKey, verifyRun } from "ballast";
 * import { PublicRunFolder } from "ballast/node";
 * declare const [snapshot, batchKey, reportKey]: [Snapshot, VerifyingKey, VerifyingKey];
 * const files = new PublicRunFolder("run");
 * const { valid } = await verifyRun(files, {
 *   snapshot,
 *   batch: { circuit: instanceOf("solvency", files.run.batchInstance), verifyingKey: batchKey },
 *   report: { circuit: instanceOf("report", files.run.reportInstance), verifyingKey: reportKey },
 * });
 * ```
 */
export async function verifyRun(files: PublicRun, options: VerifyRunOptions): Promise<VerifiedRun> {
  const { run } = files;
  const { snapshot, batch, report } = options;
  const context = solvencyContext(run.runId);
  const checks: RunCheck[] = [
    check("the snapshot is the run's", run.snapshotId === snapshot.snapshotId, "it is another snapshot"),
    check(
      "the keys are the run's",
      run.batchCircuit === idOf(batch) && run.reportCircuit === idOf(report),
      "the run was made with other circuits or keys",
    ),
  ];
  if (checks.every(({ ok }) => ok)) {
    const batches = await checkBatches(files, options, context);
    checks.push(batches.check);
    if (files.hasReport) {
      const { file, result } = await checkReport(files, options, batches.state);
      checks.push(...result);
      return finish(checks, file);
    }
    checks.push(check("the run is complete", false, "there is no report yet"));
  }
  return finish(checks);
}

async function checkBatches(
  files: PublicRun,
  { snapshot, batch: { circuit, verifyingKey }, onProgress }: VerifyRunOptions,
  context: Field,
): Promise<{ check: RunCheck; state: Field }> {
  const { run } = files;
  const name = `every batch leads from the state before it (${run.batches} proofs)`;
  const point = await tablePoint(verifyingKey, cachedSignals(circuit, snapshot));
  const meter = new Meter("verifying", run.batches, onProgress);
  let state = run.initialState;
  for (let index = 0; index < run.batches; index++) {
    const result = await attempt(async () => {
      const { stateOut, proof } = files.batch(index);
      const signals = [run.accountsRoot, BigInt(index), state, stateOut, context];
      const holds = await verifyWithTablePoint(verifyingKey, point, proof, signals);
      return holds ? { stateOut } : { problem: `the proof of batch ${index} does not verify` };
    });
    if ("problem" in result) return { check: check(name, false, result.problem), state };
    state = result.stateOut;
    meter.add(1);
  }
  return { check: check(name, true), state };
}

async function checkReport(
  files: PublicRun,
  { report: { verifyingKey }, snapshot }: VerifyRunOptions,
  state: Field,
): Promise<{ file?: ReportFile; result: RunCheck[] }> {
  const name = "the report opens the last state";
  const read = await attempt(async () => ({ file: files.report() }));
  if ("problem" in read) return { result: [check(name, false, read.problem)] };
  const { file } = read;
  const { accountsRoot, snapshotId, reservesHash: fixed } = files.run;
  const { result } = file;
  const zeta = nettingChallenge(accountsRoot, snapshotId, fixed);
  const signals = reportSignals(files.run, file, state);
  const fits = signals.length === verifyingKey.ic.length - 1;
  const holds =
    fits &&
    (await verifyWithTablePoint(verifyingKey, await tablePoint(verifyingKey, []), file.proof, signals));
  const total = result.tiers.reduce((sum, count) => sum + count, 0);
  const collateral = new Set(
    snapshot.rows.filter(({ instrument }) => instrument.kind === "collateral").map((row) => row.instrumentId),
  );
  const ascending = file.reserves.every(
    ({ instrumentId }, i) => instrumentId > (file.reserves[i - 1]?.instrumentId ?? 0),
  );
  return {
    file,
    result: [
      check(name, holds, "its proof does not verify for the last state and these numbers"),
      check("the accounts add up over the tiers", total === result.accounts, "their number is another one"),
      check(
        "every derivative nets to zero, and accounts hold exactly the reserves shown",
        isNetted(file.netting, zeta, file.reserves),
        "the netting sum is another one",
      ),
      check(
        "the reserves are those the run was begun with",
        reservesHash(file.reserves) === fixed,
        "they were changed after the netting challenge, so they prove nothing",
      ),
      check(
        "the reserves are collateral assets",
        ascending && file.reserves.every(({ instrumentId }) => collateral.has(instrumentId)),
        "one of them is no collateral, or stands twice",
      ),
    ],
  };
}

/**
 * The public signals that a report's proof is of, by what its file says.
 * @param state after the last batch.
 */
export function reportSignals(run: RunFile, { result, netting }: ReportFile, state: Field): bigint[] {
  const { accountsRoot, batches, snapshotId, reservesHash: fixed, runId } = run;
  return [
    BigInt(batches),
    state,
    ...result.tiers.map(BigInt),
    result.currentShortfall,
    BigInt(result.worstScenario),
    result.worstShortfall,
    BigInt(result.cover1Scenario),
    result.cover1Shortfall,
    BigInt(result.cover2Scenario),
    result.cover2Shortfall,
    ...result.demand,
    netting,
    nettingChallenge(accountsRoot, snapshotId, fixed),
    solvencyContext(runId),
  ];
}

function idOf({
  circuit,
  verifyingKey,
}: {
  readonly circuit: BatchCircuit | ReportCircuit;
  readonly verifyingKey: VerifyingKey;
}): string {
  return circuitId(circuit.name, keyHash(verifyingKey, circuit));
}

/** What is wrong with a file is a finding, not a failure. */
async function attempt<T extends object>(work: () => Promise<T>): Promise<T | { problem: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BallastError) return { problem: error.shortMessage };
    throw error;
  }
}

function check(name: string, ok: boolean, problem?: string): RunCheck {
  return ok || problem === undefined ? { name, ok } : { name, ok, problem };
}

function finish(checks: readonly RunCheck[], report?: ReportFile): VerifiedRun {
  const valid = checks.every(({ ok }) => ok);
  return report === undefined ? { valid, checks } : { valid, checks, report };
}
