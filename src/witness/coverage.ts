import { BallastError } from "../errors.ts";
import { rowWidth, type Shape } from "../market/shape.ts";
import { lanesOf } from "../market/table.ts";
import { type Field, reduce, toField } from "../math/field.ts";
import { type Commitment, commit } from "../portfolio/commitment.ts";
import { type Portfolio, slotsOf } from "../portfolio/portfolio.ts";
import { portfolioSums, requirement } from "../risk/requirement.ts";
import { type Snapshot, tableElements } from "../risk/snapshot.ts";

/** What a coverage circuit was instantiated with. */
export interface CoverageInstance {
  readonly slots: number;
  readonly rows: number;
  readonly shape: Shape;
}

/** What the witness takes of a snapshot. */
export type CoverageSnapshot = Pick<Snapshot, "shape" | "rows" | "snapshotId" | "policyElements">;

/** The signals that change from proof to proof, in the circuit's order. */
export interface CoverageSignals {
  readonly accountId: Field;
  readonly commitment: Commitment;
  /** 0..4 */
  readonly tier: Field;
  readonly context: Field;
}

/** Circuit inputs by signal name, flattened row-major. Holds the portfolio: never log or store it. */
export type CircuitInputs = Readonly<Record<string, bigint | readonly bigint[]>>;

export interface CoverageWitness {
  readonly inputs: CircuitInputs;
  readonly signals: CoverageSignals;
  /** All public signals: the cached part, then the four of {@link CoverageSignals}. */
  readonly publicSignals: readonly Field[];
}

/**
 * The cached public signals of a snapshot for an instance: `table` (row-major, zero rows to fill), `snapshotId`, `policy`.
 *
 * @throws {BallastError} INVALID_SNAPSHOT when the snapshot has another shape or more rows than the instance.
 */
export function cachedSignals(instance: CoverageInstance, snapshot: CoverageSnapshot): Field[] {
  const { rows, shape } = instance;
  if (shape.scenarios !== snapshot.shape.scenarios || shape.underlyings !== snapshot.shape.underlyings) {
    throw new BallastError("INVALID_SNAPSHOT", "The snapshot's shape is not the circuit's.", {
      hint: `The circuit has ${shape.scenarios} scenarios and ${shape.underlyings} underlyings.`,
    });
  }
  if (snapshot.rows.length > rows) {
    throw new BallastError(
      "INVALID_SNAPSHOT",
      `The snapshot has ${snapshot.rows.length} rows; this circuit has room for ${rows}.`,
      { hint: "Use a larger instance, or build the snapshot with --rows." },
    );
  }
  const table = tableElements(snapshot).flat();
  const padding = new Array<Field>(rows * rowWidth(shape) - table.length).fill(reduce(0n));
  return [...table, ...padding, snapshot.snapshotId, ...snapshot.policyElements];
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
  snapshot: CoverageSnapshot,
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
  const lanes = lanesOf({
    instrumentId: 0,
    mark: sums.equity,
    pnl: sums.pnl,
    delta: sums.delta,
    gamma: sums.gamma,
    vega: sums.vega,
    longCharge: 0n,
    shortCharge: 0n,
  });
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
      lanes: lanes.map(reduce),
      worstLoss: stressLoss,
      charges: sums.charges,
      usedLong,
      usedShort,
    },
  };
}
