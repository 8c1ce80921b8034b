import { BallastError } from "../../errors.ts";
import type { LiquidationParameters } from "./parameters.ts";

/** Final rounds whose prices the volatility oracle keeps. */
const KEPT_ROUNDS = 256n;
/** What an account has to claim in after its case, when its venue has stopped: seconds. No other case opens then. */
const CLAIM_TIME = 604_800n;

/** How the times of a liquidation go together with those of the people who feed it. */
export interface Timing {
  readonly parameters: LiquidationParameters;
  /** Seconds between two snapshots that the signers publish. Left out: not known. */
  readonly cadence?: bigint;
  /** Least seconds between two final rounds of the volatility oracle. Left out: nothing taxes hold-backs. */
  readonly interval?: bigint;
}

/** What keeps two times from going together. */
export interface TimingProblem {
  /** As a parameters file names it, e.g. "sale.holdPeriod"; "cadence" and "interval" are the other side's. */
  readonly parameter: string;
  readonly says: string;
}

/**
 * What is wrong with a liquidation's times: clocks that would stop between two ordinary snapshots, windows that one snapshot would outlast,
 * moves of prices that would be forgotten before they can be taxed, claims that would be over before who was in a case could make them.
 * @returns in order of the parameters; empty when they go together.
 */
export function timingProblems({ parameters, cadence, interval }: Timing): TimingProblem[] {
  const { clock, engine, challenges, auction, sale, exits } = parameters;
  const found: TimingProblem[] = [];
  const refuse = (isWrong: boolean, parameter: string, says: string) => {
    if (isWrong) found.push({ parameter, says });
  };
  refuse(
    clock.spacing >= clock.serveGap,
    "clock.spacing",
    `a snapshot serves for ${clock.serveGap} s, so the next must be let in sooner`,
  );
  if (cadence !== undefined) {
    refuse(
      clock.serveGap <= cadence || clock.serveGap > 2n * cadence,
      "clock.serveGap",
      `snapshots come every ${cadence} s: a snapshot serves for more than that, and for ${2n * cadence} s at most`,
    );
    refuse(
      clock.spacing > cadence,
      "clock.spacing",
      `snapshots come every ${cadence} s: the next one would be too soon`,
    );
    refuse(
      engine.openAge <= cadence,
      "engine.openAge",
      `snapshots come every ${cadence} s: a case couldn't be opened by the last one for a part of the time`,
    );
  }
  for (const [name, window] of [
    ["engine.softWindow", engine.softWindow],
    ["engine.takeoverNotice", engine.takeoverNotice],
    ["challenges.challengeWindow", challenges.challengeWindow],
    ["challenges.answerTime", challenges.answerTime],
    ["auction.commitWindow", auction.commitWindow],
    ["auction.revealWindow", auction.revealWindow],
    ["auction.settleWindow", auction.settleWindow],
    ["sale.startWindow", sale.startWindow],
    ["sale.duration", sale.duration],
  ] as const) {
    refuse(
      window <= clock.serveGap,
      name,
      `one snapshot serves for ${clock.serveGap} s: nothing may end without a second`,
    );
  }
  if (interval !== undefined) {
    const most = longestHold(interval);
    refuse(
      sale.holdPeriod > most,
      "sale.holdPeriod",
      `the volatility oracle keeps ${KEPT_ROUNDS} rounds, every ${interval} s at the least: ${most} s at most, so that a move can be recorded before its first round is forgotten`,
    );
  }
  const least = longestCase(engine) + CLAIM_TIME;
  refuse(
    exits.claimPeriod < least,
    "exits.claimPeriod",
    `an account that is in a case when claims begin claims after it: ${least} s at least, so that a week is left`,
  );
  return found;
}

/** How long a case lasts at most, seconds by the clock on the wall: its length is in served time, and prices may be missing besides. */
export function longestCase({
  caseLength,
  unservedLimit,
}: Pick<LiquidationParameters["engine"], "caseLength" | "unservedLimit">): bigint {
  return caseLength + unservedLimit;
}

/**
 * The longest hold for which the oracle surely keeps the prices of the purchase, with a quarter of the time to spare: until then
 * anybody may record the move.
 * @param interval least seconds between two final rounds.
 */
export function longestHold(interval: bigint): bigint {
  return ((KEPT_ROUNDS - 1n) * interval * 3n) / 4n;
}

/** @throws {BallastError} INVALID_INPUT naming the parameters that don't go together. */
export function checkTiming(timing: Timing): void {
  const problems = timingProblems(timing);
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.map(({ parameter }) => parameter).join(", ");
  throw new BallastError(
    "INVALID_INPUT",
    `The times don't go together at ${first.parameter}: ${first.says}.`,
    {
      hint: `Change the parameters, or how often snapshots and rounds come${more === "" ? "" : `; look at ${more} too`}.`,
      inputs: ["deploy.parameters", "deploy.cadence"],
      details: Object.fromEntries(problems.map(({ parameter, says }) => [parameter, says])),
    },
  );
}
