import { BallastError } from "../errors.ts";
import { LAST_COLLATERAL_ID } from "../market/registry.ts";
import type { Snapshot } from "../risk/snapshot.ts";

/** A collateral asset as people name it. */
export interface Asset {
  /** By the snapshot; `asset 7` without one. */
  readonly name: string;
  readonly instrumentId: number;
  /** Of the asset's own unit, 18 decimals; unknown without a snapshot. */
  readonly lotSize?: bigint;
}

type Rows = Pick<Snapshot, "rows">;

/**
 * A collateral asset by its name in a snapshot, or by its id.
 * @throws {BallastError} INVALID_INPUT, UNKNOWN_INSTRUMENT.
 */
export function assetOf(text: string, snapshot: Rows | undefined): Asset {
  const id = /^[1-9][0-9]*$/.test(text) ? Number(text) : undefined;
  if (id !== undefined && id > LAST_COLLATERAL_ID) {
    throw new BallastError("INVALID_INPUT", `There is no collateral asset ${text}.`, {
      hint: `Their ids are 1 to ${LAST_COLLATERAL_ID}.`,
    });
  }
  if (snapshot === undefined) {
    if (id !== undefined) return assetById(id, snapshot);
    throw new BallastError("INVALID_INPUT", `Only a snapshot knows which asset ${text} is.`, {
      hint: "Give a snapshot, or the instrument id.",
      inputs: ["snapshot"],
    });
  }
  const assets = snapshot.rows.filter(({ instrument }) => instrument.kind === "collateral");
  const found = assets.find(({ instrument, instrumentId }) =>
    id === undefined ? instrument.name === text : instrumentId === id,
  );
  if (found !== undefined) return assetById(found.instrumentId, snapshot);
  throw new BallastError("UNKNOWN_INSTRUMENT", `${text} is no collateral asset of the snapshot.`, {
    hint: `It has ${assets.map(({ instrument }) => instrument.name).join(", ")}.`,
  });
}

/** The asset with an id, by its name where the snapshot has it. */
export function assetById(instrumentId: number, snapshot: Rows | undefined): Asset {
  const row = snapshot?.rows.find((candidate) => candidate.instrumentId === instrumentId);
  if (row === undefined) return { name: `asset ${instrumentId}`, instrumentId };
  return { name: row.instrument.name, instrumentId, lotSize: row.instrument.lotSize };
}

/**
 * How many of a token's smallest units a lot is.
 * @throws {BallastError} OFF_LOT_GRID when it is no whole number: the token can't hold such lots.
 */
export function unitsOfLot({ name, lotSize = 0n }: Asset, decimals: number): bigint {
  const scaled = lotSize * 10n ** BigInt(decimals);
  const one = 10n ** 18n;
  if (scaled > 0n && scaled % one === 0n) return scaled / one;
  throw new BallastError(
    "OFF_LOT_GRID",
    `A lot of ${name} is no whole number of units of a token with ${decimals} decimals.`,
    {
      hint: "Check the token's address, or use a snapshot with a larger lot.",
    },
  );
}
