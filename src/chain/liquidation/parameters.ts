import type { ContractFunctionReturnType } from "viem";
import type { clearingHouseAbi } from "../generated/clearing-house.ts";
import type { liquidationAuctionAbi } from "../generated/liquidation-auction.ts";
import type { liquidationEngineAbi } from "../generated/liquidation-engine.ts";

/** Windows in seconds, the bond in token units, the penalty in ppm of the margin that a slice frees. */
export type EngineParameters = ContractFunctionReturnType<typeof liquidationEngineAbi, "view", "parameters">;
/** Windows in seconds, the bond in token units, rates in ppm. */
export type AuctionParameters = ContractFunctionReturnType<
  typeof liquidationAuctionAbi,
  "view",
  "parameters"
>;
/** The delay in seconds, rates in ppm. */
export type FundParameters = ContractFunctionReturnType<typeof clearingHouseAbi, "view", "parameters">;

/** The parameters of a venue's liquidation; docs/protocol/liquidation.md and docs/protocol/clearing-house.md have the bounds. */
export interface LiquidationParameters {
  readonly engine: EngineParameters;
  readonly auction: AuctionParameters;
  readonly funds: FundParameters;
}

const MINUTE = 60n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
/** 1,000 USD in micro-USD. */
const BOND_MICROS = 1_000_000_000n;

/**
 * Parameters to begin with: a soft window of an hour, half an hour each for bids, reveals and a settlement, a sale over two hours,
 * bonds of 1,000 USD.
 *
 * @param unitsPerLot the settlement token's units in a lot.
 * @param microsPerLot what a lot is worth, micro-USD.
 */
export function standardParameters(unitsPerLot: bigint, microsPerLot: bigint): LiquidationParameters {
  const bond = (BOND_MICROS * unitsPerLot) / microsPerLot;
  return {
    engine: {
      softWindow: HOUR,
      challengeWindow: HOUR,
      takeoverWindow: 3n * DAY,
      challengeBond: bond,
      maxPenalty: 20_000,
    },
    auction: {
      commitWindow: 30n * MINUTE,
      revealWindow: 30n * MINUTE,
      settleWindow: 30n * MINUTE,
      saleStartWindow: 2n * HOUR,
      saleDuration: 2n * HOUR,
      holdPeriod: DAY,
      bidBond: bond,
      startDiscount: 20_000,
      maxDiscount: 250_000,
      feeRate: 5_000,
      holdBackRate: 500_000,
      slippageBound: 20_000,
      slippageCap: 200_000,
    },
    funds: { withdrawalDelay: 7n * DAY, gammaShare: 200_000, maxPenalty: 20_000 },
  };
}
