import { WAD, type Wad, wad } from "./wad.ts";

/**
 * Q96: the inner format of exp, ln and the normal distribution, a signed integer scaled by 2^96 (8e28).
 * Two rounding rules and no third, in TypeScript as in Solidity: `/` truncates toward zero (`sdiv`),
 * `>>` rounds toward -infinity (`sar`).
 */

/** 1.0 in Q96. */
export const Q96_ONE = 1n << 96n;
/** 0.5 in Q96. */
export const Q96_HALF = 1n << 95n;
/** ln(2) in Q96, to nearest. */
export const Q96_LN2 = 54_916_777_467_707_473_351_141_471_128n;

const FIVE_TO_18 = 5n ** 18n;

/** From 1e18 to Q96: x 2^78 / 5^18, truncated. |x| < 2^176 keeps it in int256. */
export function toQ96(x: Wad): bigint {
  return (x << 78n) / FIVE_TO_18;
}

/** From Q96 to 1e18, to nearest (a tie toward +infinity). |x| < 2^194 keeps it in int256. */
export function fromQ96(x: bigint): Wad {
  return wad((x * WAD + Q96_HALF) >> 96n);
}
