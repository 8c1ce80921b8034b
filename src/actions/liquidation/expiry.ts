import type { TransactionReceipt } from "viem";
import { closeExpired } from "../../chain/liquidation/expiry.ts";
import { readDelivery, readDeliveryBook } from "../../chain/snapshot/delivery.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type ExpiredClosing, proveClosings } from "../../liquidation/expiry.ts";
import type { Desk } from "./context.ts";
import { sendStep } from "./context.ts";
import { checkOnLedger, placeOf } from "./facts.ts";

/** What expired of an account, closed, and the account as it is now. */
export interface ClosedExpired {
  readonly account: OpenAccount;
  readonly closings: readonly ExpiredClosing[];
  readonly receipt: TransactionReceipt;
}

/**
 * Closes all that an account holds of instruments that have expired, at what the delivery book has for good; anyone with the opening
 * may, whatever state the account is in. No table is needed: rows may have left the snapshots.
 * @throws {BallastError} NOTHING_TO_CLOSE where nothing of it is final in the book; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g.
 *   BreachToOpen, AccountIsLocked, ClosedTooSoon; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { closeExpiredOf, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"deleverage">;
 * declare const account: OpenAccount;
 * const { account: next } = await closeExpiredOf(desk, account);
 * ```
 */
export async function closeExpiredOf(desk: Desk<"deleverage">, account: OpenAccount): Promise<ClosedExpired> {
  const { client, system, deployment, kits, store, progress } = desk;
  await checkOnLedger(desk, [account]);
  const book = await readDeliveryBook(client, deployment);
  const { timestamp } = await client.public.getBlock();
  const ids = account.positions.map(({ instrumentId }) => instrumentId);
  const found = await Promise.all(ids.map((id) => readDelivery(client, book, id)));
  const marks = found.filter((delivery) => delivery !== undefined && delivery.finalAt <= timestamp);
  progress.note("what has expired");
  const done = await proveClosings(
    kits.deleverage,
    account,
    marks.flatMap((delivery) => (delivery === undefined ? [] : [delivery])),
    system,
    placeOf(desk),
  );
  if (done.closings.length === 0)
    throw new BallastError("NOTHING_TO_CLOSE", "The account holds nothing that has expired for good.", {
      hint: "An expired instrument's value is final an hour after `ballast snapshot deliver` showed its row.",
    });
  const receipt = await store.keepThenSend([done.account], () =>
    sendStep(desk, "closing what has expired", () =>
      closeExpired(client, system, account.accountId, done.closings),
    ),
  );
  return { ...done, receipt };
}
