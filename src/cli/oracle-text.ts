import type { OracleState, OracleVolatility } from "../chain/oracle/read.ts";
import type { OracleReading } from "../chain/oracle/readings.ts";
import { timeText, usd } from "../display.ts";
import { formatDecimal } from "../math/decimal.ts";
import { table } from "./format.ts";

/** An oracle: its last round, what it says of each underlying, and its feeders. */
export function oracleText(
  state: OracleState,
  { round, time, fresh, underlyings }: OracleVolatility,
): string {
  const { oracle: address, feeders, nextRound, slashed } = state;
  const last =
    round === 0 ? "no round was final yet" : `round ${round} of ${timeText(time)}${fresh ? "" : ": STALE"}`;
  return [
    `volatility oracle ${address}: ${last}`,
    ...(underlyings.length === 0
      ? []
      : [
          table(
            ["underlying", "price", "implied", "realised", "by depth", "synthetic"],
            underlyings.map(({ symbol, price, implied, realised, depthImplied, synthetic }) => [
              symbol,
              dollars(price),
              ...[implied, realised, depthImplied, synthetic].map(percent),
            ]),
            [1, 2, 3, 4, 5],
          ),
        ]),
    table(
      ["feeder", "bond", "active", "last round", "leaves"],
      feeders.map(({ address: feeder, bond: staked, active, lastRound, exitAt }) => [
        feeder,
        String(staked),
        active ? "yes" : "no",
        String(lastRound),
        exitAt === 0n ? "" : timeText(exitAt),
      ]),
      [1, 3],
    ),
    `reports go to round ${nextRound}; ${slashed} token units wait for their recipient`,
  ].join("\n");
}

/** What was reported, or the medians of it. */
export function readingTable(readings: readonly OracleReading[]): string {
  return table(
    ["underlying", "price", "implied", "depth", "volume"],
    readings.map(({ symbol, price, impliedVol, depth, volume }) => [
      symbol,
      dollars(price),
      percent(impliedVol),
      dollars(depth),
      dollars(volume),
    ]),
    [1, 2, 3, 4],
  );
}

/** Micro-USD for reading. */
const dollars = (micros: bigint) => usd(formatDecimal(micros, 6), 2);
/** Ppm a year for reading. */
const percent = (ppm: bigint) => `${formatDecimal(ppm, 4)} %`;
