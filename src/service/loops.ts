import type { ChainClient } from "../chain/client.ts";
import { BallastError } from "../errors.ts";
import { Accounts } from "./accounts/accounts.ts";
import { attempted, LOOK } from "./attempt.ts";
import { Keeper } from "./keeper/keeper.ts";
import type { KeeperParts } from "./keeper/parts.ts";
import { rest } from "./leader.ts";
import { Pauses } from "./pauses.ts";
import type { SenderRules } from "./sender/outbox.ts";
import { Sender } from "./sender/sender.ts";
import type { ServiceParts } from "./serve.ts";
import type { MarketView } from "./signer/market-view.ts";
import { type SignerParts, SnapshotSigner } from "./signer/signer.ts";
import { Snapshots } from "./snapshots/snapshots.ts";
import { SolvencySchedule } from "./solvency/schedule.ts";

/** A key that sends. */
export interface SenderPart {
  readonly client: ChainClient;
  readonly rules: SenderRules;
  readonly submit?: (raw: `0x${string}`) => Promise<unknown>;
  /** Default: the first of a process's keys does. */
  readonly attests?: boolean;
}

/** A key that acts in cases. */
export type KeeperPart = Pick<KeeperParts, "client" | "rules" | "files" | "disclosureKey">;

/** An oracle's key, and the market that it compares with. */
export interface SignerPart extends Pick<SignerParts, "account" | "policy" | "tolerances" | "points"> {
  readonly market: MarketView;
}

export async function runSender(
  { database, deployment, onEvent }: ServiceParts,
  sender: SenderPart,
  signal: AbortSignal,
): Promise<void> {
  const loop = new Sender({ database, deployment, onEvent, ...sender });
  while (!signal.aborted) {
    await attempted(onEvent, "sender", () => loop.step());
    await rest(LOOK, signal);
  }
}

export async function runKeeper(parts: ServiceParts, keeper: KeeperPart, signal: AbortSignal): Promise<void> {
  const { database, keyring, deployment, liquidation, clock, onEvent, kits } = parts;
  if (liquidation === undefined) throw new BallastError("INTERNAL", "A keeper needs a liquidation.");
  const loop = new Keeper({
    ...{ database, keyring, deployment, clock, onEvent, ...liquidation, ...keeper },
    accounts: new Accounts(database, keyring, kits[0].circuit.slots),
    snapshots: new Snapshots(database),
  });
  const pauses = new Pauses(database);
  while (!signal.aborted) {
    await attempted(onEvent, "keeper", async () => {
      if (!(await pauses.has("keeper"))) await loop.pass(signal);
    });
    await rest(LOOK, signal);
  }
  await loop.idle();
}

/** Follows its own market, and says what it thinks of proposals. */
export async function runSigner(
  { database, deployment, clock, onEvent }: ServiceParts,
  { market, ...part }: SignerPart,
  signal: AbortSignal,
): Promise<void> {
  const signer = new SnapshotSigner({
    ...{ database, deployment, clock, onEvent, ...part },
    market: () => market.newest,
  });
  const look = async (): Promise<void> => {
    while (!signal.aborted) {
      await attempted(onEvent, "signer", () => signer.step());
      await rest(LOOK, signal);
    }
  };
  await Promise.all([market.follow(signal), look()]);
}

/** Milliseconds before a run that failed is gone on with. */
const RUN_AGAIN = 60_000;

/** A run that fails for good is told of by its error's code alone, and looked at again later: attestations go on meanwhile. */
export async function runSolvencyRuns(parts: ServiceParts, signal: AbortSignal): Promise<void> {
  const { database, keyring, deployment, solvency, senders: [sender] = [], clock, onEvent, kits } = parts;
  if (solvency?.runs === undefined || sender === undefined)
    throw new BallastError("INTERNAL", "Solvency runs need a venue's key and a sender.");
  const schedule = new SolvencySchedule({
    ...{ database, keyring, deployment, clock, onEvent, kits: solvency.kits, ...solvency.runs },
    accounts: new Accounts(database, keyring, kits[0].circuit.slots),
    snapshots: new Snapshots(database),
    client: sender.client,
  });
  const pauses = new Pauses(database);
  while (!signal.aborted) {
    try {
      if (!(await pauses.has("solvency"))) await schedule.pass(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof BallastError)) throw error;
      onEvent({ role: "solvency", level: "warning", message: `a run failed: ${error.code}. Trying again.` });
      await rest(RUN_AGAIN, signal);
    }
    await rest(LOOK, signal);
  }
}
