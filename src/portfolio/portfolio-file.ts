import { readJsonFile } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { parsePortfolio } from "./format.ts";
import type { Portfolio } from "./portfolio.ts";

/**
 * Reads a portfolio's file, as `parsePortfolio` does its JSON.
 * @throws {BallastError} FILE_ERROR when it can't be read, INVALID_INPUT when it is no JSON; as `parsePortfolio`. Every error names the file.
 * @example
 * ```ts
 * import { loadPortfolio, loadSnapshot } from "ballast/node";
 * const { positions } = loadPortfolio("portfolio.json", loadSnapshot("snapshot.json"));
 * ```
 */
export function loadPortfolio(path: string, snapshot: Pick<Snapshot, "rows">): Portfolio {
  return inFile(path, () => parsePortfolio(readJsonFile(path, "portfolio"), snapshot));
}
