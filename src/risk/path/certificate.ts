import { divCeil } from "../../math/rounding.ts";
import { policyRules } from "../policy-layout.ts";
import type { Sums } from "../requirement.ts";
import type { RiskVector } from "../table.ts";
import { type PreparedTask, thresholdOf } from "./exact.ts";
import type { Relaxation } from "./relaxation.ts";
import type { PathCertificate } from "./task.ts";

/** What a certificate proves. */
export interface LowerBound {
  /** Micro-USD, >= 0. */
  readonly bound: bigint;
  /** By segment: whether a lot of it would lower the bound, that is, may be worth its cost. */
  readonly pays: readonly boolean[];
  /** By segment: what a lot of it is worth less its cost, micro-USD, 0 or less where it isn't worth it. For ranking. */
  readonly gain: readonly number[];
}

const ONE = 1_000_000_000n;
const MILLION = 1_000_000n;
const SCALE12 = MILLION * MILLION;
/** A requirement's linear bound is micro-USD times this. */
const SCALE = SCALE12 * ONE * ONE;

const clip = (value: bigint, least: bigint, most: bigint): bigint =>
  value < least ? least : value > most ? most : value;
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** The certificate that proves a bound of nothing. */
export function emptyCertificate({ task }: PreparedTask): PathCertificate {
  const { scenarios, underlyings } = task.table.shape;
  const none = new Array<bigint>(underlyings).fill(0n);
  return {
    ...{ target: 0n, penalty: 0n, cash: 0n, scenarios: new Array<bigint>(scenarios).fill(0n) },
    ...{ delta: none, vega: none, freeDelta: none, gamma: none, freeGamma: none, shortGamma: none },
  };
}

/** A certificate within its ranges, whatever it was: any such one proves a bound. */
export function clipped(prepared: PreparedTask, certificate: PathCertificate): PathCertificate {
  const settlement = prepared.vectors.get(prepared.task.settlementId);
  const signs = (list: readonly bigint[]) => list.map((value) => clip(value, -ONE, ONE));
  const shares = (list: readonly bigint[]) => list.map((value) => clip(value, 0n, ONE));
  let left = ONE;
  const scenarios = certificate.scenarios.map((value) => {
    const weight = clip(value, 0n, left);
    left -= weight;
    return weight;
  });
  return {
    target: positive(certificate.target),
    penalty: prepared.task.maxPenalty === undefined ? 0n : positive(certificate.penalty),
    scenarios,
    delta: signs(certificate.delta),
    vega: signs(certificate.vega),
    freeDelta: signs(certificate.freeDelta),
    gamma: shares(certificate.gamma),
    freeGamma: shares(certificate.freeGamma),
    shortGamma: certificate.shortGamma.map(positive),
    cash: clip(
      certificate.cash,
      -(settlement?.shortCharge ?? 0n) * ONE,
      (settlement?.longCharge ?? 0n) * ONE,
    ),
  };
}

/**
 * The least that any trades within the ladders cost that meet target, penalty rule and short gamma: Lagrange's bound, in exact integers
 * (docs/protocol/path.md). It needs no solver, and holds for any certificate; a bad one proves little.
 *
 * The requirement is at least each linear function that multipliers within their ranges make of it. With it in place of the requirement,
 * rules priced by the certificate, each segment is filled or left alone by the sign of what a lot of it brings.
 *
 * @param counted "cash" where what trades cost counts only as far as it must be paid in: `bound` then says nothing, `pays` and `gain` do.
 */
