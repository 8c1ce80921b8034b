import { BallastError } from "../../errors.ts";
import { accountText, isSameAccount, type OpenAccount } from "../../liquidation/account.ts";
import type { Field } from "../../math/field.ts";

/** Keeps accounts' openings: whoever loses one can't open the account again. */
export interface AccountStore {
  /**
   * The salt that an interrupted act kept for an account and never sent. An act that is done again uses it: whichever transaction
   * is mined, what was kept opens the account.
   */
  saltOf(accountId: Field): Field | undefined;
  /**
   * Keeps accounts as they will be, then sends what makes them so: whatever happens in between, no opening is lost. Where the chain
   * refuses the transaction before it is sent, what was kept is taken back, so that the same act can be done again.
   * @throws {BallastError} what keeping throws, before anything is sent; what `send` throws.
   */
  keepThenSend<Result>(accounts: readonly OpenAccount[], send: () => Promise<Result>): Promise<Result>;
}

/** For accounts whose openings are kept elsewhere already. */
export const KEPT_ALREADY: AccountStore = {
  saltOf: () => undefined,
  keepThenSend: (_, send) => send(),
};

/** Accounts as the ledger has them, in memory: for one process that holds them all. */
export class MemoryAccounts implements AccountStore {
  readonly #accounts = new Map<bigint, OpenAccount>();
  /** Kept, and perhaps sent. */
  readonly #unsent = new Map<bigint, OpenAccount>();

  /** In the order in which they came. */
  get all(): readonly OpenAccount[] {
    return [...this.#accounts.values()];
  }

  get(accountId: bigint): OpenAccount | undefined {
    return this.#accounts.get(accountId);
  }

  /** Says what the ledger has an account as. */
  set(account: OpenAccount): void {
    this.#accounts.set(account.accountId, account);
    this.#unsent.delete(account.accountId);
  }

  saltOf(accountId: Field): Field | undefined {
    return this.#unsent.get(accountId)?.salt;
  }

  /** @throws {BallastError} ALREADY_SENT for another act on an account than the one that may have been sent for it. */
  async keepThenSend<Result>(accounts: readonly OpenAccount[], send: () => Promise<Result>): Promise<Result> {
    for (const account of accounts) {
      const unsent = this.#unsent.get(account.accountId);
      if (unsent !== undefined && !isSameAccount(unsent, account)) throw maybeSent(account);
    }
    const fresh = accounts.filter(({ accountId }) => !this.#unsent.has(accountId));
    for (const account of fresh) this.#unsent.set(account.accountId, account);
    try {
      const result = await send();
      for (const account of accounts) this.set(account);
      return result;
    } catch (error) {
      if (wasNotSent(error)) for (const { accountId } of fresh) this.#unsent.delete(accountId);
      throw error;
    }
  }
}

function maybeSent({ accountId }: OpenAccount): BallastError {
  return new BallastError(
    "ALREADY_SENT",
    `Another change of account ${accountText(accountId)} may be on the ledger already.`,
    { hint: "Ask the ledger which one it has, and say so before the account changes again." },
  );
}

/**
 * Whether an error says that nothing was sent. Contracts' errors come from trying the call; what was sent and reverted names its
 * transaction. What says neither may have been mined.
 */
export function wasNotSent(error: unknown): boolean {
  if (!(error instanceof BallastError)) return false;
  const { error: refusal, transaction } = error.details;
  return transaction === undefined && (refusal !== undefined || error.code !== "CHAIN_ERROR");
}
