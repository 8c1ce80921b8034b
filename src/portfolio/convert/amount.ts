import { divFloor } from "../../math/rounding.ts";

/** A venue's amount at 1e18, and whether that is all of it. */
export interface VenueAmount {
  /** Rounded toward minus infinity. */
  readonly value: bigint;
  readonly isExact: boolean;
}

/** Larger magnitudes than this are no amount of anything. */
const LIMIT = 10n ** 33n;

/**
 * An amount as venues write it, a JSON number or its text, exponents included. No floating-point arithmetic: a JSON number is read
 * by its shortest text.
 *
 * @returns undefined for anything else, and for 1e15 or more.
 */
export function venueAmount(value: unknown): VenueAmount | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return undefined;
  const match = /^([+-]?)([0-9]{1,40})(?:\.([0-9]{0,400}))?(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = 18 - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const unit = 10n ** BigInt(shift < 0 ? -shift : shift);
  const scaled = shift >= 0 ? digits * unit : divFloor(digits, unit);
  if (scaled >= LIMIT || scaled <= -LIMIT) return undefined;
  return { value: scaled, isExact: shift >= 0 || scaled * unit === digits };
}
