import { type Address, encodeFunctionData, type TransactionReceipt } from "viem";
import type { ChainClient } from "../client.ts";
import { clearingHouseAbi as abi } from "../generated/clearing-house.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";
import { eventIn } from "./receipt.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

/** The two pools, in the order in which they bear losses; as the contracts count them. */
export const POOLS = ["insurance", "gamma"] as const;
export type Pool = (typeof POOLS)[number];

/** A pool as the contracts take it. */
export function poolIndex(pool: Pool): number {
  return POOLS.indexOf(pool);
}

/**
 * Pays into a pool; the tokens are approved here. Anyone may.
 * @param amount token units.
 * @returns the shares that it bought.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoAmount, NoShares.
 */
export async function depositFund(
  client: ChainClient,
  system: LiquidationSystem,
  pool: Pool,
  amount: bigint,
): Promise<{ readonly shares: bigint; readonly receipt: TransactionReceipt }> {
  const { clearingHouse: to } = system;
  const { token } = await readSettlement(client, system);
  await approveExactly(client, token, to, amount);
  const data = encodeFunctionData({ abi, functionName: "deposit", args: [poolIndex(pool), amount] });
  const receipt = await transact(client, { to, data, doing: "paying into the fund" });
  return { shares: eventIn(receipt, to, abi, "Deposited").shares, receipt };
}

/**
 * Begins to leave a pool: the shares bear losses until they are paid out.
 * @returns the request's number, and from when on it can be paid, Unix seconds.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoShares, NotEnoughShares.
 */
export async function requestFundWithdrawal(
  client: ChainClient,
  { clearingHouse: to }: LiquidationSystem,
  pool: Pool,
  shares: bigint,
): Promise<{ readonly id: bigint; readonly readyAt: bigint; readonly receipt: TransactionReceipt }> {
  const args = [poolIndex(pool), shares] as const;
  const data = encodeFunctionData({ abi, functionName: "requestWithdrawal", args });
  const receipt = await transact(client, { to, data, doing: "requesting the withdrawal" });
  const { id, readyAt } = eventIn(receipt, to, abi, "WithdrawalRequested");
  return { id, readyAt, receipt };
}

/**
 * Pays a request of the client's out: what its shares are worth now, at most what they were worth at the request.
 * @param recipient who gets it. Default: the client.
 * @returns token units.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownWithdrawal, WithdrawalNotReady, WithdrawalLapsed, FundsLocked, NothingToPay.
 */
export async function withdrawFund(
  client: ChainClient,
  { clearingHouse: to }: LiquidationSystem,
  id: bigint,
  recipient: Address = client.account.address,
): Promise<{ readonly amount: bigint; readonly receipt: TransactionReceipt }> {
  const data = encodeFunctionData({ abi, functionName: "withdraw", args: [id, recipient] });
  const receipt = await transact(client, { to, data, doing: "withdrawing from the fund" });
  return { amount: eventIn(receipt, to, abi, "Withdrawn").amount, receipt };
}

/**
 * Takes a request of the client's back, at any time: as if it were paid out and in again at once.
 * @returns the shares that it has back: fewer when the pool gained meanwhile, none when it was wiped out.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownWithdrawal.
 */
export async function cancelFundWithdrawal(
  client: ChainClient,
  { clearingHouse: to }: LiquidationSystem,
  id: bigint,
): Promise<{ readonly shares: bigint; readonly receipt: TransactionReceipt }> {
  const data = encodeFunctionData({ abi, functionName: "cancelWithdrawal", args: [id] });
  const receipt = await transact(client, { to, data, doing: "taking the request back" });
  return { shares: eventIn(receipt, to, abi, "WithdrawalCancelled").shares, receipt };
}
