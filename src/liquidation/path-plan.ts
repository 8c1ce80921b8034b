import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import { formatDecimal } from "../math/decimal.ts";
import { formatField } from "../math/field.ts";
import { divFloor } from "../math/rounding.ts";
import { parsePortfolio, portfolioFileSchema, portfolioFormatter } from "../portfolio/format.ts";
import type { FoundPath, NoPath, PathCertificate, PathState, PathTarget } from "../risk/path/task.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { Slice } from "./slice.ts";

const FORMAT = "ballast.path/1";

const decimal = z.string().max(64);
const greeksSchema = z.strictObject({
  symbol: z.string().max(64),
  dollarDelta: decimal,
  dollarGamma: decimal,
  dollarVega: decimal,
});
const stateSchema = z.strictObject({
  tier: z.int().min(0).max(4),
  /** USD, as in a margin report. */
  equity: decimal,
  requirement: decimal,
  coverageRatio: decimal.nullable(),
  underlyings: z.array(greeksSchema).max(8),
});
const billionths = z.string().regex(/^-?[0-9]{1,30}$/);
const certificateSchema = z.strictObject({
  target: billionths,
  penalty: billionths,
  scenarios: z.array(billionths).max(64),
  delta: z.array(billionths).max(8),
  vega: z.array(billionths).max(8),
  freeDelta: z.array(billionths).max(8),
  gamma: z.array(billionths).max(8),
  freeGamma: z.array(billionths).max(8),
  shortGamma: z.array(billionths).max(8),
  cash: billionths,
});
export const pathFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  snapshotId: z.string().regex(/^0x[0-9a-f]{64}$/),
  account: portfolioFileSchema.shape.account,
  target: z.strictObject({ tier: z.int().min(0).max(2), margin: decimal }),
  before: stateSchema,
  slices: z
    .array(
      z.strictObject({
        /** What the account hands over, in the instruments' own units; negative, where it gets it. */
        moved: portfolioFileSchema.shape.positions,
        /** Lots of the settlement asset that the taker pays, signed. */
        cash: z.string().regex(/^-?[0-9]{1,15}$/),
        cost: decimal,
        after: stateSchema,
      }),
    )
    .max(100),
  cost: decimal,
  bound: decimal,
  /** Of the cost, at most: `1 - bound / cost`, rounded up. */
  gap: decimal,
  convex: z.boolean(),
  certificate: certificateSchema,
});

/** A path as its file has it. Secret: it says what an account holds and does. */
export type PathPlan = z.output<typeof pathFileSchema>;

const MILLION = 1_000_000n;
const usd = (micros: bigint): string => formatDecimal(micros, 6);

/** A path as a file. @param account its name. */
export function pathPlan(
  snapshot: Snapshot,
  account: string,
  target: PathTarget,
  { before, slices, cost, bound, convex, certificate }: FoundPath,
): PathPlan {
  const format = portfolioFormatter(snapshot);
  const gap = cost === 0n ? 0n : -divFloor(-(cost - bound) * MILLION, cost);
  return {
    format: FORMAT,
    snapshotId: formatField(snapshot.snapshotId),
    account,
    target: { tier: target.tier, margin: formatDecimal(target.margin, 6) },
    before: stateOf(snapshot, before),
    slices: slices.map((slice) => ({
      moved: format({ account, positions: slice.moved }).positions.map((position) => ({ ...position })),
      cash: slice.cash.toString(),
      cost: usd(slice.cost),
      after: stateOf(snapshot, slice.after),
    })),
    ...{ cost: usd(cost), bound: usd(bound), gap: formatDecimal(gap, 6), convex },
    certificate: certificateText(certificate),
  };
}

/** What a path's answer says where there is none. */
export function pathLacking(snapshot: Snapshot, account: string, { before, cash }: NoPath) {
  const snapshotId = formatField(snapshot.snapshotId);
  return { snapshotId, account, before: stateOf(snapshot, before), lacking: cash.toString() };
}

function stateOf({ policy }: Snapshot, { sums, requirement }: PathState): PathPlan["before"] {
  const { maintenance12, equity, tier } = requirement;
  return {
    tier,
    equity: usd(equity),
    requirement: formatDecimal(maintenance12, 18),
    coverageRatio:
      maintenance12 === 0n ? null : formatDecimal(divFloor(equity * MILLION ** 3n, maintenance12), 6),
    underlyings: policy.underlyings.map((symbol, u) => ({
      symbol,
      dollarDelta: usd(sums.delta[u] ?? 0n),
      dollarGamma: usd(sums.gamma[u] ?? 0n),
      dollarVega: usd(sums.vega[u] ?? 0n),
    })),
  };
}

function certificateText(certificate: PathCertificate): PathPlan["certificate"] {
  const texts = (list: readonly bigint[]): string[] => list.map(String);
  const { target, penalty, cash, scenarios, delta, vega, freeDelta, gamma, freeGamma, shortGamma } =
    certificate;
  return {
    ...{ target: String(target), penalty: String(penalty), cash: String(cash), scenarios: texts(scenarios) },
    ...{ delta: texts(delta), vega: texts(vega), freeDelta: texts(freeDelta) },
    ...{ gamma: texts(gamma), freeGamma: texts(freeGamma), shortGamma: texts(shortGamma) },
  };
}

/**
 * One slice of a plan, as the terms of a trade.
 * @param number from 1 on.
 * @throws {BallastError} INVALID_INPUT for another form, a plan in another snapshot, or a slice that it hasn't; as `parsePortfolio`.
 */
export function plannedSlice(value: unknown, snapshot: Snapshot, number: number): Slice {
  const parsed = pathFileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") || "its top level";
    throw new BallastError("INVALID_INPUT", `The plan is malformed at ${where}: ${issueText(issue)}.`, {
      hint: "`ballast path` writes it.",
    });
  }
  const { snapshotId, account, slices } = parsed.data;
  if (snapshotId !== formatField(snapshot.snapshotId))
    throw new BallastError(
      "INVALID_INPUT",
      "The plan was made in another snapshot: prices are others by now.",
      {
        hint: "Make it again in the newest one, for what the account holds now: `ballast path`.",
      },
    );
  const slice = slices[number - 1];
  if (slice === undefined)
    throw new BallastError("INVALID_INPUT", `The plan has ${slices.length} slices, and no slice ${number}.`, {
      hint: "Slices are counted from 1.",
    });
  const { positions } = parsePortfolio({ account, positions: slice.moved }, snapshot);
  return { moved: positions, cash: BigInt(slice.cash) };
}
