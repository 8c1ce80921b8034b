/** What a transaction offers, wei for a unit of gas. */
export interface Fee {
  /** At most, base fee and tip together. */
  readonly fee: bigint;
  readonly tip: bigint;
}

/** Nodes replace a transaction for at least a tenth more of both; an eighth is above every node's rule. */
const BUMP = 113n;

/** A fee that stays enough while the base fee doubles, at most the cap; undefined where the cap is below what a block takes now. */
export function firstFee(baseFee: bigint, tip: bigint, cap: bigint): Fee | undefined {
  if (baseFee + tip > cap) return undefined;
  const fee = 2n * baseFee + tip;
  return { fee: fee < cap ? fee : cap, tip };
}

/**
 * The fee of a replacement: an eighth more of both, and no less than the present base fee asks for.
 * @returns undefined where the cap doesn't allow it: the last offer stays.
 */
export function replacementFee(last: Fee, baseFee: bigint, tip: bigint, cap: bigint): Fee | undefined {
  const more = (value: bigint): bigint => (value * BUMP + 99n) / 100n;
  const next = { fee: larger(more(last.fee), 2n * baseFee + tip), tip: larger(more(last.tip), tip) };
  if (next.fee <= cap) return next;
  return more(last.fee) <= cap && baseFee + next.tip <= cap ? { ...next, fee: cap } : undefined;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
