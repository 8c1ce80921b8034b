import type { Address } from "viem";
import type { ChainClient } from "../../chain/client.ts";
import { type OracleReading, readingsOf } from "../../chain/oracle/readings.ts";
import { finalizeRound, reportRound } from "../../chain/oracle/rounds.ts";
import { BallastError } from "../../errors.ts";
import type { MarketChain } from "../../market/chain.ts";
import { LIQUIDITY } from "./parameters.ts";

const MILLION = 1_000_000n;

/** A market's prices and at-the-money volatilities, with the liquidity that the demo assumes. */
export function marketReadings(chain: MarketChain): OracleReading[] {
  return readingsOf(chain, Object.fromEntries(chain.underlyings.map(({ symbol }) => [symbol, LIQUIDITY])));
}

/** The same market, moved by so many ppm. */
export function moved(readings: readonly OracleReading[], ppm: bigint): OracleReading[] {
  return readings.map((reading) => ({ ...reading, price: (reading.price * (MILLION + ppm)) / MILLION }));
}

/** All feeders report the same market, and the round is final. @throws {BallastError} CHAIN_ERROR when it is void. */
export async function feed(
  feeders: readonly ChainClient[],
  oracle: Address,
  readings: readonly OracleReading[],
): Promise<number> {
  for (const feeder of feeders) await reportRound(feeder, oracle, readings);
  const [first] = feeders;
  if (first === undefined) throw new BallastError("INTERNAL", "The demo has no feeders.");
  const { round, state } = await finalizeRound(first, oracle);
  if (state === "final") return round;
  throw new BallastError("CHAIN_ERROR", `Round ${round} of the volatility oracle is void.`);
}
