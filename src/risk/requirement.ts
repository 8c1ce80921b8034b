import { BallastError } from "../errors.ts";
import { policyRules } from "./policy-layout.ts";
import { LOT_LIMIT, type Shape } from "./shape.ts";
import { lanesOf, type RiskVector } from "./table.ts";

/** What the model needs to know of a position: signed lots of an instrument. */
export interface Holding {
  readonly instrumentId: number;
  /** Signed lots, |quantity| < 2^36. */
  readonly quantity: bigint;
}

/** A portfolio's summed lanes. Micro-USD, exact integers; Greeks are indexed by underlying. */
export interface Sums {
  readonly equity: bigint;
  /** One entry a scenario; a loss is negative. */
  readonly pnl: readonly bigint[];
  readonly delta: readonly bigint[];
  readonly gamma: readonly bigint[];
  readonly vega: readonly bigint[];
  /** >= 0 */
  readonly charges: bigint;
}

/** One underlying's share of the requirement, micro-USD times 1e6 (USD at 1e12). */
export interface UnderlyingMargin {
  readonly delta: bigint;
  readonly gamma: bigint;
  readonly vega: bigint;
  readonly concentration: bigint;
}

/**
 * The margin requirement with its breakdown. Nothing is divided, so nothing is rounded: the suffix is the power of ten
 * that micro-USD are multiplied by (`base6` is USD at 1e12, `maintenance12` USD at 1e18, `thresholds18` USD at 1e24).
 */
export interface Requirement {
  /** Micro-USD. */
  readonly equity: bigint;
  readonly underlyings: readonly UnderlyingMargin[];
  readonly deltaMargin6: bigint;
  readonly gammaMargin6: bigint;
  readonly vegaMargin6: bigint;
  /** The sum of the three above. */
  readonly base6: bigint;
  /** W: worst stress loss, micro-USD, >= 0. */
  readonly stressLoss: bigint;
  /** Index of the first scenario that attains W, or null when no scenario loses. */
  readonly worstScenario: number | null;
  readonly stressAddOn12: bigint;
  /** C, micro-USD. */
  readonly charges: bigint;
  readonly concentration6: bigint;
  /** MM. */
  readonly maintenance12: bigint;
  /** threshold_k * MM for k = 1..3: initial (RAIM), soft, maintenance. */
  readonly thresholds18: readonly [bigint, bigint, bigint];
  readonly tier: Tier;
}

/** 0 healthy, 1 below initial margin, 2 soft liquidation, 3 full liquidation, 4 bankrupt. */
export type Tier = 0 | 1 | 2 | 3 | 4;

const SCALE6 = 1_000_000n;
const SCALE12 = SCALE6 * SCALE6;
const SCALE18 = SCALE12 * SCALE6;

const abs = (value: bigint): bigint => (value < 0n ? -value : value);
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/** A table by instrument id: make it once where many portfolios are summed. */
export type VectorIndex = ReadonlyMap<number, RiskVector>;

export function vectorIndex(rows: readonly { readonly vector: RiskVector }[]): VectorIndex {
  return new Map(rows.map(({ vector }) => [vector.instrumentId, vector]));
}

/**
 * Sums the lanes of a portfolio: `sum_i quantity_i * row_i`, charges by the sign of the holding.
 *
 * @param table the rows in any order, or their index.
 * @throws {BallastError} UNKNOWN_INSTRUMENT for an id without a row, LOT_OVERFLOW when |quantity| >= 2^36.
 */
