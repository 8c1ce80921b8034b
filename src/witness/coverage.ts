import { rowWidth } from "../market/shape.ts";
import { type Field, reduce, toField } from "../math/field.ts";
import { type Commitment, commit } from "../portfolio/commitment.ts";
import { type Portfolio, slotsOf } from "../portfolio/portfolio.ts";
import { lanesOfSums, portfolioSums, requirement } from "../risk/requirement.ts";
import { type CircuitInputs, cachedSignals, type TableInstance, type WitnessSnapshot } from "./table.ts";

/** What a coverage circuit was instantiated with. */
export interface CoverageInstance extends TableInstance {
  readonly slots: number;
}

/** The signals that change from proof to proof, in the circuit's order. */
export interface CoverageSignals {
  readonly accountId: Field;
  readonly commitment: Commitment;
  /** 0..4 */
  readonly tier: Field;
  readonly context: Field;
}

export interface CoverageWitness {
  readonly inputs: CircuitInputs;
  readonly signals: CoverageSignals;
  /** All public signals: the cached part, then the four of {@link CoverageSignals}. */
  readonly publicSignals: readonly Field[];
}

/**
 * Everything the coverage circuit takes for one account: the inputs, and the public signals they imply.
 * The tier is computed by the reference model; the circuit accepts no other.
 *
 * @param salt opens the commitment; keep it secret.
 * @param context binds the proof to chain, registry and deadline.
 * @throws {BallastError} INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW.
 */
export function coverageWitness(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  portfolio: Portfolio,
  salt: Field,
  context: Field,
): CoverageWitness {
  const cached = cachedSignals(instance, snapshot);
  const slots = slotsOf(portfolio.positions, instance.slots);
  const sums = portfolioSums(snapshot.rows, portfolio.positions, snapshot.shape);
  const { tier, stressLoss } = requirement(sums, snapshot.policyElements, snapshot.shape);
  const signals: CoverageSignals = {
    accountId: portfolio.accountId,
    commitment: commit(portfolio.accountId, salt, slots),
    tier: toField(BigInt(tier)),
    context,
  };

  const usedLong = new Array<bigint>(instance.rows).fill(0n);
  const usedShort = new Array<bigint>(instance.rows).fill(0n);
  const rowOf = new Map(snapshot.rows.map((row, n) => [row.instrumentId, n]));
  for (const { instrumentId, isShort } of slots) {
    const n = rowOf.get(instrumentId);
    if (n !== undefined) (isShort === 1 ? usedShort : usedLong)[n] = 1n;
  }
  const tableSize = instance.rows * rowWidth(instance.shape);
  return {
    signals,
    publicSignals: [...cached, signals.accountId, signals.commitment, signals.tier, signals.context],
    inputs: {
      table: cached.slice(0, tableSize),
      snapshotId: snapshot.snapshotId,
      policy: snapshot.policyElements,
      ...signals,
      salt,
      quantity: slots.map(({ quantity }) => quantity),
      id: slots.map(({ instrumentId }) => BigInt(instrumentId)),
      isShort: slots.map(({ isShort }) => BigInt(isShort)),
      lanes: lanesOfSums(sums).map(reduce),
      worstLoss: stressLoss,
      charges: sums.charges,
      usedLong,
      usedShort,
    },
  };
}
