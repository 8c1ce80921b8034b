import { type LotLookup, lotLookup, parseLots, readLots } from "../market/lots.ts";
import { readJsonFile } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { option } from "./input.ts";

/** Lots that the user says; {@link lotsOf} makes one lookup of both. */
export const lotFlags = {
  lots: option(
    "--lots <asset=size,...>",
    "lots of assets that Ballast has none for, e.g. SOL=0.1,XRP=10",
    (text) => parseLots(text),
  ),
  lotsFile: option("--lots-file <file>", "lots by asset and kind (ballast.lots/1); --lots goes before it"),
};

type OneList = ReturnType<typeof parseLots>;

/** @throws {BallastError} FILE_ERROR, and as `readLots`. */
export function lotsOf(given: {
  readonly lots?: OneList;
  readonly lotsFile?: string;
}): LotLookup | undefined {
  const { lots, lotsFile } = given;
  const lists = [
    ...(lots === undefined ? [] : [lots]),
    ...(lotsFile === undefined
      ? []
      : [inFile(lotsFile, () => readLots(readJsonFile(lotsFile, "file of lots")))]),
  ];
  return lists.length === 0 ? undefined : lotLookup(...lists);
}
