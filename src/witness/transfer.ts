import { BallastError } from "../errors.ts";
import { type Field, reduce, toField } from "../math/field.ts";
import { type Commitment, commit, derivedSalt } from "../portfolio/commitment.ts";
import { type Slot, slotsOf } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import type { Holding } from "../risk/requirement.ts";
import { checkTransfer, RESTS, type TransferTerms } from "../risk/transfer.ts";
import type { CircuitInputs } from "./table.ts";

/** What a transfer or deleverage circuit was instantiated with. */
export interface SlotsInstance {
  /** Of every portfolio: one commits otherwise in an instance with another number. */
  readonly slots: number;
}

/** A portfolio and what opens its commitment. Secret, but for a portfolio that is left by a whole transfer. */
export interface OpenPortfolio {
  readonly positions: readonly Holding[];
  readonly salt: Field;
}

/** An account of a transfer. */
export interface TransferParty {
  readonly accountId: Field;
  readonly before: OpenPortfolio;
  readonly after: OpenPortfolio;
}

export interface TransferRequest extends TransferTerms {
  /** Who sells, or is liquidated. */
  readonly a: TransferParty;
  /** The counterparty; without one only funding moves. */
  readonly b?: TransferParty;
  /** Binds the proof to chain, ledger, purpose and nonces; of a whole transfer, also the salt of A's new portfolio. */
  readonly context: Field;
}

/** The public signals, in the circuit's order. */
export interface TransferSignals {
  readonly accountA: Field;
  readonly oldA: Commitment;
  readonly newA: Commitment;
  /** 0 without a counterparty, and so are its commitments. */
  readonly accountB: Field;
  readonly oldB: Field;
  readonly newB: Field;
  readonly settlementId: Field;
  /** Signed lots as a field element: p - |cash| where negative; so is funding. */
  readonly cash: Field;
  readonly funding: Field;
  /** 0 free, 1 whole, 2 kept. */
  readonly rest: Field;
  readonly context: Field;
}

export interface TransferWitness {
  readonly inputs: CircuitInputs;
  readonly signals: TransferSignals;
  readonly publicSignals: readonly Field[];
}

const ZERO = toField(0n);
const ABSENT: TransferParty = {
  accountId: ZERO,
  before: { positions: [], salt: ZERO },
  after: { positions: [], salt: ZERO },
};

/**
 * Everything the transfer circuit takes: the inputs, and the public signals they imply.
 *
 * @param instance the accounts' number of slots: both accounts' commitments are of that many.
 * @throws {BallastError} NOT_CONSERVED, OUT_OF_RANGE, INVALID_INPUT as `checkTransfer`; INVALID_INPUT for a whole
 *   or kept transfer whose new portfolio has another salt, or two parties that are one account; PORTFOLIO_TOO_LARGE,
 *   LOT_OVERFLOW, DUPLICATE_INSTRUMENT for a portfolio that doesn't fit the slots.
 */
export function transferWitness(instance: SlotsInstance, request: TransferRequest): TransferWitness {
  const { a, b = ABSENT, settlementId, cash, funding, rest, context } = request;
  const hasB = request.b !== undefined;
  const portfolios = [a.before, a.after, b.before, b.after];
  const slots = portfolios.map(({ positions }) => slotsOf(positions, instance.slots));
  checkTransfer(
    {
      oldA: a.before.positions,
      newA: a.after.positions,
      oldB: b.before.positions,
      newB: b.after.positions,
    },
    request,
  );
  if (hasB && a.accountId === b.accountId)
    throw new BallastError("INVALID_INPUT", "Both parties are one account.", {
      hint: "A transfer is between two accounts; to fund one, leave the counterparty out.",
    });
  if (rest === "whole" && a.after.salt !== context)
    throw new BallastError("INVALID_INPUT", "What is left of a whole transfer must be open to anybody.", {
      hint: "Salt the first account's new portfolio with the context.",
    });
  if (rest === "kept" && a.after.salt !== derivedSalt(a.before.salt, context))
    throw new BallastError("INVALID_INPUT", "What is left to the account must be its owner's to derive.", {
      hint: "Salt its new portfolio with `derivedSalt` of the old salt and the context.",
    });
  const commitments = slots.map((list, k) => {
    const { accountId } = k < 2 ? a : b;
    return commit(accountId, portfolios[k]?.salt ?? ZERO, list);
  });
  const [oldA, newA, oldB, newB] = commitments as [Commitment, Commitment, Commitment, Commitment];
  const signals: TransferSignals = {
    accountA: a.accountId,
    oldA,
    newA,
    accountB: b.accountId,
    oldB: hasB ? oldB : ZERO,
    newB: hasB ? newB : ZERO,
    settlementId: toField(BigInt(settlementId)),
    cash: reduce(cash),
    funding: reduce(funding),
    rest: toField(BigInt(RESTS.indexOf(rest))),
    context,
  };
  return {
    signals,
    publicSignals: transferSignals(signals),
    inputs: {
      ...signals,
      hasB: hasB ? 1n : 0n,
      salt: portfolios.map(({ salt }) => salt),
      ...slotInputs(slots),
    },
  };
}

/** All public signals of a transfer, in the circuit's order. */
export function transferSignals(signals: TransferSignals): Field[] {
  return SIGNALS.transfer.map((name) => signals[name]);
}

/** Some portfolios' slots as the circuits take them, one portfolio after another. */
export function slotInputs(portfolios: readonly (readonly Slot[])[]) {
  const all = portfolios.flat();
  return {
    quantity: all.map(({ quantity }) => quantity),
    id: all.map(({ instrumentId }) => BigInt(instrumentId)),
    isShort: all.map(({ isShort }) => BigInt(isShort)),
  };
}
