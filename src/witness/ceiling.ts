import { BallastError } from "../errors.ts";
import { type Field, toField } from "../math/field.ts";
import type { Commitment } from "../portfolio/commitment.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import { CEILING_LIMIT, type CeilingRules, ceilingRules } from "../risk/ceiling.ts";
import type { Tier } from "../risk/requirement.ts";
import { accountWitness, type CoverageInstance } from "./coverage.ts";
import type { CircuitInputs, WitnessSnapshot } from "./table.ts";

/** The signals that change from proof to proof, in the circuit's order. */
export interface CeilingSignals {
  readonly accountId: Field;
  readonly commitment: Commitment;
  /** Micro-USD, 0 .. 2^83 - 1: the most that the account is worth. */
  readonly ceiling: Field;
  readonly context: Field;
}

export interface CeilingWitness {
  readonly inputs: CircuitInputs;
  readonly signals: CeilingSignals;
  /** All public signals: the cached part, then the four of {@link CeilingSignals}. */
  readonly publicSignals: readonly Field[];
}

const BROKEN: Readonly<Record<keyof CeilingRules, string>> = {
  breach: "it is in tier 0 or 1",
  ceiling: "it is worth more than the ceiling",
};

/**
 * Everything the ceiling circuit takes for one account: the inputs, and the public signals they imply.
 *
 * @param instance slots, rows and shape.
 * @param salt opens the commitment; keep it secret.
 * @param ceiling micro-USD, 0 .. 2^83 - 1: public.
 * @param context binds the proof to chain, ledger and deadline.
 * @throws {BallastError} OUT_OF_RANGE for a ceiling; INVALID_INPUT naming the rule that the account breaks, and nothing
 *   of its positions; INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW.
 */
export function ceilingWitness(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  portfolio: Portfolio,
  salt: Field,
  ceiling: bigint,
  context: Field,
): CeilingWitness {
  if (ceiling < 0n || ceiling >= CEILING_LIMIT)
    throw new BallastError("OUT_OF_RANGE", "The ceiling must be 0 to 2^83 - 1 micro-USD.");
  const { rules, ...witness } = uncheckedCeiling(instance, snapshot, portfolio, salt, ceiling, context);
  const broken = (Object.keys(BROKEN) as (keyof CeilingRules)[]).filter((rule) => !rules[rule]);
  if (broken.length === 0) return witness;
  throw new BallastError(
    "INVALID_INPUT",
    `The account can't be taken under this ceiling: ${broken.map((rule) => BROKEN[rule]).join("; ")}.`,
    { hint: "Pay more, or show the account's equity." },
  );
}

/**
 * The same without looking whether the rules hold: where one doesn't, the circuit refuses the inputs.
 * @throws {BallastError} as {@link ceilingWitness}, but for the rules and the ceiling.
 */
export function uncheckedCeiling(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  portfolio: Portfolio,
  salt: Field,
  ceiling: bigint,
  context: Field,
): CeilingWitness & { readonly rules: CeilingRules } {
  const account = accountWitness(instance, snapshot, portfolio, salt);
  const { inputs, cached, accountId, commitment, equity } = account;
  const signals: CeilingSignals = { accountId, commitment, ceiling: toField(ceiling), context };
  return {
    signals,
    publicSignals: [...cached, ...SIGNALS.ceiling.map((name) => signals[name])],
    inputs: { ...inputs, ...signals },
    rules: ceilingRules({ tier: Number(account.tier) as Tier, equity }, ceiling),
  };
}
