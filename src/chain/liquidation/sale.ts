import { type Address, encodeFunctionData, type Hex, type TransactionReceipt } from "viem";
import type { EquityClaim, TransferClaim } from "../../liquidation/claims.ts";
import type { ChainClient } from "../client.ts";
import { portfolioSaleAbi as abi } from "../generated/portfolio-sale.ts";
import { transact } from "../transact.ts";
import { approveBeyondCredit } from "./credits.ts";
import { encodeEquity, encodeTransfer } from "./encode.ts";
import { feeOf, holdBackOf, lotsOf } from "./fees.ts";
import { readSale } from "./read-auction.ts";
import { BESIDE_GAS, sender } from "./send.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

/** `MoveProbe.ORACLE_GAS`: what the sale gives the volatility oracle for an answer. */
const ORACLE_GAS = 3_000_000n;

const send = sender(abi, "sale");

/**
 * Moves a case on by what its account is worth in the newest snapshot: cured, to the public sale, or to the takeover. Anyone who can prove it may,
 * in the sale, in the takeover, and for a while after the sealed phase failed.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotFailed, TooLate, WrongAccount, NotNewest, NothingChanges, InvalidEquityProof.
 */
export function showEquity(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  return send(client, system, "showEquity", [caseId, encodeEquity(equity)], "showing the equity");
}

/**
 * Abandons a case whose sealed phase failed and whose equity nobody showed in time; anyone may.
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
 * Buys the portfolio of a case in its sale, for the claim's cash; anyone with an account in the ledger may. Fee and hold-back come from the
 * client's credit first; what is lacking is approved here. Purpose: `casePurpose("award", …, the caller)`; the caller's account is attested with
 * its new portfolio before. An account that is healthy by the equity's claim keeps everything: its case closes as cured.
 * @param version the case's version that the buyer looked at.
 * @throws {BallastError} CHAIN_ERROR, e.g. VersionChanged, WrongCash, NotHealthy, NotNewest, NotYourAccount, InvalidTransferProof.
 */
export async function buyPortfolio(
  client: ChainClient,
  system: LiquidationSystem,
  caseId: bigint,
  version: number,
  claim: TransferClaim,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  const { parameters } = await readSale(client, system, caseId, false);
  const { unitsPerLot } = await readSettlement(client, system);
  const lots = lotsOf(equity.equity, system.microsPerLot);
  const price = feeOf(claim.cash, unitsPerLot, parameters);
  const heldBack = holdBackOf(lots, claim.cash, unitsPerLot, parameters);
  await approveBeyondCredit(client, system, "sale", price + heldBack);
  const args = [caseId, version, encodeTransfer(claim), encodeEquity(equity)] as const;
  return send(client, system, "buy", args, "buying the portfolio");
}

/**
 * Records the largest move of a price since the purchase, so that it counts even if the oracle forgets it; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoHold, NoLargerMove.
 */
export function recordMove(
  client: ChainClient,
  { sale: to }: Pick<LiquidationSystem, "sale">,
  caseId: bigint,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "recordMove", args: [caseId] });
  return transact(client, { to, data, doing: "recording the move", spareGas: ORACLE_GAS + BESIDE_GAS });
}

/**
 * Divides a hold-back between the Gamma Reserve and the buyer, once its time has come; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoHold, HoldRuns.
 */
export function releaseHold(
  client: ChainClient,
  { sale: to }: Pick<LiquidationSystem, "sale">,
  caseId: bigint,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "releaseHold", args: [caseId] });
  return transact(client, { to, data, doing: "releasing the hold-back", spareGas: ORACLE_GAS + BESIDE_GAS });
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
