import type { TransactionReceipt } from "viem";
import {
  houseAccountId,
  openHouseAccount,
  readHouseAccounts,
  shiftHouseCash,
  showHouseEquity,
} from "../../chain/liquidation/house-accounts.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { proveEmpty } from "../../liquidation/account-claims.ts";
import { SHIFT_PURPOSE } from "../../liquidation/purpose.ts";
import { type Desk, type LedgerContext, nameIn, sendStep } from "./context.ts";
import { checkOnLedger, equityAt, transferAt } from "./facts.ts";
import type { EmptyKit, NewOwnAccount } from "./open-account.ts";
import { type LedgerChange, withKeptSalt } from "./register.ts";

/**
 * Opens a further account for the clearing house, empty by proof; only the operator may, three times. A portfolio that has no
 * instrument in common with what the house holds goes into it.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyOperator, TooManyAccounts; as `proveEmpty`; what keeping throws.
 * @example
 * ```ts
 * import { type EmptyKit, type LedgerContext, openForHouse } from "ballast/actions";
 * import { randomSalt } from "ballast";
 * declare const context: LedgerContext;
 * declare const kit: EmptyKit;
 * const { account } = await openForHouse(context, kit, { salt: randomSalt(), deadline: 1_790_000_000n });
 * ```
 */
export async function openForHouse(
  context: LedgerContext,
  kit: EmptyKit,
  { salt, deadline }: Omit<NewOwnAccount, "n">,
): Promise<LedgerChange> {
  const { client, system, slots, store } = context;
  const { chainId, ledger } = system;
  const n = (await readHouseAccounts(client, system)).length;
  const accountId = houseAccountId(system, n);
  const account: OpenAccount = withKeptSalt(context, { accountId, salt, positions: [] });
  const { claim } = await proveEmpty(kit, account, { chainId, ledger, deadline });
  const commitment = commitmentOf(account, slots);
  const receipt = await store.keepThenSend([account], () =>
    sendStep(context, `opening ${nameIn(context, accountId)} for the house`, () =>
      openHouseAccount(client, system, commitment, claim),
    ),
  );
  return { account, commitment, receipt };
}

/**
 * Shows what some of the house's accounts are worth in the newest snapshot: sums over all of them are of one snapshot, and leave none
 * out.
 * @param others all accounts of the house that hold anything, but one.
 * @returns what they are worth together, micro-USD.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. WrongAccount; as `proveEquity`.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, showOthers } from "ballast/actions";
 * declare const desk: Desk<"equity">;
 * declare const others: OpenAccount[]; // opened besides the first one
 * const micros = await showOthers(desk, others);
 * ```
 */
export async function showOthers(desk: Desk<"equity">, others: readonly OpenAccount[]): Promise<bigint> {
  const { client, system } = desk;
  await checkOnLedger(desk, others);
  let sum = 0n;
  for (const account of others) {
    const equity = await equityAt(desk, account);
    await sendStep(desk, `showing ${nameIn(desk, account.accountId)}`, () =>
      showHouseEquity(client, system, equity),
    );
    sum += equity.equity;
  }
  return sum;
}

/** Two of the house's accounts, as they are now. */
export interface Shifted {
  readonly from: OpenAccount;
  readonly to: OpenAccount;
  readonly receipt: TransactionReceipt;
}

/**
 * Moves cash from one of the house's accounts to another, so that all can be healthy; only the operator may.
 * @param lots of the settlement asset, 1 or more.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. OnlyOperator; as `proveTransfer`; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, shiftCash } from "ballast/actions";
 * declare const desk: Desk<"transfer">;
 * declare const accounts: { readonly from: OpenAccount; readonly to: OpenAccount };
 * const { from, to } = await shiftCash(desk, accounts, 5_000n);
 * ```
 */
export async function shiftCash(
  desk: Desk<"transfer">,
  accounts: Pick<Shifted, "from" | "to">,
  lots: bigint,
): Promise<Shifted> {
  const { client, system, store } = desk;
  const out = await transferAt(desk, SHIFT_PURPOSE, { a: accounts.from, funding: -lots, rest: "kept" });
  const into = await transferAt(desk, SHIFT_PURPOSE, { a: accounts.to, funding: lots, rest: "kept" });
  const receipt = await store.keepThenSend([out.a, into.a], () =>
    sendStep(desk, "shifting cash between the house's accounts", () =>
      shiftHouseCash(client, system, out.claim, into.claim),
    ),
  );
  return { from: out.a, to: into.a, receipt };
}
