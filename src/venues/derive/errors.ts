import { BallastError } from "../../errors.ts";

/** Codes of accounts, keys and signatures (docs.derive.xyz, error codes), and of parameters. */
function isForbidden(code: number): boolean {
  return (code >= 14_000 && code < 15_000) || code === -32_602;
}

/**
 * A Derive error as ours: its code stands in `details.venueCode`. Nothing of its text is kept.
 * @returns VENUE_REFUSED for what the wallet or its key may not, VENUE_UNAVAILABLE for everything else.
 */
export function deriveError(code: number): BallastError {
  const details = { venueCode: code };
  if (isForbidden(code)) {
    return new BallastError("VENUE_REFUSED", `Derive refuses the request with its error ${code}.`, {
      hint: "Check wallet, session key and its expiry, the subaccount's number, and the network (main or test).",
      details,
    });
  }
  const what = code === -32_000 ? "takes no more requests for now" : `answered with its error ${code}`;
  return new BallastError("VENUE_UNAVAILABLE", `Derive ${what}.`, { hint: "It is tried again.", details });
}
