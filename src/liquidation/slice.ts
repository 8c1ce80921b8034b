import { divFloor } from "../math/rounding.ts";
import { type Holding, portfolioSums, requirement, type Tier } from "../risk/requirement.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { netPositions } from "../risk/transfer.ts";

/** The terms of a slice. */
export interface SliceTerms {
  /** The asset in which it is paid. */
  readonly settlementId: number;
  /** What a lot of it is worth, micro-USD. */
  readonly microsPerLot: bigint;
  /** Ppm of the margin that the slice frees: what the taker is left of its value. */
  readonly concession: bigint;
}

/** What a taker gets, and the lots of cash that it pays. */
export interface Slice {
  readonly moved: readonly Holding[];
  readonly cash: bigint;
}

type Table = Pick<Snapshot, "rows" | "shape" | "policyElements">;

const MILLION = 1_000_000n;
/** Ppm: the slices that {@link healingSlice} tries. */
const SHARES = [100_000n, 200_000n, 300_000n, 400_000n, 500_000n, 650_000n, 800_000n, MILLION] as const;
/** The worst tier of an account that is healthy. */
const HEALTHY: Tier = 1;

/**
 * A share of every position but the cash, at its mark less a part of the margin that it frees.
 * @param share ppm of each position, its lots rounded towards none.
 * @returns undefined for a slice of nothing, or one that frees no margin.
 */
export function sliceOf(
  table: Table,
  positions: readonly Holding[],
  share: bigint,
  { settlementId, microsPerLot, concession }: SliceTerms,
): Slice | undefined {
  const moved = positions
    .filter(({ instrumentId }) => instrumentId !== settlementId)
    .map(({ instrumentId, quantity }) => ({ instrumentId, quantity: (quantity * share) / MILLION }))
    .filter(({ quantity }) => quantity !== 0n);
  const value = sumsOf(table, moved).equity;
  const kept = netPositions(positions, negated(moved), [
    { instrumentId: settlementId, quantity: divFloor(value, microsPerLot) },
  ]);
  // Micro-USD; the requirement is micro-USD at 1e12.
  const freed = (marginOf(table, positions) - marginOf(table, kept)) / MILLION ** 2n;
  if (moved.length === 0 || freed <= 0n) return undefined;
  return { moved, cash: divFloor(value - divFloor(freed * concession, MILLION), microsPerLot) };
}

/**
 * The smallest slice that makes an account healthy, and leaves its taker so.
 * @param taker the positions of whoever takes it.
 * @returns undefined where none does.
 */
export function healingSlice(
  table: Table,
  positions: readonly Holding[],
  taker: readonly Holding[],
  terms: SliceTerms,
): Slice | undefined {
  for (const share of SHARES) {
    const slice = sliceOf(table, positions, share, terms);
    if (slice === undefined) continue;
    const { moved, cash } = slice;
    const paid = (lots: bigint): Holding => ({ instrumentId: terms.settlementId, quantity: lots });
    const left = netPositions(positions, negated(moved), [paid(cash)]);
    const taken = netPositions(taker, moved, [paid(-cash)]);
    if (tierIn(table, left) <= HEALTHY && tierIn(table, taken) <= HEALTHY) return slice;
  }
  return undefined;
}

/** The margin tier of some positions. */
export function tierIn(table: Table, positions: readonly Holding[]): Tier {
  return requirement(sumsOf(table, positions), table.policyElements, table.shape).tier;
}

function sumsOf({ rows, shape }: Table, positions: readonly Holding[]) {
  const index = new Map(rows.map(({ instrumentId, vector }) => [instrumentId, vector]));
  return portfolioSums(index, positions, shape);
}

function marginOf(table: Table, positions: readonly Holding[]): bigint {
  return requirement(sumsOf(table, positions), table.policyElements, table.shape).maintenance12;
}

function negated(positions: readonly Holding[]): Holding[] {
  return positions.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
}
