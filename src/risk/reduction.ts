import { type Requirement, requirement, type Sums } from "./requirement.ts";
import type { Shape } from "./shape.ts";

/** Penalties are below this many ppm: 20 bits. */
export const PENALTY_LIMIT = 1n << 20n;

const SCALE18 = 10n ** 18n;
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/** Which rules of a reduction hold, old portfolio against new. */
export interface ReductionRules {
  /** The maintenance requirement does not grow. */
  readonly margin: boolean;
  /** The short gamma of no underlying grows. */
  readonly shortGamma: boolean;
  /** The tier gets no worse. */
  readonly tier: boolean;
  /** Equity falls by at most `maxPenalty` of the margin that is freed. */
  readonly penalty: boolean;
}

/** A portfolio with its requirement. */
export interface Margined {
  readonly sums: Sums;
  readonly requirement: Requirement;
}

/** A portfolio's sums with the requirement that they imply. */
export function margined(sums: Sums, policyElements: readonly bigint[], shape: Shape): Margined {
  return { sums, requirement: requirement(sums, policyElements, shape) };
}

/**
 * The rules of circuits/reduction/rules.circom, in exact integers.
 * @param maxPenalty ppm of the margin that is freed, 0 .. 2^20 - 1.
 */
export function reductionRules(before: Margined, after: Margined, maxPenalty: bigint): ReductionRules {
  const freed = before.requirement.maintenance12 - after.requirement.maintenance12;
  const lost = positive(before.sums.equity - after.sums.equity);
  return {
    margin: freed >= 0n,
    shortGamma: after.sums.gamma.every(
      (gamma, u) => positive(-gamma) <= positive(-(before.sums.gamma[u] ?? 0n)),
    ),
    tier: after.requirement.tier <= before.requirement.tier,
    penalty: SCALE18 * lost <= maxPenalty * freed,
  };
}
