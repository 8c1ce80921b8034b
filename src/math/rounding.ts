/**
 * Integer division with its direction in the name; `denominator` is always positive.
 * Solidity repeats them with `sdiv` (truncation) and one correction.
 */

/** Toward minus infinity. */
export function divFloor(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator % denominator < 0n ? quotient - 1n : quotient;
}

/** Toward plus infinity. */
export function divCeil(numerator: bigint, denominator: bigint): bigint {
  return -divFloor(-numerator, denominator);
}

/** To nearest, a tie away from zero: so that a short holding is exactly the negative of a long one. */
export function divNearest(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return numerator < 0n ? -((-numerator + half) / denominator) : (numerator + half) / denominator;
}

/** The smaller of two integers. */
export function lesser(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
