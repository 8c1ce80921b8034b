import { BallastError } from "../../errors.ts";
import { type Field, parseField } from "../../math/field.ts";
import { parsePortfolio } from "../../portfolio/format.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** A case's number. @throws {BallastError} INVALID_INPUT. */
export function parseCase(text: string): bigint {
  if (isCase(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", "A case is named by its number.", {
    hint: "`ballast watch --once` lists the open ones.",
  });
}

/** Whether a text names a case, where an account may stand too. */
export function isCase(text: string): boolean {
  return /^[1-9][0-9]{0,18}$/.test(text);
}

/** A field element. @throws {BallastError} INVALID_INPUT, OUT_OF_RANGE. */
export function parseFieldOption(text: string, option: string): Field {
  try {
    return parseField(text, option);
  } catch (cause) {
    if (!(cause instanceof BallastError)) throw cause;
    throw new BallastError(cause.code, `${option} takes a field element: decimal, or 0x and hex digits.`, {
      hint: "It must be below the order of the BN254 scalar field.",
    });
  }
}

/** Lots, signed. @throws {BallastError} INVALID_INPUT. */
export function parseSignedLots(text: string, option: string): bigint {
  if (/^(0|-?[1-9][0-9]{0,13})$/.test(text)) return BigInt(text);
  throw new BallastError("INVALID_INPUT", `${option} takes a whole number of lots.`, {
    hint: "Write digits and nothing else, e.g. 250000.",
  });
}

/** Lots that can't be negative. @throws {BallastError} INVALID_INPUT. */
export function parsePositiveLots(text: string, option: string): bigint {
  const lots = parseSignedLots(text, option);
  if (lots >= 0n) return lots;
  throw new BallastError("INVALID_INPUT", `${option} can't be negative.`, { hint: "Give 0 lots or more." });
}

/**
 * Legs, `BTC-27MAR26-60000-P=-2` each, in the instrument's own unit: what the account gives away; negative ones it gets.
 * @throws {BallastError} INVALID_INPUT; as `parsePortfolio`.
 */
export function legsOf(texts: readonly string[], snapshot: Snapshot): readonly Holding[] {
  const positions = texts.map((text) => {
    const [, instrument, quantity] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
    if (instrument !== undefined && quantity !== undefined) return { instrument, quantity };
    throw new BallastError("INVALID_INPUT", "A leg is an instrument and how much of it.", {
      hint: "For example BTC-27MAR26-60000-P=-2: the account hands a short of 2 over.",
    });
  });
  return parsePortfolio({ account: "legs", positions }, snapshot).positions;
}
