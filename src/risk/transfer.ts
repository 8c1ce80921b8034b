import { BallastError } from "../errors.ts";
import { INSTRUMENT_ID_LIMIT } from "../market/instruments.ts";
import { divCeil, divFloor } from "../math/rounding.ts";
import type { Holding } from "./requirement.ts";
import { LOT_LIMIT } from "./shape.ts";

/**
 * The reference model of circuits/transfer: what a transfer and a holder's part of a closing do to portfolios, in exact
 * integers. Quantities and cash are lots; cash is in lots of the settlement asset.
 */

/** Exclusive bound of a transfer's cash and funding to either side, in lots: 2^44. */
export const FLOW_LIMIT = 1n << 44n;
/** Exclusive bound of the lots to close, and of those open, in all: 2^64. */
export const OPEN_LIMIT = 1n << 64n;
/** Exclusive bound of a closing's price to either side: 2^62. */
export const PRICE_LIMIT = 1n << 62n;
/** A price is in millionths of a settlement lot for a lot of the instrument. */
export const PRICE_SCALE = 1_000_000n;

/**
 * What a transfer leaves to A: any portfolio under any salt; nothing but the cash, in the open; or what A's owner can derive from the
 * old opening and what moved. By the circuit's signal `rest`.
 */
export const RESTS = ["free", "whole", "kept"] as const;
export type Rest = (typeof RESTS)[number];

/** What a transfer's public signals say about the money. */
export interface TransferTerms {
  /** Instrument id of the asset in which cash is paid, 1..2^20-1. */
  readonly settlementId: number;
  /** Lots that B pays A, signed, |cash| < 2^44; of a whole transfer, what A keeps, 0 <= cash < 2^36. */
  readonly cash: bigint;
  /** Lots that enter A from outside both accounts, signed, |funding| < 2^44. */
  readonly funding: bigint;
  /** What A is left. */
  readonly rest: Rest;
}

/** The portfolios of both accounts, before and after. Without a counterparty B's are empty. */
export interface TransferSides {
  readonly oldA: readonly Holding[];
  readonly newA: readonly Holding[];
  readonly oldB: readonly Holding[];
  readonly newB: readonly Holding[];
}

/** A closing's public terms, the same for all holders of a side. */
export interface ClosingTerms {
  /** Instrument id of the asset in which the closing is paid. */
  readonly settlementId: number;
  /** What is closed; not the settlement asset. */
  readonly instrumentId: number;
  /** The side that is closed. */
  readonly isShort: boolean;
  /** Lots to close in all, 1 <= closing <= open. */
  readonly closing: bigint;
  /** Lots open among all holders of that side, < 2^64. */
  readonly open: bigint;
  /** Millionths of a settlement lot for a lot of the instrument, signed, |price| < 2^62. */
  readonly price: bigint;
}

/** One holder's part of a closing. */
export interface ClosingShare {
  /** Lots the holder has on the stated side, >= 0. */
  readonly held: bigint;
  /** Lots that are closed: `floor(closing * held / open)`. */
  readonly closed: bigint;
  /** Settlement lots to the holder, signed: `ceil(s * price * closed / 10^6)`, s = 1 long, -1 short. */
  readonly payment: bigint;
  /** The holder's positions afterwards, by ascending id. */
  readonly positions: readonly Holding[];
}

/** Net signed lots of one instrument; an id may stand more than once. */
export function netHolding(positions: readonly Holding[], instrumentId: number): bigint {
  return positions.reduce(
    (sum, holding) => (holding.instrumentId === instrumentId ? sum + holding.quantity : sum),
    0n,
  );
}

/** Net positions of some lists: each id once, no zeros, by ascending id. */
export function netPositions(...lists: readonly (readonly Holding[])[]): Holding[] {
  const net = new Map<number, bigint>();
  for (const { instrumentId, quantity } of lists.flat())
    net.set(instrumentId, (net.get(instrumentId) ?? 0n) + quantity);
  return [...net]
    .filter(([, quantity]) => quantity !== 0n)
    .map(([instrumentId, quantity]) => ({ instrumentId, quantity }))
    .sort((a, b) => a.instrumentId - b.instrumentId);
}

/**
 * Portfolios after a transfer.
 *
 * @param oldA A's positions.
 * @param oldB B's positions; empty without a counterparty.
 * @param terms the money; of a whole transfer, all of A but `cash` goes to B.
 * @param moved lots that A gives to B, signed (negative: B gives to A); empty for a whole transfer. None of the settlement asset.
 * @returns all four portfolios, the new ones net, by ascending id.
 * @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT as {@link checkTerms}; INVALID_INPUT for lots that are cash, or
 *   that a whole transfer doesn't leave open.
 */
export function applyTransfer(
  oldA: readonly Holding[],
  oldB: readonly Holding[],
  terms: TransferTerms,
  moved: readonly Holding[] = [],
): TransferSides {
  checkTerms(terms);
  const { settlementId, cash, funding, rest } = terms;
  if (rest === "whole" && moved.length > 0)
    throw new BallastError("INVALID_INPUT", "An account that is handed over whole gives all it has.", {
      hint: "Name no lots: the counterparty gets everything but the cash.",
    });
  if (moved.some(({ instrumentId }) => instrumentId === settlementId))
    throw new BallastError("INVALID_INPUT", "Lots of the settlement asset are cash.", {
      hint: "Say how much with cash and funding.",
    });
  const settlement = (quantity: bigint): Holding => ({ instrumentId: settlementId, quantity });
  if (rest === "whole") {
    const newA = netPositions([settlement(cash)]);
    return { oldA, oldB, newA, newB: netPositions(oldB, oldA, [settlement(funding - cash)]) };
  }
  const newA = netPositions(oldA, negated(moved), [settlement(cash + funding)]);
  return { oldA, oldB, newA, newB: netPositions(oldB, moved, [settlement(-cash)]) };
}

