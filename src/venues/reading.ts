import { given } from "../given.ts";
import type { LotLookup } from "../market/lots.ts";
import type { VenueAccount } from "../portfolio/convert/account.ts";
import { lotsOfNames, lotsOfRows, toLots } from "../portfolio/convert/lots.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { AccountReading } from "./venue.ts";

/** How a venue's amounts become whole lots. */
export interface LotSettings {
  /** The snapshot whose lots are taken, as it is when an account is read: what it has no row for is refused. */
  readonly snapshot?: () => Pick<Snapshot, "rows"> | undefined;
  /** Lots by name, where there is no snapshot. */
  readonly lots?: LotLookup;
  /** Positions, and assets without a price, that are left out on purpose; a debt never is. */
  readonly leaveOut?: readonly string[];
}

/** Whose account it is. */
export interface Owner {
  /** The source's name. */
  readonly name: string;
  readonly account: string;
}

/**
 * What an exchange told its customer, as a reading of this one. Balances are rounded down to whole lots.
 *
 * @param asOf Unix milliseconds.
 * @throws {BallastError} UNKNOWN_INSTRUMENT for a position, a debt or an asset that the snapshot has no row for, unless it is left out on
 * purpose; OFF_LOT_GRID, LOT_OVERFLOW, DUPLICATE_INSTRUMENT.
 */
export function selfReading(
  { name, account }: Owner,
  held: VenueAccount,
  asOf: bigint,
  { snapshot, lots, leaveOut }: LotSettings,
): Omit<AccountReading, "version"> {
  const rows = snapshot?.();
  const lotOf = rows === undefined ? lotsOfNames(lots) : lotsOfRows(rows);
  const { positions, dust, leftOut } = toLots(held, account, {
    lotOf,
    refuseAssets: true,
    ...given({ leaveOut }),
  });
  const notes = [
    ...(dust.length === 0
      ? []
      : [`rounded down to whole lots: ${dust.map(({ instrument }) => instrument).join(", ")}`]),
    ...leftOut.map((entry) => `left out ${entry.name}: ${entry.reason}`),
    ...held.notes,
  ];
  return {
    venue: name,
    account,
    asOf,
    portfolio: { account, positions },
    declaredBy: "self",
    notes,
    parts: [],
  };
}
