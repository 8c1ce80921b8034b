import * as z from "zod";
import { BallastError } from "../../../errors.ts";
import type { Database } from "../../store/database.ts";
import { errorSchema } from "../answers.ts";
import type { ApiKey } from "../keys.ts";
import type { SubmitParts } from "../submit.ts";

/** What the routes stand on. */
export interface RouteParts extends SubmitParts {
  readonly database: Database;
}

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
