import { BallastError } from "../../errors.ts";
import type { VenueAmount } from "./amount.ts";

/** What a venue says that an account has of one instrument. */
export interface VenueHolding {
  /** Ballast's name of the instrument; of an asset, for a balance. */
  readonly instrument: string;
  readonly amount: VenueAmount;
}

/** What a venue says of one account. */
export interface VenueAccount {
  /** The venue's own number for it, where its answers have one. */
  readonly account: string | undefined;
  readonly positions: readonly VenueHolding[];
  readonly balances: readonly VenueHolding[];
  /** What the figures hold or lack, for people. */
  readonly notes: readonly string[];
}

/** The account that several answers tell of together. @throws {BallastError} INVALID_PORTFOLIO for two accounts. */
export function joinAccounts(parts: readonly VenueAccount[]): VenueAccount {
  const names = [...new Set(parts.flatMap(({ account }) => account ?? []))];
  if (names.length > 1) {
    throw new BallastError("INVALID_PORTFOLIO", `The files are of ${names.length} accounts.`, {
      hint: "Convert one account at a time.",
    });
  }
  return {
    account: names[0],
    positions: parts.flatMap(({ positions }) => positions),
    balances: parts.flatMap(({ balances }) => balances),
    notes: [...new Set(parts.flatMap(({ notes }) => notes))],
  };
}

/** An answer that isn't of the form that was expected; nothing of its values is quoted. */
export function malformed(what: string, where: string): BallastError {
  return new BallastError("INVALID_PORTFOLIO", `The ${what} has no usable ${where}.`, {
    hint: "Give the venue's answer as it came. docs/operate/converting.md lists what is read.",
  });
}
