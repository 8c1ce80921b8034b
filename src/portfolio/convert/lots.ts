import { BallastError } from "../../errors.ts";
import { readInstrumentName } from "../../market/instruments.ts";
import type { LotLookup } from "../../market/lots.ts";
import { formatDecimal } from "../../math/decimal.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { PortfolioFile } from "../format.ts";
import type { VenueAccount } from "./account.ts";
import { type GridHolding, type GridOptions, type LotOrReason, toGrid } from "./grid.ts";

/** A holding that wasn't a whole number of lots; decimal texts. */
export interface Rounding {
  readonly instrument: string;
  readonly held: string;
  readonly kept: string;
  /** What was held beyond what is kept. */
  readonly rest: string;
}

/** A venue's account in whole lots, and what that leaves over. */
export interface LotAccount extends PortfolioFile {
  readonly dust: readonly Rounding[];
  readonly rounded: readonly Rounding[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** All of it, zeros included: balances, then positions. */
  readonly holdings: readonly GridHolding[];
}

/**
 * @param name of the account. Default: the venue's own number.
 * @throws {BallastError} INVALID_INPUT without a name; as `toGrid`.
 */
export function toLots(venue: VenueAccount, name: string | undefined, options: GridOptions): LotAccount {
  const account = name ?? venue.account;
  if (account === undefined || account === "" || account.length > 200) throw unnamed();
  const grid = toGrid(venue, options);
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
    holdings,
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

/** The lots of a snapshot's instruments. */
export function lotsOfRows(snapshot: Pick<Snapshot, "rows">): (instrument: string) => LotOrReason {
  const lots = new Map(snapshot.rows.map(({ instrument }) => [instrument.name, instrument.lotSize]));
  return (name) => {
    const lot = lots.get(name);
    return lot === undefined ? { reason: "not in the snapshot" } : { lot };
  };
}

/** The lots of instruments by their names. */
export function lotsOfNames(lots: LotLookup | undefined): (instrument: string) => LotOrReason {
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
