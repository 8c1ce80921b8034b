import * as z from "zod";
import { BallastError } from "../errors.ts";
import { type Field, formatField, parseField } from "../math/field.ts";

/** What opens a commitment besides the portfolio. Secret: with it anyone can test guesses of the positions. */
export interface Opening {
  readonly accountId: Field;
  readonly salt: Field;
}

/** One commitment of the account; null in a file of the first format, which did not say. */
interface Entry {
  readonly commitment: Field | null;
  readonly salt: Field;
}

/** An account's openings, the oldest first. */
export interface Openings {
  readonly accountId: Field;
  readonly entries: readonly Entry[];
}

const FORMAT = "ballast.opening/2";
const firstFormat = z.strictObject({
  format: z.literal("ballast.opening/1"),
  accountId: z.string(),
  salt: z.string(),
});
export const openingFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  accountId: z.string(),
  openings: z.array(z.strictObject({ commitment: z.string().nullable(), salt: z.string() })).min(1),
});

/**
 * Reads an opening file's JSON, of this format or the first.
 * @throws {BallastError} INVALID_INPUT; nothing of it is quoted.
 */
export function parseOpenings(json: unknown): Openings {
  try {
    const first = firstFormat.safeParse(json);
    const { accountId, openings } = first.success
      ? { accountId: first.data.accountId, openings: [{ commitment: null, salt: first.data.salt }] }
      : openingFileSchema.parse(json);
    return {
      accountId: parseField(accountId, "account id"),
      entries: openings.map(({ commitment, salt }) => ({
        commitment: commitment === null ? null : parseField(commitment, "commitment"),
        salt: parseField(salt, "salt"),
      })),
    };
  } catch {
    // No cause: a parser's message may quote the salt.
    throw new BallastError("INVALID_INPUT", "This is not an opening of a commitment.", {
      hint: "Was it cut off? Restore it from a backup: it can't be made again.",
    });
  }
}

/** The text of an opening file. */
export function encodeOpenings({ accountId, entries }: Openings): string {
  const openings = entries.map(({ commitment, salt }) => ({
    commitment: commitment === null ? null : formatField(commitment),
    salt: formatField(salt),
  }));
  return `${JSON.stringify({ format: FORMAT, accountId: formatField(accountId), openings }, null, 2)}\n`;
}
