import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import { formatDecimal, parseDecimal } from "../math/decimal.ts";

/** Decimals of every ratio and amount of a policy: parts per million, micro-USD. */
export const POLICY_DECIMALS = 6;
const MILLION = 1_000_000n;

/** A bounded decimal text, brought to its one canonical form ("0.50" becomes "0.5"). */
function decimal(minimum: string, maximum: string) {
  const low = parseDecimal(minimum, POLICY_DECIMALS, "bound");
  const high = parseDecimal(maximum, POLICY_DECIMALS, "bound");
  return z.string().transform((text, context) => {
    try {
      const value = parseDecimal(text, POLICY_DECIMALS, "value");
      if (value >= low && value <= high) return formatDecimal(value, POLICY_DECIMALS);
      context.addIssue({ code: "custom", message: `must be from ${minimum} to ${maximum}` });
    } catch (error) {
      const message = error instanceof BallastError ? error.shortMessage : "is not a decimal number";
      context.addIssue({ code: "custom", message });
    }
    return z.NEVER;
  });
}

const perUnderlying = (minimum: string, maximum: string) => z.array(decimal(minimum, maximum)).min(1).max(8);

const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(60),
  /** Shock of each underlying's price: "-0.16" is 16 % down. */
  spot: perUnderlying("-0.95", "10"),
  /** Shock of each underlying's implied volatility at the reference maturity, relative: "0.5" is half as much again. */
  vol: perUnderlying("-0.95", "10"),
  /** Share of the P&L that counts. */
  weight: decimal("0.000001", "1"),
});

const charges = {
  /** Shares of the value of the quote currency held, and owed. */
  quoteHaircut: decimal("0", "1"),
  quoteBorrow: decimal("0", "1"),
  /** Shares of the value of a coin held, and owed. */
  collateralHaircut: perUnderlying("0", "1"),
  collateralBorrow: perUnderlying("0", "1"),
  /** Share of the underlying's price charged for a short option. */
  shortOptionMinimum: perUnderlying("0", "1"),
  /** Oracle confidence: share of the bid/ask width, */
  spreadShare: decimal("0", "1"),
  /** at most this share of the underlying's price, */
  spreadMaximum: perUnderlying("0", "1"),
  /** and this share of it where an option has no two-sided quote, */
  flatOption: perUnderlying("0", "1"),
  /** and for futures and perpetuals. */
  flatLinear: perUnderlying("0", "1"),
};

/** What both formats have, before and after the charges: the canonical text keeps the order. */
const before = {
  description: z.string().max(500),
  underlyings: z
    .array(z.string().regex(/^[A-Z0-9]{1,10}$/, "must be a symbol such as BTC"))
    .min(1)
    .max(8),
  /** Seconds of the year that implied volatilities refer to. */
  yearSeconds: z.number().int().min(31_104_000).max(31_622_400),
  volatility: z.strictObject({
    /** Implied volatilities outside these bounds are refused. */
    minimum: decimal("0.001", "1"),
    maximum: decimal("0.5", "10"),
    /** A shocked volatility never falls below this (nor is raised to it when it already was lower). */
    floor: decimal("0.001", "1"),
    /** A volatility that is shocked up is at least this. */
    upFloor: decimal("0", "2"),
    /** Where the relative shock applies unscaled. */
    referenceDays: decimal("1", "365"),
    /** Shorter maturities are shocked like this one. */
    minimumDays: decimal("0.04", "30"),
    /** Exponent of referenceDays/days below, and from, the reference maturity. */
    shortPower: decimal("0", "1"),
    longPower: decimal("0", "1"),
  }),
  scenarios: z.array(scenarioSchema).min(1).max(64),
  greeks: z.strictObject({
    /** Percent move charged on dollar delta. */
    deltaMove: perUnderlying("0", "100"),
    /** Half the square of a percent move, charged on short dollar gamma. */
    gammaMove: perUnderlying("0", "4000"),
    /** Vol points charged on dollar vega. */
    vegaMove: perUnderlying("0", "400"),
  }),
  stressWeight: decimal("0", "10"),
};
const after = {
  concentration: z.strictObject({
    /** Percent moves charged on what exceeds the free amounts. */
    rate: perUnderlying("0", "100"),
    /** USD of dollar delta and of short dollar gamma that are free. */
    freeDelta: perUnderlying("0", "1000000000000000"),
    freeGamma: perUnderlying("0", "1000000000000000"),
  }),
  /** Multiples of the maintenance requirement; the third threshold is always 1. */
  thresholds: z.strictObject({ initial: decimal("1", "10"), soft: decimal("1", "10") }),
};

