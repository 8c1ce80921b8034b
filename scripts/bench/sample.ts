import { z } from "zod";

/** Several measurements of one thing: the median with the spread beside it. */
export const sampleSchema = z.strictObject({
  /** Measurements taken, at least one. */
  count: z.int().positive(),
  median: z.number().nonnegative(),
  min: z.number().nonnegative(),
  max: z.number().nonnegative(),
});
export type Sample = z.infer<typeof sampleSchema>;

/**
 * Median (the mean of the middle two of an even number), least and greatest; three decimals.
 * @throws {RangeError} for no values, or one that is negative or not finite.
 */
export function sampleOf(values: readonly number[]): Sample {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  const [min] = sorted;
  const max = sorted.at(-1);
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    throw new RangeError("A sample needs at least one value.");
  }
  if (!sorted.every((value) => Number.isFinite(value) && value >= 0)) {
    throw new RangeError("A measurement is negative or not a number.");
  }
  return {
    count: sorted.length,
    median: rounded((low + high) / 2),
    min: rounded(min),
    max: rounded(max),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
