import type { Address, TransactionReceipt } from "viem";
import { closeAccount, openAccount, reclaimAccountBond } from "../../chain/liquidation/openings.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import { proveEmpty } from "../../liquidation/account-claims.ts";
import type { ProofKit } from "../../liquidation/claims.ts";
import { openedAccountId } from "../../liquidation/opened-id.ts";
import type { Field } from "../../math/field.ts";
import type { EmptyCircuit } from "../../prover/circuits.ts";
import { type LedgerContext, type LiquidationContext, nameIn, sendStep } from "./context.ts";
import { findAccount } from "./ledger-state.ts";
import { type LedgerChange, withKeptSalt } from "./register.ts";

export type EmptyKit = ProofKit<EmptyCircuit>;

/**
 * The id of the client's `n`-th own account.
 * @example
 * ```ts
 * import { type LiquidationContext, ownAccountId } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const accountId = ownAccountId(context, 0n);
 * ```
 */
export function ownAccountId(
  { client, system }: Pick<LiquidationContext, "client" | "system">,
  n: bigint,
): Field {
  const { chainId, ledger } = system;
  return openedAccountId({ chainId, ledger, opener: client.account.address, n });
}

/** An account to open. */
export interface NewOwnAccount {
  /** Which of the client's own it is: any number that it has not used. */
  readonly n: bigint;
  /** Of its empty portfolio; an interrupted act's is used where it kept one. Whoever knows it can fill the account. */
  readonly salt: Field;
  /** Until when the proof holds, Unix seconds by the chain's clock. */
  readonly deadline: bigint;
}

/**
 * Opens an empty account that the client owns, under an id that follows from its address; anyone may. It takes a portfolio over that
 * fills all slots, which no account can that holds anything else. The bond comes back: `reclaimOwnBond`, or `closeOwnAccount`.
 * @throws {BallastError} CHAIN_ERROR, e.g. AccountExists, InvalidEmptyProof; as `proveEmpty`; what keeping throws.
 * @example
 * ```ts
 * import { type EmptyKit, type LedgerContext, openOwnAccount } from "ballast/actions";
 * import { randomSalt } from "ballast";
 * declare const context: LedgerContext;
 * declare const kit: EmptyKit;
 * const { account } = await openOwnAccount(context, kit, { n: 0n, salt: randomSalt(), deadline: 1_790_000_000n });
 * ```
 */
export async function openOwnAccount(
  context: LedgerContext,
  kit: EmptyKit,
  { n, salt, deadline }: NewOwnAccount,
): Promise<LedgerChange> {
  const { client, system, slots, store, progress } = context;
  const { chainId, ledger } = system;
  const account: OpenAccount = withKeptSalt(context, {
    accountId: ownAccountId(context, n),
    salt,
    positions: [],
  });
  const { accountId } = account;
  const known = await findAccount(context, accountId);
  const commitment = commitmentOf(account, slots);
  if (known?.commitment === commitment) {
    progress.note(`${nameIn(context, accountId)} is on the ledger already`);
    return { account, commitment, receipt: undefined };
  }
  progress.note(`that ${nameIn(context, accountId)} is empty`);
  const { claim } = await proveEmpty(kit, account, { chainId, ledger, deadline });
  const receipt = await store.keepThenSend([account], () =>
    sendStep(context, `opening ${nameIn(context, accountId)}`, () =>
      openAccount(client, system, { n, commitment, claim }),
    ),
  );
  return { account, commitment, receipt };
}

/**
 * Closes an account of the client's own that was never filled: its bond comes back.
 * @param payee who gets the bond.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAccount, AccountFilled, OnlyOwner.
 * @example
 * ```ts
 * import { closeOwnAccount, type LiquidationContext } from "ballast/actions";
 * declare const context: LiquidationContext;
 * await closeOwnAccount(context, 0n, context.client.account.address);
 * ```
 */
export function closeOwnAccount(
  context: LiquidationContext,
  n: bigint,
  payee: Address,
): Promise<TransactionReceipt> {
  const { client, system } = context;
  return sendStep(context, `closing ${nameIn(context, ownAccountId(context, n))}`, () =>
    closeAccount(client, system, n, payee),
  );
}

/**
 * Takes back the bond of an account that the client opened, once it was filled.
 * @param payee who gets the bond.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAccount, AccountEmpty, NoBond.
 * @example
 * ```ts
 * import { type LiquidationContext, reclaimOwnBond } from "ballast/actions";
 * declare const context: LiquidationContext;
 * await reclaimOwnBond(context, 0n, context.client.account.address);
 * ```
 */
export function reclaimOwnBond(
  context: LiquidationContext,
  n: bigint,
  payee: Address,
): Promise<TransactionReceipt> {
  const { client, system } = context;
  return sendStep(context, `the bond of ${nameIn(context, ownAccountId(context, n))}`, () =>
    reclaimAccountBond(client, system, n, payee),
  );
}
