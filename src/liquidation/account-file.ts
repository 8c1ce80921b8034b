import { BallastError } from "../errors.ts";
import { type Field, formatField, parseField } from "../math/field.ts";
import { readJsonFile, writeNewFile } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { randomSalt } from "../portfolio/commitment.ts";
import { portfolioFormatter, portfolioParser } from "../portfolio/format.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { OpenAccount } from "./account.ts";

/** What knows instruments by their names. */
type Names = Pick<Snapshot, "rows">;

/** An account's file: a portfolio with the salt beside it, so that it opens the ledger's commitment. Secret. */
export interface AccountFile {
  /** As the file names it: a field element in hex, or any other text. */
  readonly name: string;
  readonly account: OpenAccount;
}

const HINT =
  'It looks like {"account": "...", "salt": "0x...", "positions": [{"instrument": "USDC", "quantity": "250000"}]}.';

/**
 * Reads an account's file.
 * @param snapshot names its instruments.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT, INVALID_PORTFOLIO also without a salt; as `parsePortfolio`. Nothing of the file
 *   but names of instruments is quoted.
 * @example
 * ```ts
 * import { loadAccount, loadSnapshot } from "ballast/node";
 * const { account } = loadAccount("desk.json", loadSnapshot("snapshot.json"));
 * ```
 */
export function loadAccount(path: string, snapshot: Names): AccountFile {
  const { name, account } = readAccountFile(path, snapshot);
  if (account.salt !== undefined) return { name, account: { ...account, salt: account.salt } };
  throw new BallastError("INVALID_PORTFOLIO", `The account ${path} has no salt: it opens no commitment.`, {
    hint: "Give the file that was written when the account was registered or last changed.",
  });
}

/**
 * Reads an account's file, or a portfolio that has no salt yet: then with a fresh one.
 * @returns also whether the salt is fresh: save it before its commitment is used.
 * @throws {BallastError} as {@link loadAccount}.
 */
export function loadOrSaltAccount(path: string, snapshot: Names): AccountFile & { readonly fresh: boolean } {
  const { name, account } = readAccountFile(path, snapshot);
  const { salt } = account;
  return { name, account: { ...account, salt: salt ?? randomSalt() }, fresh: salt === undefined };
}

/**
 * Writes an account's file, readable by its owner only; a file that exists is never overwritten: it may be all that opens
 * another commitment.
 * @throws {BallastError} FILE_ERROR, UNKNOWN_INSTRUMENT for a position that the snapshot has no row for.
 * @example
 * ```ts
 * import { loadAccount, loadSnapshot, saveAccount } from "ballast/node";
 * const snapshot = loadSnapshot("snapshot.json");
 * saveAccount("copy.json", loadAccount("desk.json", snapshot), snapshot);
 * ```
 */
export function saveAccount(path: string, { name, account }: AccountFile, snapshot: Names): void {
  const { positions } = portfolioFormatter(snapshot)({ account: name, positions: account.positions });
  const json = { account: name, salt: formatField(account.salt), positions };
  writeNewFile(path, `${JSON.stringify(json, null, 2)}\n`, 0o600);
}

/**
 * Reads the portfolio of an account's file, or of a portfolio's own: where no commitment is opened, the salt doesn't matter.
 * @throws {BallastError} as `loadPortfolio`; INVALID_PORTFOLIO for a malformed salt.
 */
export function loadPositions(path: string, snapshot: Names): Portfolio {
  const { name, account } = readAccountFile(path, snapshot, "portfolio");
  const { accountId, positions } = account;
  return { account: name, accountId, positions };
}

function readAccountFile(path: string, snapshot: Names, what = "account") {
  const json = readJsonFile(path, what);
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  const { salt: text, ...rest } = (isObject ? json : {}) as Readonly<Record<string, unknown>>;
  const {
    account: name,
    accountId,
    positions,
  } = inFile(path, () => portfolioParser(snapshot)(isObject ? rest : json));
  const salt = text === undefined ? undefined : saltOf(path, text);
  return { name, account: { accountId, positions, salt } };
}

function saltOf(path: string, text: unknown): Field {
  try {
    return parseField(typeof text === "string" ? text : "", "salt");
  } catch {
    // No cause: the message would be about the salt's digits.
    throw new BallastError("INVALID_PORTFOLIO", `The salt in ${path} is no field element.`, { hint: HINT });
  }
}
