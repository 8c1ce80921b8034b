import type { Hex, LocalAccount, TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import type { PublicRun, RunFile } from "../../solvency/run-format.ts";
import type { ChainClient } from "../client.ts";
import { type Deployment, deployedSolvency } from "../deploy/deployment.ts";
import type { OnChainRun } from "./attestation.ts";
import { checkReserves, type PostSnapshot, preflightRun } from "./preflight.ts";
import { viemSolvencyReader } from "./read.ts";
import { checkChunk, closeRun, DEFAULT_CHUNK, openRun, signRun, submitBatches } from "./run.ts";

export interface PostOptions {
  /** The venue's signature under the run (`signRun`); needed until the run is open. */
  readonly signature?: Hex;
  /** The venue's account, to sign with in place of a signature. */
  readonly account?: LocalAccount;
  /** For the names of assets in errors; must be the run's. */
  readonly snapshot?: PostSnapshot;
  /** Batches a transaction, 1..64. Default: 16. */
  readonly chunk?: number;
  /** Called after each transaction. */
  readonly onProgress?: (step: PostStep) => void;
}

/** One transaction of a run's way on chain. */
export interface PostStep {
  readonly step: "open" | "submit" | "close";
  /** How many batches the run has on chain after it. */
  readonly batches: number;
  readonly transaction: Hex;
  readonly gas: bigint;
}

export interface PostedRun {
  readonly runId: Hex;
  /** How many batches were on chain before; null when the run wasn't open. */
  readonly resumedAt: number | null;
  /** What was sent now: nothing for a run that was closed already. */
  readonly steps: readonly PostStep[];
}

/**
 * Brings a complete run on chain: opens it, submits its batches and closes it. It goes on from wherever the run is, so
 * one that was interrupted is posted by posting it again. Nothing is sent before {@link preflightRun} is content.
 *
 * @throws {BallastError} as {@link preflightRun}, `openRun`, `submitBatches` and `closeRun`; INVALID_INPUT without the
 *   venue's signature for a run that isn't open.
 */
export async function postRun(
  client: ChainClient,
  deployment: Deployment,
  files: PublicRun,
  options: PostOptions = {},
): Promise<PostedRun> {
  const { chunk = DEFAULT_CHUNK, snapshot, onProgress } = options;
  checkChunk(chunk);
  const { run } = files;
  const { runId, batches } = run;
  const solvency = deployedSolvency(deployment);
  const before = await preflightRun(client, deployment, files, snapshot);
  const signature = before === undefined ? await signatureOf(run, options) : "0x";
  const steps: PostStep[] = [];

  const next = async (from: number): Promise<PostStep> => {
    if (from < 0) return stepOf("open", 0, await openRun(client, solvency, run, signature));
    if (from === batches) {
      return stepOf("close", batches, await closeRun(client, solvency, runId, files.report()));
    }
    const to = Math.min(from + chunk, batches);
    const proofs = Array.from({ length: to - from }, (_, i) => files.batch(from + i));
    const [receipt] = await submitBatches(client, solvency, runId, from, proofs, { chunk });
    if (receipt === undefined) throw new BallastError("INTERNAL", "No batch was submitted.");
    return stepOf("submit", to, receipt);
  };

  let place = placeOf(before, batches);
  while (place <= batches) {
    let done: PostStep;
    try {
      done = await next(place);
    } catch (error) {
      // Anyone may go on with a run: what failed here may be done already, by somebody else.
      const now = placeOf(await viemSolvencyReader(client.public, solvency).readRun(runId), batches);
      if (now <= place) {
        if (isShort(error)) await checkReserves(client, solvency, files.report().reserves, snapshot);
        throw error;
      }
      place = now;
      continue;
    }
    place = done.step === "close" ? batches + 1 : done.batches;
    steps.push(done);
    onProgress?.(done);
  }
  return { runId, resumedAt: before?.batches ?? null, steps };
}

/** -1: not open; then the number of the next batch; one more than all batches: closed. */
function placeOf(run: OnChainRun | undefined, batches: number): number {
  if (run === undefined) return -1;
  return run.closed ? batches + 1 : run.batches;
}

function stepOf(step: PostStep["step"], batches: number, receipt: TransactionReceipt): PostStep {
  return { step, batches, transaction: receipt.transactionHash, gas: receipt.gasUsed };
}

async function signatureOf(run: RunFile, { signature, account }: PostOptions): Promise<Hex> {
  if (signature !== undefined) return signature;
  if (account?.address === run.venue) return signRun(run, account);
  throw new BallastError(
    "INVALID_INPUT",
    account === undefined
      ? "The run is not open yet: it takes the venue's signature."
      : `The run is not open yet, and ${account.address} is not its venue.`,
    { hint: `Sign it with the key of ${run.venue}.` },
  );
}

function isShort(error: unknown): boolean {
  return error instanceof BallastError && error.details["error"] === "ReservesShort";
}
