import { BallastError } from "../errors.ts";
import { Q96_HALF, Q96_LN2, Q96_ONE, toQ96 } from "./q96.ts";
import { WAD, type Wad, wad } from "./wad.ts";

/** The largest argument of {@link expWad}: the last whose result fits int256. */
export const EXP_MAX = wad(135_305_999_368_893_231_588n);
/** Below this argument exp is less than half a unit of 1e-18, and {@link expWad} gives 0. */
export const EXP_MIN = wad(-42_139_678_854_452_767_551n);

const Q96_EXP_MAX = toQ96(EXP_MAX);
const Q96_EXP_MIN = toQ96(EXP_MIN);

/** Taylor terms: for |r| <= ln(2)/2 the first one left out is below 2^-102. */
const TERMS = 20n;

/**
 * exp(x) = mantissa * 2^exponent, mantissa in Q96 within [0.70, 1.42].
 *
 * x = r + k ln2 with k = floor(x / ln2 + 1/2), so |r| <= ln(2)/2 + 2^-88; then Taylor's series by
 * Horner's rule, `t = 1 + r t / n` for n = 20 down to 1, one truncated division a step.
 *
 * @param x Q96, |x| < 2^104 (256.0): then x 2^96 < 2^200 and |r t| < 2^192.
 */
export function expParts(x: bigint): { mantissa: bigint; exponent: bigint } {
  const exponent = ((x << 96n) / Q96_LN2 + Q96_HALF) >> 96n;
  const r = x - exponent * Q96_LN2;
  let mantissa = Q96_ONE;
  for (let n = TERMS; n > 0n; n--) mantissa = Q96_ONE + (r * mantissa) / (n << 96n);
  return { mantissa, exponent };
}

/** exp(x) in Q96, rounded down, of an x <= 0 in Q96. Zero for x < -128.0, where exp is below 2^-184. */
export function expNegative(x: bigint): bigint {
  if (x < -(1n << 103n)) return 0n;
  const { mantissa, exponent } = expParts(x);
  return mantissa >> -exponent;
}

/**
 * exp(x) at 1e18, to nearest, of an x in Q96.
 *
 * @throws {BallastError} OUT_OF_RANGE when x > {@link EXP_MAX}.
 */
export function expToWad(x: bigint): Wad {
  if (x > Q96_EXP_MAX) {
    throw new BallastError("OUT_OF_RANGE", "The exponent is too large: exp is defined up to 135.3.");
  }
  if (x < Q96_EXP_MIN) return wad(0n);
  const { mantissa, exponent } = expParts(x);
  const scaled = mantissa * WAD;
  if (exponent >= 96n) return wad(scaled << (exponent - 96n));
  const shift = 96n - exponent;
  return wad((scaled + (1n << (shift - 1n))) >> shift);
}

/**
 * exp(x), both at 1e18, to nearest. Relative error of the algorithm below 2^-88; `expWad(0) === WAD`.
 *
 * @param x 1e18, at most {@link EXP_MAX}; any x below {@link EXP_MIN} gives 0.
 * @throws {BallastError} OUT_OF_RANGE when x > {@link EXP_MAX}: the result wouldn't fit int256.
 */
export function expWad(x: Wad): Wad {
  return x < EXP_MIN ? wad(0n) : expToWad(x > EXP_MAX ? Q96_EXP_MAX + 1n : toQ96(x));
}
