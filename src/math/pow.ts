import { BallastError } from "../errors.ts";
import { expToWad } from "./exp.ts";
import { lnRatio } from "./ln.ts";
import { WAD, type Wad } from "./wad.ts";

/** The largest |exponent| of {@link powWad}. */
const MAX_EXPONENT = 1_000_000n * WAD;

/**
 * base^exponent = exp(exponent ln(base)), all at 1e18, to nearest. Exactly 1 where base is 1 or exponent is 0.
 * ln stays in Q96 (it isn't rounded to 1e18 on the way), so the relative error is below
 * (1 + |exponent|) 2^-88, plus half a unit of the result.
 *
 * @param base positive, below 2^255.
 * @param exponent within +-1e6.
 * @throws {BallastError} OUT_OF_RANGE for base <= 0, an exponent beyond +-1e6, or a result beyond int256.
 */
export function powWad(base: Wad, exponent: Wad): Wad {
  if (base <= 0n) throw new BallastError("OUT_OF_RANGE", "A power is defined for positive bases only.");
  if (exponent > MAX_EXPONENT || exponent < -MAX_EXPONENT) {
    throw new BallastError("OUT_OF_RANGE", "The exponent of a power must be within +-1,000,000.");
  }
  return expToWad((lnRatio(base, WAD) * exponent) / WAD);
}
