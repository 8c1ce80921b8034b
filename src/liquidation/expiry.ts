import type { DeleverageCircuit } from "../prover/circuits.ts";
import { type ClosingTerms, closingShare, netHolding, PRICE_SCALE } from "../risk/transfer.ts";
import type { OpenAccount } from "./account.ts";
import { type DeleverageClaim, type ProofKit, proveDeleverage } from "./claims.ts";
import { type FactPlace, factContext } from "./purpose.ts";
import { deriveOpening } from "./transfers.ts";

/** What an expired instrument is worth, as the delivery book has it. */
export interface DeliveredMark {
  readonly instrumentId: number;
  /** Micro-USD a lot. */
  readonly mark: bigint;
}

/** In which cash it is paid. */
export interface DeliveryCash {
  readonly settlementId: number;
  /** Micro-USD that a lot of it is worth, as the clearing house reckons. */
  readonly microsPerLot: bigint;
}

/** One instrument of an account, closed, as the account desk takes it. */
export interface ExpiredClosing {
  readonly instrumentId: number;
  readonly isShort: boolean;
  readonly newCommitment: bigint;
  readonly claim: DeleverageClaim;
}

/** What was closed, and what it left. Secret, but for the closings. */
export interface ProvenClosings {
  readonly closings: readonly ExpiredClosing[];
  readonly account: OpenAccount;
}

/** The terms by which all that an account holds of an expired instrument is closed: a millionth of a lot, rounded down, a unit of price. */
export function expiryTerms(
  { instrumentId, mark }: DeliveredMark,
  isShort: boolean,
  { settlementId, microsPerLot }: DeliveryCash,
): ClosingTerms {
  const price = (mark * PRICE_SCALE) / microsPerLot;
  return { settlementId, instrumentId, isShort, closing: 1n, open: 1n, price };
}

/**
 * An account after one of its expired instruments was closed, by whomever: nothing but what the chain tells is needed.
 * @param lots that were closed, negative ones short; `cash` what was paid for them, lots of the settlement asset.
 * @param place of the closing's proof: its deadline is in the event.
 * @example
 * ```ts
 * import { afterClosing, type OpenAccount } from "ballast/actions";
 * declare const mine: OpenAccount;
 * declare const closed: { instrumentId: number; lots: bigint; cash: bigint; deadline: bigint }; // of `ExpiredClosed`
 * const ledger = "0x00000000000000000000000000000000000000aa";
 * const next = afterClosing(mine, 1, closed, { chainId: 1, ledger, deadline: closed.deadline });
 * ```
 */
export function afterClosing(
  before: OpenAccount,
  settlementId: number,
  {
    instrumentId,
    lots,
    cash,
  }: { readonly instrumentId: number; readonly lots: bigint; readonly cash: bigint },
  place: FactPlace,
): OpenAccount {
  const moved = [
    { instrumentId, quantity: -lots },
    { instrumentId: settlementId, quantity: cash },
  ];
  return deriveOpening(before, moved, factContext("delever", place));
}

/**
 * Proves the closing of everything that an account holds of expired instruments, one after the other.
 * @param marks of expired instruments; those that the account doesn't hold play no part.
 * @returns no closings where it holds none.
 * @throws {BallastError} as `proveDeleverage`.
 */
export async function proveClosings(
  kit: ProofKit<DeleverageCircuit>,
  account: OpenAccount,
  marks: readonly DeliveredMark[],
  cash: DeliveryCash,
  place: FactPlace,
): Promise<ProvenClosings> {
  const closings: ExpiredClosing[] = [];
  let left = account;
  for (const delivered of marks) {
    const { instrumentId } = delivered;
    const held = netHolding(left.positions, instrumentId);
    if (held === 0n) continue;
    const isShort = held < 0n;
    const terms = expiryTerms(delivered, isShort, cash);
    const { payment } = closingShare(left.positions, terms);
    const { claim, newCommitment } = await proveDeleverage(kit, left, terms, place);
    closings.push({ instrumentId, isShort, newCommitment, claim });
    left = afterClosing(left, cash.settlementId, { instrumentId, lots: held, cash: payment }, place);
  }
  return { closings, account: left };
}
