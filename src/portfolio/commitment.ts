import { BallastError } from "../errors.ts";
import { INSTRUMENT_ID_LIMIT } from "../market/instruments.ts";
import { bigEndian } from "../math/bytes.ts";
import { type Field, toField } from "../math/field.ts";
import { hash } from "../math/poseidon.ts";
import { LOT_LIMIT } from "../risk/shape.ts";
import type { Slot } from "./portfolio.ts";

const SLOTS_PER_ELEMENT = 4;
const QUANTITY_BITS = 36n;
const SIDE_SHIFT = 56n;
const SLOT_BITS = 57n;

declare const commitmentBrand: unique symbol;
/** A Poseidon commitment to an account's portfolio. */
export type Commitment = Field & { readonly [commitmentBrand]: true };

/**
 * Packs slots four to a field element: `quantity + id*2^36 + isShort*2^56`, 57 bits each.
 *
 * @throws {BallastError} OUT_OF_RANGE for a slot with a limb outside its range: it would pack, and so commit, like another slot.
 */
export function packSlots(slots: readonly Slot[]): Field[] {
  if (!slots.every(isRanged)) {
    throw new BallastError("OUT_OF_RANGE", "A slot's quantity, instrument id or side is outside its range.");
  }
  const elements: Field[] = [];
  for (let start = 0; start < slots.length; start += SLOTS_PER_ELEMENT) {
    let element = 0n;
    slots.slice(start, start + SLOTS_PER_ELEMENT).forEach((slot, j) => {
      element += packSlot(slot) << (SLOT_BITS * BigInt(j));
    });
    elements.push(toField(element));
  }
  return elements;
}

/** One slot in 57 bits. The caller has ranged it. */
export function packSlot({ quantity, instrumentId, isShort }: Slot): bigint {
  return quantity + (BigInt(instrumentId) << QUANTITY_BITS) + (BigInt(isShort) << SIDE_SHIFT);
}

/** What {@link packSlot} packed. */
export function unpackSlot(packed: bigint): Slot {
  return {
    quantity: packed & (LOT_LIMIT - 1n),
    instrumentId: Number((packed >> QUANTITY_BITS) & BigInt(INSTRUMENT_ID_LIMIT - 1)),
    isShort: packed >> SIDE_SHIFT === 1n ? 1 : 0,
  };
}

function isRanged({ quantity, instrumentId, isShort }: Slot): boolean {
  const knownId = Number.isInteger(instrumentId) && instrumentId >= 0 && instrumentId < INSTRUMENT_ID_LIMIT;
  return quantity >= 0n && quantity < LOT_LIMIT && knownId && (isShort === 0 || isShort === 1);
}

/**
 * `H("portfolio", accountId, salt, packed slots)`. The number of slots is part of it: the same positions
 * commit differently in a 16- and a 64-slot instance.
 * @example
 * ```ts
 * import { commit, type Portfolio, randomSalt, slotsOf } from "ballast";
 * declare const portfolio: Portfolio;
 * const salt = randomSalt();
 * const commitment = commit(portfolio.accountId, salt, slotsOf(portfolio.positions, 64));
 * ```
 */
export function commit(accountId: Field, salt: Field, slots: readonly Slot[]): Commitment {
  return hash("portfolio", [accountId, salt, ...packSlots(slots)]) as Commitment;
}

/**
 * The salt that a change leaves where whoever opens the old commitment is to open the new one: `H("salt", salt, context)`.
 * @param salt of the commitment before.
 * @param context of the proof that asks for it.
 */
export function derivedSalt(salt: Field, context: Field): Field {
  return hash("salt", [salt, context]);
}

/**
 * A fresh salt of 248 random bits. Whoever has the salt can test guesses of the portfolio: keep it secret.
 * @example
 * ```ts
 * import { formatField, randomSalt } from "ballast";
 * const secret = formatField(randomSalt());
 * ```
 */
export function randomSalt(): Field {
  return toField(bigEndian(crypto.getRandomValues(new Uint8Array(31))));
}
