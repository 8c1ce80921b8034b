import * as z from "zod";
import { BallastError, type ErrorCode } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { declaration } from "../../venues/venue.ts";
import type { AccountVersion } from "../accounts/accounts.ts";

/** What a version of an account is to those who may know of it. All of it is public; amounts are in none of it. */
export const versionSchema = z
  .object({
    account: z.string().describe("The account's id: 0x and 64 hex digits."),
    version: z.string().describe("A whole number."),
    commitment: z.string(),
    venue: z.string(),
    declaredBy: z.enum(["venue", "self"]),
    asOf: z.string().describe("When it was last said to hold, in UTC."),
    declaration: z.string().describe("What stands beside the account wherever it is shown."),
  })
  .meta({ id: "AccountVersion" });

/** @param since left out: when the service took it is its own matter. */
export function versionAnswer(version: Omit<AccountVersion, "since">): z.output<typeof versionSchema> {
  return {
    account: formatField(version.account),
    version: version.version.toString(),
    commitment: formatField(version.commitment),
    venue: version.venue,
    declaredBy: version.declaredBy,
    asOf: new Date(Number(version.asOf)).toISOString(),
    declaration: declaration(version),
  };
}

export const errorSchema = z
  .object({
    error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
  })
  .meta({ id: "Error" });

/** What the caller can mend in its request, and what it can't. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_INPUT: 400,
  INVALID_DECIMAL: 400,
  INVALID_PORTFOLIO: 400,
  OUT_OF_RANGE: 400,
  UNKNOWN_ACCOUNT: 404,
  INVALID_KEY: 404,
  VERSION_BEHIND: 409,
  UNKNOWN_INSTRUMENT: 422,
  DUPLICATE_INSTRUMENT: 422,
  OFF_LOT_GRID: 422,
  LOT_OVERFLOW: 422,
  PORTFOLIO_TOO_LARGE: 422,
  CLOCK_SKEWED: 422,
  STALE_READING: 422,
  STORE_ERROR: 503,
  VENUE_UNAVAILABLE: 503,
};

export interface ErrorAnswer {
  readonly status: number;
  readonly body: z.output<typeof errorSchema>;
}

/** An error as the API tells it. Of what isn't the caller's nothing is told: it may hold anything. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const status = error instanceof BallastError ? STATUS[error.code] : undefined;
  if (!(error instanceof BallastError) || status === undefined)
    return refusal(500, "INTERNAL", "Something went wrong here; the service's log says what.");
  const { code, shortMessage, hint } = error;
  return refusal(status, code, shortMessage, hint);
}

export function refusal(status: number, code: string, message: string, hint?: string): ErrorAnswer {
  return { status, body: { error: { code, message, ...(hint === undefined ? {} : { hint }) } } };
}
