import * as z from "zod";
import { BallastError } from "../../../errors.ts";
import type { StreamTimes } from "../../progress/stream.ts";
import type { Database, Sql } from "../../store/database.ts";
import { errorSchema } from "../answers.ts";
import type { ApiKey } from "../keys.ts";
import type { SubmitParts } from "../submit.ts";

/** What the routes stand on. */
export interface RouteParts extends SubmitParts {
  readonly database: Database;
  /** The instance that accounts are proven with. */
  readonly circuit: string;
  /** Aborted when the server ends: streams end with it. */
  readonly ending: AbortSignal;
  /** Default: as of `progressStream`. */
  readonly streams?: StreamTimes;
}

/** 32 bytes: an id, a commitment. */
export const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/, "must be 0x and 64 hex digits");

export const accountParameter = z.object({
  account: z.string().min(1).max(200).describe("The account's name, or its id as 0x and hex digits."),
});
/** What every route with a key may answer. */
export const REFUSALS = {
  400: errorSchema,
  401: errorSchema,
  403: errorSchema,
  429: errorSchema,
  500: errorSchema,
  503: errorSchema,
};
export const SECURITY = [{ key: [] }];

/** The key that was asked for. */
export function keyOf(key: ApiKey | null): ApiKey {
  if (key !== null) return key;
  throw new BallastError("INTERNAL", "A route with a scope was reached without a key.");
}

/** Who did what that is no account's. */
export async function audited(sql: Sql, key: ApiKey, action: string, outcome: string): Promise<void> {
  await sql.query("insert into ballast.audit (key, action, outcome) values ($1, $2, $3)", [
    key.id,
    action,
    outcome,
  ]);
}
