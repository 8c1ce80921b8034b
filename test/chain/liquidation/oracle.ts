import { type Address, stringToHex } from "viem";
import type { ChainClient } from "../../../src/chain/client.ts";
import { ORACLE_PARAMETERS } from "../../../src/demo/cascade/parameters.ts";
import { call, deployMock } from "../mocks.ts";
import { type LiquidationStage, PEOPLE, usd } from "./stage.ts";

const BOND = ORACLE_PARAMETERS.feederBond;
/** What all feeders have bonded. */
export const BONDED = 3n * BOND;

const feedersOf = (people: LiquidationStage["people"]): ChainClient[] =>
  PEOPLE.slice(3).map((name) => people[name]);

/** A volatility oracle of three feeders, with a first round. */
export async function startOracle(people: LiquidationStage["people"], token: Address): Promise<Address> {
  const feeders = feedersOf(people);
  const underlyings = ["BTC", "ETH"].map((symbol) => stringToHex(symbol, { size: 32 }));
  const oracle = await deployMock(people.owner, "VolatilityOracle", [
    people.owner.account.address,
    token,
    underlyings,
    feeders.map(({ account }) => account.address),
    ORACLE_PARAMETERS,
  ]);
  for (const feeder of feeders) {
    await call(feeder, token, "Token", "approve", [oracle, BOND]);
    await call(feeder, oracle, "VolatilityOracle", "bond", [BOND]);
  }
  await reportRound(people, oracle, 1, [64_000n, 1_900n]);
  return oracle;
}

/** All feeders report the same prices, in USD. */
export async function reportRound(
  people: LiquidationStage["people"],
  oracle: Address,
  round: number,
  prices: readonly bigint[],
): Promise<void> {
  const readings = prices.map((price) => ({
    price: usd(price),
    impliedVol: 600_000n,
    depth: usd(1_000_000n),
    volume: usd(1_000_000_000n),
  }));
  for (const feeder of feedersOf(people))
    await call(feeder, oracle, "VolatilityOracle", "report", [round, readings]);
  await call(people.owner, oracle, "VolatilityOracle", "finalize", [round]);
}
