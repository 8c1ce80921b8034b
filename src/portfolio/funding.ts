import { BallastError } from "../errors.ts";
import { QUOTE_CURRENCY } from "../market/instruments.ts";
import { type Holding, portfolioSums, requirement, vectorIndex } from "../risk/requirement.ts";
import { rowByName, type Snapshot } from "../risk/snapshot.ts";

/** Cash to add to positions without any: a holding of the quote currency, of zero or fewer lots where they have too much already. */
export type CashFor = (positions: readonly Holding[], coverage: bigint) => Holding;

const MILLION = 1_000_000n;
const SCALE12 = MILLION * MILLION;

/**
 * Prepares {@link CashFor} for a snapshot: the cash that brings equity to `coverage` ppm of the maintenance requirement, to the lot
 * that is nearest from the side of none. A haircut on the cash itself is counted, and the charge for owing it.
 *
 * @throws {BallastError} UNKNOWN_INSTRUMENT when the snapshot has no quote currency. What it returns throws as
 * `portfolioSums`, and OUT_OF_RANGE for a coverage that the haircut puts out of reach.
 */
export function cashFinder(snapshot: Snapshot): CashFor {
  const { policyElements, shape } = snapshot;
  const { instrumentId, vector } = rowByName(snapshot, QUOTE_CURRENCY);
  const vectors = vectorIndex(snapshot.rows);
  return (positions, coverage) => {
    const sums = portfolioSums(vectors, positions, shape);
    const { maintenance12 } = requirement(sums, policyElements, shape);
    // equity + lots * mark = coverage * (MM + |lots| * charge), in micro-USD times a million.
    const missing = (coverage * maintenance12) / SCALE12 - MILLION * sums.equity;
    const charge = missing < 0n ? -vector.shortCharge : vector.longCharge;
    const perLot = MILLION * vector.mark - coverage * charge;
    if (perLot <= 0n) {
      throw new BallastError("OUT_OF_RANGE", "No amount of cash gives that coverage under this policy.", {
        hint: "The policy's haircut on the quote currency is too high for it.",
      });
    }
    return { instrumentId, quantity: missing / perLot };
  };
}
