import { BallastError } from "../errors.ts";
import { fromQ96, Q96_LN2, Q96_ONE } from "./q96.ts";
import { bitLength, WAD, type Wad } from "./wad.ts";

/** Bits of a normalised operand. */
const BITS = 128;
/** The series runs to z^37 / 37: for |z| <= 3/17 the first term left out is below 2^-101. */
const LAST_ODD = 37n;

/**
 * ln(a / b) in Q96: exactly zero for a = b, with no division of a by b that would lose digits near 1 or far
 * from it. The absolute error is below 2^-88.
 *
 * Both are shifted to 128 bits and k counts the powers of two; one more step brings a/b into [0.7, 1/0.7], then
 * ln(a/b) = k ln2 + 2 atanh(z), z = (a - b)/(a + b), |z| <= 3/17, by the series z + z^3/3 + z^5/5 + ...
 *
 * @param a,b positive integers below 2^255 of any common scale.
 */
export function lnRatio(a: bigint, b: bigint): bigint {
  const bitsA = bitLength(a);
  const bitsB = bitLength(b);
  let x = toBits(a, bitsA);
  let y = toBits(b, bitsB);
  let k = BigInt(bitsA - bitsB);
  if (5n * x > 7n * y) {
    y <<= 1n;
    k += 1n;
  } else if (7n * x < 5n * y) {
    x <<= 1n;
    k -= 1n;
  }
  const z = ((x - y) << 96n) / (x + y);
  const z2 = (z * z) >> 96n;
  let series = Q96_ONE / LAST_ODD;
  for (let odd = LAST_ODD - 2n; odd > 0n; odd -= 2n) series = Q96_ONE / odd + ((series * z2) >> 96n);
  return k * Q96_LN2 + ((z * series) >> 95n);
}

/**
 * ln(x), both at 1e18, to nearest. `lnWad(WAD) === 0n`. Absolute error of the algorithm below 2^-88.
 *
 * @param x 1e18, positive, below 2^255.
 * @throws {BallastError} OUT_OF_RANGE when x <= 0.
 */
export function lnWad(x: Wad): Wad {
  if (x <= 0n) throw new BallastError("OUT_OF_RANGE", "The logarithm is defined for positive numbers only.");
  return fromQ96(lnRatio(x, WAD));
}

function toBits(value: bigint, bits: number): bigint {
  return bits <= BITS ? value << BigInt(BITS - bits) : value >> BigInt(bits - BITS);
}
