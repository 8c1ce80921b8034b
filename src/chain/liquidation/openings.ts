import { type Address, encodeFunctionData, type TransactionReceipt } from "viem";
import type { SubjectClaim } from "../../liquidation/account-claims.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { portfolioLedgerAbi as abi } from "../generated/portfolio-ledger.ts";
import { guarded } from "../guarded.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";
import { encodeSubject } from "./encode.ts";
import { readSettlement } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

type Ledger = Pick<LiquidationSystem, "ledger">;

/** An account that its opener's own number names. */
export interface Opening {
  /** Which of the opener's accounts. */
  readonly n: bigint;
  /** Of its empty portfolio. */
  readonly commitment: bigint;
  /** That it is empty. */
  readonly claim: SubjectClaim;
}

/**
 * Opens an empty account of the client's own; anyone may. The bond, as much as a challenge's, is approved here and comes back.
 * @throws {BallastError} CHAIN_ERROR, e.g. AccountExists, InvalidEmptyProof, FactExpired.
 */
export async function openAccount(
  client: ChainClient,
  system: Pick<LiquidationSystem, "ledger" | "vault" | "settlementId">,
  { n, commitment, claim }: Opening,
): Promise<TransactionReceipt> {
  const { ledger: to } = system;
  const { token } = await readSettlement(client, system);
  await approveExactly(client, token, to, await readOpeningBond(client, system), "the account's bond");
  const data = encodeFunctionData({
    abi,
    functionName: "openAccount",
    args: [n, commitment, encodeSubject(claim)],
  });
  return transact(client, { to, data, doing: "opening the account" });
}

/**
 * Closes an account that the client opened and never filled; the bond goes to `payee`.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAccount, AccountFilled, OnlyOwner.
 */
export function closeAccount(
  client: ChainClient,
  { ledger: to }: Ledger,
  n: bigint,
  payee: Address,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "closeAccount", args: [n, payee] });
  return transact(client, { to, data, doing: "closing the account" });
}

/**
 * Takes back the bond of an account that the client opened, and that was filled since.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAccount, AccountEmpty, NoBond.
 */
export function reclaimAccountBond(
  client: ChainClient,
  { ledger: to }: Ledger,
  n: bigint,
  payee: Address,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "reclaimBond", args: [n, payee] });
  return transact(client, { to, data, doing: "taking the account's bond back" });
}

/** What opening an account takes now, token units. @throws {BallastError} CHAIN_ERROR. */
export function readOpeningBond(
  { public: client }: Pick<ChainReader, "public">,
  { ledger: address }: Ledger,
): Promise<bigint> {
  return guarded("reading the ledger", () =>
    client.readContract({ address, abi, functionName: "openingBond" }),
  );
}

/** Whether an account was opened, and never filled since. @throws {BallastError} CHAIN_ERROR. */
export function readIsEmpty(
  { public: client }: Pick<ChainReader, "public">,
  { ledger: address }: Ledger,
  accountId: bigint,
): Promise<boolean> {
  const read = { address, abi, functionName: "isEmpty", args: [accountId] } as const;
  return guarded("reading the ledger", () => client.readContract(read));
}