/**
 * Checks a transfer as the circuit does.
 *
 * @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT as {@link checkTerms}; NOT_CONSERVED for an instrument whose lots, over both
 *   accounts and with `funding`, aren't the same before and after; INVALID_INPUT when A's cash doesn't change by
 *   `cash + funding`, or A keeps anything but `cash` of a whole transfer.
 */
export function checkTransfer(sides: TransferSides, terms: TransferTerms): void {
  checkTerms(terms);
  const { oldA, newA, oldB, newB } = sides;
  const { settlementId, cash, funding, rest } = terms;
  const before = [...oldA, ...oldB, { instrumentId: settlementId, quantity: funding }];
  const [lost] = netPositions(before, negated(newA), negated(newB));
  if (lost !== undefined)
    throw new BallastError(
      "NOT_CONSERVED",
      `Instrument ${lost.instrumentId} has other lots after the transfer than before.`,
      {
        hint: "What leaves one account must arrive in the other; only funding comes from outside.",
        details: { instrumentId: lost.instrumentId },
      },
    );
  if (rest !== "whole") {
    if (netHolding(newA, settlementId) - netHolding(oldA, settlementId) !== cash + funding)
      throw new BallastError(
        "INVALID_INPUT",
        "The cash is not what the first account's holding changes by.",
        {
          hint: "Its lots of the settlement asset must change by cash and funding.",
        },
      );
    return;
  }
  const kept = newA.filter(({ quantity }) => quantity !== 0n);
  const isCash = kept.every(
    ({ instrumentId, quantity }) => instrumentId === settlementId && quantity === cash,
  );
  if (!isCash || kept.length !== (cash === 0n ? 0 : 1))
    throw new BallastError(
      "INVALID_INPUT",
      "The account is not handed over whole: it keeps more than the cash.",
      {
        hint: "All positions but the cash must go to the counterparty.",
      },
    );
}

/**
 * Ranges of a transfer's terms.
 * @throws {BallastError} OUT_OF_RANGE for an id outside 1..2^20-1, or cash or funding of 2^44 lots or more; of a whole transfer, for cash
 *   that is negative or has 2^36 lots or more.
 */
export function checkTerms({ settlementId, cash, funding, rest }: TransferTerms): void {
  checkId(settlementId, "settlement asset");
  checkSigned(cash, FLOW_LIMIT, "cash", "2^44");
  checkSigned(funding, FLOW_LIMIT, "funding", "2^44");
  if (rest === "whole" && (cash < 0n || cash >= LOT_LIMIT))
    throw new BallastError("OUT_OF_RANGE", "What an account keeps is not in 0 .. 2^36-1 lots.");
}

/** A holder's lots of a closing, rounded down. @throws {BallastError} OUT_OF_RANGE as {@link closingShare}. */
export function closedLots(held: bigint, { closing, open }: Pick<ClosingTerms, "closing" | "open">): bigint {
  if (closing < 1n || closing > open || open >= OPEN_LIMIT)
    throw new BallastError("OUT_OF_RANGE", "The lots to close are not between 1 and those open, below 2^64.");
  return divFloor(closing * held, open);
}

/** What closed lots cost, rounded up. @param signedLots positive for a long holder, negative for a short one. */
export function closingPayment(price: bigint, signedLots: bigint): bigint {
  checkSigned(price, PRICE_LIMIT, "price", "2^62");
  return divCeil(price * signedLots, PRICE_SCALE);
}

/**
 * One holder's part of a pro-rata closing.
 *
 * @throws {BallastError} OUT_OF_RANGE for terms outside their ranges; INVALID_INPUT for a closing of the settlement asset, or
 *   a holder of the other side.
 */
export function closingShare(positions: readonly Holding[], terms: ClosingTerms): ClosingShare {
  const { settlementId, instrumentId, isShort, price } = terms;
  checkId(settlementId, "settlement asset");
  checkId(instrumentId, "instrument");
  if (instrumentId === settlementId)
    throw new BallastError("INVALID_INPUT", "The settlement asset can't be closed: it is what pays.", {
      hint: "Name the derivative that is closed.",
    });
  const sign = isShort ? -1n : 1n;
  const held = sign * netHolding(positions, instrumentId);
  if (held < 0n)
    throw new BallastError("INVALID_INPUT", "The account holds the other side of what is closed.", {
      hint: "Only holders of the stated side are closed.",
      details: { instrumentId },
    });
  const closed = closedLots(held, terms);
  const payment = closingPayment(price, sign * closed);
  const flows = [
    { instrumentId, quantity: -sign * closed },
    { instrumentId: settlementId, quantity: payment },
  ];
  return { held, closed, payment, positions: netPositions(positions, flows) };
}

function negated(positions: readonly Holding[]): Holding[] {
  return positions.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
}

function checkId(id: number, what: string): void {
  if (Number.isInteger(id) && id >= 1 && id < INSTRUMENT_ID_LIMIT) return;
  throw new BallastError("OUT_OF_RANGE", `The ${what}'s id ${id} is not in 1..${INSTRUMENT_ID_LIMIT - 1}.`);
}

function checkSigned(value: bigint, limit: bigint, what: string, bound: string): void {
  if (value > -limit && value < limit) return;
  throw new BallastError("OUT_OF_RANGE", `The ${what} is ${bound} or more, to either side.`);
}
