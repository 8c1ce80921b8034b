import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { issueText } from "../../issue.ts";
import { readJsonFile } from "../../node/files.ts";
import { type LiquidationParameters, standardParameters } from "./parameters.ts";

const FORMAT = "ballast.liquidation-parameters/2";
const MINUTE = 60n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const MOST_BOND = 1n << 100n;
const MOST_COST = 1n << 96n;

/** A whole number within bounds, as JSON number or decimal text. */
const whole = (least: bigint, most: bigint) =>
  z
    .union([z.int().nonnegative(), z.string().regex(/^(0|[1-9][0-9]{0,39})$/)])
    .transform(BigInt)
    .refine((value) => value >= least && value <= most, `must be ${least} to ${most}`);
const ppm = (most: number, least = 0) => z.int().min(least).max(most);
const bond = whole(1n, MOST_BOND);
/** Every window in served seconds must exceed `clock.serveGap` too. */
const window = (most: bigint, least = MINUTE) => whole(least, most);

/** The bounds of docs/protocol/liquidation.md and docs/protocol/clearing-house.md. */
export const liquidationParametersFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  clock: z
    .strictObject({
      spacing: whole(1n, HOUR - 1n),
      grace: whole(MINUTE, 10n * MINUTE),
      serveGap: whole(2n * MINUTE, HOUR),
    })
    .partial()
    .default({}),
  engine: z
    .strictObject({
      softWindow: window(3n * DAY, 10n * MINUTE),
      takeoverNotice: window(DAY, 10n * MINUTE),
      caseLength: whole(DAY, 30n * DAY),
      openAge: whole(MINUTE, 30n * MINUTE),
      unservedLimit: whole(DAY, 14n * DAY),
      maxPenalty: ppm(100_000),
    })
    .partial()
    .default({}),
  challenges: z
    .strictObject({
      challengeWindow: window(7n * DAY, 10n * MINUTE),
      answerTime: window(DAY),
      unservedLimit: whole(DAY, 14n * DAY),
      bond,
      answerCost: whole(1n, MOST_COST),
    })
    .partial()
    .default({}),
  auction: z
    .strictObject({
      commitWindow: window(DAY),
      revealWindow: window(DAY),
      settleWindow: window(DAY),
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
      startWindow: window(DAY),
      duration: window(DAY),
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
      gammaShare: ppm(1_000_000),
      maxPenalty: ppm(100_000),
      vestingPeriod: whole(DAY, 30n * DAY),
      dailyCap: ppm(1_000_000, 10_000),
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
  const { data } = parsed;
  const parameters: LiquidationParameters = {
    clock: { ...standard.clock, ...given(data.clock) },
    engine: { ...standard.engine, ...given(data.engine) },
    challenges: { ...standard.challenges, ...given(data.challenges) },
    auction: { ...standard.auction, ...given(data.auction) },
    sale: { ...standard.sale, ...given(data.sale) },
    funds: { ...standard.funds, ...given(data.funds) },
  };
  const problem = contradictionIn(parameters);
  if (problem !== undefined) throw wrong(path, problem);
  return parameters;
}

/** The first of two parameters that contradict each other, as the contracts see it. */
function contradictionIn({ challenges, auction, sale }: LiquidationParameters): string | undefined {
  if (challenges.bond < 10n * challenges.answerCost) return "challenges.bond must be ten times answerCost";
  if (auction.bondRate < auction.feeRate) return "auction.bondRate must be at least feeRate";
  if (sale.startDiscount >= sale.maxDiscount) return "sale.startDiscount must be below maxDiscount";
  if (sale.finalDiscount < sale.maxDiscount) return "sale.finalDiscount must be at least maxDiscount";
  if (sale.slippageBound >= sale.slippageCap) return "sale.slippageBound must be below slippageCap";
  return undefined;
}

function wrong(path: string, what: string): BallastError {
  return new BallastError("INVALID_INPUT", `The parameters ${path} are not valid at ${what}.`, {
    hint: `Write {"format": "${FORMAT}", "engine": {"softWindow": 3600}, "sale": {}, "funds": {}}; bounds are in docs/protocol/liquidation.md and docs/protocol/clearing-house.md.`,
  });
}
