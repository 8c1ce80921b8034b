import { formatDecimal } from "../math/decimal.ts";
import { formatField } from "../math/field.ts";
import { divFloor } from "../math/rounding.ts";
import { type Holding, portfolioSums, requirement, type Tier } from "./requirement.ts";
import type { Snapshot } from "./snapshot.ts";

/** One scenario's P&L of the whole portfolio. */
export interface ScenarioReport {
  readonly name: string;
  readonly pnl: string;
}

/** One underlying's Greeks (USD for +1 %, change of that per +1 %, +1 vol point) and margins. */
export interface UnderlyingReport {
  readonly symbol: string;
  readonly dollarDelta: string;
  readonly dollarGamma: string;
  readonly dollarVega: string;
  readonly deltaMargin: string;
  readonly gammaMargin: string;
  readonly vegaMargin: string;
  readonly concentration: string;
}

/** A portfolio's margin requirement as JSON: decimal texts in USD, exact to the last digit unless said. */
export interface MarginReport {
  readonly snapshotId: string;
  /** Unix seconds. */
  readonly time: string;
  readonly policy: string;
  readonly equity: string;
  readonly deltaMargin: string;
  readonly gammaMargin: string;
  readonly vegaMargin: string;
  /** The worst scenario's loss, W. */
  readonly stressLoss: string;
  readonly stressAddOn: string;
  readonly charges: string;
  readonly concentration: string;
  /** The maintenance requirement, MM. */
  readonly requirement: string;
  /** RAIM: threshold_1 * MM. Below it the tier is 1. */
  readonly initialRequirement: string;
  /** threshold_2 * MM. Below it the tier is 2. */
  readonly softRequirement: string;
  /** Equity over requirement, six decimals, rounded down; null where nothing is required. */
  readonly coverageRatio: string | null;
  readonly tier: Tier;
  /** The first scenario that attains the stress loss, or null when none loses. */
  readonly worstScenario: string | null;
  readonly scenarios: readonly ScenarioReport[];
  readonly underlyings: readonly UnderlyingReport[];
}

/**
 * The margin of a portfolio with every component and scenario.
 * @throws {BallastError} as `portfolioSums`.
 * @example
 * ```ts
 * import { marginReport, parsePortfolio, type Snapshot } from "ballast";
 * declare const [snapshot, json]: [Snapshot, unknown];
 * const { requirement, equity, tier } = marginReport(snapshot, parsePortfolio(json, snapshot).positions);
 * ```
 */
export function marginReport(snapshot: Snapshot, positions: readonly Holding[]): MarginReport {
  const { shape, policy, policyElements } = snapshot;
  const sums = portfolioSums(snapshot.rows, positions, shape);
  const result = requirement(sums, policyElements, shape);
  const scenarioName = (index: number): string => policy.scenarios[index]?.name ?? `scenario ${index + 1}`;
  return {
    snapshotId: formatField(snapshot.snapshotId),
    time: snapshot.time.toString(),
    policy: policy.name,
    equity: formatDecimal(result.equity, 6),
    deltaMargin: formatDecimal(result.deltaMargin6, 12),
    gammaMargin: formatDecimal(result.gammaMargin6, 12),
    vegaMargin: formatDecimal(result.vegaMargin6, 12),
    stressLoss: formatDecimal(result.stressLoss, 6),
    stressAddOn: formatDecimal(result.stressAddOn12, 18),
    charges: formatDecimal(result.charges, 6),
    concentration: formatDecimal(result.concentration6, 12),
    requirement: formatDecimal(result.maintenance12, 18),
    initialRequirement: formatDecimal(result.thresholds18[0], 24),
    softRequirement: formatDecimal(result.thresholds18[1], 24),
    coverageRatio:
      result.maintenance12 === 0n
        ? null
        : formatDecimal(divFloor(result.equity * 10n ** 18n, result.maintenance12), 6),
    tier: result.tier,
    worstScenario: result.worstScenario === null ? null : scenarioName(result.worstScenario),
    scenarios: policy.scenarios.map(({ name }, index) => ({
      name,
      pnl: formatDecimal(sums.pnl[index] ?? 0n, 6),
    })),
    underlyings: policy.underlyings.map((symbol, u) => {
      const margin = result.underlyings[u];
      return {
        symbol,
        dollarDelta: formatDecimal(sums.delta[u] ?? 0n, 6),
        dollarGamma: formatDecimal(sums.gamma[u] ?? 0n, 6),
        dollarVega: formatDecimal(sums.vega[u] ?? 0n, 6),
        deltaMargin: formatDecimal(margin?.delta ?? 0n, 12),
        gammaMargin: formatDecimal(margin?.gamma ?? 0n, 12),
        vegaMargin: formatDecimal(margin?.vega ?? 0n, 12),
        concentration: formatDecimal(margin?.concentration ?? 0n, 12),
      };
    }),
  };
}
