import { type Address, encodeFunctionData, type TransactionReceipt } from "viem";
import type { EquityClaim, ReductionClaim, TransferClaim } from "../../liquidation/claims.ts";
import type { ChainClient } from "../client.ts";
import { liquidationEngineAbi as abi } from "../generated/liquidation-engine.ts";
import type { WaitingCall } from "../governed.ts";
import { approveExactly } from "../token.ts";
import { encodeEquity, encodeReduction, encodeTransfer } from "./encode.ts";
import { eventIn } from "./receipt.ts";
import { sender } from "./send.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

const send = sender(abi, "engine");

/** A case that was opened, and the transaction. */
export interface OpenedCase {
  readonly caseId: bigint;
  readonly receipt: TransactionReceipt;
}

/**
 * Opens a case by the current attestation of the account's present portfolio, tier 2 or worse; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoCurrentAttestation, WrongTier, SnapshotNotEntered, SnapshotTooOld, CaseIsOpen, HouseAccount,
 *   Paused.
 */
export async function openCase(
  client: ChainClient,
  system: LiquidationSystem,
  accountId: bigint,
): Promise<OpenedCase> {
  const receipt = await send(client, system, "open", [accountId], "opening the case");
  return { caseId: eventIn(receipt, system.engine, abi, "CaseOpened").caseId, receipt };
}

/**
 * Closes a case whose account's present portfolio is attested with tier 0 or 1; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoCurrentAttestation, WrongTier, SnapshotTooOld, WrongStatus.
 */
export function cureCase(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
): Promise<TransactionReceipt> {
  return send(client, system, "cure", [caseId], "curing the case");
}

/**
 * Closes a case by a transfer after which the account is healthy: a deposit of the caller's, whose tokens are approved here (anyone
 * may), or a trade (the venue may). The new portfolio is attested before. Purpose: `casePurpose("cure", …, the caller)`.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoCurrentAttestation, WrongTier, WrongTransfer, NotAllowed, InvalidTransferProof.
 */
export async function cureByTransfer(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  claim: TransferClaim,
): Promise<TransactionReceipt> {
  if (claim.funding > 0n) {
    const { token, unitsPerLot } = await readSettlement(client, system);
    await approveExactly(client, token, system.engine, claim.funding * unitsPerLot);
  }
  const args = [caseId, encodeTransfer(claim)] as const;
  return send(client, system, "cureByTransfer", args, "curing the case by a transfer");
}

/**
 * Moves a slice off the account of a case in its soft window: the venue may, with any ordinary account; the operator with the house's.
 * The new portfolio is attested before, with any tier; this and the reduction are in the newest snapshot. Purpose:
 * `casePurpose("reduce", …, the caller)`.
 * @param house the house's equity before and after, in the newest snapshot, where the house takes the slice; else nothing.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotAllowed, WrongStatus, WrongTransfer, NoCurrentAttestation, NotNewest,
 *   SnapshotTooOld, AccountIsLocked, InvalidReductionProof, InvalidTransferProof, HouseWouldLose.
 */
export function reduceCase(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  claim: TransferClaim,
  reduction: ReductionClaim,
  house: readonly EquityClaim[] = [],
): Promise<TransactionReceipt> {
  const args = [caseId, encodeTransfer(claim), encodeReduction(reduction), house.map(encodeEquity)] as const;
  return send(client, system, "reduce", args, "reducing the account");
}

/**
 * Moves a case on whose soft window has passed, or whose account is attested with tier 3 or 4; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. TooEarly, WrongTier, WrongStatus.
 */
export function escalateCase(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
): Promise<TransactionReceipt> {
  return send(client, system, "escalate", [caseId], "escalating the case");
}

/**
 * Closes a case that has come to its end, or whose prices were missing for too long; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. CaseNotOver, WrongStatus.
 */
export function abandonCase(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
): Promise<TransactionReceipt> {
  return send(client, system, "abandon", [caseId], "abandoning the case");
}

/**
 * Stops new cases, for three days and at most once in 30, or allows them sooner; the guardian may.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyGuardian, PausedTooOften.
 */
export function setPaused(
  client: ChainClient,
  system: LiquidationSystem,
  paused: boolean,
): Promise<TransactionReceipt> {
  return send(client, system, "setPaused", [paused], paused ? "pausing new cases" : "allowing new cases");
}

/** The call that replaces the guardian: the engine's owner schedules it, and in two days anybody can make it. */
export function guardianChange(
  { engine }: Pick<LiquidationSystem, "engine">,
  guardian: Address,
): WaitingCall {
  return { target: engine, call: encodeFunctionData({ abi, functionName: "setGuardian", args: [guardian] }) };
}
