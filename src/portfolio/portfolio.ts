import { BallastError } from "../errors.ts";
import { INSTRUMENT_ID_LIMIT } from "../market/instruments.ts";
import type { Field } from "../math/field.ts";
import type { Holding } from "../risk/requirement.ts";
import { LOT_LIMIT } from "../risk/shape.ts";

/** One account's positions. Quantities are witness values: they never reach a message or a log. */
export interface Portfolio {
  /** The account's name in the venue, as its portfolio file gives it. */
  readonly account: string;
  readonly accountId: Field;
  /** By ascending instrument id, each id once, no zero quantities. */
  readonly positions: readonly Holding[];
}

/** One slot of the circuit: an instrument, a side and an unsigned quantity. `(0, 0, 0n)` is empty. */
export interface Slot {
  /** 20 bits */
  readonly instrumentId: number;
  /** 0 long, 1 short */
  readonly isShort: 0 | 1;
  /** Lots, 36 bits */
  readonly quantity: bigint;
}

const EMPTY_SLOT: Slot = { instrumentId: 0, isShort: 0, quantity: 0n };

/**
 * The portfolio's slots by ascending instrument id, padded with empty ones to `count`.
 *
 * @throws {BallastError} PORTFOLIO_TOO_LARGE when it has more positions than slots; OUT_OF_RANGE or
 * LOT_OVERFLOW for ids and quantities outside their ranges; DUPLICATE_INSTRUMENT for an id that stands twice.
 * @example
 * ```ts
 * import { type Portfolio, slotsOf } from "ballast";
 * declare const portfolio: Portfolio;
 * console.log(slotsOf(portfolio.positions, 64).length); // 64
 * ```
 */
export function slotsOf(positions: readonly Holding[], count: number): Slot[] {
  const held = positions.filter(({ quantity }) => quantity !== 0n);
  if (held.length > count) {
    throw new BallastError(
      "PORTFOLIO_TOO_LARGE",
      `The portfolio has ${held.length} positions; this circuit has ${count} slots.`,
      { hint: "Use a larger instance (`ballast circuits` lists them).", details: { slots: count } },
    );
  }
  const seen = new Set<number>();
  const slots = held.map(({ instrumentId, quantity }): Slot => {
    if (!Number.isInteger(instrumentId) || instrumentId < 1 || instrumentId >= INSTRUMENT_ID_LIMIT) {
      throw new BallastError(
        "OUT_OF_RANGE",
        `Instrument id ${instrumentId} is not in 1..${INSTRUMENT_ID_LIMIT - 1}.`,
      );
    }
    if (seen.has(instrumentId)) {
      throw new BallastError(
        "DUPLICATE_INSTRUMENT",
        `Instrument ${instrumentId} stands twice in the portfolio.`,
        {
          hint: "Give one net quantity for each instrument.",
          details: { instrumentId },
        },
      );
    }
    seen.add(instrumentId);
    const magnitude = quantity < 0n ? -quantity : quantity;
    if (magnitude >= LOT_LIMIT) {
      throw new BallastError(
        "LOT_OVERFLOW",
        `The position in instrument ${instrumentId} has 2^36 lots or more.`,
        {
          hint: "Choose a larger lot for this instrument.",
          details: { instrumentId },
        },
      );
    }
    return { instrumentId, isShort: quantity < 0n ? 1 : 0, quantity: magnitude };
  });
  slots.sort((a, b) => a.instrumentId - b.instrumentId);
  return [...slots, ...new Array<Slot>(count - slots.length).fill(EMPTY_SLOT)];
}
