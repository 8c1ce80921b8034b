import type { LiquidationParameters } from "../../chain/liquidation/parameters.ts";

/** USDC: six decimals, a lot is a cent. */
export const SETTLEMENT_ID = 1;
export const UNITS_PER_LOT = 10_000n;
export const MICROS_PER_LOT = 10_000n;
/** Lots in a USDC. */
export const LOTS_PER_USD = 100n;

/** USDC in token units. */
export const usdc = (amount: bigint): bigint => amount * LOTS_PER_USD * UNITS_PER_LOT;

/** How long a snapshot serves at most: windows run only while one does. */
const SERVE_GAP = 600n;
/** Every window of cases, challenges and auctions, in served seconds: a minute more than one snapshot serves. */
const WINDOW = SERVE_GAP + 60n;
const DAY = 86_400n;
/** Seconds between two snapshots where they come regularly. */
export const CADENCE = SERVE_GAP / 2n;

/**
 * The terms under which the cascade is played: windows nearly as short as the contracts allow, and all alike, so that few snapshots serve all of it.
 */
export const PARAMETERS: LiquidationParameters = {
  // Slow machines prove in the grace.
  clock: { spacing: 1n, grace: 600n, serveGap: SERVE_GAP },
  engine: {
    softWindow: WINDOW,
    takeoverNotice: WINDOW,
    caseLength: DAY,
    openAge: 1_800n,
    unservedLimit: DAY,
    /** Ppm of the margin that a slice frees. */
    maxPenalty: 20_000,
  },
  challenges: {
    challengeWindow: WINDOW,
    answerTime: WINDOW,
    unservedLimit: DAY,
    bond: usdc(1_000n),
    answerCost: usdc(50n),
  },
  auction: {
    commitWindow: WINDOW,
    revealWindow: WINDOW,
    settleWindow: WINDOW,
    bidBond: usdc(1_000n),
    bondRate: 10_000,
    maxDiscount: 250_000,
    feeRate: 10_000,
    challengerShare: 200_000,
  },
  sale: {
    startWindow: WINDOW,
    duration: WINDOW,
    holdPeriod: 600n,
    startDiscount: 50_000,
    maxDiscount: 250_000,
    finalDiscount: 500_000,
    feeRate: 10_000,
    challengerShare: 200_000,
    holdBackRate: 500_000,
    slippageBound: 10_000,
    slippageCap: 50_000,
  },
  funds: {
    /** Ppm of the fees that the Gamma Reserve gets. */
    gammaShare: 200_000,
    withdrawalDelay: 3_600n,
    maxPenalty: 20_000,
    vestingPeriod: DAY,
    /** Ppm of the funds that losses may draw in a day: all of them. */
    dailyCap: 1_000_000,
  },
};

/** What feeders have at stake, and how rounds are judged. */
export const ORACLE_PARAMETERS = {
  interval: 60n,
  reportWindow: 30n,
  maxAge: 604_800n,
  /** Ppm that a price moves without a supermajority: in the demo all feeders agree. */
  maxMove: 50_000,
  tolerance: 5_000,
  slashDeviation: 100_000,
  minFeeders: 3,
  realisedRounds: 2,
  feederBond: usdc(1_000n),
  slashAmount: usdc(1_000n),
} as const;

/** Micro-USD of depth at 1 % and of a day's volume that feeders report, which an option chain doesn't have: assumed. */
export const LIQUIDITY = { depth: 20_000_000_000_000n, volume: 20_000_000_000_000_000n } as const;
/** The market comes back by so many ppm while a hold-back waits: assumed too. */
export const REBOUND = 20_000n;

/** Seconds before each snapshot at which the feeders report. */
export const FEED_LEAD = 120n;
/** The oldest snapshot that attests, seconds: slow machines prove all paths in it. */
export const MAX_AGE = 10_800;
