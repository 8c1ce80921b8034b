import { BallastError } from "../errors.ts";

/** How far apart a venue's clock and the own one may be, milliseconds, unless settings say otherwise. */
export const MAX_SKEW = 10_000n;

/**
 * @param theirs and `ours`: Unix milliseconds.
 * @throws {BallastError} CLOCK_SKEWED.
 */
export function requireSameTime(venue: string, theirs: bigint, ours: bigint, maxSkew: bigint): void {
  const ahead = theirs - ours;
  if (ahead <= maxSkew && ahead >= -maxSkew) return;
  throw new BallastError("CLOCK_SKEWED", `${venue}'s clock and this machine's are too far apart.`, {
    hint: "Set this machine's clock, e.g. by NTP: what is read would be taken for newer or older than it is.",
    details: { aheadSeconds: Number(ahead / 1000n), atMostSeconds: Number(maxSkew / 1000n) },
  });
}
