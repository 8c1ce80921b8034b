import type { Address, Hex, TransactionReceipt } from "viem";
import { parseEventLogs } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import {
  fixExitSnapshot,
  postMarks,
  resumeVenue,
  sendClaim,
  sendHeartbeat,
  stopVenue,
  takePart,
} from "../../chain/exit/exit.ts";
import { type ExitView, findExitSnapshot, readExit } from "../../chain/exit/read-exit.ts";
import { exitDeskAbi } from "../../chain/generated/exit-desk.ts";
import { readAssets } from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type Field, formatField } from "../../math/field.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type Desk, type LiquidationContext, nameIn, sendStep } from "../liquidation/context.ts";
import { checkOnLedger, equityAt } from "../liquidation/facts.ts";

/** A step of an exit, and where it is after it. */
export interface ExitStep {
  readonly exit: ExitView;
  readonly receipt: TransactionReceipt;
}

/**
 * Says that the venue is there: without a closed run, a handover or this for the silence that the deployment allows, anyone may stop it.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, VenueStopped.
 * @example
 * ```ts
 * import { giveSignOfLife, type LiquidationContext } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { exit } = await giveSignOfLife(context);
 * console.log(exit.aliveUntil);
 * ```
 */
export function giveSignOfLife(context: LiquidationContext): Promise<ExitStep> {
  return stepped(context, "giving a sign of life", ({ client, system }) => sendHeartbeat(client, system));
}

/**
 * Stops a venue that has been silent for too long; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. VenueAlive.
 * @example
 * ```ts
 * import { type LiquidationContext, stopSilentVenue } from "ballast/actions";
 * declare const context: LiquidationContext;
 * await stopSilentVenue(context);
 * ```
 */
export function stopSilentVenue(context: LiquidationContext): Promise<ExitStep> {
  return stepped(context, "stopping the venue", ({ client, system }) => stopVenue(client, system));
}

/**
 * Ends a stop by a closed run of after it; anyone may, until the first claim.
 * @throws {BallastError} CHAIN_ERROR, e.g. RunTooOld, VenueLeft.
 * @example
 * ```ts
 * import { type LiquidationContext, resumeByRun } from "ballast/actions";
 * declare const context: LiquidationContext;
 * await resumeByRun(context, `0x${"12".repeat(32)}`);
 * ```
 */
export function resumeByRun(context: LiquidationContext, runId: Hex): Promise<ExitStep> {
  return stepped(context, "ending the stop", ({ client, system }) => resumeVenue(client, system, runId));
}

/**
 * Fixes the snapshot by which accounts leave a stopped venue; anyone may.
 * @throws {BallastError} INVALID_INPUT where no snapshot was ever the newest; CHAIN_ERROR, e.g. NotStopped, WaitsForPrices.
 * @example
 * ```ts
 * import { fixExit, type LiquidationContext } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { exit } = await fixExit(context);
 * console.log(exit.snapshotId, exit.claimsUntil);
 * ```
 */
export async function fixExit(context: LiquidationContext): Promise<ExitStep> {
  const { client, system } = context;
  const { stoppedAt } = await readExit(client, system);
  const found = await findExitSnapshot(client, system, stoppedAt);
  if (found === undefined)
    throw new BallastError(
      "INVALID_INPUT",
      "No sound snapshot was ever the newest: nothing says what accounts are worth.",
      {
        hint: "Publish one: the exit goes by it.",
      },
    );
  return stepped(context, "fixing the exit's snapshot", () => fixExitSnapshot(client, system, found.place));
}

/**
 * Has the chain read from the exit's snapshot what collateral is worth; anyone may. It is needed once, before anybody takes.
 * @throws {BallastError} INVALID_INPUT for another snapshot than the exit's; CHAIN_ERROR.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { type LiquidationContext, readExitMarks } from "ballast/actions";
 * declare const context: LiquidationContext;
 * declare const snapshot: Snapshot;
 * await readExitMarks(context, snapshot);
 * ```
 */
export async function readExitMarks(context: LiquidationContext, snapshot: Snapshot): Promise<ExitStep> {
  await checkExitSnapshot(context, snapshot);
  return stepped(context, "reading what collateral is worth", ({ client, system }) =>
    postMarks(client, system, snapshot),
  );
}

/** What an account claims. */
export interface ClaimedExit extends ExitStep {
  /** Micro-USD, public from now on. */
  readonly equity: bigint;
  readonly to: Address;
}

