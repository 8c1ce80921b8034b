import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { issueText } from "../../issue.ts";
import { readJsonFile } from "../../node/files.ts";
import { type LiquidationParameters, standardParameters } from "./parameters.ts";

const MINUTE = 60n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const MOST_BOND = 1n << 100n;

/** A whole number within bounds, as JSON number or decimal text. */
const whole = (least: bigint, most: bigint) =>
  z
    .union([z.int().nonnegative(), z.string().regex(/^(0|[1-9][0-9]{0,39})$/)])
    .transform(BigInt)
    .refine((value) => value >= least && value <= most, `must be ${least} to ${most}`);
const ppm = (most: number) => z.int().min(0).max(most);
const bond = whole(1n, MOST_BOND);

/** The bounds of docs/protocol/liquidation.md, docs/protocol/clearing-house.md and docs/protocol/exit.md; windows are longer than `clock.serveGap` too. */
export const liquidationParametersFileSchema = z.strictObject({
  format: z.literal("ballast.liquidation-parameters/2"),
  clock: z
    .strictObject({
      spacing: whole(1n, HOUR),
      grace: whole(MINUTE, 10n * MINUTE),
      serveGap: whole(2n * MINUTE, HOUR),
    })
    .partial()
    .default({}),
  engine: z
    .strictObject({
      softWindow: whole(10n * MINUTE, 3n * DAY),
      takeoverNotice: whole(10n * MINUTE, DAY),
      caseLength: whole(DAY, 30n * DAY),
      openAge: whole(MINUTE, 30n * MINUTE),
      unservedLimit: whole(DAY, 14n * DAY),
      maxPenalty: ppm(100_000),
    })
    .partial()
    .default({}),
  challenges: z
    .strictObject({
      challengeWindow: whole(10n * MINUTE, 7n * DAY),
      answerTime: whole(MINUTE, DAY),
      unservedLimit: whole(DAY, 14n * DAY),
      bond,
      answerCost: whole(1n, 1n << 96n),
    })
    .partial()
    .default({}),
  auction: z
    .strictObject({
      commitWindow: whole(5n * MINUTE, DAY),
      revealWindow: whole(5n * MINUTE, DAY),
      settleWindow: whole(5n * MINUTE, DAY),
      bidBond: bond,
      bondRate: ppm(500_000),
      maxDiscount: ppm(500_000),
      feeRate: ppm(50_000),
      challengerShare: ppm(500_000),
    })
    .partial()
    .default({}),
  sale: z
    .strictObject({
      startWindow: whole(10n * MINUTE, DAY),
      duration: whole(10n * MINUTE, DAY),
      holdPeriod: whole(10n * MINUTE, 7n * DAY),
      startDiscount: ppm(500_000),
      maxDiscount: ppm(500_000),
      finalDiscount: ppm(900_000),
      feeRate: ppm(50_000),
      challengerShare: ppm(500_000),
      holdBackRate: ppm(1_000_000),
      slippageBound: ppm(1_000_000),
      slippageCap: ppm(1_000_000),
    })
    .partial()
    .default({}),
  funds: z
    .strictObject({
      withdrawalDelay: whole(HOUR, 30n * DAY),
      vestingPeriod: whole(DAY, 30n * DAY),
      dailyCap: z.int().min(10_000).max(1_000_000),
      gammaShare: ppm(1_000_000),
      maxPenalty: ppm(100_000),
    })
    .partial()
    .default({}),
  anchors: z
    .strictObject({
      anchorAge: whole(DAY, 14n * DAY),
      leastAge: whole(0n, 90n * DAY),
      fullAge: whole(0n, 365n * DAY),
    })
    .partial()
    .default({}),
  exits: z
    .strictObject({
      silence: whole(3n * DAY, 30n * DAY),
      priceWait: whole(DAY, 14n * DAY),
      claimPeriod: whole(45n * DAY, 180n * DAY),
    })
    .partial()
    .default({}),
});

/**
 * Reads a liquidation's parameters; what the file leaves out is as in `standardParameters`.
 * @param path default: all standard ones.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT naming the parameter that is out of its bounds.
 */
export function loadParameters(
  path: string | undefined,
  unitsPerLot: bigint,
  microsPerLot: bigint,
): LiquidationParameters {
  const standard = standardParameters(unitsPerLot, microsPerLot);
  if (path === undefined) return standard;
  const parsed = liquidationParametersFileSchema.safeParse(readJsonFile(path, "parameters"));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(path, `${issue?.path.join(".") || "its top level"}: ${issueText(issue)}`);
  }
  const defined = <Part extends object>(part: Part) =>
    Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
  const { clock, engine, challenges, auction, sale, funds, anchors, exits } = parsed.data;
  const parameters: LiquidationParameters = {
    clock: { ...standard.clock, ...defined(clock) },
    engine: { ...standard.engine, ...defined(engine) },
    challenges: { ...standard.challenges, ...defined(challenges) },
    auction: { ...standard.auction, ...defined(auction) },
    sale: { ...standard.sale, ...defined(sale) },
    funds: { ...standard.funds, ...defined(funds) },
    anchors: { ...standard.anchors, ...defined(anchors) },
    exits: { ...standard.exits, ...defined(exits) },
  };
  const broken = brokenRule(parameters);
  if (broken !== undefined) throw wrong(path, broken);
  return parameters;
}

/** The first rule between parameters that is broken, as the contracts check it. */
function brokenRule(parameters: LiquidationParameters): string | undefined {
  const { clock, engine, challenges, auction, sale, anchors } = parameters;
  const windows = {
    "engine.softWindow": engine.softWindow,
    "engine.takeoverNotice": engine.takeoverNotice,
    "challenges.challengeWindow": challenges.challengeWindow,
    "challenges.answerTime": challenges.answerTime,
    "auction.commitWindow": auction.commitWindow,
    "auction.revealWindow": auction.revealWindow,
    "auction.settleWindow": auction.settleWindow,
    "sale.startWindow": sale.startWindow,
    "sale.duration": sale.duration,
  };
  const short = Object.entries(windows).find(([, window]) => window <= clock.serveGap);
  if (short !== undefined) return `${short[0]} must be longer than clock.serveGap`;
  if (clock.spacing >= clock.serveGap) return "clock.spacing must be below serveGap";
  if (challenges.bond < 10n * challenges.answerCost) return "challenges.bond must be ten times answerCost";
  if (auction.bondRate < auction.feeRate || auction.bondRate < auction.maxDiscount)
    return "auction.bondRate must be at least feeRate and maxDiscount";
  if (sale.startDiscount >= sale.maxDiscount) return "sale.startDiscount must be below maxDiscount";
  if (sale.finalDiscount < sale.maxDiscount) return "sale.finalDiscount must be at least maxDiscount";
  if (anchors.fullAge < anchors.leastAge) return "anchors.fullAge must be at least leastAge";
  if (sale.slippageBound >= sale.slippageCap) return "sale.slippageBound must be below slippageCap";
  return undefined;
}

function wrong(path: string, what: string): BallastError {
  return new BallastError("INVALID_INPUT", `The parameters ${path} are not valid at ${what}.`, {
    hint: 'Write {"format": "ballast.liquidation-parameters/2", "engine": {"softWindow": 3600}, "sale": {"duration": 7200}}; bounds are in docs/protocol/liquidation.md and docs/protocol/clearing-house.md.',
  });
}
