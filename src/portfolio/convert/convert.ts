import { BallastError } from "../../errors.ts";
import type { SymbolOptions } from "../../market/convert/symbol.ts";
import { isObject, recordsOf, type WireRecord } from "../../market/convert/wire.ts";
import { joinAccounts, type VenueAccount } from "./account.ts";
import { ccxtAccount, isUnifiedBalance, isUnifiedPosition } from "./ccxt.ts";
import { deribitAccount, isDeribitPosition, isDeribitSummary } from "./deribit.ts";
import { deriveAccount, isDeriveSubaccount } from "./derive.ts";
import { isOwnPortfolio, ownAccount } from "./own.ts";

/** What an account can be converted from. */
export const ACCOUNT_SOURCES = ["deribit", "ccxt", "derive", "ballast"] as const;
export type AccountSource = (typeof ACCOUNT_SOURCES)[number];

export interface ConvertAccountOptions extends SymbolOptions {
  /** What the JSON is. Default: seen from its content. */
  readonly from?: AccountSource;
}

/**
 * One account from JSON that holds, in whatever order and wrapping: Deribit's positions and account summaries; ccxt's `fetchPositions`
 * and `fetchBalance`; one of Derive's subaccounts; or a portfolio of Ballast's own form that isn't in whole lots.
 *
 * @throws {BallastError} INVALID_PORTFOLIO for nothing of that kind, two kinds at once, two accounts, or figures that are missing.
 */
export function convertAccount(
  answers: readonly unknown[],
  options: ConvertAccountOptions = {},
): VenueAccount {
  const found = answers.flatMap((answer) => sorted(answer));
  const kinds = new Set(found.map(({ source }) => source));
  const from = options.from ?? (kinds.size === 1 ? [...kinds][0] : undefined);
  const records = found.filter(({ source }) => source === from);
  if (from === undefined || records.length === 0 || records.length < found.length) throw nothing(kinds.size);
  const of = (kind: Found["kind"]): WireRecord[] =>
    records.filter((entry) => entry.kind === kind).map(({ record }) => record);
  switch (from) {
    case "derive":
      return joinAccounts(of("account").map(deriveAccount));
    case "ballast":
      return joinAccounts(of("account").map(ownAccount));
    case "deribit":
      return deribitAccount(of("position"), of("balance"));
    case "ccxt":
      return ccxtOf(of("position"), of("balance"), options);
  }
}

interface Found {
  readonly source: AccountSource;
  readonly kind: "position" | "balance" | "account";
  readonly record: WireRecord;
}

function sorted(answer: unknown): Found[] {
  const isKnown = (record: WireRecord): boolean =>
    isUnifiedPosition(record) ||
    isUnifiedBalance(record) ||
    isDeriveSubaccount(record) ||
    isOwnPortfolio(record) ||
    isDeribitPosition(record) ||
    isDeribitSummary(record);
  return recordsOf(answer, isKnown).map((record): Found => {
    if (isUnifiedPosition(record)) return { source: "ccxt", kind: "position", record };
    if (isUnifiedBalance(record)) return { source: "ccxt", kind: "balance", record };
    if (isDeriveSubaccount(record)) return { source: "derive", kind: "account", record };
    if (isOwnPortfolio(record)) return { source: "ballast", kind: "account", record };
    if (isDeribitPosition(record)) return { source: "deribit", kind: "position", record };
    return { source: "deribit", kind: "balance", record };
  });
}

/** ccxt's balance of Deribit says equity, options' value included: the account summaries in its `info` are read in its place. */
function ccxtOf(
  positions: readonly WireRecord[],
  balances: readonly WireRecord[],
  options: SymbolOptions,
): VenueAccount {
  const summaries = balances.flatMap(({ info }) => (isObject(info) ? recordsOf(info, isDeribitSummary) : []));
  if (summaries.length === 0) return ccxtAccount(positions, balances, options);
  const held = ccxtAccount(positions, [], options);
  return { ...held, balances: deribitAccount([], summaries).balances, notes: [] };
}

function nothing(kinds: number): BallastError {
  const message =
    kinds > 1
      ? "The files are of more than one kind."
      : "The JSON has no positions or balances in it that are known.";
  return new BallastError("INVALID_PORTFOLIO", message, {
    hint: "Give answers of one venue, or say what they are.",
    inputs: ["market.from"],
  });
}
