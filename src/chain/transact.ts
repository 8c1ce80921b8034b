import {
  type Address,
  getAddress,
  type Hex,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { BallastError } from "../errors.ts";
import type { ChainClient } from "./client.ts";
import { chainError } from "./errors.ts";

/** A transaction to send; without `to` it creates a contract. */
export interface TransactionRequest {
  readonly to?: Address;
  readonly data: Hex;
  /** For errors, e.g. "attesting". */
  readonly doing: string;
  /**
   * Gas to give beyond the estimate. A node looks for the least gas with which a call succeeds, and may find so little that what the
   * call tries and goes on without has failed.
   */
  readonly spareGas?: bigint;
}

/** Seconds until a transaction that no block takes is waited for no longer. */
export const MINING_LIMIT = 180;

/**
 * Tries a call, sends it and waits for its receipt. A call that would revert is not sent.
 * @param limit seconds until it must be in a block.
 * @throws {BallastError} CHAIN_ERROR with the contract's custom error and a hint; for a transaction that is in no block by then, with its
 *   hash: it may still be mined.
 */
export async function transact(
  client: ChainClient,
  { to, data, doing, spareGas }: TransactionRequest,
  limit = MINING_LIMIT,
): Promise<TransactionReceipt> {
  try {
    const { account } = client;
    // One name for both forms: viem takes a missing `to` as a creation.
    const request = to === undefined ? { account, data } : { account, to, data };
    await client.public.call(request);
    const gas = spareGas === undefined ? {} : { gas: (await client.public.estimateGas(request)) + spareGas };
    const hash = await client.wallet.sendTransaction({ ...request, ...gas, chain: client.wallet.chain });
    const receipt = await mined(client, hash, doing, limit);
    if (receipt.status === "success") return receipt;
    throw new BallastError("CHAIN_ERROR", `The transaction for ${doing} was reverted in its block.`, {
      hint: "The chain's state changed between trying and sending: try again.",
      details: { transaction: hash },
    });
  } catch (error) {
    throw chainError(error, doing);
  }
}

async function mined(
  client: ChainClient,
  hash: Hex,
  doing: string,
  limit: number,
): Promise<TransactionReceipt> {
  try {
    return await client.public.waitForTransactionReceipt({ hash, timeout: limit * 1_000 });
  } catch (cause) {
    if (!(cause instanceof WaitForTransactionReceiptTimeoutError)) throw cause;
    throw new BallastError(
      "CHAIN_ERROR",
      `The transaction for ${doing} is sent, and in no block after ${limit} s.`,
      {
        hint: `It may still be mined: look for ${hash} before anything is sent again.`,
        details: { transaction: hash },
        cause,
      },
    );
  }
}

/** Creates a contract. @throws {BallastError} CHAIN_ERROR as {@link transact}. */
export async function create(client: ChainClient, data: Hex, doing: string): Promise<Address> {
  const { contractAddress } = await transact(client, { data, doing });
  if (contractAddress !== null && contractAddress !== undefined) return getAddress(contractAddress);
  throw new BallastError("CHAIN_ERROR", `The node reports no address for ${doing}.`);
}
