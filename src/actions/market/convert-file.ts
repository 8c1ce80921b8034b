import { basename } from "node:path";
import { BallastError } from "../../errors.ts";
import type { MarketChain } from "../../market/chain.ts";
import { loadChain } from "../../market/chain-file.ts";
import {
  type ChainSource,
  type ConvertOptions,
  chainOfRows,
  convertChain,
} from "../../market/convert/convert.ts";
import { collectTardis, kindOfFile, readAnswer } from "./answer-file.ts";

export interface ConvertFilesOptions extends Omit<ConvertOptions, "from" | "source"> {
  /** Default: seen from the content. */
  readonly from?: ChainSource;
  /** Of a Tardis file: the moment, Unix milliseconds. Default: its end. */
  readonly at?: bigint;
}

/**
 * One chain of a venue's answers, of a day of Tardis' or of a chain CSV, each possibly in gzip.
 * @param paths of one moment together.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT, INVALID_MARKET; as `convertChain` and `loadChain`.
 */
export async function convertChainFiles(
  paths: readonly string[],
  { from, at, ...rest }: ConvertFilesOptions,
): Promise<MarketChain> {
  const names = paths.map((path) => basename(path)).join(", ");
  const options: ConvertOptions = { ...rest, source: names.slice(0, 200) };
  const [first = ""] = paths;
  const kind = from === undefined ? await kindOfFile(first) : from === "tardis" ? "tardis" : "json";
  if (kind === "tardis") {
    if (paths.length > 1) throw onlyTardis("A Tardis file is converted by itself.");
    const collector = await collectTardis(first, at);
    return chainOfRows(collector.rows(options.lots, options.maxTimeSpread), options);
  }
  if (at !== undefined) throw onlyTardis("A moment within it is chosen of a Tardis file alone.");
  if (kind === "csv") return loadChain(paths, options);
  const answers = paths.map((path) => readAnswer(path));
  return convertChain(answers, from === undefined || from === "tardis" ? options : { ...options, from });
}

function onlyTardis(message: string): BallastError {
  return new BallastError("INVALID_INPUT", message, {
    hint: "Tardis' options_chain holds all symbols of a day: choose the moment.",
    inputs: ["market.at"],
  });
}
