import { encodeFunctionData, type TransactionReceipt } from "viem";
import type { ChainClient } from "../client.ts";
import { liquidationAuctionAbi as abi } from "../generated/liquidation-auction.ts";
import { transact } from "../transact.ts";
import type { LiquidationSystem } from "./system.ts";

/** Who holds money for others: both do so in the same way (`IPayments`). */
export type Holder = "engine" | "auction";

/**
 * Pays the client what the engine (challenge bonds) or the auction (bid bonds, hold-backs) owes it.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoCredit.
 */
export function withdrawCredit(
  client: ChainClient,
  system: Pick<LiquidationSystem, Holder>,
  holder: Holder,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "withdrawCredit" });
  return transact(client, { to: system[holder], data, doing: "withdrawing the credit" });
}

/**
 * Pays the clearing house what engine or auction owe it, where that didn't work by itself; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NothingToRemit.
 */
export function remit(
  client: ChainClient,
  system: Pick<LiquidationSystem, Holder>,
  holder: Holder,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "remit" });
  return transact(client, { to: system[holder], data, doing: "paying the clearing house" });
}
