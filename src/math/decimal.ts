import { BallastError } from "../errors.ts";

/**
 * Parses a plain decimal into an integer of `decimals` places: `parseDecimal("1.5", 6, "strike") === 1500000n`.
 * Strict: no exponent, no spaces, no plus sign, no more decimals than asked for (trailing zeros included).
 *
 * @param what names the value in the error.
 * @throws {BallastError} INVALID_DECIMAL.
 */
export function parseDecimal(text: string, decimals: number, what: string): bigint {
  const match = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/.exec(text);
  if (match === null) {
    throw new BallastError(
      "INVALID_DECIMAL",
      `The ${what} is not a decimal number: ${JSON.stringify(text.slice(0, 40))}.`,
      {
        hint: 'Write it like "-12.5", without exponent or spaces.',
      },
    );
  }
  const [, sign = "", whole = "0", fraction = ""] = match;
  if (fraction.length > decimals) {
    throw new BallastError("INVALID_DECIMAL", `The ${what} has more than ${decimals} decimals.`, {
      hint: "Ballast never rounds an input: give it with fewer decimals.",
    });
  }
  const magnitude = BigInt(whole + fraction.padEnd(decimals, "0"));
  return sign === "-" ? -magnitude : magnitude;
}

/** The inverse of {@link parseDecimal}, without trailing zeros: `formatDecimal(1500000n, 6) === "1.5"`. */
export function formatDecimal(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
