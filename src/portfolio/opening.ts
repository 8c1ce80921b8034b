import { existsSync } from "node:fs";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { readJsonFile, writeNewFile } from "../files.ts";
import { type Field, formatField, parseField } from "../math/field.ts";
import { randomSalt } from "./commitment.ts";

/** What opens a commitment besides the portfolio. Secret: with it anyone can test guesses of the positions. */
export interface Opening {
  readonly accountId: Field;
  readonly salt: Field;
}

const FORMAT = "ballast.opening/1";
const schema = z.strictObject({ format: z.literal(FORMAT), accountId: z.string(), salt: z.string() });

/**
 * Reads an account's opening, or makes one with a fresh salt when the file doesn't exist yet. The file is readable by
 * its owner only, and never overwritten: a lost salt is a commitment nobody can open.
 *
 * @throws {BallastError} FILE_ERROR when it can't be read or written, INVALID_INPUT when it is no opening or
 * another account's.
 */
export function loadOrCreateOpening(path: string, accountId: Field): Opening {
  if (!existsSync(path)) {
    const opening = { accountId, salt: randomSalt() };
    try {
      saveOpening(path, opening);
      return opening;
    } catch (error) {
      if (!existsSync(path)) throw error; // else another process made it at the same moment: it is the account's
    }
  }
  const opening = loadOpening(path);
  if (opening.accountId !== accountId) {
    throw new BallastError("INVALID_INPUT", `The opening ${path} belongs to another account.`, {
      hint: "Keep one opening file for each account.",
    });
  }
  return opening;
}

/** Reads an opening file. @throws {BallastError} FILE_ERROR, INVALID_INPUT. */
export function loadOpening(path: string): Opening {
  const json = readJsonFile(path, "opening");
  try {
    const { accountId, salt } = schema.parse(json);
    return { accountId: parseField(accountId, "account id"), salt: parseField(salt, "salt") };
  } catch {
    // No cause: a parser's message may quote the salt.
    throw new BallastError("INVALID_INPUT", `The file ${path} is not an opening of a commitment.`, {
      hint: "Was it cut off? Restore it from a backup: it can't be made again.",
    });
  }
}

function saveOpening(path: string, { accountId, salt }: Opening): void {
  const json = { format: FORMAT, accountId: formatField(accountId), salt: formatField(salt) };
  writeNewFile(path, `${JSON.stringify(json, null, 2)}\n`, 0o600);
}
