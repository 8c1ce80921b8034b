import { type Field, reduce, toField } from "../math/field.ts";
import { type Commitment, commit, derivedSalt } from "../portfolio/commitment.ts";
import { slotsOf } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import { type ClosingShare, type ClosingTerms, closingShare } from "../risk/transfer.ts";
import type { CircuitInputs } from "./table.ts";
import { type OpenPortfolio, type SlotsInstance, slotInputs } from "./transfer.ts";

export interface DeleverageRequest extends ClosingTerms {
  readonly accountId: Field;
  readonly before: OpenPortfolio;
  /** Binds the proof to chain, contract, case and nonce. */
  readonly context: Field;
}

/** The public signals, in the circuit's order. */
export interface DeleverageSignals {
  readonly accountId: Field;
  readonly oldCommitment: Commitment;
  readonly newCommitment: Commitment;
  readonly settlementId: Field;
  readonly instrumentId: Field;
  /** 0 or 1 */
  readonly isShort: Field;
  readonly closing: Field;
  readonly open: Field;
  /** Signed, as a field element: p - |price| where negative. */
  readonly price: Field;
  readonly closed: Field;
  readonly context: Field;
}

export interface DeleverageWitness {
  readonly inputs: CircuitInputs;
  readonly signals: DeleverageSignals;
  readonly publicSignals: readonly Field[];
  /** Opens the new commitment: follows from the old salt and the context. Secret. */
  readonly newSalt: Field;
  /** What the closing does to the account: the transfer that goes with it moves the same. Secret. */
  readonly share: ClosingShare;
}

/**
 * Everything the deleverage circuit takes for one holder: the inputs, and the public signals they imply.
 *
 * @param instance the account's number of slots.
 * @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT as `closingShare`; PORTFOLIO_TOO_LARGE, LOT_OVERFLOW,
 *   DUPLICATE_INSTRUMENT for a portfolio, old or new, that doesn't fit the slots.
 */
export function deleverageWitness(instance: SlotsInstance, request: DeleverageRequest): DeleverageWitness {
  const { accountId, before, settlementId, instrumentId, isShort, context } = request;
  const old = slotsOf(before.positions, instance.slots);
  const share = closingShare(before.positions, request);
  const after = slotsOf(share.positions, instance.slots);
  const newSalt = derivedSalt(before.salt, context);
  const signals: DeleverageSignals = {
    accountId,
    oldCommitment: commit(accountId, before.salt, old),
    newCommitment: commit(accountId, newSalt, after),
    settlementId: toField(BigInt(settlementId)),
    instrumentId: toField(BigInt(instrumentId)),
    isShort: toField(isShort ? 1n : 0n),
    closing: toField(request.closing),
    open: toField(request.open),
    price: reduce(request.price),
    closed: toField(share.closed),
    context,
  };
  const { quantity, id, isShort: side } = slotInputs([old, after]);
  return {
    signals,
    publicSignals: deleverageSignals(signals),
    newSalt,
    share,
    inputs: { ...signals, payment: reduce(share.payment), salt: [before.salt, newSalt], quantity, id, side },
  };
}

/** All public signals of a deleverage proof, in the circuit's order. */
export function deleverageSignals(signals: DeleverageSignals): Field[] {
  return SIGNALS.deleverage.map((name) => signals[name]);
}
