import type { Clock } from "../clock.ts";
import { BallastError } from "../errors.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { Report, Venue } from "../venues/venue.ts";
import type { Accounts } from "./accounts/accounts.ts";
import type { OnEvent } from "./events.ts";
import { rest } from "./leader.ts";
import type { Snapshots } from "./snapshots/snapshots.ts";
import { isGone } from "./store/database.ts";

/** Published snapshots as they come. Each must be on chain before it is given. */
export interface SnapshotSource {
  readonly name: string;
  readonly snapshots: (signal: AbortSignal) => AsyncIterable<Report<Snapshot>>;
}

export interface FeedParts {
  readonly accounts: Accounts;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
  /** Called when something has changed that the plan follows from. */
  readonly onChange: () => void;
}

/** Milliseconds between two tries at a database that is away, or two looks for the first snapshot. */
const AGAIN = 500;

/** Takes accounts from a venue into the database, until the signal or the venue's end. */
export async function feedAccounts(parts: FeedParts, venue: Venue, signal: AbortSignal): Promise<void> {
  const { accounts, snapshots, clock, onEvent, onChange } = parts;
  for await (const report of venue.accounts(signal)) {
    if ("refusal" in report) {
      refused(onEvent, venue.name, report.refusal.error);
      continue;
    }
    const { reading } = report;
    await untilDone(signal, onEvent, async () => {
      const snapshot = await snapshots.newest();
      if (snapshot === undefined) return false;
      try {
        const { isNew } = await accounts.accept(reading, snapshot, clock.now());
        if (isNew) onChange();
      } catch (error) {
        if (!(error instanceof BallastError) || error.code === "STORE_ERROR") throw error;
        refused(onEvent, venue.name, error);
      }
      return true;
    });
    if (signal.aborted) return;
  }
}

/** Takes published snapshots into the database, until the signal or the source's end. */
export async function feedSnapshots(
  parts: FeedParts,
  source: SnapshotSource,
  signal: AbortSignal,
): Promise<void> {
  const { snapshots, onEvent, onChange } = parts;
  for await (const report of source.snapshots(signal)) {
    if ("refusal" in report) {
      refused(onEvent, source.name, report.refusal.error);
      continue;
    }
    await untilDone(signal, onEvent, async () => {
      if (await snapshots.add(report.reading)) onChange();
      return true;
    });
    if (signal.aborted) return;
  }
}

/** Tries again while the database is away, and while the work says that it is not done. */
async function untilDone(signal: AbortSignal, onEvent: OnEvent, work: () => Promise<boolean>): Promise<void> {
  let hasTold = false;
  while (!signal.aborted) {
    try {
      if (await work()) return;
    } catch (error) {
      if (!isGone(error)) throw error;
      if (!hasTold)
        onEvent({ role: "feed", level: "warning", message: "the database does not answer: trying again" });
      hasTold = true;
    }
    await rest(AGAIN, signal);
  }
}

/** Of an account nothing is named in an event: names may be a customer's. */
function refused(onEvent: OnEvent, source: string, { code }: BallastError): void {
  onEvent({
    role: "feed",
    level: "warning",
    message: `${source}: a reading was refused (${code}), the last one stays`,
  });
}
