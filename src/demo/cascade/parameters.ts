import type { LiquidationParameters } from "../../chain/liquidation/parameters.ts";

/** USDC: six decimals, a lot is a cent. */
export const SETTLEMENT_ID = 1;
export const UNITS_PER_LOT = 10_000n;
export const MICROS_PER_LOT = 10_000n;
/** Lots in a USDC. */
export const LOTS_PER_USD = 100n;

/** USDC in token units. */
export const usdc = (amount: bigint): bigint => amount * LOTS_PER_USD * UNITS_PER_LOT;

const DAY = 86_400n;

/**
 * Terms with windows nearly as short as snapshots that serve so long allow, all of them a minute longer than one serves: few snapshots serve all of a
 * case.
 */
function termsWith(serveGap: bigint): LiquidationParameters {
  const window = serveGap + 60n;
  return {
    // Slow machines prove in the grace.
    clock: { spacing: 1n, grace: 600n, serveGap },
    engine: {
      softWindow: window,
      takeoverNotice: window,
      caseLength: DAY,
      openAge: 1_800n,
      unservedLimit: DAY,
      /** Ppm of the margin that a slice frees. */
      maxPenalty: 20_000,
    },
    challenges: {
      challengeWindow: window,
      answerTime: window,
      unservedLimit: DAY,
      bond: usdc(1_000n),
      answerCost: usdc(50n),
    },
    auction: {
      commitWindow: window,
      revealWindow: window,
      settleWindow: window,
      bidBond: usdc(1_000n),
      bondRate: 250_000,
      maxDiscount: 250_000,
      feeRate: 10_000,
      challengerShare: 200_000,
    },
    sale: {
      startWindow: window,
      duration: window,
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
    // One run is enough: all accounts of the demo are new.
    anchors: { anchorAge: DAY, leastAge: 0n, fullAge: 0n },
    exits: { silence: 7n * DAY, priceWait: DAY, claimPeriod: 45n * DAY },
  };
}

/** The terms of a local venue: a case takes an hour. */
export const PARAMETERS = termsWith(600n);
/** Seconds between two snapshots there where they come regularly. */
export const CADENCE = PARAMETERS.clock.serveGap / 2n;
/**
 * The terms under which the cascade is played: a snapshot serves for so long that the minutes which proofs take change no snapshot in which
 * anything happens, so that every machine comes to the same amounts.
 */
export const CASCADE_PARAMETERS = termsWith(3_480n);

/** Seconds between two snapshots of a service's sample, whose clock runs fast: proofs must be made within them. */
export const LIVE_CADENCE = 1_500n;
/** The terms of that sample. */
export const LIVE_PARAMETERS = termsWith(2_400n);

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
