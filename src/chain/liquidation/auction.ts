import { type Address, encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import { BallastError } from "../../errors.ts";
import { type Bid, bidHash, checkCommitted } from "../../liquidation/bid.ts";
import type { EquityClaim, TransferClaim } from "../../liquidation/claims.ts";
import { divCeil } from "../../math/rounding.ts";
import { isSameAddress } from "../address.ts";
import type { ChainClient } from "../client.ts";
import { liquidationAuctionAbi as abi } from "../generated/liquidation-auction.ts";
import { guarded } from "../guarded.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";
import { encodeEquity, encodeTransfer } from "./encode.ts";
import type { AuctionParameters } from "./parameters.ts";
import { BESIDE_GAS, sender } from "./send.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

/** `LiquidationAuction.ORACLE_GAS`: what the auction gives the volatility oracle for an answer. */
const ORACLE_GAS = 3_000_000n;
const MILLION = 1_000_000n;

const send = sender(abi, "auction");

/**
 * Commits to a bid and posts the bond, which is approved here; listed liquidators may, once each. Save the bid's file before.
 * @throws {BallastError} BID_MISMATCH for a bid of another chain, auction or bidder; CHAIN_ERROR, e.g. NotALiquidator, TooLate,
 *   AlreadyBid, TooManyBids, CaseNotThere.
 */
export async function commitBid(
  client: ChainClient,
  system: LiquidationSystem,
  bid: Bid,
): Promise<TransactionReceipt> {
  checkPlace(client, system, bid);
  const { bidBond } = await readParameters(client, system, bid.caseId);
  const { token } = await readSettlement(client, system);
  await approveExactly(client, token, system.auction, bidBond);
  return send(client, system, "commitBid", [bid.caseId, bidHash(bid)], "committing the bid");
}

/**
 * Opens a bid, between the end of bids and that of revealing.
 * @throws {BallastError} BID_MISMATCH when it is not the committed one; CHAIN_ERROR, e.g. TooEarly, TooLate, WrongBidStatus.
 */
export async function revealBid(
  client: ChainClient,
  system: LiquidationSystem,
  bid: Bid,
): Promise<TransactionReceipt> {
  checkPlace(client, system, bid);
  const { caseId, bidder, cash, salt } = bid;
  const committed = await guarded("reading the bid", () =>
    client.public.readContract({
      address: system.auction,
      abi,
      functionName: "bidHashAt",
      args: [caseId, bidder],
    }),
  );
  checkCommitted(bid, committed);
  return send(client, system, "revealBid", [caseId, cash, salt], "revealing the bid");
}

/**
 * Takes the portfolio over for what was bid; the present leader may. The fee is approved here. Purpose:
 * `casePurpose("award", …, the caller)`; the caller's account is attested with its new portfolio before.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotLeader, WrongCash, NotHealthy, NotYourAccount, InvalidTransferProof.
 */
export async function settleBid(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  claim: TransferClaim,
): Promise<TransactionReceipt> {
  const parameters = await readParameters(client, system, caseId);
  const { token, unitsPerLot } = await readSettlement(client, system);
  await approveExactly(client, token, system.auction, feeOf(claim.cash, unitsPerLot, parameters));
  return send(client, system, "settle", [caseId, encodeTransfer(claim)], "settling the bid");
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
 * Starts the public sale after the sealed phase failed; anyone with the proof of the account's equity in the newest snapshot may.
 * Without equity the case goes to the clearing house.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotFailed, TooLate, WrongAccount, SnapshotNotLatest, InvalidEquityProof.
 */
export function openSale(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  return send(client, system, "openSale", [caseId, encodeEquity(equity)], "opening the sale");
}

/**
 * Sends a case to the clearing house whose sale was not started, or brought no buyer, in time; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotFailed, TooEarly, CaseNotThere.
 */
export function lapseSale(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
): Promise<TransactionReceipt> {
  return send(client, system, "lapse", [caseId], "letting the sale lapse");
}

/**
 * Buys the portfolio of a case in its sale, for the claim's cash; anyone with an account in the ledger may. Fee and hold-back are
 * approved here. Purpose: `casePurpose("award", …, the caller)`; the caller's account is attested with its new portfolio before.
 * @param version the case's version that the buyer looked at.
 * @throws {BallastError} CHAIN_ERROR, e.g. VersionChanged, TooLate, WrongCash, NotHealthy, NotYourAccount, InvalidTransferProof.
 */
export async function buyPortfolio(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  version: number,
  claim: TransferClaim,
): Promise<TransactionReceipt> {
  const parameters = await readParameters(client, system, caseId);
  const { token, unitsPerLot } = await readSettlement(client, system);
  const { equityLots } = await guarded("reading the sale", () =>
    client.public.readContract({
      address: system.auction,
      abi,
      functionName: "auctionOf",
      args: [caseId],
    }),
  );
  const price = feeOf(claim.cash, unitsPerLot, parameters);
  const heldBack = holdBackOf(equityLots, claim.cash, unitsPerLot, parameters);
  await approveExactly(client, token, system.auction, price + heldBack);
  return send(client, system, "buy", [caseId, version, encodeTransfer(claim)], "buying the portfolio");
}

/**
 * Divides a hold-back between the Gamma Reserve and the buyer, once its time has come; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoHold, TooEarly.
 */
export function releaseHold(
  client: ChainClient,
  { auction: to }: LiquidationSystem,
  caseId: bigint,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "releaseHold", args: [caseId] });
  return transact(client, { to, data, doing: "releasing the hold-back", spareGas: ORACLE_GAS + BESIDE_GAS });
}

/**
 * Allows or forbids new bids of an account; the owner may.
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

/** Sets the client's disclosure key, of which it keeps the file. @throws {BallastError} CHAIN_ERROR. */
export function setDisclosureKey(
  client: ChainClient,
  system: LiquidationSystem,
  publicKey: Hex,
): Promise<TransactionReceipt> {
  return send(client, system, "setDisclosureKey", [publicKey], "setting the disclosure key");
}

/**
 * Publishes what only its recipient can read; the venue may.
 * @param ciphertext of `sealDisclosure`.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, CaseNotThere, NoDisclosureKey.
 */
export function disclose(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  to: Address,
  ciphertext: Hex,
): Promise<TransactionReceipt> {
  return send(client, system, "disclose", [caseId, to, ciphertext], "disclosing the account");
}

/** The fee on some cash, token units, rounded up. @param cash lots. */
export function feeOf(
  cash: bigint,
  unitsPerLot: bigint,
  { feeRate }: Pick<AuctionParameters, "feeRate">,
): bigint {
  return divCeil(cash * unitsPerLot * BigInt(feeRate), MILLION);
}

/** What is held back of a buyer's discount, token units, rounded down. @param equityLots what the discount is taken from. */
export function holdBackOf(
  equityLots: bigint,
  cash: bigint,
  unitsPerLot: bigint,
  { holdBackRate }: Pick<AuctionParameters, "holdBackRate">,
): bigint {
  const discount = equityLots > cash ? equityLots - cash : 0n;
  return (discount * unitsPerLot * BigInt(holdBackRate)) / MILLION;
}

/** A case's own parameters. */
function readParameters(
  client: ChainClient,
  { auction: address }: LiquidationSystem,
  caseId: bigint,
): Promise<AuctionParameters> {
  return guarded("reading the auction's parameters", () =>
    client.public.readContract({ address, abi, functionName: "parametersOf", args: [caseId] }),
  );
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
