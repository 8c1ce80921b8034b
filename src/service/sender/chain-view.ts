import type { Hex, TransactionReceipt } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { guarded } from "../../chain/guarded.ts";
import type { Attempt } from "./transactions.ts";

/** What a node says of the chain's end, and of the key's number there. */
export interface Head {
  readonly block: bigint;
  /** Unix seconds. */
  readonly time: bigint;
  readonly baseFee: bigint;
  /** How many transactions of the key are in blocks: the first free number. */
  readonly nonce: number;
}

/** @throws {BallastError} CHAIN_ERROR. */
export async function readHead({ public: client, account }: ChainClient): Promise<Head> {
  return guarded("reading the latest block", async () => {
    const { number, timestamp, baseFeePerGas } = await client.getBlock({ blockTag: "latest" });
    const nonce = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
    return { block: number, time: timestamp, baseFee: baseFeePerGas ?? 0n, nonce };
  });
}

/** How many transactions of the key were in blocks some blocks ago. @throws {BallastError} CHAIN_ERROR. */
export function nonceAt({ public: client, account }: ChainClient, blockNumber: bigint): Promise<number> {
  return guarded("reading a past block", () =>
    client.getTransactionCount({
      address: account.address,
      blockNumber: blockNumber < 0n ? 0n : blockNumber,
    }),
  );
}

/** Where one of some attempts is in the chain. */
export interface Place {
  readonly attempt: Attempt;
  readonly receipt: TransactionReceipt;
}

/**
 * The attempt that is in a block of the chain as it is now. A receipt of another transaction, or of a block that is not the chain's, is
 * none.
 * @throws {BallastError} CHAIN_ERROR where the node doesn't answer: that it has no receipt is an answer.
 */
export async function placeOf(
  { public: client }: ChainClient,
  attempts: readonly Attempt[],
): Promise<Place | undefined> {
  for (const attempt of attempts) {
    const receipt = await absent("reading a receipt", client.getTransactionReceipt({ hash: attempt.hash }));
    if (receipt === undefined || receipt.transactionHash !== attempt.hash) continue;
    const block = await absent("reading a block", client.getBlock({ blockNumber: receipt.blockNumber }));
    if (block?.hash === receipt.blockHash) return { attempt, receipt };
  }
  return undefined;
}

/** Whether a node has a transaction at all, waiting or in a block. @throws {BallastError} CHAIN_ERROR. */
export async function isKnown({ public: client }: ChainClient, hash: Hex): Promise<boolean> {
  return (await absent("looking for a transaction", client.getTransaction({ hash }))) !== undefined;
}

const NOT_FOUND = /NotFoundError$/;

function absent<Result>(doing: string, asked: Promise<Result>): Promise<Result | undefined> {
  return guarded(doing, () =>
    asked.catch((error: unknown) => {
      if (error instanceof Error && NOT_FOUND.test(error.name)) return undefined;
      throw error;
    }),
  );
}
