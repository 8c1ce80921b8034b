import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { keccak256, toHex } from "viem";
import { BallastError } from "../../errors.ts";
import { parseDecimal } from "../../math/decimal.ts";
import { readJsonFile } from "../../node/files.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";

/** Names, sizes and times of what portfolios are read from: cheap for gigabytes, and changed by any edit. */
export function fingerprint(source: string): string {
  if (source === "-") return "-";
  const entry = (path: string, name: string): string => {
    const { size, mtimeMs } = statSync(path);
    return `${name} ${size} ${mtimeMs}`;
  };
  try {
    const lines = statSync(source).isDirectory()
      ? readdirSync(source)
          .filter((name) => name.endsWith(".json") || name.endsWith(".jsonl"))
          .sort()
          .map((name) => entry(join(source, name), name))
      : [entry(source, "")];
    return keccak256(toHex(lines.join("\n")));
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The portfolios ${source} can't be read.`, {
      hint: "Check the path.",
      cause,
    });
  }
}

/** What a venue holds, in whole lots rounded down. @throws {BallastError} FILE_ERROR, INVALID_INPUT. */
export function loadReserves(path: string, snapshot: Snapshot): Holding[] {
  const json = readJsonFile(path, "reserves");
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw malformed(path);
  return Object.entries(json).map(([name, amount]: [string, unknown]) => {
    const row = snapshot.rows.find(({ instrument }) => instrument.name === name);
    if (typeof amount !== "string" || row?.instrument.kind !== "collateral") throw malformed(path, name);
    // Less than a lot is no reserve of a lot.
    return {
      instrumentId: row.instrumentId,
      quantity: parseDecimal(amount, 18, name) / row.instrument.lotSize,
    };
  });
}

function malformed(path: string, name?: string): BallastError {
  const what = name === undefined ? "" : ` at ${name}`;
  return new BallastError("INVALID_INPUT", `The reserves ${path} are not of the expected form${what}.`, {
    hint: 'They look like {"USDC": "1250000.5", "BTC": "12"}, with collateral assets of the snapshot.',
  });
}
