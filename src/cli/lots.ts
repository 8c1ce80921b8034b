import type { Command } from "commander";
import { type LotLookup, lotLookup, parseLots, readLots } from "../market/lots.ts";
import { readJsonFile } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";

/** `--lots` and `--lots-file`. */
export interface LotOptions extends Record<string, unknown> {
  readonly lots?: string;
  readonly lotsFile?: string;
}

/** Adds `--lots` and `--lots-file`, which {@link lotsOf} reads. */
export function addLotOptions(command: Command): Command {
  return command
    .option("--lots <asset=size,...>", "lots of assets that Ballast has none for, e.g. SOL=0.1,XRP=10")
    .option("--lots-file <file>", "lots by asset and kind (ballast.lots/1); --lots goes before it");
}

/** @throws {BallastError} FILE_ERROR, and as `parseLots` and `readLots`. */
export function lotsOf({ lots, lotsFile }: LotOptions): LotLookup | undefined {
  const lists = [
    ...(lots === undefined ? [] : [parseLots(lots)]),
    ...(lotsFile === undefined
      ? []
      : [inFile(lotsFile, () => readLots(readJsonFile(lotsFile, "file of lots")))]),
  ];
  return lists.length === 0 ? undefined : lotLookup(...lists);
}
