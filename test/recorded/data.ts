import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CHAINS = "deribit-chains";
const PERPETUALS = `${CHAINS}/perpetual_futures_prices.csv.gz`;
const chainAt = (stamp: string): string => `${CHAINS}/deribit_options_snapshot_${stamp}Z.csv.gz`;

export const RECORDED = {
  chains: CHAINS,
  perpetuals: PERPETUALS,
  calm: chainAt("20260129T042227"),
  dayBefore: chainAt("20260204T213308"),
  crash: chainAt("20260205T212937"),
} as const;

/** What each suite of this folder reads of the recorded data. A suite runs when all of it is there. */
export const SUITES: Readonly<Record<string, readonly string[]>> = {
  "backtest.recorded.test.ts": [RECORDED.dayBefore, RECORDED.crash, RECORDED.perpetuals],
  "chains.recorded.test.ts": [RECORDED.crash, RECORDED.perpetuals],
  "demo.recorded.test.ts": [RECORDED.dayBefore, RECORDED.crash],
  "expiry.recorded.test.ts": [RECORDED.crash, RECORDED.perpetuals],
  "plan.recorded.test.ts": [RECORDED.dayBefore, RECORDED.crash],
  "sample-venue.recorded.test.ts": [RECORDED.calm, RECORDED.crash, RECORDED.perpetuals],
};

/**
 * Where recorded market data lies: `BALLAST_RECORDED_DATA`, or `../shared/data` beside the repository. It is not part of the
 * project, because its licences don't allow it.
 */
export function recordedFolder(): string {
  const { BALLAST_RECORDED_DATA: folder } = process.env;
  return resolve(ROOT, folder === undefined || folder === "" ? "../shared/data" : folder);
}

/** What of a suite's data is not there. */
export function missingOf(suite: string): string[] {
  return (SUITES[suite] ?? []).filter((path) => !existsSync(join(recordedFolder(), path)));
}

/** Path of a recorded file or folder, for suites of this folder alone: the others run anywhere. Throws where it is absent. */
export function recordedData(path: string): string {
  const full = join(recordedFolder(), path);
  if (existsSync(full)) return full;
  throw new Error(
    `Recorded market data is missing: ${full}. Run these suites with \`npm run test:recorded\`.`,
  );
}