export function portfolioSums(
  table: readonly { readonly vector: RiskVector }[] | VectorIndex,
  positions: readonly Holding[],
  shape: Shape,
): Sums {
  const byId = "get" in table ? table : vectorIndex(table);
  const { scenarios, underlyings } = shape;
  let equity = 0n;
  let charges = 0n;
  const pnl = new Array<bigint>(scenarios).fill(0n);
  const greeks = { delta: zeros(underlyings), gamma: zeros(underlyings), vega: zeros(underlyings) };
  for (const { instrumentId, quantity } of positions) {
    const vector = byId.get(instrumentId);
    if (vector === undefined) {
      throw new BallastError(
        "UNKNOWN_INSTRUMENT",
        `The snapshot has no row for instrument ${instrumentId}.`,
        {
          hint: "Build a snapshot that includes every instrument of the portfolio.",
          details: { instrumentId },
        },
      );
    }
    if (abs(quantity) >= LOT_LIMIT) {
      throw new BallastError(
        "LOT_OVERFLOW",
        `A position in instrument ${instrumentId} has 2^36 lots or more.`,
        {
          hint: "Choose a larger lot for this instrument.",
          details: { instrumentId },
        },
      );
    }
    equity += quantity * vector.mark;
    charges += abs(quantity) * (quantity < 0n ? vector.shortCharge : vector.longCharge);
    addTimes(pnl, vector.pnl, quantity);
    addTimes(greeks.delta, vector.delta, quantity);
    addTimes(greeks.gamma, vector.gamma, quantity);
    addTimes(greeks.vega, vector.vega, quantity);
  }
  return { equity, pnl, ...greeks, charges };
}

/** The lanes of summed vectors, in the table's order. */
export function lanesOfSums(sums: Sums): bigint[] {
  return lanesOf({ ...sums, instrumentId: 0, mark: sums.equity, longCharge: 0n, shortCharge: 0n });
}

/**
 * The margin requirement of protocol section 3: the specification in code, which the circuit equals on every input.
 *
 * @param elements the policy in the order of docs/protocol/encodings.md section 3 (see `policyElements`).
 * @throws {BallastError} INVALID_INPUT when sums or policy do not have the shape's size.
 */
export function requirement(sums: Sums, elements: readonly bigint[], shape: Shape): Requirement {
  checkSize(sums, shape);
  const rules = policyRules(elements, shape.underlyings);

  const underlyings = rules.underlyings.map((rule, u): UnderlyingMargin => {
    const delta = abs(sums.delta[u] ?? 0n);
    const shortGamma = positive(-(sums.gamma[u] ?? 0n));
    const vega = abs(sums.vega[u] ?? 0n);
    return {
      delta: rule.deltaMove * delta,
      gamma: rule.gammaMove * shortGamma,
      vega: rule.vegaMove * vega,
      concentration:
        rule.concRate * (positive(delta - rule.freeDelta) + positive(shortGamma - rule.freeGamma)),
    };
  });
  const total = (part: keyof UnderlyingMargin): bigint => underlyings.reduce((sum, u) => sum + u[part], 0n);
  const deltaMargin6 = total("delta");
  const gammaMargin6 = total("gamma");
  const vegaMargin6 = total("vega");
  const concentration6 = total("concentration");
  const base6 = deltaMargin6 + gammaMargin6 + vegaMargin6;

  let stressLoss = 0n;
  let worstScenario: number | null = null;
  sums.pnl.forEach((pnl, scenario) => {
    if (-pnl > stressLoss) {
      stressLoss = -pnl;
      worstScenario = scenario;
    }
  });
  const stressAddOn12 = rules.stressWeight * positive(SCALE6 * stressLoss - base6);
  const maintenance12 = SCALE6 * base6 + stressAddOn12 + SCALE12 * sums.charges + SCALE6 * concentration6;
  const thresholds18 = [
    rules.initial * maintenance12,
    rules.soft * maintenance12,
    rules.maintenance * maintenance12,
  ] as const;
  const failed = thresholds18.filter((level) => SCALE18 * sums.equity < level).length;
  return {
    equity: sums.equity,
    underlyings,
    deltaMargin6,
    gammaMargin6,
    vegaMargin6,
    base6,
    stressLoss,
    worstScenario,
    stressAddOn12,
    charges: sums.charges,
    concentration6,
    maintenance12,
    thresholds18,
    tier: (failed + (sums.equity < 0n ? 1 : 0)) as Tier,
  };
}

function checkSize(sums: Sums, shape: Shape): void {
  const greeks = [sums.delta, sums.gamma, sums.vega];
  if (sums.pnl.length !== shape.scenarios || greeks.some((list) => list.length !== shape.underlyings)) {
    throw new BallastError("INVALID_INPUT", "The summed lanes do not have the shape's size.");
  }
}

function zeros(length: number): bigint[] {
  return new Array<bigint>(length).fill(0n);
}

function addTimes(sums: bigint[], values: readonly bigint[], quantity: bigint): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0n) + quantity * (values[i] ?? 0n);
}
