import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { LotLookup } from "../../market/lots.ts";
import { type AccountSource, convertAccount } from "../../portfolio/convert/convert.ts";
import { type GridEffect, gridEffect } from "../../portfolio/convert/effect.ts";
import { type LotAccount, lotsOfNames, lotsOfRows, toLots } from "../../portfolio/convert/lots.ts";
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

export interface ConvertedAccount extends Omit<LotAccount, "holdings"> {
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
  if (lots !== undefined && snapshot !== undefined) throw twoLots();
  const lotOf = snapshot === undefined ? lotsOfNames(lots) : lotsOfRows(snapshot);
  const { holdings, ...converted } = toLots(venue, named.account, { lotOf, round, ...given({ leaveOut }) });
  return {
    ...converted,
    notes: venue.notes,
    effect: snapshot === undefined ? null : gridEffect(snapshot, holdings),
  };
}

function twoLots(): BallastError {
  return new BallastError("INVALID_INPUT", "Lots are the snapshot's where one is given.", {
    hint: "Leave out the lots, or the snapshot.",
    inputs: ["market.lots", "market.lotsFile", "snapshot"],
  });
}
