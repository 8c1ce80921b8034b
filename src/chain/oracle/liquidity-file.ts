import { readJsonFile } from "../../node/files.ts";
import { inFile } from "../../node/in-file.ts";
import { type Liquidity, parseLiquidity } from "./readings.ts";

/**
 * Reads a file of the form `ballast.liquidity/1`.
 * @throws {BallastError} FILE_ERROR; as `parseLiquidity`, naming the file.
 */
export function loadLiquidity(path: string): Liquidity {
  return inFile(path, () => parseLiquidity(readJsonFile(path, "liquidity")));
}
