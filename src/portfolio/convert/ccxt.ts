import { nameOfSymbol, type SymbolOptions } from "../../market/convert/symbol.ts";
import { isObject, textOf, type WireRecord } from "../../market/convert/wire.ts";
import { malformed, type VenueAccount, type VenueHolding } from "./account.ts";
import { venueAmount } from "./amount.ts";
import { deribitPosition, isDeribitPosition } from "./deribit.ts";
import { derivePosition, isDerivePosition } from "./derive.ts";

const ONE = 10n ** 18n;

/** A structure of ccxt's `fetchPositions`. */
export function isUnifiedPosition(record: WireRecord): boolean {
  return textOf(record["symbol"])?.includes("/") === true && "contracts" in record;
}

/** ccxt's `fetchBalance`: amounts by asset under `total`. */
export function isUnifiedBalance(record: WireRecord): boolean {
  return isObject(record["total"]) && isObject(record["free"]);
}

/**
 * A position: the venue's own answer where it is Deribit's or Derive's (`info`), else contracts times contract size, which for
 * inverse instruments counts USD.
 *
 * @returns undefined for no position; a holding under the symbol, to be refused as unknown, where that has no name.
 * @throws {BallastError} INVALID_PORTFOLIO without side, contracts or contract size.
 */
export function unifiedPosition(record: WireRecord, options: SymbolOptions): VenueHolding | undefined {
  const { info } = record;
  if (isObject(info) && isDeribitPosition(info)) return deribitPosition(info);
  if (isObject(info) && isDerivePosition(info)) return derivePosition(info);
  const symbol = textOf(record["symbol"]) ?? "";
  const contracts = venueAmount(record["contracts"] ?? 0);
  if (contracts?.value === 0n) return undefined;
  const size = venueAmount(record["contractSize"]);
  const side = record["side"];
  if (
    contracts === undefined ||
    contracts.value < 0n ||
    !contracts.isExact ||
    (side !== "long" && side !== "short")
  )
    throw malformed(`position in ${symbol.slice(0, 60)}`, "side and contracts");
  if (size === undefined || size.value <= 0n || !size.isExact)
    throw malformed(`position in ${symbol.slice(0, 60)}`, "contractSize");
  const product = contracts.value * size.value * (side === "short" ? -1n : 1n);
  const value = product / ONE;
  const named = nameOfSymbol(symbol, options);
  return {
    instrument: "name" in named ? named.name : symbol,
    amount: { value, isExact: value * ONE === product },
  };
}

/** Positions and balances of ccxt as one account. */
export function ccxtAccount(
  positions: readonly WireRecord[],
  balances: readonly WireRecord[],
  options: SymbolOptions,
): VenueAccount {
  const held = positions.flatMap((record) => unifiedPosition(record, options) ?? []);
  const notes =
    balances.length === 0
      ? ["no balance was given: the portfolio has none"]
      : [
          "balances are ccxt's totals: check that the venue's total has no options' value in it, and has the gains of futures",
        ];
  return {
    account: undefined,
    positions: held,
    balances: balances.flatMap((record) => {
      const total = record["total"] as WireRecord;
      return Object.entries(total).flatMap(([instrument, value]): VenueHolding[] => {
        if (value === null || value === undefined) return [];
        const amount = venueAmount(value);
        if (amount === undefined) throw malformed(`balance of ${instrument.slice(0, 20)}`, "total");
        return [{ instrument, amount }];
      });
    }),
    notes,
  };
}
