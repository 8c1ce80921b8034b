import { WAD, type Wad, wad } from "../../math/wad.ts";

/** Larger magnitudes than this are no market number. */
const LIMIT = 10n ** 15n * WAD;

/**
 * A number as venues and CSV writers print it (`64195.92923076923`, `1e-05`), as an integer at 1e18; decimals
 * beyond the 18th are cut off (toward zero). No float is involved. Undefined for other text and for |x| >= 1e15.
 *
 * This is for foreign data only: Ballast's own files are parsed strictly (parseDecimal).
 */
export function decimalTextToWad(text: string): Wad | undefined {
  const match = /^([+-]?)([0-9]{1,40})(?:\.([0-9]{0,400}))?(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = 18 - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  if (magnitude >= LIMIT) return undefined;
  return wad(sign === "-" ? -magnitude : magnitude);
}

/**
 * A number from JSON. Its text is the shortest that reads back as the same double (ECMAScript `String`), which
 * is what venues print in the first place: the digits are theirs, and every machine sees the same.
 */
export function jsonNumberToWad(value: number): Wad | undefined {
  return decimalTextToWad(String(value));
}
