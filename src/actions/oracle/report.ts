import type { Address } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { guarded } from "../../chain/guarded.ts";
import { type Liquidity, type OracleReading, readingsOf } from "../../chain/oracle/readings.ts";
import { readSymbols, reportRound } from "../../chain/oracle/rounds.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { marketOf } from "../../risk/snapshot-inputs.ts";
import { type Progress, SILENT } from "../progress.ts";

/**
 * Reports a snapshot's market to the volatility oracle, as one of its feeders.
 * @param round for this round only. Default: the one that is next.
 * @throws {BallastError} as `readingsOf` and `reportRound`.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { reportMarket } from "ballast/actions";
 * import type { ChainClient } from "ballast/chain";
 * declare const client: ChainClient;
 * declare const market: Snapshot;
 * const liquidity = { BTC: { depth: 5_000_000_000_000n, volume: 12_000_000_000_000_000n } };
 * const oracle = "0x00000000000000000000000000000000000000c1";
 * const { round } = await reportMarket(client, oracle, market, liquidity, undefined);
 * ```
 */
export async function reportMarket(
  client: ChainClient,
  oracle: Address,
  snapshot: Snapshot,
  liquidity: Liquidity,
  round: number | undefined,
  progress: Progress = SILENT,
) {
  const { chain } = marketOf(snapshot.inputs);
  const symbols = await guarded("reading the oracle's underlyings", () => readSymbols(client, oracle));
  const asked = chain.underlyings.filter(({ symbol }) => symbols.includes(symbol));
  const readings: readonly OracleReading[] = readingsOf({ ...chain, underlyings: asked }, liquidity);
  const done = await progress.step("reporting", () => reportRound(client, oracle, readings, round));
  return { readings, ...done };
}
