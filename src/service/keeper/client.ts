import type { Hex, TransactionReceipt } from "viem";
import type { ChainClient, TransactionRequest } from "../../chain/client.ts";
import { hintOf } from "../../chain/errors.ts";
import { guarded } from "../../chain/guarded.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { rest } from "../leader.ts";
import { Calls, callId, type StoredCall } from "../sender/calls.ts";
import type { Database } from "../store/database.ts";

/** What the calls of one step have in common. */
export interface CallsOf {
  readonly database: Database;
  /** Its calls are named after it and their data: done again with what the database keeps, it makes the same. */
  readonly step: string;
  /** For people, e.g. "case 3: reduce". */
  readonly purpose: string;
  readonly urgency: number;
  /** Unix seconds by the chain's clock, from which on its calls are of no use. */
  readonly dropAfter: bigint;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at a call. */
const LOOK = 250;

/**
 * A client whose transactions are made by the sender of its key: each is a row first, and one transaction, however often its step is done. The key
 * itself signs nothing here.
 */
export function clientOf(client: ChainClient, of: CallsOf): ChainClient {
  return { ...client, outbox: (request) => make(client, of, request) };
}

/** @throws {BallastError} CHAIN_ERROR with the contract's word where the call was refused; STORE_ERROR; the signal's reason. */
async function make(
  client: ChainClient,
  { database, step, purpose, urgency, dropAfter, signal }: CallsOf,
  { to, data, doing, spareGas = 0n }: TransactionRequest,
): Promise<TransactionReceipt> {
  if (to === undefined) throw new BallastError("INTERNAL", "A keeper creates no contracts.");
  const id = callId(step, to, doing, data);
  const calls = new Calls(database);
  const sender = client.account.address;
  await calls.add({
    id,
    sender,
    target: to,
    data,
    purpose: `${purpose}: ${doing}`,
    urgency,
    dropAfter,
    spareGas,
  });
  for (;;) {
    const call = await calls.get(id);
    if (call?.state === "done" && call.hash !== undefined) return receiptOf(client, call.hash);
    if (call?.state === "refused") throw refusedError(call, doing);
    signal.throwIfAborted();
    await rest(LOOK, signal);
  }
}

function receiptOf(client: ChainClient, hash: Hex): Promise<TransactionReceipt> {
  return guarded("reading a receipt", () => client.public.getTransactionReceipt({ hash }));
}

function refusedError({ reason = "unknown" }: StoredCall, doing: string): BallastError {
  return new BallastError("CHAIN_ERROR", `The chain refused ${doing}: ${reason}.`, {
    details: { error: reason },
    ...given({ hint: hintOf(reason) }),
  });
}