/**
 * Claims what an account is worth in the exit's snapshot; its owner may, once. The house's accounts are claimed for by whoever can open
 * them, and paid to the insurance fund.
 * @param desk its snapshot is the exit's, and its deadline no matter of that snapshot's age.
 * @param to who is paid.
 * @throws {BallastError} INVALID_INPUT for another snapshot than the exit's, or an account that is worth nothing; COMMITMENT_MISMATCH;
 *   CHAIN_ERROR, e.g. NotOwner, NotCounted, AlreadyClaimed; as `proveEquity`.
 * @example
 * ```ts
 * import { claimExit, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"equity">;
 * declare const account: OpenAccount;
 * const { equity } = await claimExit(desk, account, desk.client.account.address);
 * ```
 */
export async function claimExit(
  desk: Desk<"equity">,
  account: OpenAccount,
  to: Address,
): Promise<ClaimedExit> {
  await checkExitSnapshot(desk, desk.snapshot);
  await checkOnLedger(desk, [account]);
  const claim = await equityAt(desk, account);
  const { equity } = claim;
  if (equity <= 0n)
    throw new BallastError("INVALID_INPUT", "The account is worth nothing in the exit's snapshot.", {
      hint: "Negative accounts claim nothing, and owe nothing here.",
    });
  const step = await stepped(desk, `claiming for ${nameIn(desk, account.accountId)}`, ({ client, system }) =>
    sendClaim(client, system, claim, to),
  );
  return { ...step, equity, to };
}

/** What an account got. */
export interface TakenExit {
  readonly parts: readonly { readonly instrumentId: number; readonly lots: bigint }[];
  readonly receipts: readonly TransactionReceipt[];
}

/**
 * Has an account paid its part of every asset, once claims are over; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. ClaimsRun, MarksMissing; NothingToTake where there is nothing of any asset.
 * @example
 * ```ts
 * import { type LiquidationContext, takeExit } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { parts } = await takeExit(context, 7n);
 * for (const { instrumentId, lots } of parts) console.log(instrumentId, lots);
 * ```
 */
export async function takeExit(context: LiquidationContext, accountId: bigint): Promise<TakenExit> {
  const { client, system } = context;
  const assets = await readAssets(client, system);
  const taken: { instrumentId: number; lots: bigint }[] = [];
  const receipts: TransactionReceipt[] = [];
  let nothing: unknown;
  for (const { instrumentId } of assets) {
    try {
      const receipt = await sendStep(context, `taking asset ${instrumentId}`, () =>
        takePart(client, system, accountId, instrumentId),
      );
      receipts.push(receipt);
      taken.push({ instrumentId, lots: lotsIn(receipt, system.exits) });
    } catch (error) {
      // Of an asset there may be nothing; another one's part is paid all the same.
      if (!(error instanceof BallastError) || error.details?.["error"] !== "NothingToTake") throw error;
      nothing = error;
    }
  }
  if (taken.length === 0) throw nothing;
  return { parts: taken, receipts };
}

function lotsIn({ logs }: TransactionReceipt, exits: Address): bigint {
  const own = logs.filter(({ address }) => isSameAddress(address, exits));
  const [event] = parseEventLogs({ abi: exitDeskAbi, eventName: "Taken", logs: own });
  return event?.args.lots ?? 0n;
}

async function stepped(
  context: LiquidationContext,
  title: string,
  send: (context: LiquidationContext) => Promise<TransactionReceipt>,
): Promise<ExitStep> {
  const receipt = await sendStep(context, title, () => send(context));
  return { exit: await readExit(context.client, context.system), receipt };
}

/** @throws {BallastError} INVALID_INPUT; CHAIN_ERROR. */
async function checkExitSnapshot(
  { client, system }: Pick<LiquidationContext, "client" | "system">,
  { snapshotId }: { readonly snapshotId: Field },
): Promise<void> {
  const exit = await readExit(client, system);
  if (exit.snapshotId === snapshotId) return;
  const fixed = exit.snapshotId === undefined ? "none is fixed yet" : `it is ${formatField(exit.snapshotId)}`;
  throw new BallastError("INVALID_INPUT", `The snapshot is not the one that the exit goes by: ${fixed}.`, {
    hint: "Fix it with `ballast exit fix`, and give the snapshot of that id.",
  });
}
