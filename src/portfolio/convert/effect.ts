import { formatDecimal } from "../../math/decimal.ts";
import { divCeil, divFloor } from "../../math/rounding.ts";
import { portfolioSums, requirement, type Sums, type Tier } from "../../risk/requirement.ts";
import type { Shape } from "../../risk/shape.ts";
import { rowByName, type Snapshot } from "../../risk/snapshot.ts";
import type { RiskVector } from "../../risk/table.ts";
import type { GridHolding } from "./grid.ts";

/** One figure with the venue's amounts, with the portfolio's, and the second less the first; USD, 6 decimals. */
export interface Change {
  readonly held: string;
  readonly kept: string;
  readonly change: string;
}

/** What rounding to lots changes. */
export interface GridEffect {
  readonly equity: Change;
  readonly requirement: Change;
  readonly initialRequirement: Change;
  readonly tier: { readonly held: Tier; readonly kept: Tier };
}

/**
 * Margin with the amounts that a venue has, fractions of lots among them, beside that of the portfolio in whole lots. Of each
 * holding's lanes the first is rounded against the account to a micro-USD.
 *
 * @throws {BallastError} UNKNOWN_INSTRUMENT for a holding without a row.
 */
export function gridEffect(snapshot: Snapshot, holdings: readonly GridHolding[]): GridEffect {
  const { shape, policyElements } = snapshot;
  const rows = holdings.map((holding) => ({ holding, row: rowByName(snapshot, holding.instrument) }));
  const lots = rows.map(({ holding, row }) => ({
    instrumentId: row.instrumentId,
    quantity: holding.kept / holding.lot,
  }));
  const kept = requirement(portfolioSums(snapshot.rows, lots, shape), policyElements, shape);
  const fractions = rows.map(({ holding, row }) => fractionOf(row.vector, holding));
  const held = requirement(total(fractions, shape), policyElements, shape);
  return {
    equity: change(held.equity, kept.equity, 0n),
    requirement: change(held.maintenance12, kept.maintenance12, 12n),
    initialRequirement: change(held.thresholds18[0], kept.thresholds18[0], 18n),
    tier: { held: held.tier, kept: kept.tier },
  };
}

/** One holding's lanes, of as many lots and parts of a lot as are held. */
function fractionOf(vector: RiskVector, { held, lot }: GridHolding): Sums {
  const times = (value: bigint): bigint => divFloor(value * held, lot);
  const magnitude = held < 0n ? -held : held;
  return {
    equity: times(vector.mark),
    pnl: vector.pnl.map(times),
    delta: vector.delta.map(times),
    gamma: vector.gamma.map(times),
    vega: vector.vega.map(times),
    charges: divCeil((held < 0n ? vector.shortCharge : vector.longCharge) * magnitude, lot),
  };
}

function total(parts: readonly Sums[], { scenarios, underlyings }: Shape): Sums {
  const add = (pick: (sums: Sums) => readonly bigint[], length: number): bigint[] =>
    Array.from({ length }, (_, i) => parts.reduce((sum, part) => sum + (pick(part)[i] ?? 0n), 0n));
  return {
    equity: parts.reduce((sum, { equity }) => sum + equity, 0n),
    pnl: add(({ pnl }) => pnl, scenarios),
    delta: add(({ delta }) => delta, underlyings),
    gamma: add(({ gamma }) => gamma, underlyings),
    vega: add(({ vega }) => vega, underlyings),
    charges: parts.reduce((sum, { charges }) => sum + charges, 0n),
  };
}

/** Micro-USD times ten to the power of `scale`, cut to micro-USD: up, as requirements are. */
function change(held: bigint, kept: bigint, scale: bigint): Change {
  const unit = 10n ** scale;
  const [from, to] = [divCeil(held, unit), divCeil(kept, unit)];
  return { held: formatDecimal(from, 6), kept: formatDecimal(to, 6), change: formatDecimal(to - from, 6) };
}
