import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { keccak256, type LocalAccount } from "viem";
import { SILENT } from "../../actions/progress.ts";
import type { ChainClient } from "../../chain/client.ts";
import { type Deployment, deployedSolvency } from "../../chain/deploy/deployment.ts";
import { postRun } from "../../chain/solvency/post.ts";
import { viemSolvencyReader } from "../../chain/solvency/read.ts";
import { transact } from "../../chain/transact.ts";
import type { Clock } from "../../clock.ts";
import { makeFolder } from "../../node/files.ts";
import type { VenueAccount } from "../../portfolio/stream-file.ts";
import type { BatchCircuit, ReportCircuit } from "../../prover/circuits.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { PublicRunFolder, RunFolder } from "../../solvency/node/folder.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { OnEvent } from "../events.ts";
import { clientOf } from "../keeper/client.ts";
import { URGENCIES } from "../plan/plan.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import { type QueuedRunParts, runOverQueue } from "./queued-run.ts";

/** What a venue's runs are proven with. */
export interface SolvencyKits {
  readonly batch: { readonly circuit: BatchCircuit; readonly key: LoadedKey };
  readonly report: { readonly circuit: ReportCircuit; readonly key: LoadedKey };
}

export interface SolvencyRules {
  /** Seconds between the snapshots of two runs. */
  readonly every: bigint;
  /** Where runs are kept, a folder each. Its private halves open every commitment. */
  readonly folder: string;
  /** Batches in the queue at once. */
  readonly atOnce: number;
  /** Batches in a transaction. */
  readonly chunk: number;
}

export interface ScheduleParts extends Omit<QueuedRunParts, "signal" | "atOnce"> {
  readonly accounts: Accounts;
  readonly snapshots: Snapshots;
  readonly deployment: Deployment;
  readonly kits: Pick<SolvencyKits, "batch">;
  readonly rules: SolvencyRules;
  /** Whose sender pays. */
  readonly client: ChainClient;
  /** Signs the run. */
  readonly venue: LocalAccount;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}

/** Runs over all accounts of the database, one every so often, each to its end on chain before the next. */
export class SolvencySchedule {
  readonly #parts: ScheduleParts;
  /** Snapshot time of the run that is known to be over. */
  #over: bigint | undefined;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  /**
   * Goes on with the run that isn't over, or begins the one that is due. Returns when there is nothing to do.
   * @returns the run that came to its end on chain.
   * @throws {BallastError} as `runOverQueue` and `postRun`: the next pass goes on.
   */
  async pass(signal: AbortSignal): Promise<bigint | undefined> {
    const { snapshots, rules, clock, deployment } = this.#parts;
    makeFolder(rules.folder, 0o700);
    const last = this.#last();
    if (last !== undefined && last !== this.#over) {
      const begun = await this.#begun(last);
      const end = begun?.deadline ?? last + BigInt(deployment.maxAge);
      if (begun?.isClosed === true) this.#over = last;
      else if (clock.now() / 1_000n > end) {
        this.#over = last;
        this.#tell("warning", "a run was given up: its deadline has passed", last);
      } else {
        const snapshot = begun === undefined ? await this.#at(last) : await snapshots.get(begun.snapshotId);
        if (snapshot !== undefined) return this.#run(snapshot, signal);
        this.#over = last;
        this.#tell("warning", "a run was given up: its snapshot is no longer kept", last);
      }
    }
    const newest = await snapshots.newest();
    if (newest === undefined || (last !== undefined && newest.time < last + rules.every)) return undefined;
    return this.#run(newest, signal);
  }

  async #run(snapshot: Snapshot, signal: AbortSignal): Promise<bigint> {
    const { accounts, rules, deployment, venue, kits, client, database } = this.#parts;
    const folder = this.#folder(snapshot.time);
    const isNew = !existsSync(folder);
    const open = await accounts.open();
    if (isNew) this.#tell("info", `a run begins: ${open.length} accounts`, snapshot.time);
    const given = open.map(
      ({ opening: { portfolio, salt } }): VenueAccount => ({ portfolio, salt, where: "An account" }),
    );
    const { run } = await runOverQueue(
      { ...this.#parts, atOnce: rules.atOnce, signal },
      {
        ...{ folder, snapshot, deployment, instance: kits.batch.circuit.name },
        ...(new RunFolder(folder).hasBegun ? {} : { accounts: { of: given, source: "the service" } }),
      },
      SILENT,
    );
    this.#tell("info", `proven: ${run.batches} batches`, snapshot.time);
    const calls = {
      ...{ database, purpose: "solvency run", signal },
      ...{ urgency: URGENCIES.length, dropAfter: run.deadline },
    };
    // Several of a run's calls do the same with other batches: each is named after what it says.
    const outbox: NonNullable<ChainClient["outbox"]> = (request) => {
      const step = `run ${run.runId} ${keccak256(request.data)}`;
      return transact(clientOf(client, { ...calls, step }), request);
    };
    await postRun({ ...client, outbox }, deployment, new PublicRunFolder(folder), {
      ...{ account: venue, chunk: rules.chunk, snapshot },
    });
    this.#over = snapshot.time;
    this.#tell("info", "a run is closed on chain", snapshot.time);
    return snapshot.time;
  }

  /** The newest run's snapshot time. */
  #last(): bigint | undefined {
    const times = readdirSync(this.#parts.rules.folder).filter((name) => /^[1-9][0-9]*$/.test(name));
    return times
      .map(BigInt)
      .reduce<bigint | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
  }

  async #begun(time: bigint) {
    const folder = new RunFolder(this.#folder(time));
    if (!folder.hasBegun) return undefined;
    const { snapshotId, deadline, runId } = new PublicRunFolder(folder.publicPath).run;
    const { registry } = deployedSolvency(this.#parts.deployment);
    const onChain = await viemSolvencyReader(this.#parts.client.public, { registry }).readRun(runId);
    return { snapshotId, deadline, isClosed: onChain?.closed === true };
  }

  /** The newest snapshot, where it is of that time: a run that was killed before it began has no other to go on with. */
  async #at(time: bigint): Promise<Snapshot | undefined> {
    const newest = await this.#parts.snapshots.newest();
    return newest?.time === time ? newest : undefined;
  }

  #folder(time: bigint): string {
    return join(this.#parts.rules.folder, String(time));
  }

  #tell(level: "info" | "warning", message: string, time: bigint): void {
    this.#parts.onEvent({ role: "solvency", level, message, facts: { snapshot: String(time) } });
  }
}
