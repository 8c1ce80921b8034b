import { existsSync } from "node:fs";
import { BallastError } from "../errors.ts";
import type { Field } from "../math/field.ts";
import { readJsonFile, writeFileAtomic, writeNewFile } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { type Commitment, randomSalt } from "./commitment.ts";
import { encodeOpenings, type Opening, type Openings, parseOpenings } from "./opening.ts";

/** An opening, and how it came to be: made for the account's first portfolio or for another one, or found in the file. */
export interface FoundOpening extends Opening {
  readonly origin: "first" | "another" | "found";
}

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
 * @example
 * ```ts
 * import { commit, slotsOf } from "ballast";
 * import { loadPortfolio, loadSnapshot, openingFor } from "ballast/node";
 * const { accountId, positions } = loadPortfolio("portfolio.json", loadSnapshot("snapshot.json"));
 * const slots = slotsOf(positions, 64);
 * const { salt } = openingFor("opening.json", accountId, (fresh) => commit(accountId, fresh, slots));
 * ```
 */
export function openingFor(
  path: string,
  accountId: Field,
  commitmentOf: (salt: Field) => Commitment,
  beforeWriting: () => void = () => {},
): FoundOpening {
  const known = existsSync(path) ? read(path) : undefined;
  if (known !== undefined && known.accountId !== accountId) {
    throw new BallastError("INVALID_INPUT", `The opening ${path} belongs to another account.`, {
      hint: "Keep one opening file for each account.",
    });
  }
  const newest = known?.entries.at(-1);
  if (newest !== undefined && newest.commitment === commitmentOf(newest.salt)) {
    return { accountId, salt: newest.salt, origin: "found" };
  }
  const salt = randomSalt();
  const text = encodeOpenings({
    accountId,
    entries: [...(known?.entries ?? []), { commitment: commitmentOf(salt), salt }],
  });
  beforeWriting();
  if (known === undefined) writeNewFile(path, text, 0o600);
  else writeFileAtomic(path, text, 0o600);
  return { accountId, salt, origin: known === undefined ? "first" : "another" };
}

/**
 * Reads an opening from a file.
 * @param commitment which one it must open; without it, or where no opening is known to be of it, the newest.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT.
 * @example
 * ```ts
 * import { loadOpening } from "ballast/node";
 * const { accountId, salt } = loadOpening("opening.json");
 * ```
 */
export function loadOpening(path: string, commitment?: Field): Opening {
  const { accountId, entries } = read(path);
  const found =
    entries.findLast((entry) => entry.commitment === commitment) ??
    entries.find((entry) => commitment !== undefined && entry.commitment === null) ??
    entries.at(-1);
  if (found === undefined) throw new BallastError("INTERNAL", "An opening file has an opening.");
  return { accountId, salt: found.salt };
}

function read(path: string): Openings {
  return inFile(path, () => parseOpenings(readJsonFile(path, "opening")));
}
