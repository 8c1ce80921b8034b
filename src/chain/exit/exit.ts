import { type Address, encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import type { EquityClaim } from "../../liquidation/claims.ts";
import { type Snapshot, tableElements } from "../../risk/snapshot.ts";
import type { ChainClient } from "../client.ts";
import { exitDeskAbi as abi } from "../generated/exit-desk.ts";
import { encodeEquity } from "../liquidation/encode.ts";
import type { LiquidationSystem } from "../liquidation/system.ts";
import { headerOf } from "../snapshot/oracle-messages.ts";
import { transact } from "../transact.ts";

type Exits = Pick<LiquidationSystem, "exits">;

/** Rows a transaction: 40 kB of calldata for rows of the flagship shape. */
const ROWS_AT_ONCE = 72;

/** Says that the venue is there; only the venue may. @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, VenueStopped. */
export function sendHeartbeat(client: ChainClient, { exits: to }: Exits): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "heartbeat" });
  return transact(client, { to, data, doing: "giving a sign of life" });
}

/** Stops a venue that gave no sign of life for long; anyone may. @throws {BallastError} CHAIN_ERROR, e.g. VenueAlive. */
export function stopVenue(client: ChainClient, { exits: to }: Exits): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "stop" });
  return transact(client, { to, data, doing: "stopping the venue" });
}

/** Ends the stop by a closed run of after it; anyone may, until the first claim. @throws {BallastError} CHAIN_ERROR, e.g. RunTooOld, VenueLeft. */
export function resumeVenue(
  client: ChainClient,
  { exits: to }: Exits,
  runId: Hex,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "resume", args: [runId] });
  return transact(client, { to, data, doing: "ending the stop" });
}

/**
 * Fixes the snapshot that the exit goes by; anyone may.
 * @param place in the market clock's line, from 1.
 * @throws {BallastError} CHAIN_ERROR, e.g. WaitsForPrices, NotTheExitSnapshot.
 */
export function fixExitSnapshot(
  client: ChainClient,
  { exits: to }: Exits,
  place: number,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "fix", args: [place] });
  return transact(client, { to, data, doing: "fixing the exit's snapshot" });
}

/**
 * Has the contract read from the exit's snapshot what collateral is worth; anyone may.
 * @returns the last of the transactions.
 * @throws {BallastError} CHAIN_ERROR, e.g. RowsMismatch for another snapshot.
 */
export async function postMarks(
  client: ChainClient,
  { exits: to }: Exits,
  snapshot: Snapshot,
): Promise<TransactionReceipt> {
  const rows = tableElements(snapshot);
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    const elements = rows.slice(first, first + ROWS_AT_ONCE).flat();
    const data = encodeFunctionData({ abi, functionName: "readRows", args: [first, elements] });
    await transact(client, { to, data, doing: "reading the snapshot's rows" });
  }
  const args = [headerOf(snapshot), snapshot.policyHash] as const;
  const data = encodeFunctionData({ abi, functionName: "finishRows", args });
  return transact(client, { to, data, doing: "keeping what collateral is worth" });
}

/**
 * Claims what an account is worth in the exit's snapshot; its owner may, once.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotOwner, NotCounted, NothingToClaim, AlreadyClaimed, ClaimsOver, InvalidEquityProof.
 */
export function sendClaim(
  client: ChainClient,
  { exits }: Exits,
  claim: EquityClaim,
  to: Address,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "claim", args: [encodeEquity(claim), to] });
  return transact(client, { to: exits, data, doing: "claiming what the account is worth" });
}

/** Has an account paid its part of an asset, once claims are over; anyone may. @throws {BallastError} CHAIN_ERROR, e.g. ClaimsRun, MarksMissing, NothingToTake. */
export function takePart(
  client: ChainClient,
  { exits: to }: Exits,
  accountId: bigint,
  instrumentId: number,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "take", args: [accountId, instrumentId] });
  return transact(client, { to, data, doing: "taking the account's part" });
}
