import { encodeFunctionData, type TransactionReceipt } from "viem";
import type { SubjectClaim } from "../../liquidation/account-claims.ts";
import type { EquityClaim, ReductionClaim, TransferClaim } from "../../liquidation/claims.ts";
import { openedAccountId } from "../../liquidation/opened-id.ts";
import type { Field } from "../../math/field.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { houseAccountsAbi as abi } from "../generated/house-accounts.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";
import { encodeEquity, encodeReduction, encodeSubject, encodeTransfer } from "./encode.ts";
import type { LiquidationSystem } from "./system.ts";

type Accounts = Pick<LiquidationSystem, "houseAccounts">;

/** How many accounts a clearing house can have. */
export const HOUSE_ACCOUNTS = 4;

/**
 * The id of one of the house's accounts.
 * @param n 0 for the first, which the venue registers; 1, 2 or 3 for those that the operator opens.
 */
export function houseAccountId(
  { chainId, ledger, houseAccount, houseAccounts }: LiquidationSystem,
  n: number,
): Field {
  if (n === 0) return houseAccount;
  return openedAccountId({ chainId, ledger, opener: houseAccounts, n: BigInt(n) });
}

/** The house's accounts, in the order in which they came. @throws {BallastError} CHAIN_ERROR. */
export function readHouseAccounts(
  { public: client }: Pick<ChainReader, "public">,
  { houseAccounts: address }: Accounts,
): Promise<readonly bigint[]> {
  return guarded("reading the house's accounts", () =>
    client.readContract({ address, abi, functionName: "accountIds" }),
  );
}

/**
 * Opens a further account for the house, empty by proof; the operator may, three times.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOperator, TooManyAccounts, InvalidEmptyProof.
 */
export function openHouseAccount(
  client: ChainClient,
  { houseAccounts: to }: Accounts,
  commitment: bigint,
  claim: SubjectClaim,
): Promise<TransactionReceipt> {
  const args = [commitment, encodeSubject(claim)] as const;
  const data = encodeFunctionData({ abi, functionName: "openAccount", args });
  return transact(client, { to, data, doing: "opening an account for the house" });
}

/**
 * Keeps on chain what one of the house's accounts is worth, for sums over all of them; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. WrongAccount, NotNewest, InvalidEquityProof.
 */
export function showHouseEquity(
  client: ChainClient,
  { houseAccounts: to }: Accounts,
  equity: EquityClaim,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "show", args: [encodeEquity(equity)] });
  return transact(client, { to, data, doing: "showing what the house's account is worth" });
}

/**
 * Moves some of the risk of one of the house's accounts to an ordinary account; the operator may. Purpose: `HOUSE_PURPOSE`.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOperator, AccountNotOrdinary, NotNewest, InvalidReductionProof.
 */
export function tradeHouse(
  client: ChainClient,
  { houseAccounts: to }: Accounts,
  claim: TransferClaim,
  reduction: ReductionClaim,
): Promise<TransactionReceipt> {
  const args = [encodeTransfer(claim), encodeReduction(reduction)] as const;
  const data = encodeFunctionData({ abi, functionName: "trade", args });
  return transact(client, { to, data, doing: "trading for the house" });
}

/**
 * Moves cash from one of the house's accounts to another; the operator may. Purpose of both: `SHIFT_PURPOSE`.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOperator, WrongTransfer, InvalidTransferProof.
 */
export function shiftHouseCash(
  client: ChainClient,
  { houseAccounts: to }: Accounts,
  from: TransferClaim,
  into: TransferClaim,
): Promise<TransactionReceipt> {
  const args = [encodeTransfer(from), encodeTransfer(into)] as const;
  const data = encodeFunctionData({ abi, functionName: "shift", args });
  return transact(client, { to, data, doing: "shifting cash between the house's accounts" });
}
