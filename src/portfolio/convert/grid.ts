import { BallastError } from "../../errors.ts";
import { divFloor, divNearest } from "../../math/rounding.ts";
import { LOT_LIMIT } from "../../risk/shape.ts";
import type { VenueAccount, VenueHolding } from "./account.ts";

/** The lot of an instrument at 1e18, or why it has none. */
export type LotOrReason = { readonly lot: bigint } | { readonly reason: string };

export interface GridOptions {
  readonly lotOf: (instrument: string) => LotOrReason;
  /** Whether positions off the lot grid are rounded to the nearest lot, a tie away from zero. Default: they are refused. */
  readonly round?: boolean;
  /** What is left out on purpose, by name: positions, and assets that can't be used. */
  readonly leaveOut?: readonly string[];
  /** Whether an asset that can't be used is refused as well; default: where the account has it, it is left out and listed. */
  readonly refuseAssets?: boolean;
}

/** One holding on the lot grid. Amounts at 1e18. */
export interface GridHolding {
  readonly instrument: string;
  readonly lot: bigint;
  /** As the venue has it. */
  readonly held: bigint;
  /** A whole number of lots. */
  readonly kept: bigint;
}

/** What became of an account's holdings. */
export interface GridAccount {
  readonly positions: readonly GridHolding[];
  readonly balances: readonly GridHolding[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** So many names stand in an error. */
const MAX_NAMES = 5;

/**
 * Brings a venue's holdings onto the lot grid. Balances are rounded toward minus infinity, so never in the account's favour; positions are
 * refused off the grid, unless `round` says otherwise. Nothing is left out in silence: assets that can't be used are listed where the
 * account has them, and refused where it owes them; positions are refused.
 *
 * @throws {BallastError} DUPLICATE_INSTRUMENT, UNKNOWN_INSTRUMENT, OFF_LOT_GRID or LOT_OVERFLOW, naming instruments and never amounts.
 */
export function toGrid(account: VenueAccount, options: GridOptions): GridAccount {
  const { lotOf, round = false, leaveOut = [], refuseAssets = false } = options;
  const leftOut: { name: string; reason: string }[] = [];
  refuseTwice(account.positions, "position", "Give each answer once.");
  refuseTwice(account.balances, "balance", "Give each answer once.");

  const unknown: { name: string; reason: string }[] = [];
  const place = (
    holdings: readonly VenueHolding[],
    isUsable: (holding: VenueHolding, reason: string) => boolean,
  ) =>
    holdings.flatMap((holding) => {
      const found = lotOf(holding.instrument);
      if ("lot" in found) return [{ ...holding, lot: found.lot }];
      const entry = { name: holding.instrument.slice(0, 60), reason: found.reason };
      (isUsable(holding, found.reason) ? leftOut : unknown).push(entry);
      return [];
    });
  const wanted = account.positions.filter(({ instrument }) => {
    const isLeft = leaveOut.includes(instrument);
    if (isLeft) leftOut.push({ name: instrument, reason: "left out on purpose" });
    return !isLeft;
  });
  const positions = place(wanted, () => false);
  // An asset that doesn't count only makes the account poorer; a debt that doesn't would make it richer.
  const balances = place(
    account.balances.filter(({ amount }) => amount.value !== 0n),
    ({ amount, instrument }) => amount.value > 0n && (!refuseAssets || leaveOut.includes(instrument)),
  );
  if (unknown.length > 0) throw unusable(unknown);

  const offGrid = positions.filter(({ amount, lot }) => !amount.isExact || amount.value % lot !== 0n);
  if (offGrid.length > 0 && !round) throw offTheGrid(offGrid.map(({ instrument }) => instrument));
  return {
    positions: positions.map(({ instrument, amount, lot }) =>
      gridHolding(instrument, lot, amount.value, divNearest(amount.value, lot)),
    ),
    balances: balances.map(({ instrument, amount, lot }) =>
      gridHolding(instrument, lot, amount.value, divFloor(amount.value, lot)),
    ),
    leftOut,
  };
}

function gridHolding(instrument: string, lot: bigint, held: bigint, lots: bigint): GridHolding {
  if (lots < LOT_LIMIT && lots > -LOT_LIMIT) return { instrument, lot, held, kept: lots * lot };
  throw new BallastError("LOT_OVERFLOW", `The holding of ${instrument} has 2^36 lots or more.`, {
    hint: "Choose a larger lot for this instrument.",
    details: { instrument },
  });
}

function refuseTwice(holdings: readonly VenueHolding[], what: string, hint: string): void {
  const seen = new Set<string>();
  for (const { instrument } of holdings) {
    if (seen.has(instrument)) {
      throw new BallastError(
        "DUPLICATE_INSTRUMENT",
        `There are two ${what}s of ${instrument.slice(0, 60)}.`,
        {
          hint,
          details: { instrument: instrument.slice(0, 60) },
        },
      );
    }
    seen.add(instrument);
  }
}

function unusable(list: readonly { readonly name: string; readonly reason: string }[]): BallastError {
  const shown = list.slice(0, MAX_NAMES).map(({ name, reason }) => `${name} (${reason})`);
  const more = list.length > MAX_NAMES ? ` and ${list.length - MAX_NAMES} more` : "";
  return new BallastError("UNKNOWN_INSTRUMENT", `Holdings that can't be used: ${shown.join(", ")}${more}.`, {
    hint: "Without them the requirement would be another account's. Build the snapshot with them, or name the positions to leave out.",
    inputs: ["snapshot.include", "accounts.leaveOut"],
    details: { count: list.length },
  });
}

function offTheGrid(names: readonly string[]): BallastError {
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  return new BallastError(
    "OFF_LOT_GRID",
    `No whole number of lots: ${names.slice(0, MAX_NAMES).join(", ")}${more}.`,
    {
      hint: "Give smaller lots to chain and account alike, or round to the nearest lot and see what that changes.",
      inputs: ["market.lots", "accounts.round"],
      details: { count: names.length },
    },
  );
}
