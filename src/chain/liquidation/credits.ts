import { type Address, encodeFunctionData, type TransactionReceipt } from "viem";
import type { ChainClient, ChainReader } from "../client.ts";
import { sealedAuctionAbi as abi } from "../generated/sealed-auction.ts";
import { guarded } from "../guarded.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

/** Who holds money for others, all in the same way (`IPayments`): challenge bonds, bid bonds, hold-backs. */
export const HOLDERS = ["challenges", "auction", "sale"] as const;
export type Holder = (typeof HOLDERS)[number];

/** What each of them owes an account, token units. @throws {BallastError} CHAIN_ERROR. */
export async function readCredits(
  { public: client }: Pick<ChainReader, "public">,
  system: Pick<LiquidationSystem, Holder>,
  account: Address,
): Promise<Readonly<Record<Holder, bigint>>> {
  const read = { abi, functionName: "creditOf", args: [account] } as const;
  const credits = await guarded("reading the credits", () =>
    Promise.all(
      HOLDERS.map(async (holder) => [
        holder,
        await client.readContract({ address: system[holder], ...read }),
      ]),
    ),
  );
  return Object.fromEntries(credits) as Record<Holder, bigint>;
}

/**
 * Pays out what one of them owes the client.
 * @param to who gets it. Default: the client.
 * @throws {BallastError} CHAIN_ERROR, e.g. NoCredit.
 */
export function withdrawCredit(
  client: ChainClient,
  system: Pick<LiquidationSystem, Holder>,
  holder: Holder,
  to: Address = client.account.address,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "withdrawCredit", args: [to] });
  return transact(client, { to: system[holder], data, doing: "withdrawing the credit" });
}

/**
 * Pays ahead: what the client will owe, e.g. a bond or a fee, is taken from its credit first, also while the token refuses it. The amount is
 * approved here.
 * @param amount token units.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function addCredit(
  client: ChainClient,
  system: Pick<LiquidationSystem, Holder | "vault" | "settlementId">,
  holder: Holder,
  amount: bigint,
): Promise<TransactionReceipt> {
  const { token } = await readSettlement(client, system);
  await approveExactly(client, token, system[holder], amount);
  const data = encodeFunctionData({ abi, functionName: "addCredit", args: [amount] });
  return transact(client, { to: system[holder], data, doing: "paying ahead" });
}

/** Approves what a call will take beyond the client's credit. @param amount token units; nothing happens for 0 or less. */
export async function approveBeyondCredit(
  client: ChainClient,
  system: Pick<LiquidationSystem, Holder | "vault" | "settlementId">,
  holder: Holder,
  amount: bigint,
): Promise<void> {
  if (amount <= 0n) return;
  const { token } = await readSettlement(client, system);
  const address = system[holder];
  const credit = await guarded("reading the credit", () =>
    client.public.readContract({ address, abi, functionName: "creditOf", args: [client.account.address] }),
  );
  if (credit < amount) await approveExactly(client, token, address, amount - credit);
}

/**
 * Pays the clearing house what challenge book, auction or sale owe it, where that didn't work by itself; anyone may.
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
