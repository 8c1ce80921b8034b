import { BallastError } from "../errors.ts";

/** Order of the BN254 scalar field, the field of every circuit signal. */
export const FIELD_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

declare const fieldBrand: unique symbol;
/** A field element: 0 <= value < {@link FIELD_MODULUS}. Only the constructors below make one. */
export type Field = bigint & { readonly [fieldBrand]: true };

/**
 * Checks that `value` is a canonical field element.
 * @throws {BallastError} OUT_OF_RANGE when it is negative or not below the modulus.
 */
export function toField(value: bigint, what = "value"): Field {
  if (value < 0n || value >= FIELD_MODULUS) {
    throw new BallastError("OUT_OF_RANGE", `The ${what} is not a canonical BN254 field element.`, {
      hint: "It must be at least 0 and below the scalar field's order.",
    });
  }
  return value as Field;
}

/** Reduces any integer into the field (negative values wrap to `p - |value|`). */
export function reduce(value: bigint): Field {
  const remainder = value % FIELD_MODULUS;
  return (remainder < 0n ? remainder + FIELD_MODULUS : remainder) as Field;
}

/** The signed representative of a field element, in `(-p/2, p/2)`. */
export function toSigned(value: Field): bigint {
  return value > FIELD_MODULUS / 2n ? value - FIELD_MODULUS : value;
}

/**
 * Multiplicative inverse.
 * @throws {BallastError} OUT_OF_RANGE for zero.
 */
export function invert(value: Field): Field {
  if (value === 0n) throw new BallastError("OUT_OF_RANGE", "Zero has no inverse in the field.");
  let [oldR, r] = [value as bigint, FIELD_MODULUS];
  let [oldS, s] = [1n, 0n];
  while (r !== 0n) {
    const quotient = oldR / r;
    [oldR, r] = [r, oldR - quotient * r];
    [oldS, s] = [s, oldS - quotient * s];
  }
  return reduce(oldS);
}

/**
 * Parses a field element from `0x…` or decimal text.
 * @throws {BallastError} INVALID_INPUT for other text, OUT_OF_RANGE outside the field.
 * @example
 * ```ts
 * import { parseField } from "ballast";
 * const accountId = parseField("0x2a"); // 42n
 * ```
 */
export function parseField(text: string, what = "value"): Field {
  if (!/^(0x[0-9a-fA-F]{1,64}|0|[1-9][0-9]{0,77})$/.test(text)) {
    throw new BallastError(
      "INVALID_INPUT",
      `The ${what} is not a field element: write it as 0x… or in decimal.`,
    );
  }
  return toField(BigInt(text), what);
}

/**
 * A field element as 0x and 64 hex digits, the form of every Ballast file.
 * @example
 * ```ts
 * import { formatField, parseField } from "ballast";
 * console.log(formatField(parseField("42"))); // 0x and 64 digits
 * ```
 */
export function formatField(value: Field): `0x${string}` {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
