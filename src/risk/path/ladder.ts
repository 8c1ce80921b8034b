import { BallastError } from "../../errors.ts";
import { lesser } from "../../math/rounding.ts";
import type { RiskVector } from "../table.ts";

/** Lots to be had at one price. */
export interface Level {
  readonly lots: bigint;
  /** Micro-USD a lot beyond its mark, >= 0. */
  readonly cost: bigint;
}

/** What an instrument can be traded for: the cheapest level first on each side. */
export interface Ladder {
  readonly instrumentId: number;
  readonly buy: readonly Level[];
  readonly sell: readonly Level[];
}

/** A part of a trade with one price and one change of charges. */
export interface Segment {
  readonly vector: RiskVector;
  /** 1 for a purchase. */
  readonly side: 1n | -1n;
  readonly lots: bigint;
  readonly cost: bigint;
  /** What a lot of it adds to the charges, signed micro-USD. */
  readonly charge: bigint;
}

/**
 * A ladder's two sides as segments: levels, parted where the account's holding is closed and the other side begins.
 * Prices and charges rise along each side, so whoever pays least fills them in order.
 * @param held the account's lots, signed.
 * @throws {BallastError} INVALID_INPUT for levels that are empty, cost less than none, or less than the one before.
 */
export function segmentsOf(vector: RiskVector, ladder: Ladder, held: bigint): Segment[] {
  return [...sideOf(vector, ladder.buy, 1n, held), ...sideOf(vector, ladder.sell, -1n, held)];
}

function sideOf(
  vector: RiskVector,
  levels: readonly Level[],
  side: 1n | -1n,
  held: bigint,
): readonly Segment[] {
  const closes = side * held < 0n ? -side * held : 0n;
  const [closing, opening] =
    side === 1n ? [vector.shortCharge, vector.longCharge] : [vector.longCharge, vector.shortCharge];
  let done = 0n;
  let last = 0n;
  return levels.flatMap(({ lots, cost }) => {
    if (lots <= 0n || cost < last)
      throw new BallastError(
        "INVALID_INPUT",
        `The ladder of instrument ${vector.instrumentId} is not in order.`,
        {
          hint: "Levels have lots, cost nothing or more, and never less than the one before.",
        },
      );
    last = cost;
    const closed = lesser(lots, closes > done ? closes - done : 0n);
    done += lots;
    const parts = [
      { vector, side, lots: closed, cost, charge: -closing },
      { vector, side, lots: lots - closed, cost, charge: opening },
    ];
    return parts.filter((part) => part.lots > 0n);
  });
}

/**
 * What a trade costs beyond marks, micro-USD.
 * @param trade lots bought, signed.
 * @returns undefined where the ladder hasn't as many.
 */
export function ladderCost({ buy, sell }: Ladder, trade: bigint): bigint | undefined {
  let rest = trade < 0n ? -trade : trade;
  let cost = 0n;
  for (const level of trade < 0n ? sell : buy) {
    const lots = lesser(rest, level.lots);
    cost += lots * level.cost;
    rest -= lots;
  }
  return rest === 0n ? cost : undefined;
}

/** The lots of a trade in each segment of its side, in order. @param trade lots bought, signed. */
export function allocate(segments: readonly Segment[], trade: bigint): bigint[] {
  let rest = trade < 0n ? -trade : trade;
  const side = trade < 0n ? -1n : 1n;
  return segments.map((segment) => {
    if (segment.side !== side) return 0n;
    const lots = lesser(rest, segment.lots);
    rest -= lots;
    return lots;
  });
}
