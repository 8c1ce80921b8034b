import { isObject, textOf, type WireRecord } from "../../market/convert/wire.ts";
import { malformed, type VenueAccount, type VenueHolding } from "./account.ts";
import { venueAmount } from "./amount.ts";

/** A portfolio of Ballast's own form, whose quantities need not be whole lots. */
export function isOwnPortfolio(record: WireRecord): boolean {
  return textOf(record["account"]) !== undefined && Array.isArray(record["positions"]) && !("salt" in record);
}

/** Assets, whose names have no dash, are its balances. @throws {BallastError} INVALID_PORTFOLIO for another form. */
export function ownAccount(record: WireRecord): VenueAccount {
  const entries = record["positions"] as readonly unknown[];
  const holdings = entries.map((entry, index): VenueHolding => {
    const instrument = isObject(entry) ? textOf(entry["instrument"]) : undefined;
    const amount = isObject(entry) ? venueAmount(entry["quantity"]) : undefined;
    if (instrument === undefined || amount === undefined)
      throw malformed("portfolio", `instrument and quantity at positions.${index}`);
    return { instrument, amount };
  });
  const isBalance = ({ instrument }: VenueHolding): boolean => !instrument.includes("-");
  return {
    account: textOf(record["account"]),
    positions: holdings.filter((holding) => !isBalance(holding)),
    balances: holdings.filter(isBalance),
    notes: [],
  };
}