const OWN_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const VERSIONED_NAME = /^[a-z0-9][a-z0-9-]{0,39}(?:\/[1-9][0-9]{0,3})?$/;
const nameLike = (form: RegExp) => z.string().regex(form, "must be lower-case letters, digits and dashes");

/** Kept so that old snapshots can be derived again: no charge by maturity; an option without both sides pays `flatOption`. */
const firstFormat = z.strictObject({
  format: z.literal("ballast.policy/1"),
  name: nameLike(OWN_NAME),
  ...before,
  charges: z.strictObject(charges),
  ...after,
});

const secondFormat = z.strictObject({
  format: z.literal("ballast.policy/2"),
  /** A preset's ends in its version, "les/2". */
  name: nameLike(VERSIONED_NAME),
  ...before,
  charges: z.strictObject({
    ...charges,
    /** For dated futures, where it is more than `flatLinear`: this share of the notional for each year to expiry. */
    linearPerYear: perUnderlying("0", "1"),
  }),
  ...after,
});

export const policyFileSchema = z
  .discriminatedUnion("format", [firstFormat, secondFormat])
  .superRefine((policy, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const count = policy.underlyings.length;
    if (new Set(policy.underlyings).size !== count) issue(["underlyings"], "must not repeat");
    const lists: [string, Record<string, unknown>][] = [
      ["greeks", policy.greeks],
      ["charges", policy.charges],
      ["concentration", policy.concentration],
      ...policy.scenarios.map((scenario, index): [string, Record<string, unknown>] => [
        `scenarios.${index}`,
        scenario,
      ]),
    ];
    for (const [where, group] of lists) {
      for (const [key, list] of Object.entries(group)) {
        if (Array.isArray(list) && list.length !== count)
          issue([where, key], `must have one entry for each of the ${count} underlyings`);
      }
    }
    const names = policy.scenarios.map((scenario) => scenario.name);
    if (new Set(names).size !== names.length) issue(["scenarios"], "must have different names");
    const { initial, soft } = policy.thresholds;
    if (!(ppm(initial) > ppm(soft) && ppm(soft) > MILLION))
      issue(["thresholds"], "must descend: initial > soft > 1 (maintenance)");
    if (policy.format === "ballast.policy/2") {
      policy.charges.flatOption.forEach((flat, u) => {
        if (ppm(flat) < ppm(policy.charges.spreadMaximum[u] ?? "0"))
          issue(["charges", "flatOption", u], "must not be below spreadMaximum: no quote is no narrow one");
      });
    }
    if (ppm(policy.volatility.minimum) >= ppm(policy.volatility.maximum))
      issue(["volatility"], "must have minimum < maximum");
  });

type First = z.output<typeof firstFormat>;
type Second = z.output<typeof secondFormat>;

/** A margin policy: the venue's public rules, every number a bounded decimal text in canonical form. */
export type Policy = Omit<First, "format" | "charges"> & {
  readonly format: First["format"] | Second["format"];
  /** `linearPerYear` is there in the second format, and only there. */
  readonly charges: First["charges"] & Partial<Second["charges"]>;
};
export type PolicyScenario = Policy["scenarios"][number];

/** A decimal text of a {@link Policy} in parts per million (micro-USD for amounts). */
export function ppm(text: string): bigint {
  return parseDecimal(text, POLICY_DECIMALS, "policy value");
}

/**
 * Checks a policy document: unknown keys, missing keys and values out of bounds fail.
 *
 * @param what names the document in errors.
 * @throws {BallastError} INVALID_POLICY that names every wrong key.
 * @example
 * ```ts
 * import { parsePolicy, presetPolicy } from "ballast";
 * const policy = parsePolicy({ ...presetPolicy("les"), name: "my-venue" });
 * ```
 */
export function parsePolicy(json: unknown, what = "policy"): Policy {
  const result = policyFileSchema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.length === 0 ? "" : `${issue.path.join(".")}: `}${issueText(issue)}`);
  throw new BallastError("INVALID_POLICY", `The ${what} is not valid: ${issues.join("; ")}.`, {
    hint: "See docs/protocol/policies.md for every key and its bounds.",
    cause: result.error,
  });
}
