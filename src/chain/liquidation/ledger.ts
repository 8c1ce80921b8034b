import { type Address, encodeFunctionData, parseEventLogs, type TransactionReceipt, zeroAddress } from "viem";
import type { TransferClaim } from "../../liquidation/claims.ts";
import { isSameAddress } from "../address.ts";
import type { ChainClient } from "../client.ts";
import { portfolioLedgerAbi as abi } from "../generated/portfolio-ledger.ts";
import { transact } from "../transact.ts";
import { encodeTransfer } from "./encode.ts";
import type { LiquidationSystem } from "./system.ts";

type Ledger = Pick<LiquidationSystem, "ledger">;

/** An account to add to the ledger. */
export interface NewAccount {
  readonly accountId: bigint;
  /** Of its first portfolio. */
  readonly commitment: bigint;
  /** Who acts for it on chain, e.g. settles an award into it. Default: nobody. */
  readonly owner?: Address;
  /** Whether only proofs change it, for good: the house's account, and no other. Default: false. */
  readonly guarded?: boolean;
}

/**
 * Adds an account; only the venue may.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, AccountExists, OnlyHouseGuarded, InvalidParameter.
 */
export function registerAccount(
  client: ChainClient,
  { ledger: to }: Ledger,
  account: NewAccount,
): Promise<TransactionReceipt> {
  const { accountId, commitment, owner = zeroAddress, guarded = false } = account;
  const args = [accountId, commitment, owner, guarded] as const;
  const data = encodeFunctionData({ abi, functionName: "register", args });
  return transact(client, { to, data, doing: "registering the account" });
}

/** What an account has from now on, if it hasn't changed since the venue looked. */
export interface AccountChange {
  readonly accountId: bigint;
  readonly commitment: bigint;
  /** How often the account had changed when the new portfolio was computed: `LedgerAccount.nonce` of then. */
  readonly nonce: number;
}

/** Why the ledger leaves a group of accounts as they are, in its order: the first that holds. */
export const UPDATE_REFUSALS = [
  "none",
  "changed",
  "frozen",
  "guarded",
  "empty",
  "locked",
  "challenged",
] as const;
export type UpdateRefusal = (typeof UPDATE_REFUSALS)[number];

/** A group that an update left as it was. */
export interface SkippedGroup {
  /** Which one, from 0. */
  readonly group: number;
  /** Because of which of its accounts. */
  readonly accountId: bigint;
  readonly refusal: UpdateRefusal;
}

/**
 * Sets accounts' portfolios; only the venue may. A group goes wholly or not at all: accounts that traded with each other belong into
 * one. It stays as it is where one of its accounts has changed since, or is frozen, challenged, guarded, locked by its owner or still empty.
 * @returns also which groups those were.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, UnknownAccount, AccountTwice.
 */
export async function updateAccounts(
  client: ChainClient,
  { ledger: to }: Ledger,
  groups: readonly (readonly AccountChange[])[],
): Promise<{ readonly receipt: TransactionReceipt; readonly skipped: readonly SkippedGroup[] }> {
  const data = encodeFunctionData({ abi, functionName: "update", args: [groups] });
  const receipt = await transact(client, { to, data, doing: "updating accounts" });
  const logs = receipt.logs.filter(({ address }) => isSameAddress(address, to));
  const skipped = parseEventLogs({ abi, eventName: "UpdateSkipped", logs }).map(({ args }) => ({
    group: Number(args.group),
    accountId: args.accountId,
    refusal: UPDATE_REFUSALS[args.refusal] ?? "none",
  }));
  return { receipt, skipped };
}

/**
 * Moves positions between two ordinary accounts; only the venue may. Purpose: `TRADE_PURPOSE`.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, FundingNotAllowed, InvalidTransferProof, TransferExpired.
 */
export function tradeAccounts(
  client: ChainClient,
  { ledger: to }: Ledger,
  claim: TransferClaim,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "trade", args: [encodeTransfer(claim)] });
  return transact(client, { to, data, doing: "trading" });
}

/**
 * Changes an account's owner; only the owner may, or the venue where there is none.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOwner, UnknownAccount.
 */
export function setAccountOwner(
  client: ChainClient,
  { ledger: to }: Ledger,
  accountId: bigint,
  owner: Address,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "setOwner", args: [accountId, owner] });
  return transact(client, { to, data, doing: "changing the account's owner" });
}

/**
 * Keeps the venue from changing an account until a time, so that a proof made for it stays good; only its owner may.
 * @param until Unix seconds, at most a day from now.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOwner, InvalidLock.
 */
export function lockAccount(
  client: ChainClient,
  { ledger: to }: Ledger,
  accountId: bigint,
  until: bigint,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "lock", args: [accountId, until] });
  return transact(client, { to, data, doing: "locking the account" });
}
