import { BallastError } from "../errors.ts";
import { tryJson } from "../json.ts";
import { parseField } from "../math/field.ts";
import { type LineFormat, lineError, lineName, readFileLines } from "../portfolio/lines-file.ts";
import type { Account } from "../portfolio/merkle.ts";

const MAX_LINE = 4096;

/**
 * Streams accounts from JSON Lines, one `{"accountId": "0x…", "commitment": "0x…"}` a line. Memory doesn't grow with the file.
 *
 * @throws {BallastError} FILE_ERROR when it can't be read; INVALID_INPUT with the number of the first line that
 * isn't an account.
 */
export async function* readAccounts(path: string): AsyncGenerator<Account> {
  const format: LineFormat = {
    name: path,
    content: "an account",
    maxBytes: MAX_LINE,
    code: "INVALID_INPUT",
    hint: 'A line looks like {"accountId": "0x…", "commitment": "0x…"}.',
  };
  let number = 0;
  for await (const lines of readFileLines(path, format)) {
    for (const line of lines) yield parseAccount(line, ++number, format);
  }
}

function parseAccount(line: string, number: number, format: LineFormat): Account {
  const json = tryJson(line);
  if (!("value" in json)) throw lineError(format, number, `${json.problem}.`);
  const { accountId, commitment, ...others } = (json.value ?? {}) as Record<string, unknown>;
  if (typeof accountId !== "string" || typeof commitment !== "string" || Object.keys(others).length > 0) {
    throw lineError(format, number, "is not an account.");
  }
  try {
    return {
      accountId: parseField(accountId, "account id"),
      commitment: parseField(commitment, "commitment"),
    };
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    throw new BallastError(error.code, `${lineName(format, number)}: ${error.shortMessage}`, {
      hint: format.hint,
      details: { line: number },
    });
  }
}
