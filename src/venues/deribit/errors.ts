import { BallastError } from "../../errors.ts";
import { isObject } from "../../market/convert/wire.ts";

/** What passes, by Deribit's codes (docs.deribit.com, RPC errors). */
const PASSING: ReadonlyMap<number, string> = new Map([
  [10028, "takes no more requests for now (too_many_requests)"],
  [10040, "asks to try again (retry)"],
  [10041, "is settling (settlement_in_progress)"],
  [10047, "is overloaded (matching_engine_queue_full)"],
  [10066, "takes no more requests at once (too_many_concurrent_requests)"],
  [11051, "is under maintenance (system_maintenance)"],
  [11094, "has an error of its own (internal_server_error)"],
  [13028, "is too slow (temporarily_unavailable)"],
  [13503, "is not available (unavailable)"],
  [13888, "took too long (timed_out)"],
]);

/** What the credentials, or their scope, don't allow. */
const FORBIDDEN: ReadonlyMap<number, string> = new Map([
  [10000, "authorization_required"],
  [13004, "invalid_credentials"],
  [13009, "unauthorized"],
  [13020, "not_found"],
  [13021, "forbidden"],
  [-32602, "invalid params"],
]);

/** The code by which Deribit says that a token is no longer good. */
export const UNAUTHORIZED = 13009;

/**
 * A Deribit error as ours: its code stands in `details.venueCode`, how long to wait in `details.waitSeconds`. Nothing of its text is kept.
 *
 * @returns VENUE_REFUSED for what the credentials don't allow, VENUE_UNAVAILABLE for everything else.
 */
export function deribitError(code: number, data: unknown): BallastError {
  const wait = isObject(data) && typeof data["wait"] === "number" ? data["wait"] : undefined;
  const details = { venueCode: code, ...(wait === undefined ? {} : { waitSeconds: wait }) };
  const forbidden = FORBIDDEN.get(code);
  if (forbidden === undefined) {
    const what = PASSING.get(code) ?? `answered with its error ${code}`;
    return new BallastError("VENUE_UNAVAILABLE", `Deribit ${what}.`, { hint: "It is tried again.", details });
  }
  return new BallastError("VENUE_REFUSED", `Deribit refuses the request: ${forbidden}.`, {
    hint: "Check the key, that it is of this network (main or test), and that its scope has account:read and trade:read.",
    details,
  });
}
