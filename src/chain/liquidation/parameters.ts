import type { ContractFunctionReturnType } from "viem";
import type { ClockParameters } from "../coverage/clock.ts";
import type { challengeBookAbi } from "../generated/challenge-book.ts";
import type { clearingHouseAbi } from "../generated/clearing-house.ts";
import type { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import type { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import type { sealedAuctionAbi } from "../generated/sealed-auction.ts";

/** Windows in served seconds; the penalty in ppm of the margin that a slice frees. */
export type EngineParameters = ContractFunctionReturnType<typeof liquidationEngineAbi, "view", "parameters">;
/** Windows in served seconds, bond and cost in token units. */
export type ChallengeParameters = ContractFunctionReturnType<typeof challengeBookAbi, "view", "parameters">;
/** Windows in served seconds, the bond in token units, rates in ppm. */
export type AuctionParameters = ContractFunctionReturnType<typeof sealedAuctionAbi, "view", "parameters">;
/** Windows in served seconds, the hold in seconds, rates in ppm. */
export type SaleParameters = ContractFunctionReturnType<typeof portfolioSaleAbi, "view", "parameters">;
/** Delay and period in seconds, rates in ppm. */
export type FundParameters = ContractFunctionReturnType<typeof clearingHouseAbi, "view", "parameters">;

/** The parameters of a venue's liquidation; docs/protocol/liquidation.md and docs/protocol/clearing-house.md have the bounds. */
export interface LiquidationParameters {
  /** Fixed for good. */
  readonly clock: ClockParameters;
  readonly engine: EngineParameters;
  readonly challenges: ChallengeParameters;
  readonly auction: AuctionParameters;
  readonly sale: SaleParameters;
  readonly funds: FundParameters;
}

const MINUTE = 60n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
/** 1,000 USD in micro-USD. */
const BOND_MICROS = 1_000_000_000n;
/** Seconds between two snapshots that a venue's parameters are made for unless it says otherwise. */
export const STANDARD_CADENCE = 5n * MINUTE;

/**
 * Parameters to begin with, for a snapshot every five minutes: a soft window of an hour, half an hour each for bids, reveals, a
 * settlement and the notice before a takeover, a sale over two hours, bonds of 1,000 USD, half a day's hold.
 *
 * @param unitsPerLot the settlement token's units in a lot.
 * @param microsPerLot what a lot is worth, micro-USD.
 */
export function standardParameters(unitsPerLot: bigint, microsPerLot: bigint): LiquidationParameters {
  const bond = (BOND_MICROS * unitsPerLot) / microsPerLot;
  const rates = { maxDiscount: 250_000, feeRate: 5_000, challengerShare: 250_000 };
  const unservedLimit = 7n * DAY;
  return {
    clock: { spacing: MINUTE, grace: 5n * MINUTE, serveGap: 2n * STANDARD_CADENCE },
    engine: {
      softWindow: HOUR,
      takeoverNotice: 30n * MINUTE,
      caseLength: 7n * DAY,
      openAge: 10n * MINUTE,
      unservedLimit,
      maxPenalty: 20_000,
    },
    challenges: {
      challengeWindow: HOUR,
      answerTime: 15n * MINUTE,
      unservedLimit,
      bond,
      answerCost: bond / 20n,
    },
    auction: {
      commitWindow: 30n * MINUTE,
      revealWindow: 30n * MINUTE,
      settleWindow: 30n * MINUTE,
      bidBond: bond,
      bondRate: 50_000,
      ...rates,
    },
    sale: {
      startWindow: 2n * HOUR,
      duration: 2n * HOUR,
      holdPeriod: 12n * HOUR,
      startDiscount: 20_000,
      finalDiscount: 500_000,
      ...rates,
      holdBackRate: 500_000,
      slippageBound: 20_000,
      slippageCap: 200_000,
    },
    funds: {
      withdrawalDelay: 7n * DAY,
      gammaShare: 200_000,
      maxPenalty: 20_000,
      vestingPeriod: 7n * DAY,
      dailyCap: 250_000,
    },
  };
}
