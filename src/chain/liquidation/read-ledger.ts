import type { Address, Hex } from "viem";
import type { TransferTarget } from "../../liquidation/claims.ts";
import type { ChainReader } from "../client.ts";
import { portfolioLedgerAbi as abi } from "../generated/portfolio-ledger.ts";
import { guarded } from "../guarded.ts";
import type { LiquidationSystem } from "./system.ts";

/** An account as the ledger has it. */
export interface LedgerAccount {
  readonly accountId: bigint;
  readonly commitment: bigint;
  /** Zero: nobody. */
  readonly owner: Address;
  /** When its commitment last changed, Unix seconds. */
  readonly updatedAt: bigint;
  /** How often it changed. */
  readonly nonce: number;
  readonly frozen: boolean;
  readonly guarded: boolean;
}

type Reader = Pick<ChainReader, "public">;

/**
 * An account.
 * @param block default: the latest.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAccount.
 */
export async function readAccount(
  { public: client }: Reader,
  { ledger: address }: Pick<LiquidationSystem, "ledger">,
  accountId: bigint,
  block?: bigint,
): Promise<LedgerAccount> {
  const at = block === undefined ? {} : { blockNumber: block };
  const read = { address, abi, functionName: "account", args: [accountId], ...at } as const;
  return { accountId, ...(await guarded("reading the account", () => client.readContract(read))) };
}

/** Until when an account's owner keeps the venue from changing it, Unix seconds; 0: it never did. @throws {BallastError} CHAIN_ERROR. */
export function readLock(
  { public: client }: Reader,
  { ledger: address }: Pick<LiquidationSystem, "ledger">,
  accountId: bigint,
): Promise<bigint> {
  const read = { address, abi, functionName: "lockedUntil", args: [accountId] } as const;
  return guarded("reading the account's lock", () => client.readContract(read));
}

/**
 * Whether an account's owner may lock it and take cash out: not where a former venue had its word about it in its last three days.
 * @throws {BallastError} CHAIN_ERROR.
 */
export function readIsOwnerSettled(
  { public: client }: Reader,
  { ledger: address }: Pick<LiquidationSystem, "ledger">,
  accountId: bigint,
): Promise<boolean> {
  const read = { address, abi, functionName: "isOwnerSettled", args: [accountId] } as const;
  return guarded("reading whether the account's owner is settled", () => client.readContract(read));
}

/** What a transfer is to be proven for. */
export interface TransferAim {
  readonly accountA: bigint;
  /** Default: no counterparty. */
  readonly accountB?: bigint;
  readonly purpose: Hex;
  /** Unix seconds. */
  readonly deadline: bigint;
}

/**
 * Where a transfer is proven for: both accounts as they are now, at one block.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAccount.
 */
export async function readTransferTarget(
  reader: Reader,
  { chainId, ledger }: Pick<LiquidationSystem, "chainId" | "ledger">,
  { accountA, accountB, purpose, deadline }: TransferAim,
): Promise<TransferTarget> {
  const block = await guarded("reading the latest block", () =>
    reader.public.getBlockNumber({ cacheTime: 0 }),
  );
  const [a, b] = await Promise.all([
    readAccount(reader, { ledger }, accountA, block),
    accountB === undefined ? undefined : readAccount(reader, { ledger }, accountB, block),
  ]);
  return {
    ...{ chainId, ledger, purpose, deadline },
    nonceA: a.nonce,
    nonceB: b?.nonce ?? 0,
    oldA: a.commitment,
    oldB: b?.commitment ?? 0n,
  };
}
