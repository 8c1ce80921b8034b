import { existsSync } from "node:fs";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { type Field, formatField, parseField } from "../math/field.ts";
import { readJsonFile, writeFileAtomic, writeNewFile } from "../node/files.ts";
import { type Commitment, randomSalt } from "./commitment.ts";

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
interface OpeningFile {
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
 * The opening for a portfolio: the file's newest, where that is the same portfolio's, else one with a fresh salt, which
 * is added to the file. A salt never serves two portfolios, and one that the account left and came back to is another:
 * who sees the commitments can't tell that it came back. The file is readable by its owner only, and loses nothing: a
 * lost salt is a commitment nobody can open. Two processes that write it take turns by a lock of their own.
 *
 * @param commitmentOf the portfolio's commitment under a salt.
 * @param beforeWriting throws where the caller has lost its lock on the file.
 * @throws {BallastError} FILE_ERROR when the file can't be read or written, INVALID_INPUT when it is none or another
 *   account's.
 */
export function openingFor(
  path: string,
  accountId: Field,
  commitmentOf: (salt: Field) => Commitment,
  beforeWriting: () => void = () => {},
): Opening {
  const known = existsSync(path) ? load(path) : undefined;
  if (known !== undefined && known.accountId !== accountId) {
    throw new BallastError("INVALID_INPUT", `The opening ${path} belongs to another account.`, {
      hint: "Keep one opening file for each account.",
    });
  }
  const newest = known?.entries.at(-1);
  if (newest !== undefined && newest.commitment === commitmentOf(newest.salt)) {
    return { accountId, salt: newest.salt };
  }
  const salt = randomSalt();
  const text = encode({
    accountId,
    entries: [...(known?.entries ?? []), { commitment: commitmentOf(salt), salt }],
  });
  beforeWriting();
  if (known === undefined) writeNewFile(path, text, 0o600);
  else writeFileAtomic(path, text, 0o600);
  return { accountId, salt };
}

/**
 * Reads an opening from a file.
 * @param commitment which one it must open; without it, or where no opening is known to be of it, the newest.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT.
 */
export function loadOpening(path: string, commitment?: Field): Opening {
  const { accountId, entries } = load(path);
  const found =
    entries.findLast((entry) => entry.commitment === commitment) ??
    entries.find((entry) => commitment !== undefined && entry.commitment === null) ??
    entries.at(-1);
  if (found === undefined) throw new BallastError("INTERNAL", "An opening file has an opening.");
  return { accountId, salt: found.salt };
}

function load(path: string): OpeningFile {
  const json = readJsonFile(path, "opening");
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
    throw new BallastError("INVALID_INPUT", `The file ${path} is not an opening of a commitment.`, {
      hint: "Was it cut off? Restore it from a backup: it can't be made again.",
    });
  }
}

function encode({ accountId, entries }: OpeningFile): string {
  const openings = entries.map(({ commitment, salt }) => ({
    commitment: commitment === null ? null : formatField(commitment),
    salt: formatField(salt),
  }));
  return `${JSON.stringify({ format: FORMAT, accountId: formatField(accountId), openings }, null, 2)}\n`;
}
