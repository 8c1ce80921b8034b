import {
  type Address,
  getAddress,
  type Hex,
  keccak256,
  type ReplacementReason,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import { BallastError } from "../errors.ts";
import type { ChainClient, TransactionRequest } from "./client.ts";
import { chainError } from "./errors.ts";
import { guarded } from "./guarded.ts";

/**
 * The part of an estimate that is given beyond it. What a call takes depends on what was sent and how much time has passed until it is
 * in a block, and gas that isn't used costs nothing.
 */
const MARGIN = 16n;

/** Seconds until a transaction that no block takes is waited for no longer. */
export const MINING_LIMIT = 180;

/**
 * Tries a call, sends it and waits for its receipt. A call that would revert is not sent.
 * @param limit seconds until it must be in a block.
 * @throws {BallastError} CHAIN_ERROR with the contract's custom error and a hint. From the moment on at which the node has been given the
 *   transaction, with its hash: it may be mined, whatever the node said.
 */
export async function transact(
  client: ChainClient,
  request: TransactionRequest,
  limit = MINING_LIMIT,
): Promise<TransactionReceipt> {
  if (client.outbox !== undefined) return client.outbox(request);
  const { to, data, doing, spareGas = 0n } = request;
  const signed = await guarded(doing, async () => {
    const { account, wallet } = client;
    // One name for both forms: viem takes a missing `to` as a creation.
    const call = to === undefined ? { account, data } : { account, to, data };
    await client.public.call(call);
    const estimate = await client.public.estimateGas(call);
    const gas = estimate + estimate / MARGIN + spareGas;
    const { chain } = wallet;
    return wallet.signTransaction(await wallet.prepareTransactionRequest({ ...call, gas, chain }));
  });
  const hash = keccak256(signed);
  await send(client, signed, hash, doing);
  const receipt = await mined(client, hash, doing, limit);
  if (receipt.status === "success") return receipt;
  throw new BallastError("CHAIN_ERROR", `The transaction for ${doing} was reverted in its block.`, {
    hint: "The chain's state changed between trying and sending: try again.",
    details: { transaction: hash },
  });
}

/** Gives a node a transaction. Where its answer was lost, or is none, the node may have it all the same: it is asked. */
async function send(client: ChainClient, signed: Hex, hash: Hex, doing: string): Promise<void> {
  try {
    const said: unknown = await client.wallet.sendRawTransaction({ serializedTransaction: signed });
    if (said !== hash) throw new Error("the node answers with another hash than the transaction's.");
  } catch (cause) {
    const isKnown = await client.public.getTransaction({ hash }).then(
      () => true,
      () => false,
    );
    if (!isKnown) throw withHash(chainError(cause, doing), hash);
  }
}

async function mined(
  client: ChainClient,
  hash: Hex,
  doing: string,
  limit: number,
): Promise<TransactionReceipt> {
  let replaced: ReplacementReason | undefined;
  let receipt: TransactionReceipt;
  try {
    receipt = await client.public.waitForTransactionReceipt({
      hash,
      timeout: limit * 1_000,
      onReplaced: ({ reason }) => {
        replaced = reason;
      },
    });
  } catch (cause) {
    if (!(cause instanceof WaitForTransactionReceiptTimeoutError))
      throw withHash(chainError(cause, doing), hash);
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
  // With another fee it is the same call. Anything else has only its number from this account.
  if (replaced === "repriced") return receipt;
  if (replaced !== undefined)
    throw new BallastError("CHAIN_ERROR", `Another transaction has taken the place of that for ${doing}.`, {
      hint: "The account sent, or cancelled, from elsewhere under the same number: let one process send at a time, and try again.",
      details: { transaction: hash },
    });
  if (receipt.transactionHash === hash) return receipt;
  const wrong = new Error("the node answers with a receipt that is not the transaction's.");
  throw withHash(chainError(wrong, doing), hash);
}

/** The error of a transaction that a node has been given. */
function withHash({ code, shortMessage, hint, details, cause }: BallastError, hash: Hex): BallastError {
  return new BallastError(code, shortMessage, {
    hint: `${hint ?? ""} It may be mined all the same: look for ${hash} before anything is sent again.`.trim(),
    details: { ...details, transaction: hash },
    cause,
  });
}

/** Creates a contract. @throws {BallastError} CHAIN_ERROR as {@link transact}. */
export async function create(client: ChainClient, data: Hex, doing: string): Promise<Address> {
  const { contractAddress } = await transact(client, { data, doing });
  if (contractAddress !== null && contractAddress !== undefined) return getAddress(contractAddress);
  throw new BallastError("CHAIN_ERROR", `The node reports no address for ${doing}.`);
}
