import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { type Field, formatField, parseField, toField } from "../../math/field.ts";
import { type Commitment, commit } from "../../portfolio/commitment.ts";
import { type Portfolio, slotsOf } from "../../portfolio/portfolio.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Keyring } from "../secrets/keyring.ts";

/** What opens a version's commitment. Secret: it is in memory and sealed, and nowhere else. */
export interface VersionOpening {
  readonly portfolio: Portfolio;
  readonly salt: Field;
  /** Names of the positions' instruments, in their order: an id must mean the same in every snapshot. */
  readonly instruments: readonly string[];
}

const decimal = z.string().regex(/^-?(0|[1-9][0-9]{0,18})$/);
const openingSchema = z.strictObject({
  account: z.string(),
  salt: z.string(),
  positions: z.array(z.tuple([z.int(), z.string(), decimal])),
});

/** A version's opening, and its commitment for accounts of so many slots. @throws {BallastError} as `slotsOf`; UNKNOWN_INSTRUMENT. */
export function makeOpening(
  portfolio: Portfolio,
  salt: Field,
  slots: number,
  { rows }: Pick<Snapshot, "rows">,
): { readonly opening: VersionOpening; readonly commitment: Commitment } {
  const names = new Map(rows.map(({ instrumentId, instrument }) => [instrumentId, instrument.name]));
  const instruments = portfolio.positions.map(
    ({ instrumentId }) => names.get(instrumentId) ?? unknown(instrumentId),
  );
  const commitment = commit(portfolio.accountId, salt, slotsOf(portfolio.positions, slots));
  return { opening: { portfolio, salt, instruments }, commitment };
}

/** @throws {BallastError} UNKNOWN_INSTRUMENT where an id is another instrument's in this snapshot, or nobody's. */
export function checkInstruments(
  { portfolio, instruments }: VersionOpening,
  names: ReadonlyMap<number, string>,
): void {
  for (const [i, { instrumentId }] of portfolio.positions.entries())
    if (names.get(instrumentId) !== instruments[i]) unknown(instrumentId);
}

export function sealOpening(keyring: Keyring, version: bigint, opening: VersionOpening): Uint8Array {
  const { portfolio, salt, instruments } = opening;
  const text = JSON.stringify({
    account: portfolio.account,
    salt: formatField(salt),
    positions: portfolio.positions.map(({ instrumentId, quantity }, i) => [
      instrumentId,
      instruments[i],
      quantity.toString(),
    ]),
  });
  return keyring.seal(placeOf(portfolio.accountId, version), new TextEncoder().encode(text));
}

/** @throws {BallastError} SEAL_BROKEN, INVALID_KEY. */
export function openSealed(
  keyring: Keyring,
  account: Field,
  version: bigint,
  sealed: Uint8Array,
): VersionOpening {
  const text = new TextDecoder().decode(keyring.open(placeOf(account, version), sealed));
  const { salt, positions, ...rest } = openingSchema.parse(parseJson(text, "sealed opening"));
  return {
    portfolio: {
      account: rest.account,
      accountId: account,
      positions: positions.map(([instrumentId, , quantity]) => ({
        instrumentId,
        quantity: BigInt(quantity),
      })),
    },
    salt: toField(parseField(salt)),
    instruments: positions.map(([, name]) => name),
  };
}

/** What a sealed opening is bound to. */
export function placeOf(account: Field, version: bigint): string {
  return `version ${formatField(account)} ${version}`;
}

function unknown(instrumentId: number): never {
  throw new BallastError(
    "UNKNOWN_INSTRUMENT",
    `Instrument ${instrumentId} is not in the snapshot under its name.`,
    {
      hint: "Build snapshots with one registry, and with every instrument that an account holds.",
      details: { instrumentId },
    },
  );
}
