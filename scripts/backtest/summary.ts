import { formatDecimal } from "../../src/math/decimal.ts";
import { divCeil, divFloor } from "../../src/math/rounding.ts";
import type { BacktestResult, Case } from "./run.ts";

/** What a policy did for a group of cases. Ratios are decimal texts in percent. */
export interface Summary {
  readonly policy: string;
  readonly group: string;
  readonly cases: number;
  /** Cases whose loss was not below the initial requirement. */
  readonly breaches: number;
  /** Share of cases that held, rounded down. */
  readonly covered: string;
  /** Loss over requirement: the 99.5th percentile and the worst, rounded up. */
  readonly usage995: string;
  readonly worstUsage: string;
  /** How many times the requirement is the loss that it would have had to hold in 99.5 % of cases: the inverse of `usage995`. */
  readonly capital: string;
  /** Median of requirement over gross notional. */
  readonly medianRequirement: string;
}

const MILLION = 1_000_000n;

/** Loss over initial requirement in ppm, rounded up. A portfolio that requires nothing uses 0 when it loses nothing. */
export function usageOf(one: Case, policy: number): bigint {
  const initial = one.initial[policy] ?? 0n;
  if (initial > 0n) return divCeil(one.loss * MILLION, initial);
  return one.loss <= 0n ? 0n : 1_000_000_000n;
}

/** Whether the loss stayed below the initial requirement. */
export function holds(one: Case, policy: number): boolean {
  const initial = one.initial[policy] ?? 0n;
  return one.loss < initial || (one.loss <= 0n && initial === 0n);
}

/** One group of cases under one policy. */
export function summarise(cases: readonly Case[], group: string, policy: string, index: number): Summary {
  const breaches = cases.filter((one) => !holds(one, index)).length;
  const usage = ascending(cases.map((one) => usageOf(one, index)));
  const share = ascending(
    cases.flatMap(({ initial, notional }) =>
      notional > 0n ? [divCeil((initial[index] ?? 0n) * MILLION, notional)] : [],
    ),
  );
  const count = BigInt(cases.length);
  return {
    policy,
    group,
    cases: cases.length,
    breaches,
    covered: percent(count === 0n ? 0n : divFloor((count - BigInt(breaches)) * MILLION, count)),
    usage995: percent(usage[Math.ceil(usage.length * 0.995) - 1] ?? 0n),
    worstUsage: percent(usage.at(-1) ?? 0n),
    capital: times(usage[Math.ceil(usage.length * 0.995) - 1] ?? 0n),
    medianRequirement: percent(share[Math.floor(share.length / 2)] ?? 0n),
  };
}

/** By policy: all cases, those over the crash, and each family. */
export function summaries(
  result: BacktestResult,
  policies: readonly string[],
  isCrash: (one: Case) => boolean,
): Summary[] {
  const families = [...new Set(result.cases.map(({ family }) => family))];
  return policies.flatMap((policy, index) => [
    summarise(result.cases, "all", policy, index),
    summarise(result.cases.filter(isCrash), "days of the crash", policy, index),
    ...families.map((family) =>
      summarise(
        result.cases.filter((one) => one.family === family),
        family,
        policy,
        index,
      ),
    ),
  ]);
}

/** The summaries as a Markdown table. */
export function markdownTable(rows: readonly Summary[]): string {
  const head = [
    "policy",
    "portfolios",
    "cases",
    "breaches",
    "covered",
    "99.5 % of cases use at most",
    "worst case uses",
    "requirement / 99.5 % loss",
    "median requirement / notional",
  ];
  const lines = rows.map((row) => [
    row.policy,
    row.group,
    row.cases,
    row.breaches,
    row.covered,
    row.usage995,
    row.worstUsage,
    row.capital,
    row.medianRequirement,
  ]);
  return [head, head.map((_, i) => (i < 2 ? "---" : "---:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** How much of the requirement 99.5 % of cases use, by group and policy. */
export function usageTable(rows: readonly Summary[], policies: readonly string[]): string {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const head = ["99.5 % of cases use at most", ...policies];
  const lines = groups.map((group) => [
    group,
    ...policies.map(
      (policy) => rows.find((row) => row.policy === policy && row.group === group)?.usage995 ?? "-",
    ),
  ]);
  return [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** Parts per million as percent with two decimals, the rest cut off. */
function percent(ppm: bigint): string {
  return `${formatDecimal(divFloor(ppm, 100n), 2)} %`;
}

/** The inverse of a ratio in ppm, with one decimal, rounded down. */
function times(ppm: bigint): string {
  return ppm <= 0n ? "no loss" : formatDecimal(divFloor(10n * MILLION, ppm), 1);
}

function ascending(values: readonly bigint[]): bigint[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
