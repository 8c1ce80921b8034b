import { createReadStream } from "node:fs";
import { BallastError } from "../../errors.ts";
import { parseField } from "../../math/field.ts";
import type { Account } from "./merkle.ts";

const MAX_LINE = 4096;
const NEWLINE = 0x0a;

/**
 * Streams accounts from JSON Lines, one `{"accountId": "0x…", "commitment": "0x…"}` a line. Memory doesn't grow with the file.
 *
 * @throws {BallastError} FILE_ERROR when it can't be read; INVALID_INPUT with the number of the first line that
 * isn't an account.
 */
export async function* readAccounts(path: string): AsyncGenerator<Account> {
  let number = 0;
  for await (const lines of chunksOfLines(path)) {
    for (const line of lines) yield parseAccount(line, ++number, path);
  }
}

function parseAccount(line: string, number: number, path: string): Account {
  const where = `Line ${number} of ${path}`;
  const hint = 'A line looks like {"accountId": "0x…", "commitment": "0x…"}.';
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new BallastError("INVALID_INPUT", `${where} is not JSON.`, { hint, details: { line: number } });
  }
  const { accountId, commitment, ...others } = (json ?? {}) as Record<string, unknown>;
  if (typeof accountId !== "string" || typeof commitment !== "string" || Object.keys(others).length > 0) {
    throw new BallastError("INVALID_INPUT", `${where} is not an account.`, {
      hint,
      details: { line: number },
    });
  }
  try {
    return {
      accountId: parseField(accountId, "account id"),
      commitment: parseField(commitment, "commitment"),
    };
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    throw new BallastError(error.code, `${where}: ${error.shortMessage}`, {
      hint,
      details: { line: number },
    });
  }
}

/** The lines of each block that is read, without their ends. The last line need not end. */
async function* chunksOfLines(path: string): AsyncGenerator<string[]> {
  let rest = Buffer.alloc(0);
  let before = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const bytes = Buffer.concat([rest, chunk as Buffer]);
      const lines: string[] = [];
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        lines.push(bytes.toString("utf8", start, end));
        start = end + 1;
      }
      rest = bytes.subarray(start);
      before += lines.length;
      if (rest.length > MAX_LINE) {
        yield lines;
        throw new BallastError("INVALID_INPUT", `Line ${before + 1} of ${path} is too long for an account.`, {
          hint: "Write one account a line (JSON Lines).",
          details: { line: before + 1 },
        });
      }
      yield lines;
    }
  } catch (cause) {
    if (cause instanceof BallastError) throw cause;
    throw new BallastError("FILE_ERROR", `The accounts file ${path} can't be read.`, {
      hint: "Check the path.",
      cause,
    });
  }
  if (rest.length > 0) yield [rest.toString("utf8")];
}
