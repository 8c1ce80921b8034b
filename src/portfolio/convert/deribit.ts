import { BallastError } from "../../errors.ts";
import { textOf, type WireRecord } from "../../market/convert/wire.ts";
import { malformed, type VenueAccount, type VenueHolding } from "./account.ts";
import { venueAmount } from "./amount.ts";

/** A row of `private/get_positions`. */
export function isDeribitPosition(record: WireRecord): boolean {
  return textOf(record["instrument_name"]) !== undefined && "direction" in record && "size" in record;
}

/** `private/get_account_summary`, or an entry of `get_account_summaries`. */
export function isDeribitSummary(record: WireRecord): boolean {
  return textOf(record["currency"]) !== undefined && "equity" in record && "balance" in record;
}

/**
 * `size` counts as quantities do, with its sign: USD for inverse futures and perpetuals, coins for the rest (docs.deribit.com,
 * private/get_positions).
 *
 * @returns undefined for no position (direction `zero`).
 * @throws {BallastError} INVALID_PORTFOLIO when size and direction contradict each other.
 */
export function deribitPosition(record: WireRecord): VenueHolding | undefined {
  const instrument = textOf(record["instrument_name"]) ?? "";
  const amount = venueAmount(record["size"]);
  if (amount === undefined) throw malformed(`position in ${instrument.slice(0, 60)}`, "size");
  const { direction } = record;
  const sign = amount.value > 0n ? "buy" : amount.value < 0n ? "sell" : "zero";
  // An empty position may have either direction.
  if (sign === "zero") return undefined;
  if (direction === sign) return { instrument, amount };
  throw new BallastError(
    "INVALID_PORTFOLIO",
    `The position in ${instrument.slice(0, 60)} has a size of one sign and a direction of the other.`,
    { hint: "Give private/get_positions as it came: a position sold has a negative size." },
  );
}

/**
 * What an account has of a currency: its equity without the value of its options, which are positions. So the session's gains and losses
 * of futures are in it, as Ballast carries futures at zero.
 *
 * @throws {BallastError} INVALID_PORTFOLIO without one of the figures.
 */
export function deribitBalance(record: WireRecord): VenueHolding {
  const instrument = textOf(record["currency"]) ?? "";
  const equity = venueAmount(record["equity"]);
  // Currencies without options have no such figure.
  const options = venueAmount(record["options_value"] ?? 0);
  if (equity === undefined || options === undefined) {
    throw malformed(`account summary of ${instrument.slice(0, 20)}`, "equity and options_value");
  }
  // What was cut off below the options' value counts against the account.
  const value = equity.value - options.value - (options.isExact ? 0n : 1n);
  return { instrument, amount: { value, isExact: equity.isExact && options.isExact } };
}

/** Deribit's positions and account summaries as one account. */
export function deribitAccount(
  positions: readonly WireRecord[],
  summaries: readonly WireRecord[],
): VenueAccount {
  return {
    account: undefined,
    positions: positions.flatMap((record) => deribitPosition(record) ?? []),
    balances: summaries.map(deribitBalance),
    notes: summaries.length === 0 ? ["no account summary was given: the portfolio has no balances"] : [],
  };
}
