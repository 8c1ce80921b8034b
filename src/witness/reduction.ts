import { BallastError } from "../errors.ts";
import { type Field, reduce, toField } from "../math/field.ts";
import { type Commitment, commit } from "../portfolio/commitment.ts";
import { slotsOf } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import { margined, PENALTY_LIMIT, type ReductionRules, reductionRules } from "../risk/reduction.ts";
import { lanesOfSums, portfolioSums } from "../risk/requirement.ts";
import { rowWidth } from "../risk/shape.ts";
import { fitsWindow, WINDOW_HINT } from "../risk/solvency.ts";
import { type CoverageInstance, usedCounts } from "./coverage.ts";
import { type CircuitInputs, cachedSignals, type WitnessSnapshot } from "./table.ts";
import type { OpenPortfolio } from "./transfer.ts";

/** An account before and after a slice. */
export interface ReductionRequest {
  readonly accountId: Field;
  readonly before: OpenPortfolio;
  readonly after: OpenPortfolio;
  /** What the slice may cost the account, ppm of the margin that it frees, 0 .. 2^20 - 1. */
  readonly maxPenalty: bigint;
  /** Binds the proof to chain, ledger and deadline. */
  readonly context: Field;
}

/** The signals that change from proof to proof, in the circuit's order. */
export interface ReductionSignals {
  readonly accountId: Field;
  readonly oldCommitment: Commitment;
  readonly newCommitment: Commitment;
  readonly maxPenalty: Field;
  readonly context: Field;
}

export interface ReductionWitness {
  readonly inputs: CircuitInputs;
  readonly signals: ReductionSignals;
  /** All public signals: the cached part, then the five of {@link ReductionSignals}. */
  readonly publicSignals: readonly Field[];
}

const BROKEN: Readonly<Record<keyof ReductionRules, string>> = {
  margin: "its maintenance requirement would grow",
  shortGamma: "its short gamma would grow",
  tier: "its tier would get worse",
  penalty: "it would pay more than the penalty allows",
};

/**
 * Everything the reduction circuit takes for two portfolios of one account, and the public signals they imply.
 *
 * @param instance slots, rows and shape.
 * @throws {BallastError} OUT_OF_RANGE for a penalty; ACCOUNT_TOO_LARGE when a lane of either portfolio leaves the
 *   56-bit window; INVALID_INPUT naming the rules that the slice breaks, and nothing of the
 *   positions; INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW.
 */
export function reductionWitness(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  request: ReductionRequest,
): ReductionWitness {
  const { maxPenalty } = request;
  if (maxPenalty < 0n || maxPenalty >= PENALTY_LIMIT) {
    throw new BallastError("OUT_OF_RANGE", "The largest penalty must be 0 to 2^20 - 1 ppm.");
  }
  const { rules, ...witness } = uncheckedReduction(instance, snapshot, request);
  const broken = (Object.keys(BROKEN) as (keyof ReductionRules)[]).filter((rule) => !rules[rule]);
  if (broken.length > 0) {
    throw new BallastError(
      "INVALID_INPUT",
      `The slice does not reduce the account: ${broken.map((rule) => BROKEN[rule]).join("; ")}.`,
      { hint: "Move other positions, or pay less for moving them." },
    );
  }
  return witness;
}

/**
 * The same without looking whether the slice reduces anything: where it doesn't, the circuit refuses the inputs.
 * @throws {BallastError} as {@link reductionWitness}, but for the rules and the penalty.
 */
export function uncheckedReduction(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  request: ReductionRequest,
): ReductionWitness & { readonly rules: ReductionRules } {
  const { accountId, before, after, maxPenalty, context } = request;
  const cached = cachedSignals(instance, snapshot);
  const both = [before, after].map(({ positions }) => ({
    slots: slotsOf(positions, instance.slots),
    ...margined(
      portfolioSums(snapshot.rows, positions, snapshot.shape),
      snapshot.policyElements,
      snapshot.shape,
    ),
  }));
  const [old, next] = both;
  if (old === undefined || next === undefined)
    throw new BallastError("INTERNAL", "Two portfolios were given.");
  for (const [which, { sums }] of [["before", old] as const, ["after", next] as const]) {
    if (fitsWindow(sums)) continue;
    throw new BallastError(
      "ACCOUNT_TOO_LARGE",
      `The account ${which} the slice exceeds what a reduction can prove.`,
      {
        hint: `${WINDOW_HINT} A larger account has no slices: it goes to a sale or to the clearing house.`,
        details: { portfolio: which },
      },
    );
  }
  const signals: ReductionSignals = {
    accountId,
    oldCommitment: commit(accountId, before.salt, old.slots),
    newCommitment: commit(accountId, after.salt, next.slots),
    maxPenalty: toField(maxPenalty),
    context,
  };
  const { usedLong, usedShort } = usedCounts(
    instance.rows,
    snapshot,
    both.map(({ slots }) => slots),
  );
  return {
    rules: reductionRules(old, next, maxPenalty),
    signals,
    publicSignals: [...cached, ...SIGNALS.reduction.map((name) => signals[name])],
    inputs: {
      table: cached.slice(0, instance.rows * rowWidth(instance.shape)),
      snapshotId: snapshot.snapshotId,
      policy: snapshot.policyElements,
      ...signals,
      salt: [before.salt, after.salt],
      quantity: both.flatMap(({ slots }) => slots.map(({ quantity }) => quantity)),
      id: both.flatMap(({ slots }) => slots.map(({ instrumentId }) => BigInt(instrumentId))),
      isShort: both.flatMap(({ slots }) => slots.map(({ isShort }) => BigInt(isShort))),
      lanes: both.flatMap(({ sums }) => lanesOfSums(sums).map(reduce)),
      worstLoss: both.map((one) => one.requirement.stressLoss),
      charges: both.map(({ sums }) => sums.charges),
      usedLong,
      usedShort,
      // the new tier lies between the two
      isLevel: Array.from({ length: 5 }, (_, level) => (level === next.requirement.tier ? 1n : 0n)),
    },
  };
}
