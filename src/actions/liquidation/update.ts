import { guarded } from "../../chain/guarded.ts";
import { readIsChallenged } from "../../chain/liquidation/challenges.ts";
import { type UpdateRefusal, updateAccounts } from "../../chain/liquidation/ledger.ts";
import { type LedgerAccount, readIsOwnerSettled, readLock } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { type LedgerContext, nameIn, sendStep } from "./context.ts";
import { findAccount } from "./ledger-state.ts";
import { type LedgerChange, withKeptSalt } from "./register.ts";

/**
 * Sets an account's portfolio after trades of the venue's own; only the venue may. Where the ledger has it just so, nothing is done, but
 * that the venue of now has its word where a former one's came too late.
 * @param wanted the account as it is now, with a fresh salt: an interrupted act's is used instead, if one kept it.
 * @param nonce how often the account had changed when `wanted` was computed: a deposit or withdrawal since is not undone. Default: as
 *   often as it has changed by now.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, UnknownAccount, or UpdateSkipped for an account that has changed since, or is frozen,
 *   challenged, guarded, locked or empty; what keeping throws.
 * @example
 * ```ts
 * import { type LedgerContext, type OpenAccount, updateOnLedger } from "ballast/actions";
 * declare const context: LedgerContext;
 * declare const account: OpenAccount;
 * const { receipt } = await updateOnLedger(context, account);
 * ```
 */
export async function updateOnLedger(
  context: LedgerContext,
  wanted: OpenAccount,
  nonce?: number,
): Promise<LedgerChange> {
  const { client, system, slots, store, progress } = context;
  const account = withKeptSalt(context, wanted);
  const { accountId } = account;
  const commitment = commitmentOf(account, slots);
  const found = await findAccount(context, accountId);
  if (found?.commitment === commitment && (await readIsOwnerSettled(client, system, accountId))) {
    progress.note(`${nameIn(context, accountId)} is so on the ledger already`);
    return { account, commitment, receipt: undefined };
  }
  const known = nonce ?? found?.nonce ?? 0;
  const refusal = found === undefined ? undefined : await refusalNow(context, found, known);
  const { receipt } = await store.keepThenSend([account], async () => {
    // The ledger would leave such an account as it is.
    if (refusal !== undefined) throw skipped(context, accountId, refusal);
    const sent = await sendStep(context, `updating ${nameIn(context, accountId)}`, () =>
      updateAccounts(client, system, [[{ accountId, commitment, nonce: known }]]),
    );
    const [skip] = sent.skipped;
    if (skip !== undefined) throw skipped(context, accountId, skip.refusal);
    return sent;
  });
  return { account, commitment, receipt };
}

/** Why the ledger takes no word of the venue's about an account, as far as that shows before it is sent. @throws {BallastError} CHAIN_ERROR. */
export async function refusalNow(
  { client, system }: Pick<LedgerContext, "client" | "system">,
  { accountId, nonce, frozen, guarded: isGuarded }: LedgerAccount,
  known: number = nonce,
): Promise<UpdateRefusal | undefined> {
  if (nonce !== known) return "changed";
  if (frozen) return "frozen";
  if (isGuarded) return "guarded";
  if (await readIsChallenged(client, system, accountId)) return "challenged";
  const until = await readLock(client, system, accountId);
  if (until === 0n) return undefined;
  const { timestamp } = await guarded("reading the latest block", () => client.public.getBlock());
  return timestamp < until ? "locked" : undefined;
}

/** Each is said of an account. */
const WHY: Readonly<Record<UpdateRefusal, string>> = {
  none: "The ledger doesn't say why.",
  changed: "It has changed since the portfolio was computed: look at it again, and compute what it has now.",
  frozen: "It is frozen by a case: `ballast liquidate show` says which.",
  guarded: "It is the clearing house's: proofs alone change it.",
  empty: "It is empty as its owner opened it: a transfer fills it.",
  locked: "Its owner has locked it: `ballast liquidate show` says until when.",
  challenged: "It is challenged: attest, and settle the challenge first.",
};

/** The ledger left an account as it is, or would. */
function skipped(context: LedgerContext, accountId: bigint, refusal: UpdateRefusal): BallastError {
  return new BallastError("CHAIN_ERROR", `${nameIn(context, accountId)} stays as it is on the ledger.`, {
    hint: WHY[refusal],
    details: { error: "UpdateSkipped", refusal },
  });
}
