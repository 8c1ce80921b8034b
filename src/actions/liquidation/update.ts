import { updateAccounts } from "../../chain/liquidation/ledger.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { type LedgerContext, nameIn, sendStep } from "./context.ts";
import { findAccount } from "./ledger-state.ts";
import { type LedgerChange, withKeptSalt } from "./register.ts";

/**
 * Sets an account's portfolio after trades of the venue's own; only the venue may. Where the ledger has it just so, nothing is done.
 * @param wanted the account as it is now, with a fresh salt: an interrupted act's is used instead, if one kept it.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, UnknownAccount, AccountFrozen, AccountIsLocked; what keeping throws.
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
  if ((await findAccount(context, accountId))?.commitment === commitment) {
    progress.note(`${nameIn(context, accountId)} is so on the ledger already`);
    return { account, commitment, receipt: undefined };
  }
  const receipt = await store.keepThenSend([account], () =>
    sendStep(context, `updating ${nameIn(context, accountId)}`, () =>
      updateAccounts(client, system, [{ accountId, commitment }]),
    ),
  );
  return { account, commitment, receipt };
}
