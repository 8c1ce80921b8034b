import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { readInstrumentName } from "../../market/instruments.ts";
import type { LotLookup } from "../../market/lots.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { type AccountSource, convertAccount } from "../../portfolio/convert/convert.ts";
import { type GridEffect, gridEffect } from "../../portfolio/convert/effect.ts";
import { type GridHolding, type LotOrReason, toGrid } from "../../portfolio/convert/grid.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

export interface ConvertAccountOptions {
  /** Default: the venue's own number. */
  readonly account?: string;
  /** Whose lots are taken, and in which rounding's effect is said. */
  readonly snapshot?: Snapshot;
  readonly lots?: LotLookup;
  /** Default: seen from the content. */
  readonly from?: AccountSource;
  /** Whether positions off the grid are rounded; else they are an error. */
  readonly round: boolean;
  readonly leaveOut?: readonly string[];
  /** Currencies that stand for USDC. */
  readonly asUsdc?: readonly string[];
}

/** A holding that wasn't a whole number of lots; decimal texts. */
export interface Rounding {
  readonly instrument: string;
  readonly held: string;
  readonly kept: string;
  /** What was held beyond what is kept. */
  readonly rest: string;
}

export interface ConvertedAccount {
  readonly account: string;
  /** Whole lots, as a portfolio file has them. */
  readonly positions: readonly { readonly instrument: string; readonly quantity: string }[];
  readonly dust: readonly Rounding[];
  readonly rounded: readonly Rounding[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
  readonly effect: GridEffect | null;
}

/**
 * A portfolio of a venue's answers on one account: whole lots, and what that leaves over.
 * @throws {BallastError} INVALID_INPUT, INVALID_PORTFOLIO, OFF_LOT_GRID; as `convertAccount` and `toGrid`.
 */
export function convertToPortfolio(
  answers: readonly unknown[],
  { snapshot, lots, round, leaveOut, asUsdc, from, ...named }: ConvertAccountOptions,
): ConvertedAccount {
  const venue = convertAccount(answers, given({ asUsdc, from }));
  const account = named.account ?? venue.account;
  if (account === undefined || account === "" || account.length > 200) throw unnamed();
  if (lots !== undefined && snapshot !== undefined) throw twoLots();
  const lotOf = snapshot === undefined ? lotsOfNames(lots) : lotsOfRows(snapshot);
  const grid = toGrid(venue, { lotOf, round, ...given({ leaveOut }) });
  const holdings = [...grid.balances, ...grid.positions];
  const positions = holdings
    .filter(({ kept }) => kept !== 0n)
    .map(({ instrument, kept }) => ({ instrument, quantity: formatDecimal(kept, 18) }));
  return {
    account,
    positions,
    dust: offGrid(grid.balances),
    rounded: offGrid(grid.positions),
    leftOut: grid.leftOut,
    notes: venue.notes,
    effect: snapshot === undefined ? null : gridEffect(snapshot, holdings),
  };
}

function offGrid(holdings: readonly GridHolding[]): Rounding[] {
  return holdings
    .filter(({ held, kept }) => held !== kept)
    .map(({ instrument, held, kept }) => ({
      instrument,
      held: formatDecimal(held, 18),
      kept: formatDecimal(kept, 18),
      rest: formatDecimal(held - kept, 18),
    }));
}

function lotsOfRows(snapshot: Snapshot): (instrument: string) => LotOrReason {
  const lots = new Map(snapshot.rows.map(({ instrument }) => [instrument.name, instrument.lotSize]));
  return (name) => {
    const lot = lots.get(name);
    return lot === undefined ? { reason: "not in the snapshot" } : { lot };
  };
}

function lotsOfNames(lots: LotLookup | undefined): (instrument: string) => LotOrReason {
  return (name) => {
    const instrument = readInstrumentName(name, lots);
    return "reason" in instrument ? { reason: instrument.reason } : { lot: instrument.lotSize };
  };
}

function unnamed(): BallastError {
  return new BallastError("INVALID_INPUT", "The account has no name of 1 to 200 characters.", {
    hint: "Give one, e.g. desk-7: the account's id is made of it.",
    inputs: ["account.name"],
  });
}

function twoLots(): BallastError {
  return new BallastError("INVALID_INPUT", "Lots are the snapshot's where one is given.", {
    hint: "Leave out the lots, or the snapshot.",
    inputs: ["market.lots", "market.lotsFile", "snapshot"],
  });
}
