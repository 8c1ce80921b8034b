import { expNegative } from "./exp.ts";
import { mills } from "./mills.ts";
import { fromQ96, Q96_ONE, toQ96 } from "./q96.ts";
import { WAD, type Wad, wad } from "./wad.ts";

/** 1/sqrt(2 pi) in Q96, to nearest. */
const INV_SQRT_2PI = 31_607_463_825_455_920_808_620_519_744n;
/** 12.0 in Q96: from here on phi is below 2^-105, zero in Q96. */
const Q96_FAR = 12n << 96n;
/** The same at 1e18. */
const FAR = 12n * WAD;

/** The normal density phi(x) in Q96, of an x in Q96. Absolute error below 2^-93; zero for |x| >= 12. */
export function densityQ96(x: bigint): bigint {
  if (x >= Q96_FAR || x <= -Q96_FAR) return 0n;
  return (expNegative(-((x * x) >> 97n)) * INV_SQRT_2PI) >> 96n;
}

/**
 * The normal distribution Phi(x) at 1e18, to nearest: phi(x) R(-x) for x <= 0, 1 - phi(x) R(x) above.
 * So `normalCdf(x) + normalCdf(-x) === WAD` but for one unit where both round.
 *
 * @param x 1e18, any size: 0 below -12, 1 above 12 (the tail there is below 2e-33).
 */
export function normalCdf(x: Wad): Wad {
  if (x >= FAR) return WAD;
  if (x <= -FAR) return wad(0n);
  const argument = toQ96(x);
  const tail = (densityQ96(argument) * mills(argument < 0n ? -argument : argument)) >> 96n;
  return fromQ96(x <= 0n ? tail : Q96_ONE - tail);
}

/**
 * The normal density phi(x) = exp(-x^2/2) / sqrt(2 pi) at 1e18, to nearest.
 *
 * @param x 1e18, any size: 0 beyond +-12.
 */
export function normalPdf(x: Wad): Wad {
  return x >= FAR || x <= -FAR ? wad(0n) : fromQ96(densityQ96(toQ96(x)));
}
