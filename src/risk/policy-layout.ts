// GENERATED from circuits/margin/policy.json by scripts/policy-layout.ts: change that, not this.
import { BallastError } from "../errors.ts";

/** One underlying's numbers of a policy: ratios in parts per million, amounts in micro-USD. */
export interface UnderlyingRules {
  readonly deltaMove: bigint;
  readonly gammaMove: bigint;
  readonly vegaMove: bigint;
  readonly concRate: bigint;
  readonly freeDelta: bigint;
  readonly freeGamma: bigint;
}

/** A policy's public numbers: ratios in parts per million, amounts in micro-USD. */
export interface PolicyRules {
  readonly underlyings: readonly UnderlyingRules[];
  readonly stressWeight: bigint;
  readonly initial: bigint;
  readonly soft: bigint;
  readonly maintenance: bigint;
}

/** Bits of each number: it is below `2^bits`. */
export const POLICY_BITS = {
  deltaMove: 32,
  gammaMove: 32,
  vegaMove: 32,
  stressWeight: 24,
  concRate: 32,
  freeDelta: 80,
  freeGamma: 80,
  initial: 32,
  soft: 32,
  maintenance: 32,
} as const;

/** How many elements the policy has. */
export function policyLength(underlyings: number): number {
  return 6 * underlyings + 4;
}

/**
 * A policy's elements by name.
 * @throws {BallastError} INVALID_INPUT when there are not as many as the underlyings ask for.
 */
export function policyRules(elements: readonly bigint[], underlyings: number): PolicyRules {
  const length = policyLength(underlyings);
  const at = (index: number): bigint => {
    const element = elements[index];
    if (element === undefined || elements.length !== length)
      throw new BallastError("INVALID_INPUT", `The policy does not have the shape's ${length} elements.`);
    return element;
  };
  return {
    underlyings: Array.from({ length: underlyings }, (_, u) => ({
      deltaMove: at(3 * u),
      gammaMove: at(3 * u + 1),
      vegaMove: at(3 * u + 2),
      concRate: at(3 * u + 3 * underlyings + 1),
      freeDelta: at(3 * u + 3 * underlyings + 2),
      freeGamma: at(3 * u + 3 * underlyings + 3),
    })),
    stressWeight: at(3 * underlyings),
    initial: at(6 * underlyings + 1),
    soft: at(6 * underlyings + 2),
    maintenance: at(6 * underlyings + 3),
  };
}

/** The elements in their order. */
export function policyOrder(rules: PolicyRules): bigint[] {
  return [
    ...rules.underlyings.flatMap((rule) => [rule.deltaMove, rule.gammaMove, rule.vegaMove]),
    rules.stressWeight,
    ...rules.underlyings.flatMap((rule) => [rule.concRate, rule.freeDelta, rule.freeGamma]),
    rules.initial,
    rules.soft,
    rules.maintenance,
  ];
}
