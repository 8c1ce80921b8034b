import type { Tier } from "./requirement.ts";
import { LANE_BITS } from "./shape.ts";

/** Exclusive bound of a ceiling, micro-USD: no equity that can be proven reaches it. */
export const CEILING_LIMIT = 1n << (LANE_BITS - 1n);
/** The first tier in which a portfolio can be taken over whole. */
export const FIRST_BREACH: Tier = 2;

/** What must be true of an account that is worth a ceiling at most; each rule, whether it holds. */
export interface CeilingRules {
  /** The account is in tier 2, 3 or 4. */
  readonly breach: boolean;
  /** Its equity is no more than the ceiling. */
  readonly ceiling: boolean;
}

/**
 * The rules of circuits/coverage/ceiling.circom, in exact integers.
 * @param equity micro-USD, signed. @param ceiling micro-USD, 0 .. 2^83 - 1.
 */
export function ceilingRules(
  { tier, equity }: { readonly tier: Tier; readonly equity: bigint },
  ceiling: bigint,
): CeilingRules {
  return { breach: tier >= FIRST_BREACH, ceiling: equity <= ceiling };
}
