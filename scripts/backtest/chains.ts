import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BallastError } from "../../src/errors.ts";
import type { MarketChain } from "../../src/market/chain.ts";
import { loadChain } from "../../src/market/chain-file.ts";

const CHAIN_FILE = /^deribit_options_snapshot_([0-9]{8}T[0-9]{6})Z\.csv\.gz$/;
const PERPETUALS = "perpetual_futures_prices.csv.gz";

/**
 * Loads the recorded chains of a folder, oldest first.
 * @throws {BallastError} FILE_ERROR when there is no such folder.
 * @param accept by the time in the file's name, e.g. `20260205T212937`; loads all when left out.
 */
export function loadChains(folder: string, accept: (stamp: string) => boolean = () => true): MarketChain[] {
  if (!existsSync(folder)) {
    throw new BallastError("FILE_ERROR", `There is no folder of recorded chains at ${folder}.`, {
      hint: "Give one with --data; the recorded market data is not part of the project.",
    });
  }
  return readdirSync(folder)
    .filter((name) => accept(CHAIN_FILE.exec(name)?.[1] ?? "") && CHAIN_FILE.test(name))
    .sort()
    .map((name) =>
      loadChain(join(folder, name), { perpetuals: join(folder, PERPETUALS), onBadQuote: "exclude" }),
    );
}

/** A day that ends in the crash of 2026-02-05 or its aftermath: the pair starts on 4 or 5 February. */
export function isCrashStart(time: bigint): boolean {
  const day = new Date(Number(time)).toISOString().slice(0, 10);
  return day === "2026-02-04" || day === "2026-02-05";
}
