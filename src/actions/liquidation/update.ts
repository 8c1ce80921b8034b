import { guarded } from "../../chain/guarded.ts";
import { readIsChallenged } from "../../chain/liquidation/challenges.ts";
import { updateAccounts } from "../../chain/liquidation/ledger.ts";
import { type LedgerAccount, readLock } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { type LedgerContext, nameIn, sendStep } from "./context.ts";
import { findAccount } from "./ledger-state.ts";
import { type LedgerChange, withKeptSalt } from "./register.ts";

/**
 * Sets an account's portfolio after trades of the venue's own; only the venue may. Where the ledger has it just so, nothing is done.
 * @param wanted the account as it is now, with a fresh salt: an interrupted act's is used instead, if one kept it.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, UnknownAccount, or UpdateSkipped for an account that is frozen, challenged, guarded or locked;
 *   what keeping throws.
 * @example
 * ```ts
 * import { type LedgerContext, type OpenAccount, updateOnLedger } from "ballast/actions";
 * declare const context: LedgerContext;
 * declare const account: OpenAccount;
 * const { receipt } = await updateOnLedger(context, account);
 * ```
 */
export async function updateOnLedger(context: LedgerContext, wanted: OpenAccount): Promise<LedgerChange> {
  const { client, system, slots, store, progress } = context;
  const account = withKeptSalt(context, wanted);
  const { accountId } = account;
  const commitment = commitmentOf(account, slots);
  const found = await findAccount(context, accountId);
  if (found?.commitment === commitment) {
    progress.note(`${nameIn(context, accountId)} is so on the ledger already`);
    return { account, commitment, receipt: undefined };
  }
  const isKept = found !== undefined && (await isKeptNow(context, found));
  const { receipt } = await store.keepThenSend([account], async () => {
    // The ledger would leave such an account as it is.
    if (isKept) throw skipped(context, accountId);
    const sent = await sendStep(context, `updating ${nameIn(context, accountId)}`, () =>
      updateAccounts(client, system, [{ accountId, commitment }]),
    );
    if (sent.skipped.length > 0) throw skipped(context, accountId);
    return sent;
  });
  return { account, commitment, receipt };
}

/** Whether the ledger takes no word of the venue's about an account: by a case, a challenge, a guard or its owner's lock. @throws {BallastError} CHAIN_ERROR. */
export async function isKeptNow(
  { client, system }: Pick<LedgerContext, "client" | "system">,
  { accountId, frozen, guarded: isGuarded }: LedgerAccount,
): Promise<boolean> {
  if (frozen || isGuarded || (await readIsChallenged(client, system, accountId))) return true;
  const until = await readLock(client, system, accountId);
  if (until === 0n) return false;
  const { timestamp } = await guarded("reading the latest block", () => client.public.getBlock());
  return timestamp < until;
}

/** The ledger left an account as it is, or would. */
function skipped(context: LedgerContext, accountId: bigint): BallastError {
  return new BallastError("CHAIN_ERROR", `${nameIn(context, accountId)} stays as it is on the ledger.`, {
    hint: "It is frozen by a case, challenged, guarded, or locked by its owner: `ballast liquidate show` says what and until when.",
    details: { error: "UpdateSkipped" },
  });
}
