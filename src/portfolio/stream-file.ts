import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { BallastError } from "../errors.ts";
import { tryJson } from "../json.ts";
import type { Field } from "../math/field.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { decodeText } from "../text.ts";
import { type SaltedPortfolio, saltedPortfolioParser } from "./format.ts";
import { type LineFormat, lineName, readFileLines, readLines } from "./lines-file.ts";
import type { Portfolio } from "./portfolio.ts";

/** One account as a venue's files give it. */
export interface VenueAccount {
  readonly portfolio: Portfolio;
  /** The opening's salt where the file has one. Secret. */
  readonly salt: Field | undefined;
  /** Where it stands, to begin an error's message with: `Line 17 of venue.jsonl`, or a file's path. */
  readonly where: string;
}

export interface ReadPortfoliosOptions {
  /** What `-` reads. Default: the process's standard input. */
  readonly input?: AsyncIterable<Buffer | string>;
}

/** A portfolio's text may have at most so many bytes: about 80 for each of 100,000 positions. */
export const MAX_PORTFOLIO_BYTES = 8 << 20;

const LINE_HINT =
  'A line is one portfolio: {"account": "…", "positions": […]}. One that takes several lines goes into a folder, as a *.json of its own.';

/**
 * Streams a venue's accounts, one portfolio at a time; memory doesn't grow with their number.
 * A portfolio is that of `parsePortfolio`, and may have `"salt": "0x…"` beside it.
 *
 * @param source a JSON Lines file, one portfolio a line; `-` for the same from standard input; or a folder, of which every
 * `*.json` is one portfolio and every `*.jsonl` has one a line, in code-unit order of their names. Other files in it, and folders
 * within, are passed over.
 * @throws {BallastError} FILE_ERROR when something can't be read, or a folder has no such file; INVALID_PORTFOLIO for what
 * is no portfolio, and the other codes of `parsePortfolio`. Messages begin with file and line (`details.file`, `details.line`), and
 * quote nothing but names of instruments.
 */
export async function* readPortfolios(
  source: string,
  snapshot: Pick<Snapshot, "rows">,
  options: ReadPortfoliosOptions = {},
): AsyncGenerator<VenueAccount> {
  const parse = saltedPortfolioParser(snapshot);
  if (source === "-") {
    const format = portfolioLines("standard input");
    yield* fromLines(readLines(options.input ?? process.stdin, format), format, parse);
    return;
  }
  if (!(await isFolder(source))) {
    yield* fromLineFile(source, parse);
    return;
  }
  for (const name of await portfolioFiles(source)) {
    const path = join(source, name);
    if (name.endsWith(".jsonl")) yield* fromLineFile(path, parse);
    else yield { ...located(path, { file: path }, await readPortfolioText(path), parse), where: path };
  }
}

type Parse = (value: unknown) => SaltedPortfolio;

/** The lines of a source that are a portfolio each. */
export function portfolioLines(name: string): LineFormat {
  return {
    name,
    content: "a portfolio",
    maxBytes: MAX_PORTFOLIO_BYTES,
    code: "INVALID_PORTFOLIO",
    hint: LINE_HINT,
  };
}

async function* fromLineFile(path: string, parse: Parse): AsyncGenerator<VenueAccount> {
  const format = portfolioLines(path);
  yield* fromLines(readFileLines(path, format), format, parse);
}

async function* fromLines(
  blocks: AsyncIterable<string[]>,
  format: LineFormat,
  parse: Parse,
): AsyncGenerator<VenueAccount> {
  let line = 0;
  for await (const lines of blocks) {
    for (const text of lines) {
      line++;
      const where = lineName(format, line);
      yield { ...located(where, { file: format.name, line }, text, parse), where };
    }
  }
}

/** What a text of JSON stands for; errors begin with where it stands, and keep no cause: a parser's message quotes the text. */
export function located<Value>(
  where: string,
  place: Readonly<Record<string, string | number>>,
  text: string,
  parse: (value: unknown) => Value,
): Value {
  if (text.trim() === "") throw noPortfolio(`${where} is empty.`, place);
  const json = tryJson(text);
  if (!("value" in json)) throw noPortfolio(`${where} ${json.problem}.`, place);
  try {
    return parse(json.value);
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    const { code, shortMessage, hint, inputs, details } = error;
    throw new BallastError(code, `${where}: ${shortMessage}`, {
      ...(hint === undefined ? {} : { hint }),
      inputs,
      details: { ...details, ...place },
    });
  }
}

function noPortfolio(message: string, place: Readonly<Record<string, string | number>>): BallastError {
  const hint = "line" in place ? LINE_HINT : "Each *.json of the folder is one portfolio.";
  return new BallastError("INVALID_PORTFOLIO", message, { hint, details: place });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function portfolioFiles(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw unreadable(folder, cause);
  }
  const files = names.filter((name) => /\.jsonl?$/.test(name)).sort();
  if (files.length > 0) return files;
  throw new BallastError("FILE_ERROR", `The folder ${folder} has no *.json and no *.jsonl.`, {
    hint: "Give the folder of the venue's portfolios, or a JSON Lines file.",
  });
}

/** @throws {BallastError} FILE_ERROR; INVALID_PORTFOLIO for a text that is too long for one, or isn't UTF-8. */
export async function readPortfolioText(path: string): Promise<string> {
  let bytes: Buffer | undefined;
  try {
    const file = await open(path);
    try {
      if ((await file.stat()).size <= MAX_PORTFOLIO_BYTES) bytes = await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (bytes === undefined) throw noPortfolio(`${path} is too long for a portfolio.`, { file: path });
  const decoded = decodeText(bytes);
  if ("text" in decoded) return decoded.text;
  throw noPortfolio(`${path} ${decoded.problem}.`, { file: path });
}

function unreadable(path: string, cause: unknown): BallastError {
  return new BallastError("FILE_ERROR", `Cannot read ${path}.`, { hint: "Check the path.", cause });
}
