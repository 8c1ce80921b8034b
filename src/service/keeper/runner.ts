import { type Progress, SILENT } from "../../actions/progress.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { QueuedProver } from "../prover/queued-prover.ts";
import { isGone } from "../store/database.ts";
import { doStep, type StepDesk, type StepSubject } from "./acts.ts";
import { Bids } from "./bids.ts";
import { clientOf } from "./client.ts";
import type { Openings } from "./openings.ts";
import type { KeeperParts } from "./parts.ts";
import { type NewStep, Steps } from "./steps.ts";

/** A case's steps come before the venue's word about accounts, and after prices. */
const URGENCY = 1;

/** Does one step to its end: its proofs by the queue, its transactions by the sender. */
export class Runner {
  readonly #parts: KeeperParts;
  readonly #openings: Openings;
  readonly #steps: Steps;

  constructor(parts: KeeperParts, openings: Openings) {
    this.#parts = parts;
    this.#openings = openings;
    this.#steps = new Steps(parts.database);
  }

  /**
   * What a killed process had begun is done again by the same names, so that no proof and no transaction is made twice.
   * @returns whether anything may have changed on the chain.
   * @throws what is neither the step's nor a node's, nor the database's.
   */
  async run(step: NewStep, subject: StepSubject, snapshot: Snapshot, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts;
    try {
      const says = await doStep(await this.#desk(step, snapshot, signal), step, subject);
      await this.#steps.done(step.id, says);
      this.#tell(step, says);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!(error instanceof BallastError)) throw error;
      // It goes on where it was, once they answer again.
      if (isGone(error) || error.details["node"] !== undefined) {
        this.#tell(step, `${error.code}: trying again`, "warning");
        return false;
      }
      const word = error.details["error"];
      const says = word === undefined ? `${error.code}: ${error.shortMessage}` : `refused: ${String(word)}`;
      await this.#steps.failed(step.id, says, clock.now());
      this.#tell(step, says, "warning");
      return true;
    }
  }

  async #desk(step: NewStep, snapshot: Snapshot, signal: AbortSignal): Promise<StepDesk> {
    const { database, keyring, client, deployment, system, kits, rules, clock } = this.#parts;
    // As late as anything that is proven in the snapshot is taken: the same whenever the step is done again.
    const deadline = snapshot.time + BigInt(deployment.maxAge);
    const now = () => clock.now() / 1_000n;
    const tries = await this.#steps.triesOf(step.id);
    const purpose = nameOf(step);
    const prover = new QueuedProver(
      { database, keyring, now, signal },
      {
        ...{ account: step.accountId, version: step.caseId ?? 0n, commitment: step.accountId },
        ...{ snapshot: snapshot.snapshotId, urgency: 0, deadline, reason: "open case" },
      },
    );
    const calls = {
      database,
      step: `${step.id} ${tries}`,
      purpose,
      urgency: URGENCY,
      dropAfter: deadline,
      signal,
    };
    const progress: Progress = SILENT;
    return {
      client: clientOf(client, calls),
      ...{ deployment, system, progress, snapshot, deadline, rules },
      kits: {
        coverage: { ...kits.coverage, prover },
        equity: { ...kits.equity, prover },
        reduction: { ...kits.reduction, prover },
        transfer: { ...kits.transfer, prover },
      },
      ...given({ ceiling: kits.ceiling === undefined ? undefined : { ...kits.ceiling, prover } }),
      slots: kits.transfer.circuit.slots,
      store: this.#openings.storeOf(step.id),
      openings: this.#openings,
      bids: new Bids(database, keyring),
    };
  }

  #tell(step: NewStep, says: string, level: "info" | "warning" = "info"): void {
    this.#parts.onEvent({ role: "keeper", level, message: `${nameOf(step)}: ${says}` });
  }
}

/** For people, e.g. "case 3: reduce". */
export function nameOf({ act, caseId }: Pick<NewStep, "act" | "caseId">): string {
  return caseId === undefined ? act : `case ${caseId}: ${act}`;
}
