import { BallastError } from "../errors.ts";
import { divCeil, divFloor } from "./rounding.ts";

declare const wadBrand: unique symbol;
/** A signed fixed-point number with 18 decimals. */
export type Wad = bigint & { readonly [wadBrand]: true };

/** 1.0 */
export const WAD = 1_000_000_000_000_000_000n as Wad;

/** Marks an integer that is already scaled by 1e18. */
export function wad(value: bigint): Wad {
  return value as Wad;
}

/** a / b for any signs, rounded toward -infinity. */
function quotient(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new BallastError("OUT_OF_RANGE", "Division by zero.");
  return b < 0n ? divFloor(-a, -b) : divFloor(a, b);
}

/** a * b, rounded toward -infinity. */
export function mulDown(a: Wad, b: Wad): Wad {
  return wad(divFloor(a * b, WAD));
}

/** a * b, rounded toward +infinity. */
export function mulUp(a: Wad, b: Wad): Wad {
  return wad(divCeil(a * b, WAD));
}

/** a * b, rounded to nearest; a tie goes toward +infinity. */
export function mulNearest(a: Wad, b: Wad): Wad {
  return wad(divFloor(a * b + WAD / 2n, WAD));
}

/**
 * a / b, rounded toward -infinity.
 *
 * @throws {BallastError} OUT_OF_RANGE when b is zero.
 */
export function divDown(a: Wad, b: Wad): Wad {
  return wad(quotient(a * WAD, b));
}

/**
 * a / b, rounded toward +infinity.
 *
 * @throws {BallastError} OUT_OF_RANGE when b is zero.
 */
export function divUp(a: Wad, b: Wad): Wad {
  return wad(-quotient(-(a * WAD), b));
}

/**
 * The square root, rounded down.
 *
 * @throws {BallastError} OUT_OF_RANGE when x is negative.
 */
export function sqrtWad(x: Wad): Wad {
  return wad(sqrtFloor(x * WAD));
}

/**
 * floor(sqrt(n)) of an integer, by Newton's iteration from above. The result is exact, so any other
 * exact algorithm gives the same bits.
 *
 * @throws {BallastError} OUT_OF_RANGE when n is negative.
 */
export function sqrtFloor(n: bigint): bigint {
  if (n < 0n) throw new BallastError("OUT_OF_RANGE", "The square root of a negative number doesn't exist.");
  if (n < 2n) return n;
  let x = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The number of bits of n >= 0; 0 for 0. */
export function bitLength(n: bigint): number {
  const hex = n.toString(16);
  return n === 0n ? 0 : 4 * hex.length - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}
