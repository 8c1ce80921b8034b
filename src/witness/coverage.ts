import { type Field, reduce, toField } from "../math/field.ts";
import { type Commitment, commit } from "../portfolio/commitment.ts";
import { type Portfolio, type Slot, slotsOf } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import { lanesOfSums, portfolioSums, requirement } from "../risk/requirement.ts";
import { rowWidth } from "../risk/shape.ts";
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

/** What the statements about one account of a table have in common. */
export interface AccountWitness {
  readonly inputs: CircuitInputs;
  readonly accountId: Field;
  readonly commitment: Commitment;
  readonly tier: Field;
  /** Micro-USD, signed: the account's value in the table. */
  readonly equity: bigint;
  /** The table's part of the public signals. */
  readonly cached: readonly Field[];
}

/**
 * Everything the coverage circuit takes for one account: the inputs, and the public signals they imply.
 * The tier is computed by the reference model; the circuit accepts no other.
 *
 * @param salt opens the commitment; keep it secret.
 * @param context binds the proof to chain, registry and deadline.
 * @throws {BallastError} INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW.
 * @example
 * ```ts
 * import { coverageContext, coverageWitness, instanceOf, type Portfolio, randomSalt, type Snapshot } from "ballast";
 * declare const [snapshot, portfolio]: [Snapshot, Portfolio];
 * const registry = "0x00000000000000000000000000000000000000c0";
 * const context = coverageContext({ chainId: 1, registry, deadline: 1_800_000_000n });
 * const { signals } = coverageWitness(instanceOf("coverage", "64x240"), snapshot, portfolio, randomSalt(), context);
 * console.log(`tier ${signals.tier}`);
 * ```
 */
export function coverageWitness(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  portfolio: Portfolio,
  salt: Field,
  context: Field,
): CoverageWitness {
  const { inputs, cached, accountId, commitment, tier } = accountWitness(instance, snapshot, portfolio, salt);
  const signals: CoverageSignals = { accountId, commitment, tier, context };
  return {
    signals,
    publicSignals: [...cached, ...SIGNALS.coverage.map((name) => signals[name])],
    inputs: { ...inputs, ...signals },
  };
}

/**
 * The inputs of one account's statement, but for what is opened of it and its context.
 * @throws {BallastError} as {@link coverageWitness}.
 */
export function accountWitness(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  portfolio: Portfolio,
  salt: Field,
): AccountWitness {
  const cached = cachedSignals(instance, snapshot);
  const slots = slotsOf(portfolio.positions, instance.slots);
  const sums = portfolioSums(snapshot.rows, portfolio.positions, snapshot.shape);
  const { tier, stressLoss } = requirement(sums, snapshot.policyElements, snapshot.shape);
  const { usedLong, usedShort } = usedCounts(instance.rows, snapshot, [slots]);
  const tableSize = instance.rows * rowWidth(instance.shape);
  return {
    cached,
    accountId: portfolio.accountId,
    commitment: commit(portfolio.accountId, salt, slots),
    tier: toField(BigInt(tier)),
    equity: sums.equity,
    inputs: {
      table: cached.slice(0, tableSize),
      snapshotId: snapshot.snapshotId,
      policy: snapshot.policyElements,
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

/** How many slots of some portfolios use each side of each row. */
export function usedCounts(
  rows: number,
  snapshot: WitnessSnapshot,
  portfolios: readonly (readonly Slot[])[],
): { readonly usedLong: readonly bigint[]; readonly usedShort: readonly bigint[] } {
  const usedLong = new Array<bigint>(rows).fill(0n);
  const usedShort = new Array<bigint>(rows).fill(0n);
  const rowOf = new Map(snapshot.rows.map((row, n) => [row.instrumentId, n]));
  for (const { instrumentId, isShort } of portfolios.flat()) {
    const n = rowOf.get(instrumentId);
    const counts = isShort === 1 ? usedShort : usedLong;
    if (n !== undefined) counts[n] = (counts[n] ?? 0n) + 1n;
  }
  return { usedLong, usedShort };
}
