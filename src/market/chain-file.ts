import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { BallastError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { inFile } from "../node/in-file.ts";
import { decodeText } from "../text.ts";
import type { MarketChain } from "./chain.ts";
import type { ImportOptions } from "./importers/assemble.ts";
import { CHAIN_FORMAT, importBallastChain } from "./importers/ballast.ts";
import { importChainCsv } from "./importers/csv.ts";
import { hasColumn } from "./importers/csv-records.ts";
import { importBookSummary, isBookSummary } from "./importers/deribit.ts";

export interface LoadOptions extends ImportOptions {
  /** File with prices of the perpetuals; for CSV chains only. */
  readonly perpetuals?: string;
}

/** A file may have at most this many bytes, unpacked. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Loads a chain of any shape that Ballast knows: `ballast.chain/1`, answers of Deribit's
 * `get_book_summary_by_currency` (several files, say BTC and ETH, make one chain), or a chain CSV; each may be
 * compressed with gzip. The shape is seen from the content. The chain's source is the name of the file.
 *
 * @throws {BallastError} FILE_ERROR when a file can't be read or unpacked, INVALID_MARKET when it has none of
 * the shapes; and the importers' errors.
 * @example
 * ```ts
 * import { loadChain } from "ballast/node";
 * const chain = loadChain(["btc.json.gz", "eth.json.gz"]);
 * ```
 */
export function loadChain(path: string | readonly string[], options: LoadOptions = {}): MarketChain {
  const paths = typeof path === "string" ? [path] : path;
  return inFile(paths.join(", "), () => importFiles(paths, options));
}

function importFiles(paths: readonly string[], options: LoadOptions): MarketChain {
  const [first] = paths;
  if (first === undefined) throw new BallastError("INVALID_INPUT", "No chain file was given.");
  const { perpetuals, ...rest } = options;
  const texts = paths.map(readText);
  const isJson = texts.map((text) => /^\s*[[{]/.test(text));
  const source =
    options.source ??
    paths
      .map((file) => basename(file))
      .join(", ")
      .slice(0, 200);
  const imports = { ...rest, source };

  if (isJson.every((json) => json)) {
    if (perpetuals !== undefined) throw onlyFor("Prices of perpetuals go with a CSV chain only.");
    const answers = texts.map((text, i) =>
      parseJson(text, `market file ${paths[i] ?? first}`, {
        code: "INVALID_MARKET",
        hint: "It may be cut off.",
      }),
    );
    if (answers.length === 1 && isOwnFormat(answers[0])) return importBallastChain(answers[0], rest);
    if (answers.every(isBookSummary)) return importBookSummary(answers, imports);
    throw onlyFor("The JSON has none of the shapes that Ballast imports.");
  }
  const [text = ""] = texts;
  if (texts.length > 1) throw onlyFor("Several files make a chain only when all are book summaries.");
  if (!hasColumn(text, "instrument_name")) {
    throw onlyFor("The file is neither JSON nor a CSV with a column instrument_name.");
  }
  return importChainCsv(text, {
    ...imports,
    ...(perpetuals === undefined ? {} : { perpetuals: readText(perpetuals) }),
  });
}

function readText(path: string): string {
  const decoded = decodeText(unpacked(path));
  if ("text" in decoded) return decoded.text;
  throw new BallastError("FILE_ERROR", `The market file ${path} ${decoded.problem}.`, {
    hint: "Save it as UTF-8, or that in gzip.",
  });
}

function unpacked(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return packed ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `Cannot read the market file ${path}.`, {
      hint: "Check that it exists and is whole: text in UTF-8, or that in gzip.",
      cause,
    });
  }
}

function isOwnFormat(json: unknown): boolean {
  return typeof json === "object" && json !== null && "format" in json;
}

function onlyFor(message: string): BallastError {
  return new BallastError("INVALID_MARKET", message, {
    hint: `Known are ${CHAIN_FORMAT}, answers of get_book_summary_by_currency, and chain CSVs.`,
  });
}
