import { proveCoverage } from "../../actions/coverage/prove.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { BallastError, type ErrorCode } from "../../errors.ts";
import type { CircuitInstance, CoverageCircuit } from "../../prover/circuits.ts";
import type { OnProgress } from "../../prover/progress.ts";
import type { Groth16Proof } from "../../prover/proof.ts";
import type { LoadedKey, Prover } from "../../prover/prover.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { OnEvent } from "../events.ts";
import { rest } from "../leader.ts";
import { Meters, type Timing } from "../meters/meters.ts";
import type { LeasedJob } from "../queue/job.ts";
import { JobQueue, LEASE } from "../queue/queue.ts";
import type { Keyring } from "../secrets/keyring.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import { type Database, isGone, type Sql } from "../store/database.ts";
import { destinationOf, Proofs } from "./proofs.ts";
import { Statements } from "./statements.ts";

/** A circuit instance that a worker has the key of. */
export interface WorkerKit {
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
}

/** What single statements are proven with. */
export interface StatementKit {
  readonly circuit: CircuitInstance;
  readonly key: LoadedKey;
}

export interface WorkerParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly accounts: Accounts;
  readonly snapshots: Snapshots;
  readonly deployment: Pick<Deployment, "chainId" | "coverageRegistry" | "maxAge">;
  readonly prover: Prover;
  readonly kits: readonly WorkerKit[];
  /** Default: none. */
  readonly statements?: readonly StatementKit[];
  /** For people: host and process. */
  readonly name: string;
  readonly onEvent: OnEvent;
  readonly times?: Partial<WorkerTimes>;
}

export interface WorkerTimes {
  /** Milliseconds of a lease; a third of it lies between two heartbeats. */
  readonly lease: number;
  /** Between two looks for a job, where there was none. */
  readonly poll: number;
  /** For the proof in hand, once the worker is to end. */
  readonly grace: number;
}

const TIMES: WorkerTimes = { lease: LEASE, poll: 250, grace: 20_000 };
/** Another try would fail too. */
const FOR_GOOD: ReadonlySet<ErrorCode> = new Set([
  "PORTFOLIO_TOO_LARGE",
  "UNKNOWN_INSTRUMENT",
  "INVALID_SNAPSHOT",
  "SNAPSHOT_TAMPERED",
  "LOT_OVERFLOW",
  "COMMITMENT_MISMATCH",
  "SEAL_BROKEN",
  "UNKNOWN_ACCOUNT",
  "INVALID_INPUT",
]);

/** Writes what a job made, in the transaction in which it ends. */
type Keep = (sql: Sql) => Promise<void>;

/** What came of a job. */
export type Outcome = "proven" | "failed" | "lost" | "handed back";

