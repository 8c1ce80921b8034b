import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { issueText } from "../../issue.ts";
import { readJsonFile } from "../../node/files.ts";
import type { OracleParameters } from "./rounds.ts";

const whole = (least: number, most: number) => z.int().min(least).max(most);
const units = z
  .union([z.int().positive(), z.string().regex(/^[1-9][0-9]{0,30}$/)])
  .transform(BigInt)
  .refine((value) => value <= 1n << 100n, "must be at most 2^100");
const DAY = 86_400;

/** The bounds of docs/protocol/volatility-oracle.md, section 4; what depends on others is checked below. */
export const oracleParametersFileSchema = z.strictObject({
  format: z.literal("ballast.oracle-parameters/1"),
  interval: whole(60, DAY).default(300),
  reportWindow: whole(30, DAY).default(120),
  maxAge: whole(90, 7 * DAY).default(3_600),
  maxMove: whole(1_000, 500_000).default(50_000),
  tolerance: whole(100, 50_000).default(5_000),
  slashDeviation: whole(100, 1_000_000).default(100_000),
  minFeeders: whole(3, 16).optional(),
  realisedRounds: whole(2, 64).default(24),
  feederBond: units,
  slashAmount: units,
});

/**
 * Reads an oracle's parameters.
 * @param feeders how many there are: `minFeeders` is a majority of them, and 3 at least, where the file doesn't say.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT naming what is out of its bounds.
 */
export function loadOracleParameters(path: string, feeders: number): OracleParameters {
  const parsed = oracleParametersFileSchema.safeParse(readJsonFile(path, "parameters"));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(path, `${issue?.path.join(".") || "its top level"}: ${issueText(issue)}`);
  }
  const { format: _, interval, reportWindow, maxAge, minFeeders, ...rest } = parsed.data;
  if (reportWindow > interval) throw wrong(path, "reportWindow: it is longer than the interval");
  if (maxAge < interval + reportWindow)
    throw wrong(path, "maxAge: it is shorter than interval and reportWindow");
  if (rest.slashDeviation < rest.tolerance) throw wrong(path, "slashDeviation: it is below the tolerance");
  if (rest.slashAmount > rest.feederBond) throw wrong(path, "slashAmount: it is more than the bond");
  const least = minFeeders ?? Math.max(3, Math.floor(feeders / 2) + 1);
  if (least > feeders) throw wrong(path, `minFeeders: there are only ${feeders} feeders`);
  return {
    interval: BigInt(interval),
    reportWindow: BigInt(reportWindow),
    maxAge: BigInt(maxAge),
    minFeeders: least,
    ...rest,
  };
}

function wrong(path: string, what: string): BallastError {
  return new BallastError("INVALID_INPUT", `The parameters ${path} are not valid at ${what}.`, {
    hint: 'Write {"format": "ballast.oracle-parameters/1", "feederBond": "1000000000", "slashAmount": "100000000"}; the others and their bounds are in docs/protocol/volatility-oracle.md.',
  });
}
