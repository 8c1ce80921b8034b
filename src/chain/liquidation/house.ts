import { encodeFunctionData, type TransactionReceipt } from "viem";
import type { DeleverageClaim, EquityClaim, TransferClaim } from "../../liquidation/claims.ts";
import type { RoundTerms } from "../../liquidation/deleveraging.ts";
import { type Field, toField } from "../../math/field.ts";
import type { ChainClient } from "../client.ts";
import { clearingHouseAbi as abi } from "../generated/clearing-house.ts";
import { transact } from "../transact.ts";
import { encodeDeleverage, encodeEquity, encodeTransfer } from "./encode.ts";
import { eventIn } from "./receipt.ts";
import type { LiquidationSystem } from "./system.ts";

type House = Pick<LiquidationSystem, "clearingHouse" | "houseAccount">;

/** Lots of the settlement asset. */
export interface Absorbed {
  readonly loss: bigint;
  readonly fromInsuranceFund: bigint;
  readonly fromGammaReserve: bigint;
  /** What the funds are to bear of it, and was not drawn yet. */
  readonly reserved: bigint;
  readonly residual: bigint;
}

/**
 * Takes a case's portfolio over into the house's account; the operator may. Purpose: `casePurpose("takeover", …, the clearing house)`.
 * @param equity of the case's account, in the newest snapshot: less than a lot. What it lacks is booked.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOperator, WrongStatus, WrongTransfer, HouseNotGuarded, InvalidEquityProof.
 */
export function takeOver(
  client: ChainClient,
  { clearingHouse: to }: House,
  caseId: bigint,
  claim: TransferClaim,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  const args = [caseId, encodeTransfer(claim), encodeEquity(equity)] as const;
  const data = encodeFunctionData({ abi, functionName: "takeOver", args });
  return transact(client, { to, data, doing: "taking the portfolio over" });
}

/**
 * Books the house's loss, and draws of it what the funds hold and a day may take; anyone may. Purpose: `absorbPurpose(snapshotId)`.
 * @param equity of one of the house's accounts in the newest snapshot, in which the others' was shown: together below 0.
 * @param funding brings the lots drawn into the house's account (`absorbableLots` says how many); none when that is nothing.
 * @throws {BallastError} CHAIN_ERROR, e.g. HouseNotShort, NotNewest, WrongFunding, InvalidEquityProof, InvalidTransferProof.
 */
export async function absorbLoss(
  client: ChainClient,
  { clearingHouse: to, houseAccount }: House,
  equity: EquityClaim,
  funding?: TransferClaim,
): Promise<Absorbed & { readonly receipt: TransactionReceipt }> {
  const claim = funding === undefined ? nothing(equity, houseAccount) : encodeTransfer(funding);
  const data = encodeFunctionData({ abi, functionName: "absorb", args: [encodeEquity(equity), claim] });
  const receipt = await transact(client, { to, data, doing: "absorbing the loss" });
  const { loss, fromInsuranceFund, fromGammaReserve, residual } = eventIn(receipt, to, abi, "Absorbed");
  const reserved = loss - fromInsuranceFund - fromGammaReserve - residual;
  return { loss, fromInsuranceFund, fromGammaReserve, reserved, residual, receipt };
}

/**
 * Settles what is unsettled where all of the house's accounts together are worth nothing less than 0 in the newest snapshot; anyone
 * may.
 * @param equity of one of them; the others' was shown in that snapshot.
 * @throws {BallastError} CHAIN_ERROR, e.g. HouseShort, NotNewest, InvalidEquityProof.
 */
export function clearResidual(
  client: ChainClient,
  { clearingHouse: to }: House,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "clearResidual", args: [encodeEquity(equity)] });
  return transact(client, { to, data, doing: "clearing the residual" });
}

/** Unlocks the funds from a residual of 30 days; anyone may. @throws {BallastError} CHAIN_ERROR, e.g. NoResidual, TooEarlyToWriteOff. */
export function writeOff(client: ChainClient, { clearingHouse: to }: House): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "writeOff" });
  return transact(client, { to, data, doing: "writing the residual off" });
}

/**
 * Gives lots of the house back to the insurance fund; the operator may. Purpose: `RELEASE_PURPOSE`; the claim's funding is -lots, and
 * the new portfolio, as those of all other accounts of the house, is attested with tier 0 before, in one snapshot.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOperator, LossUnsettled, HouseNotHealthy, NotNewest, NotEnoughLots, InvalidTransferProof.
 */
export function releaseLots(
  client: ChainClient,
  { clearingHouse: to }: House,
  claim: TransferClaim,
): Promise<TransactionReceipt> {
  const args = [-claim.funding, encodeTransfer(claim)] as const;
  const data = encodeFunctionData({ abi, functionName: "release", args });
  return transact(client, { to, data, doing: "releasing lots" });
}

/**
 * Opens a round of auto-deleveraging; the operator may.
 * @param holding what one of the house's accounts holds: `proveDeleverage` with `holdingTerms`, and its new commitment.
 * @param equity that account's equity in the newest snapshot, in which the others' was shown: together below 0.
 * @returns the round's number.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoResidual, HouseHoldsLess, InvalidDeleverageProof, NotNewest.
 */
export async function openRound(
  client: ChainClient,
  { clearingHouse: to }: House,
  terms: RoundTerms,
  holding: { readonly claim: DeleverageClaim; readonly newCommitment: bigint },
  equity: EquityClaim,
): Promise<{ readonly roundId: bigint; readonly receipt: TransactionReceipt }> {
  const claim = encodeDeleverage(holding.claim);
  const args = [terms, holding.newCommitment, claim, encodeEquity(equity)] as const;
  const data = encodeFunctionData({ abi, functionName: "openRound", args });
  const receipt = await transact(client, { to, data, doing: "opening the round" });
  return { roundId: eventIn(receipt, to, abi, "RoundOpened").roundId, receipt };
}

/**
 * Closes a holder's part in a round; the operator may. Purpose: `deleveragePurpose(roundId)`.
 * @param claim from the holder (A) to the house (B).
 * @param equity of the round's account after it, in the round's snapshot.
 * @param holder the holder's equity after it, in the newest snapshot.
 * @returns the residual that is left, lots.
 * @throws {BallastError} CHAIN_ERROR, e.g. RoundOver, AlreadyDeleveraged, AbovePart, AboveResidual, AccountNotOrdinary, HolderWouldLack.
 */
export async function deleverageHolder(
  client: ChainClient,
  { clearingHouse: to }: House,
  roundId: bigint,
  claim: TransferClaim,
  part: DeleverageClaim,
  equity: EquityClaim,
  holder: EquityClaim,
): Promise<{ readonly residual: bigint; readonly receipt: TransactionReceipt }> {
  const equities = [encodeEquity(equity), encodeEquity(holder)] as const;
  const args = [roundId, encodeTransfer(claim), encodeDeleverage(part), ...equities] as const;
  const data = encodeFunctionData({ abi, functionName: "deleverage", args });
  const receipt = await transact(client, { to, data, doing: "closing the holder's part" });
  return { residual: eventIn(receipt, to, abi, "Deleveraged").residual, receipt };
}

/** The claim of a transfer that moves nothing: with it the contract looks at the equity alone. */
function nothing({ circuitId, deadline, proof }: EquityClaim, accountA: Field) {
  const zero = toField(0n);
  const rest = { newA: zero, accountB: zero, newB: zero, cash: 0n, funding: 0n };
  return encodeTransfer({ circuitId, deadline, proof, accountA, ...rest });
}
