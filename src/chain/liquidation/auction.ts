import { type Address, type TransactionReceipt, zeroHash } from "viem";
import { BallastError } from "../../errors.ts";
import { type Bid, bidHash, checkCommitted } from "../../liquidation/bid.ts";
import type { CeilingClaim, EquityClaim, TransferClaim } from "../../liquidation/claims.ts";
import { isSameAddress } from "../address.ts";
import type { ChainClient } from "../client.ts";
import { sealedAuctionAbi as abi } from "../generated/sealed-auction.ts";
import { approveBeyondCredit } from "./credits.ts";
import { encodeCeiling, encodeEquity, encodeTransfer } from "./encode.ts";
import { bondOf, feeOf } from "./fees.ts";
import { readAuction } from "./read-auction.ts";
import { sender } from "./send.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

const send = sender(abi, "auction");

/**
 * Commits to a bid and posts the bond, from the client's credit first; what is lacking is approved here. Who was listed when the case opened
 * may, once. Save the bid's file before.
 * @throws {BallastError} BID_MISMATCH for a bid of another chain, auction or bidder; CHAIN_ERROR, e.g. NotALiquidator, TooLate,
 *   AlreadyBid, TooManyBids, CaseNotThere.
 */
export async function commitBid(
  client: ChainClient,
  system: LiquidationSystem,
  bid: Bid,
): Promise<TransactionReceipt> {
  checkPlace(client, system, bid);
  const { parameters } = await auctionOf(client, system, bid.caseId);
  await approveBeyondCredit(client, system, "auction", parameters.bidBond);
  return send(client, system, "commitBid", [bid.caseId, bidHash(bid)], "committing the bid");
}

/**
 * Opens a bid, between the end of bids and that of revealing, and tops its bond up to its share of the bid, from the client's credit first; what
 * is lacking is approved here.
 * @throws {BallastError} BID_MISMATCH when it is not the committed one; CHAIN_ERROR, e.g. TooEarly, TooLate, WrongBidStatus.
 */
export async function revealBid(
  client: ChainClient,
  system: LiquidationSystem,
  bid: Bid,
): Promise<TransactionReceipt> {
  checkPlace(client, system, bid);
  const { caseId, bidder, cash, salt } = bid;
  const { bids, parameters } = await auctionOf(client, system, caseId);
  const found = bids.find((one) => isSameAddress(one.bidder, bidder));
  checkCommitted(bid, found?.bidHash ?? zeroHash);
  const { unitsPerLot } = await readSettlement(client, system);
  const topUp = bondOf(cash, unitsPerLot, parameters) - (found?.bond ?? 0n);
  await approveBeyondCredit(client, system, "auction", topUp);
  return send(client, system, "revealBid", [caseId, cash, salt], "revealing the bid");
}

/**
 * Takes the portfolio over for the claim's cash: what was bid, or the floor of the equity where that is more; the present leader may. The fee comes
 * from its bond and credit first; what is lacking is approved here. Purpose: `casePurpose("award", …, the caller)`; the caller's account is
 * attested with its new portfolio before. An account that is healthy by the equity's claim keeps everything: its case closes as cured.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotLeader, WrongCash, NotHealthy, NotNewest, NotYourAccount, InvalidTransferProof.
 */
export async function settleBid(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  claim: TransferClaim,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  await approveFee(client, system, caseId, claim);
  const args = [caseId, encodeTransfer(claim), encodeEquity(equity)] as const;
  return send(client, system, "settle", args, "settling the bid");
}

/**
 * The same without showing the account's equity: the claim says that the account is in breach, and worth no more than `ceilingOf` the cash.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotLeader, WrongCash, NotHealthy, NotNewest, NotYourAccount, InvalidCeilingProof.
 */
export async function settleBidUnshown(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  claim: TransferClaim,
  ceiling: CeilingClaim,
): Promise<TransactionReceipt> {
  await approveFee(client, system, caseId, claim);
  const args = [caseId, encodeTransfer(claim), encodeCeiling(ceiling)] as const;
  return send(client, system, "settleUnshown", args, "settling the bid");
}

/** Approves what of an award's fee the sender's bond and credit don't pay. */
async function approveFee(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  { cash }: TransferClaim,
): Promise<void> {
  const { bids, parameters } = await auctionOf(client, system, caseId);
  const { unitsPerLot } = await readSettlement(client, system);
  const bond = bids.find(({ bidder }) => isSameAddress(bidder, client.account.address))?.bond ?? 0n;
  await approveBeyondCredit(client, system, "auction", feeOf(cash, unitsPerLot, parameters) - bond);
}

/**
 * Leaves with the bond; the present leader may, when it would have to pay more than it bid. An account that is healthy by the claim is cured.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotLeader, BidIsEnough, NotNewest, InvalidEquityProof.
 */
export function withdrawBid(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  return send(client, system, "withdrawBid", [caseId, encodeEquity(equity)], "leaving the auction");
}

/**
 * Books that leaders let their time pass; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NothingToPassOver.
 */
export function passOver(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
): Promise<TransactionReceipt> {
  return send(client, system, "passOver", [caseId], "passing the leader over");
}

/**
 * Sends the bond of a bid that was not revealed in time to the insurance fund; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. WrongBidStatus, TooEarly, BondNotFree.
 */
export function sweepUnrevealed(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  bidder: Address,
): Promise<TransactionReceipt> {
  return send(client, system, "sweepUnrevealed", [caseId, bidder], "sweeping the bond");
}

/**
 * Credits a bidder its bond once it can serve no more; anyone may. `withdrawCredit` pays it out.
 * @throws {BallastError} CHAIN_ERROR, e.g. WrongBidStatus, BondNotFree.
 */
export function reclaimBond(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  bidder: Address,
): Promise<TransactionReceipt> {
  return send(client, system, "reclaim", [caseId, bidder], "reclaiming the bond");
}

/**
 * Allows or forbids bids of an account in cases that open from now on; the owner may.
 * @throws {BallastError} CHAIN_ERROR, e.g. OwnableUnauthorizedAccount.
 */
export function setLiquidator(
  client: ChainClient,
  system: LiquidationSystem,
  liquidator: Address,
  listed: boolean,
): Promise<TransactionReceipt> {
  return send(client, system, "setLiquidator", [liquidator, listed], "listing the liquidator");
}

/** @throws {BallastError} CHAIN_ERROR. */
async function auctionOf(client: ChainClient, system: LiquidationSystem, caseId: bigint) {
  const found = await readAuction(client, system, caseId);
  if (found !== undefined) return found;
  throw new BallastError("CHAIN_ERROR", `Case ${caseId} never had an auction.`, {
    hint: "Bids are made in the sealed phase: look at it with `ballast liquidate show`.",
    details: { error: "UnknownAuction" },
  });
}

/** @throws {BallastError} BID_MISMATCH. */
function checkPlace(client: ChainClient, { chainId, auction }: LiquidationSystem, bid: Bid): void {
  const wrong =
    bid.chainId !== BigInt(chainId)
      ? "chain"
      : !isSameAddress(bid.auction, auction)
        ? "auction"
        : bid.bidder !== client.account.address
          ? "bidder"
          : undefined;
  if (wrong === undefined) return;
  throw new BallastError("BID_MISMATCH", `The bid is of another ${wrong}.`, {
    hint: "Use the bid's own deployment and key: to anybody else it means nothing.",
  });
}
