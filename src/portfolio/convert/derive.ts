import { expiryOf, strikeOf } from "../../market/convert/symbol.ts";
import { isObject, textOf, type WireRecord } from "../../market/convert/wire.ts";
import { QUOTE_CURRENCY } from "../../market/instruments.ts";
import { malformed, type VenueAccount, type VenueHolding } from "./account.ts";
import { venueAmount } from "./amount.ts";

/** Derive's `private/get_subaccount`, or an entry of `get_all_portfolios`. */
export function isDeriveSubaccount(record: WireRecord): boolean {
  return (
    "subaccount_id" in record && Array.isArray(record["collaterals"]) && Array.isArray(record["positions"])
  );
}

/** A row of Derive's positions, as ccxt keeps it in `info`. */
export function isDerivePosition(record: WireRecord): boolean {
  return textOf(record["instrument_name"]) !== undefined && "amount" in record && "instrument_type" in record;
}

/**
 * Derive's names (`ETH-20260206-2800-C`, `ETH-PERP`; an underscore is a strike's decimal point) as Ballast's. Everything there settles
 * in USDC and counts coins. A name that is neither stays as it is, and is refused as unknown.
 */
export function nameOfDerive(name: string): string {
  const perpetual = /^([A-Z][A-Z0-9]{0,9})-PERP$/.exec(name);
  if (perpetual !== null) return `${perpetual[1]}_${QUOTE_CURRENCY}-PERPETUAL`;
  const option = /^([A-Z][A-Z0-9]{0,9})-([0-9]{8})-([0-9]+(?:_[0-9]+)?)-([CP])$/.exec(name);
  const expiry = option === null ? undefined : expiryOf(option[2] ?? "");
  if (option === null || expiry === undefined) return name;
  return `${option[1]}_${QUOTE_CURRENCY}-${expiry}-${strikeOf(option[3] ?? "")}-${option[4]}`;
}

/** @returns undefined for no position. @throws {BallastError} INVALID_PORTFOLIO without an amount. */
export function derivePosition(record: WireRecord): VenueHolding | undefined {
  const name = textOf(record["instrument_name"]) ?? "";
  const amount = venueAmount(record["amount"]);
  if (amount === undefined) throw malformed(`position in ${name.slice(0, 60)}`, "amount");
  return amount.value === 0n ? undefined : { instrument: nameOfDerive(name), amount };
}

/** @throws {BallastError} INVALID_PORTFOLIO for another form. */
export function deriveAccount(record: WireRecord): VenueAccount {
  const list = (key: "collaterals" | "positions"): WireRecord[] => {
    const entries: unknown = record[key];
    if (Array.isArray(entries) && entries.every(isObject)) return entries;
    throw malformed("subaccount", key);
  };
  const positions = list("positions").flatMap((entry) => derivePosition(entry) ?? []);
  const balances = list("collaterals").map((entry): VenueHolding => {
    const instrument = textOf(entry["asset_name"]) ?? "";
    const amount = venueAmount(entry["amount"]);
    if (amount === undefined) throw malformed(`collateral ${instrument.slice(0, 20)}`, "amount");
    return { instrument, amount };
  });
  const id = record["subaccount_id"];
  const perpetuals = positions.some(({ instrument }) => instrument.endsWith("-PERPETUAL"));
  return {
    account: typeof id === "number" || typeof id === "string" ? `derive-${id}` : undefined,
    positions,
    balances,
    notes: perpetuals
      ? [
          "gains, losses and funding of perpetuals that Derive hasn't settled into USDC are not in the balances",
        ]
      : [],
  };
}
