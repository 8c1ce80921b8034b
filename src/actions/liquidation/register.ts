import { type Address, type TransactionReceipt, zeroAddress } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import { registerAccount } from "../../chain/liquidation/ledger.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import type { Field } from "../../math/field.ts";
import { type LedgerContext, nameIn, sendStep } from "./context.ts";
import { findAccount } from "./ledger-state.ts";

/** An account to add to the ledger. */
export interface Registration {
  /** Its salt is used unless an interrupted act kept another one. */
  readonly account: OpenAccount;
  /** Whether only proofs change it: the clearing house's, and no other. Default: false. */
  readonly guarded?: boolean;
  /** Who acts for it on chain. Default: nobody. */
  readonly owner?: Address;
}

/** What the ledger has of an account that was set. */
export interface LedgerChange {
  readonly account: OpenAccount;
  readonly commitment: Field;
  /** None where the ledger had it already, just so. */
  readonly receipt: TransactionReceipt | undefined;
}

/**
 * Adds an account to the ledger; only the venue may. Where the ledger has it just so, nothing is done.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, AccountExists, OnlyHouseGuarded; what keeping throws.
 * @example
 * ```ts
 * import { type LedgerContext, type OpenAccount, registerOnLedger } from "ballast/actions";
 * declare const context: LedgerContext;
 * declare const account: OpenAccount;
 * const { commitment } = await registerOnLedger(context, { account });
 * ```
 */
export async function registerOnLedger(
  context: LedgerContext,
  registration: Registration,
): Promise<LedgerChange> {
  const { client, system, slots, store, progress } = context;
  const { guarded = false, owner = zeroAddress } = registration;
  const account = withKeptSalt(context, registration.account);
  const { accountId } = account;
  const commitment = commitmentOf(account, slots);
  const known = await findAccount(context, accountId);
  if (known?.commitment === commitment && known.guarded === guarded && isSameAddress(known.owner, owner)) {
    progress.note(`${nameIn(context, accountId)} is on the ledger already`);
    return { account, commitment, receipt: undefined };
  }
  const receipt = await store.keepThenSend([account], () =>
    sendStep(context, `registering ${nameIn(context, accountId)}`, () =>
      registerAccount(client, system, { accountId, commitment, guarded, owner }),
    ),
  );
  return { account, commitment, receipt };
}

/** The account with the salt that an interrupted act kept for it, if one did. */
export function withKeptSalt({ store }: Pick<LedgerContext, "store">, account: OpenAccount): OpenAccount {
  return { ...account, salt: store.saltOf(account.accountId) ?? account.salt };
}