export function lowerBound(
  prepared: PreparedTask,
  given: PathCertificate,
  counted: "cost" | "cash" = "cost",
): LowerBound {
  const { task, before, vectors, microsPerLot } = prepared;
  const { table, target, maxPenalty = 0n, settlementId } = task;
  const rules = policyRules(table.policyElements, table.shape.underlyings);
  const c = clipped(prepared, given);
  const weight = rules.stressWeight < MILLION ? rules.stressWeight : MILLION;
  const stressed = c.scenarios.reduce((sum, value) => sum + value, 0n);
  const rest = MILLION * ONE - weight * stressed;
  const of = (list: readonly bigint[], u: number): bigint => list[u] ?? 0n;
  const slopes = rules.underlyings.map((rule, u) => ({
    delta: rule.deltaMove * rest * of(c.delta, u) + rule.concRate * of(c.freeDelta, u) * MILLION * ONE,
    gamma: rule.gammaMove * rest * of(c.gamma, u) + rule.concRate * of(c.freeGamma, u) * MILLION * ONE,
    vega: rule.vegaMove * rest * of(c.vega, u),
    free:
      rule.concRate *
      (abs(of(c.freeDelta, u)) * rule.freeDelta + of(c.freeGamma, u) * rule.freeGamma) *
      MILLION *
      ONE,
  }));
  const losses = c.scenarios.map((value) => weight * value * MILLION * ONE);
  const risk = (lanes: Pick<Sums | RiskVector, "pnl" | "delta" | "gamma" | "vega">): bigint => {
    let sum = 0n;
    slopes.forEach((slope, u) => {
      sum +=
        slope.delta * of(lanes.delta, u) - slope.gamma * of(lanes.gamma, u) + slope.vega * of(lanes.vega, u);
    });
    losses.forEach((loss, s) => {
      if (loss !== 0n) sum -= loss * of(lanes.pnl, s);
    });
    return sum;
  };
  const capped = (gamma: readonly bigint[]): bigint =>
    gamma.reduce((sum, value, u) => sum - value * of(c.shortGamma, u), 0n);

  const cashSlope = c.cash * SCALE12 * ONE;
  // Of the requirement in all rules, at 1e12 * ONE; the bound's own scale is WHOLE, and UNIT is that of a multiplier.
  const price = thresholdOf(task, target) * c.target + maxPenalty * MILLION * c.penalty;
  const UNIT = SCALE * microsPerLot * SCALE12;
  const WHOLE = UNIT * ONE;
  const own = counted === "cost" ? ONE : 0n;

  const settlement = vectors.get(settlementId);
  const cash = before.positions.find(({ instrumentId }) => instrumentId === settlementId)?.quantity ?? 0n;
  const cashCharge =
    abs(cash) * (cash < 0n ? (settlement?.shortCharge ?? 0n) : (settlement?.longCharge ?? 0n));
  const { sums, requirement } = before;
  const linear =
    microsPerLot *
      (risk(sums) + SCALE * (sums.charges - cashCharge) - slopes.reduce((sum, { free }) => sum + free, 0n)) +
    // Cash is rounded down by less than a lot.
    cashSlope * microsPerLot * cash -
    positive(cashSlope) * microsPerLot;
  let total =
    price * linear -
    UNIT * (c.target * sums.equity - capped(sums.gamma)) -
    UNIT * sums.gamma.reduce((sum, gamma, u) => sum + of(c.shortGamma, u) * positive(-gamma), 0n) -
    (UNIT / (MILLION * SCALE12)) * c.penalty * maxPenalty * requirement.maintenance12;
  const risks = new Map<RiskVector, readonly [risk: bigint, capped: bigint]>();
  const pays: boolean[] = [];
  const gain: number[] = [];
  for (const { vector, side, lots, cost, charge } of prepared.segments) {
    const known = risks.get(vector) ?? ([risk(vector), capped(vector.gamma)] as const);
    risks.set(vector, known);
    const required =
      microsPerLot * (side * known[0] + SCALE * charge) - cashSlope * (side * vector.mark + cost);
    const lot = price * required + UNIT * (cost * (own + c.target + c.penalty) + side * known[1]);
    if (lot < 0n) total += lot * lots;
    pays.push(lot < 0n);
    gain.push(-Number(lot / (UNIT * 1_000n)) / 1e6);
  }
  return { bound: positive(divCeil(total, WHOLE)), pays, gain };
}

/**
 * The certificate that a solver's duals stand for, in billionths.
 * @param duals of the relaxation's rows, whose first limit is the target and whose second, if any, the penalty rule.
 */
export function certificateOf(
  prepared: PreparedTask,
  { rows }: Relaxation,
  duals: readonly number[],
): PathCertificate {
  const { table, maxPenalty = 0n, settlementId, target } = prepared.task;
  const rules = policyRules(table.policyElements, table.shape.underlyings);
  const dual = (row: number | undefined): number => (row === undefined ? 0 : (duals[row] ?? 0));
  const [targetRow, penaltyRow] = rows.limits;
  const price =
    (Number(thresholdOf(prepared.task, target)) / 1e12) * dual(targetRow) +
    (Number(maxPenalty) / 1e6) * dual(penaltyRow);
  const ratio = (value: number, by: number): bigint => {
    const quotient = by > 0 ? value / by : 0;
    return Number.isFinite(quotient) ? BigInt(Math.round(clipNumber(quotient) * 1e9)) : 0n;
  };
  const weight = Math.min(Number(rules.stressWeight) / 1e6, 1);
  const scenarios = rows.scenarios.map((row) => ratio(dual(row), weight * price));
  const rest = 1 - (weight * Number(scenarios.reduce((sum, value) => sum + value, 0n))) / 1e9;
  const greeks = rules.underlyings.map((rule, u) => {
    const at = rows.greeks[u];
    const concRate = Number(rule.concRate) / 1e6;
    const [up, down] = [dual(at?.delta[0]), dual(at?.delta[1])];
    const freeDelta = Math.sign(up - down) * dual(at?.freeDelta);
    const freeGamma = dual(at?.freeGamma);
    const cap = dual(at?.shortGamma);
    const scale = (move: bigint) => (Number(move) / 1e6) * rest * price;
    return {
      delta: ratio(up - down - freeDelta, scale(rule.deltaMove)),
      freeDelta: ratio(freeDelta, concRate * price),
      gamma: ratio(dual(at?.gamma) - cap - freeGamma, scale(rule.gammaMove)),
      freeGamma: ratio(freeGamma, concRate * price),
      vega: ratio(dual(at?.vega[0]) - dual(at?.vega[1]), scale(rule.vegaMove)),
      cap: ratio(cap, 1),
    };
  });
  const mark = Number(prepared.vectors.get(settlementId)?.mark ?? 1n);
  return clipped(prepared, {
    target: ratio(dual(targetRow), 1),
    penalty: ratio(dual(penaltyRow), 1),
    scenarios,
    delta: greeks.map(({ delta }) => delta),
    vega: greeks.map(({ vega }) => vega),
    freeDelta: greeks.map(({ freeDelta }) => freeDelta),
    gamma: greeks.map(({ gamma }) => gamma),
    freeGamma: greeks.map(({ freeGamma }) => freeGamma),
    shortGamma: greeks.map(({ cap }) => cap),
    cash: ratio(dual(rows.cash) * mark, price),
  });
}

/** Within a million: a solver's rounding of nothing over nothing. */
function clipNumber(value: number): number {
  return Math.max(-1e6, Math.min(1e6, value));
}
