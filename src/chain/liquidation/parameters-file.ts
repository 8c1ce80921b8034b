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

/** The bounds of docs/protocol/liquidation.md and docs/protocol/clearing-house.md. */
export const liquidationParametersFileSchema = z.strictObject({
  format: z.literal("ballast.liquidation-parameters/1"),
  engine: z
    .strictObject({
      softWindow: whole(10n * MINUTE, 3n * DAY),
      challengeWindow: whole(10n * MINUTE, 7n * DAY),
      takeoverWindow: whole(DAY, 30n * DAY),
      challengeBond: bond,
      maxPenalty: ppm(100_000),
    })
    .partial()
    .default({}),
  auction: z
    .strictObject({
      commitWindow: whole(5n * MINUTE, DAY),
      revealWindow: whole(5n * MINUTE, DAY),
      settleWindow: whole(5n * MINUTE, DAY),
      saleStartWindow: whole(10n * MINUTE, DAY),
      saleDuration: whole(10n * MINUTE, DAY),
      holdPeriod: whole(10n * MINUTE, 7n * DAY),
      bidBond: bond,
      startDiscount: ppm(500_000),
      maxDiscount: ppm(500_000),
      feeRate: ppm(50_000),
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
  const { engine, auction, funds } = parsed.data;
  const defined = <Part extends object>(part: Part) =>
    Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
  const parameters: LiquidationParameters = {
    engine: { ...standard.engine, ...defined(engine) },
    auction: { ...standard.auction, ...defined(auction) },
    funds: { ...standard.funds, ...defined(funds) },
  };
  const { startDiscount, maxDiscount, slippageBound, slippageCap } = parameters.auction;
  if (startDiscount >= maxDiscount) throw wrong(path, "auction.startDiscount must be below maxDiscount");
  if (slippageBound >= slippageCap) throw wrong(path, "auction.slippageBound must be below slippageCap");
  return parameters;
}

function wrong(path: string, what: string): BallastError {
  return new BallastError("INVALID_INPUT", `The parameters ${path} are not valid at ${what}.`, {
    hint: 'Write {"format": "ballast.liquidation-parameters/1", "engine": {"softWindow": 3600}, "auction": {}, "funds": {}}; bounds are in docs/protocol/liquidation.md and docs/protocol/clearing-house.md.',
  });
}
