import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import { derivedSalt, randomSalt } from "../portfolio/commitment.ts";
import type { Holding } from "../risk/requirement.ts";
import { applyTransfer, netPositions, type TransferTerms } from "../risk/transfer.ts";
import type { TransferParty } from "../witness/transfer.ts";
import type { OpenAccount } from "./account.ts";

/** What is to move between two accounts, or into and out of one. Secret, but for its terms. */
export interface TransferPlan extends TransferTerms {
  /** Who sells, or is liquidated. */
  readonly a: OpenAccount;
  /** The counterparty; without one only funding moves. */
  readonly b?: OpenAccount;
  /** Lots that A gives to B, signed: negative ones B gives to A. None of the settlement asset; none of a whole transfer. */
  readonly moved?: readonly Holding[];
  /**
   * Salts of an earlier plan of the very same transfer, which was written down and never sent; default: fresh ones. What a whole or kept
   * transfer leaves to A has none of them.
   */
  readonly salts?: { readonly a?: Field | undefined; readonly b?: Field | undefined };
}

/** Both accounts before and after. Secret, but for what a whole transfer leaves. */
export interface PlannedTransfer {
  readonly a: TransferParty;
  readonly b?: TransferParty;
}

/**
 * The openings of both accounts after a transfer: keep them, nobody can make them again. Salts are fresh, but for A's where it is handed
 * over whole, which is the context, so that anybody can open it, or kept, which follows from its old one: {@link deriveOpening}.
 *
 * @param context of the proof: see `transferContext`.
 * @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT as `applyTransfer`; INVALID_INPUT for lots, cash or a whole account that
 *   would go to nobody.
 */
export function planTransfer(plan: TransferPlan, context: Field): PlannedTransfer {
  const { a, b, moved = [], cash, rest, salts = {} } = plan;
  if (b === undefined && (moved.length > 0 || cash !== 0n || rest === "whole"))
    throw new BallastError("INVALID_INPUT", "Without a counterparty only funding moves.", {
      hint: "Name the account that takes the lots and pays the cash.",
    });
  const { newA, newB } = applyTransfer(a.positions, b?.positions ?? [], plan, moved);
  const party = (account: OpenAccount, positions: readonly Holding[], salt: Field): TransferParty => ({
    accountId: account.accountId,
    before: { positions: account.positions, salt: account.salt },
    after: { positions, salt },
  });
  const saltOfA = (): Field => {
    if (rest === "whole") return context;
    return rest === "kept" ? derivedSalt(a.salt, context) : (salts.a ?? randomSalt());
  };
  return {
    a: party(a, newA, saltOfA()),
    ...(b === undefined ? {} : { b: party(b, newB, salts.b ?? randomSalt()) }),
  };
}

/**
 * What a whole transfer left to an account: anybody can open it from the transaction alone.
 *
 * @param cash lots that it kept, 0 or more.
 * @param context of the proof.
 */
export function keptAccount(
  accountId: Field,
  settlementId: number,
  cash: bigint,
  context: Field,
): OpenAccount {
  const positions = cash === 0n ? [] : [{ instrumentId: settlementId, quantity: cash }];
  return { accountId, positions, salt: context };
}

/**
 * An account as a change by somebody else left it, where the proof says that its owner can derive it: a kept transfer, a closing.
 *
 * @param before the account before.
 * @param moved lots that came to it, signed, its cash among them: of a deposit the funding, of a closing what `closingShare` says.
 * @param context of the kept transfer's proof, or of the closing's (`factContext` of "delever").
 * @example
 * ```ts
 * import { deriveOpening, type OpenAccount, transferContext, type TransferPlace } from "ballast/actions";
 * declare const [mine, place]: [OpenAccount, TransferPlace]; // the purpose, nonces and deadline of the stranger's call
 * const paidIn = [{ instrumentId: 1, quantity: 500_000n }]; // its funding
 * const { salt } = deriveOpening(mine, paidIn, transferContext(place));
 * ```
 */
export function deriveOpening(before: OpenAccount, moved: readonly Holding[], context: Field): OpenAccount {
  const { accountId, positions, salt } = before;
  return { accountId, positions: netPositions(positions, moved), salt: derivedSalt(salt, context) };
}

/** A party's account after the transfer. */
export function afterOf({ accountId, after }: TransferParty): OpenAccount {
  return { accountId, ...after };
}
