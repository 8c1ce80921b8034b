import type { ContractFunctionReturnType } from "viem";
import type { ClockParameters } from "../coverage/clock.ts";
import type { ExitParameters } from "../exit/read-exit.ts";
import type { anchorBookAbi } from "../generated/anchor-book.ts";
import type { challengeBookAbi } from "../generated/challenge-book.ts";
import type { clearingHouseAbi } from "../generated/clearing-house.ts";
import type { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import type { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import type { sealedAuctionAbi } from "../generated/sealed-auction.ts";

/** Windows in served seconds, ages and limits in seconds, the penalty in ppm of the margin that a slice frees. */
export type EngineParameters = ContractFunctionReturnType<typeof liquidationEngineAbi, "view", "parameters">;
/** Windows in served seconds, the limit in seconds, bond and cost in token units. */
export type ChallengeParameters = ContractFunctionReturnType<typeof challengeBookAbi, "view", "parameters">;
/** Windows in served seconds, the bond in token units, rates in ppm. */
export type AuctionParameters = ContractFunctionReturnType<typeof sealedAuctionAbi, "view", "parameters">;
/** Windows in served seconds, the hold in seconds, rates in ppm. */
export type SaleParameters = ContractFunctionReturnType<typeof portfolioSaleAbi, "view", "parameters">;
/** Times in seconds, rates in ppm. */
export type FundParameters = ContractFunctionReturnType<typeof clearingHouseAbi, "view", "parameters">;

/** Seconds between snapshots of solvency runs; fixed at deployment. */
export type AnchorParameters = ContractFunctionReturnType<typeof anchorBookAbi, "view", "parameters">;

/** The parameters of a venue's liquidation; docs/protocol/liquidation.md, docs/protocol/clearing-house.md and docs/protocol/exit.md have the bounds. */
export interface LiquidationParameters {
  readonly clock: ClockParameters;
  readonly engine: EngineParameters;
  readonly challenges: ChallengeParameters;
  readonly auction: AuctionParameters;
  readonly sale: SaleParameters;
  readonly funds: FundParameters;
  readonly anchors: AnchorParameters;
  readonly exits: ExitParameters;
}

const MINUTE = 60n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
/** 1,000 USD in micro-USD. */
const BOND_MICROS = 1_000_000_000n;
/** Seconds between two snapshots that a venue's parameters are made for unless it says otherwise. */
export const STANDARD_CADENCE = 5n * MINUTE;

/**
 * Parameters to begin with: snapshots every few minutes, each of which serves for ten at most; a soft window of an hour, half an hour each
 * for bids, reveals and a settlement, two hours in which a sale falls to its ordinary discount; bonds of 1,000 USD. Holds last twelve hours:
 * a volatility oracle with a round every five minutes keeps the rounds of 21 of them. A run anchors for three days; the funds bear losses of accounts
 * that runs have counted for a week, and all of those after a month. After a week of silence anyone may stop the venue; accounts claim for 60 days.
 *
 * @param unitsPerLot the settlement token's units in a lot.
 * @param microsPerLot what a lot is worth, micro-USD.
 */
export function standardParameters(unitsPerLot: bigint, microsPerLot: bigint): LiquidationParameters {
  const bond = (BOND_MICROS * unitsPerLot) / microsPerLot;
  return {
    clock: { spacing: MINUTE, grace: 3n * MINUTE, serveGap: 10n * MINUTE },
    engine: {
      softWindow: HOUR,
      takeoverNotice: 30n * MINUTE,
      caseLength: 3n * DAY,
      openAge: 10n * MINUTE,
      unservedLimit: 7n * DAY,
      maxPenalty: 20_000,
    },
    challenges: {
      challengeWindow: HOUR,
      answerTime: 30n * MINUTE,
      unservedLimit: 7n * DAY,
      bond,
      answerCost: bond / 20n,
    },
    auction: {
      commitWindow: 30n * MINUTE,
      revealWindow: 30n * MINUTE,
      settleWindow: 30n * MINUTE,
      bidBond: bond,
      bondRate: 250_000,
      maxDiscount: 250_000,
      feeRate: 5_000,
      challengerShare: 200_000,
    },
    sale: {
      startWindow: 2n * HOUR,
      duration: 2n * HOUR,
      holdPeriod: 12n * HOUR,
      startDiscount: 20_000,
      maxDiscount: 250_000,
      finalDiscount: 500_000,
      feeRate: 5_000,
      challengerShare: 200_000,
      holdBackRate: 500_000,
      slippageBound: 20_000,
      slippageCap: 200_000,
    },
    funds: {
      withdrawalDelay: 7n * DAY,
      vestingPeriod: 7n * DAY,
      dailyCap: 100_000,
      gammaShare: 200_000,
      maxPenalty: 20_000,
    },
    anchors: { anchorAge: 3n * DAY, leastAge: 7n * DAY, fullAge: 30n * DAY },
    exits: { silence: 7n * DAY, priceWait: 3n * DAY, claimPeriod: 60n * DAY },
  };
}
