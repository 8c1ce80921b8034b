import type { Address, TransactionReceipt } from "viem";
import { depositIntoAccount, withdrawFromAccount } from "../../chain/liquidation/desk.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { deskPurpose } from "../../liquidation/purpose.ts";
import { attestTier } from "./attest.ts";
import { type Desk, sendStep } from "./context.ts";
import { transferAt } from "./facts.ts";

/** An account whose cash came in or went out, as it is now. */
export interface CashMoved {
  readonly account: OpenAccount;
  readonly receipt: TransactionReceipt;
}

/**
 * Pays cash into an account by a proof; its owner may, once in ten minutes, and the venue, while the owner hasn't locked it.
 * @param lots of the settlement asset, 1 or more; the tokens are approved here.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. NotAllowed, TooSoon, AccountIsLocked, AccountFrozen; as the proof; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, depositCash, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"transfer">;
 * declare const account: OpenAccount;
 * const { account: next } = await depositCash(desk, account, 500_000n);
 * ```
 */
export async function depositCash(
  desk: Desk<"transfer">,
  account: OpenAccount,
  lots: bigint,
): Promise<CashMoved> {
  const { client, system, store } = desk;
  const purpose = deskPurpose("deposit", client.account.address);
  const done = await transferAt(desk, purpose, { a: account, funding: lots, rest: "kept" });
  const receipt = await store.keepThenSend([done.a], () =>
    sendStep(desk, "paying into the account", () => depositIntoAccount(client, system, done.claim)),
  );
  return { account: done.a, receipt };
}

/**
 * Takes cash out of an account by a proof; only its owner may, while it is in no case and not challenged. The account as it will be
 * is attested on the way, in tier 0. The vault pays an hour later: `completeWithdrawal`.
 * @param lots of the settlement asset, 1 or more.
 * @param to who is paid.
 * @throws {BallastError} INVALID_INPUT where it would not be healthy; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. NotAllowed,
 *   AccountChallenged, NotEnoughLots; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, withdrawCash } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage">;
 * declare const account: OpenAccount;
 * const { withdrawalId } = await withdrawCash(desk, account, 5_000n, desk.client.account.address);
 * ```
 */
export async function withdrawCash(
  desk: Desk<"transfer" | "coverage">,
  account: OpenAccount,
  lots: bigint,
  to: Address,
): Promise<CashMoved & { readonly withdrawalId: bigint }> {
  const { client, system, store } = desk;
  const done = await transferAt(desk, deskPurpose("withdraw", to), {
    a: account,
    funding: -lots,
    rest: "kept",
  });
  return store.keepThenSend([done.a], async () => {
    await attestTier(desk, done.a, 0);
    const sent = await sendStep(desk, "withdrawing from the account", () =>
      withdrawFromAccount(client, system, done.claim, to),
    );
    return { account: done.a, ...sent };
  });
}