/** Takes jobs, one at a time, and proves them. Any number of workers share a database. */
export class ProverWorker {
  readonly #parts: WorkerParts;
  readonly #times: WorkerTimes;
  readonly #queue: JobQueue;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#times = { ...TIMES, ...parts.times };
    this.#queue = new JobQueue(parts.database, { lease: this.#times.lease });
  }

  /** Works until the signal: then the proof in hand is finished, or handed back when it takes too long. A database that is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if ((await this.step(signal)) === undefined) await rest(this.#times.poll, signal);
      } catch (error) {
        if (!isGone(error)) throw error;
        this.#parts.onEvent({
          role: "prover",
          level: "warning",
          message: "the database does not answer: trying again",
        });
        await rest(this.#times.poll * 4, signal);
      }
    }
  }

  /** Takes one job and works on it. @returns undefined where there is none. */
  async step(signal: AbortSignal = new AbortController().signal): Promise<Outcome | undefined> {
    const { kits, statements = [], name } = this.#parts;
    const [job] = await this.#queue.take({
      name,
      circuits: kits.map(({ circuit }) => circuit.name),
      statements: statements.map(({ circuit }) => circuit.name),
    });
    if (job === undefined) return undefined;
    const beating = this.#beat(job);
    const ending = after(signal, this.#times.grace);
    try {
      const timings: Timing[] = [];
      const onProgress: OnProgress = ({ step, ms }) => {
        if (ms !== undefined && (step === "witness" || step === "prove" || step === "verify"))
          timings.push({ step, label: job.circuit, seconds: ms / 1_000 });
      };
      const begun = performance.now();
      const proving =
        job.purpose === "statement" ? this.#proveStatement(job, onProgress) : this.#prove(job, onProgress);
      const keep = await Promise.race([proving, beating.lost, ending.over]);
      if (keep === "lost") return "lost";
      if (keep === "ended") return (await this.#queue.release(job)) ? "handed back" : "lost";
      timings.push({
        step: "prove in all",
        label: job.circuit,
        seconds: (performance.now() - begun) / 1_000,
      });
      return await this.#keep(job, keep, timings);
    } catch (error) {
      return await this.#failed(job, error);
    } finally {
      beating.stop();
      ending.stop();
    }
  }

  /** From the sealed opening to the proof of exactly what was asked for. */
  async #prove(job: LeasedJob, onProgress: OnProgress): Promise<Keep> {
    const { accounts, snapshots, deployment, prover, kits } = this.#parts;
    const kit = kits.find(({ circuit }) => circuit.name === job.circuit);
    const snapshot = await snapshots.get(job.snapshot);
    if (kit === undefined || snapshot === undefined)
      throw new BallastError("INVALID_SNAPSHOT", "The job's snapshot is not in the database.");
    const { opening, commitment } = await accounts.openOne(job.account, job.version);
    if (commitment !== job.commitment)
      throw new BallastError("COMMITMENT_MISMATCH", "The job's commitment is not its version's.");
    const request = {
      ...{ circuit: kit.circuit, key: kit.key, snapshot, portfolio: opening.portfolio, salt: opening.salt },
      ...destinationOf(deployment, snapshot),
    };
    const file = await proveCoverage(prover, request, onProgress);
    if (file.signals.commitment !== job.commitment || file.signals.accountId !== job.account)
      throw new BallastError("COMMITMENT_MISMATCH", "The proof is of another commitment than was asked for.");
    return (sql) => new Proofs(sql).add(job, file);
  }

  /** From sealed inputs to the proof. */
  async #proveStatement(job: LeasedJob, onProgress: OnProgress): Promise<Keep> {
    const { database, keyring, prover, statements = [] } = this.#parts;
    const kit = statements.find(({ circuit }) => circuit.name === job.circuit);
    if (kit === undefined) throw new BallastError("UNKNOWN_CIRCUIT", "The worker has no key of the circuit.");
    const statement = await new Statements(database, keyring).open(job.id);
    const proof: Groth16Proof = await prover.prove(
      { circuit: kit.circuit, key: kit.key, ...statement },
      onProgress,
    );
    return (sql) => new Statements(sql, keyring).finish(job, proof);
  }

  /** The proof and the end of its job are one transaction: nobody sees the one without the other. */
  async #keep(job: LeasedJob, keep: Keep, timings: readonly Timing[]): Promise<Outcome> {
    const isKept = await this.#parts.database.transaction(async (sql) => {
      if (!(await new JobQueue(sql).finish(job))) return false;
      await keep(sql);
      await new Meters(sql).time(timings);
      return true;
    });
    this.#tell(job, isKept ? "proven" : "proven too late: the job was taken back");
    return isKept ? "proven" : "lost";
  }

  async #failed(job: LeasedJob, error: unknown): Promise<Outcome> {
    if (isGone(error)) throw error;
    // Only Ballast's own messages are known to have no witness in them.
    const known = error instanceof BallastError ? error : undefined;
    const why = known === undefined ? "an unknown fault" : `${known.code}: ${known.shortMessage}`;
    const isLost = !(await this.#queue.fail(job, why, known !== undefined && FOR_GOOD.has(known.code)));
    this.#tell(job, why, "warning");
    return isLost ? "lost" : "failed";
  }

  /** Heartbeats while a job is worked on. */
  #beat(job: LeasedJob): { readonly lost: Promise<"lost">; readonly stop: () => void } {
    let onLost = (): void => {};
    const lost = new Promise<"lost">((resolve) => {
      onLost = () => resolve("lost");
    });
    const beat = (): void => {
      this.#queue.renew(job).then(
        (isOurs) => {
          if (!isOurs) onLost();
        },
        // A beat that the database doesn't take is made up for by the next; if none is, the lease runs out.
        () => {},
      );
    };
    const timer = setInterval(beat, this.#times.lease / 3);
    return { lost, stop: () => clearInterval(timer) };
  }

  #tell(job: LeasedJob, message: string, level: "info" | "warning" = "info"): void {
    const facts = { job: job.id.slice(0, 12), circuit: job.circuit, reason: job.reason, tries: job.tries };
    this.#parts.onEvent({ role: "prover", level, message, facts });
  }
}

/** Resolves so long after a signal; nothing of it stays once it is stopped. */
function after(
  signal: AbortSignal,
  milliseconds: number,
): { readonly over: Promise<"ended">; readonly stop: () => void } {
  let end = (): void => {};
  const over = new Promise<"ended">((resolve) => {
    end = () => resolve("ended");
  });
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(end, milliseconds);
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", begin);
  };
  return { over, stop };
}
