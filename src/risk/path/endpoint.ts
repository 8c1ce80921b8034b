import { BallastError } from "../../errors.ts";
import { policyRules } from "../policy-layout.ts";
import { certificateOf, lowerBound } from "./certificate.ts";
import { isEnd, type PreparedTask, shortOfTarget, thresholdOf } from "./exact.ts";
import type { Solver } from "./programme.ts";
import { type Ask, type Fill, type Limit, type Relaxation, relax } from "./relaxation.ts";
import { cheapestRounding, type Proposal } from "./rounding.ts";
import type { PathCertificate, PathState } from "./task.ts";

/** Where the cheapest trades end, and what is proven of it. */
export interface Endpoint {
  /** Undefined where the ladders don't reach the target; then `cash` says what is lacking. */
  readonly end: PathState | undefined;
  /** USD to pay in; 0 where none is needed. */
  readonly cash: number;
  readonly bound: bigint;
  readonly certificate: PathCertificate;
}

/** A programme's answer in lots. */
interface Answer {
  readonly relaxation: Relaxation;
  readonly proposals: readonly Proposal[];
  /** USD paid in. */
  readonly cash: number;
  readonly duals: readonly number[] | undefined;
}

/** A leg in whole lots. */
interface Rounded extends Proposal {
  readonly side: number;
}

/** So many legs are rounded down for good, as long as the cost is above the bound by more than one part in this many. */
const DIVES = 4;
const GOOD_ENOUGH = 10_000n;
/** Cash costs this many times itself where the question is whether trades suffice: beyond what any trade costs. */
const LAST_RESORT = 1_000;
/** What counts as cash, USD. */
const SOME_CASH = 1e-4;
/** Segments that are added at a time, and rounds of that. */
const ADDED = 48;
const ROUNDS = 24;
/** So often the target is moved by what whole lots lack of it. */
const REPAIRS = 6;
/** Instruments beside those of the convex path among which legs are chosen. */
const CHOICES = 24;

const usd = (micros: bigint): number => Number(micros) / 1e6;

/**
 * The cheapest trades that end at the target. Segments enter the programme as its own certificate finds that they pay, until none does.
 * @throws {BallastError} INTERNAL where the solver fails.
 */
export function findEndpoint(prepared: PreparedTask, solve: Solver): Endpoint {
  const active = startingSegments(prepared);
  const { answer, certificate, gain } = generate(prepared, solve, active, LAST_RESORT);
  const { bound } = lowerBound(prepared, certificate);
  if (answer.cash > SOME_CASH) {
    const least = generate(prepared, solve, active, "least");
    return { end: undefined, cash: least.answer.cash, bound, certificate };
  }
  const end = isConvex(prepared)
    ? wholeLots(prepared, solve, answer, { ask: askFor(prepared, active, LAST_RESORT), bound })
    : wholeEnd(prepared, solve, gain);
  return { end, cash: 0, bound, certificate };
}

/** Whether the requirement is convex and trades have no cost but that of their lots. */
export function isConvex({ task }: PreparedTask): boolean {
  const { table, maxLegs, legFee = 0n } = task;
  const { stressWeight } = policyRules(table.policyElements, table.shape.underlyings);
  return stressWeight <= 1_000_000n && maxLegs === undefined && legFee === 0n;
}

/** Segments of what the account holds, and of what has no gamma. */
function startingSegments({ segments, before }: PreparedTask): Set<number> {
  const held = new Set(before.positions.map(({ instrumentId }) => instrumentId));
  return new Set(
    segments.flatMap(({ vector }, i) =>
      held.has(vector.instrumentId) || vector.gamma.every((gamma) => gamma === 0n) ? [i] : [],
    ),
  );
}

/** Solves, and adds what pays, until the programme has all that does. */
function generate(
  prepared: PreparedTask,
  solve: Solver,
  active: Set<number>,
  price: number | "least",
): { readonly answer: Answer; readonly certificate: PathCertificate; readonly gain: readonly number[] } {
  for (let round = 0; ; round++) {
    const answer = answerTo(prepared, solve, askFor(prepared, active, price));
    if (answer?.duals === undefined)
      throw new BallastError("INTERNAL", "The linear solver gave no answer to the path's programme.");
    const certificate = certificateOf(prepared, answer.relaxation, answer.duals);
    const { pays, gain } = lowerBound(prepared, certificate, price === "least" ? "cash" : "cost");
    const entering = gain
      .map((value, i) => ({ i, value }))
      .filter(({ i }) => pays[i] === true && !active.has(i))
      .sort((a, b) => b.value - a.value)
      .slice(0, ADDED);
    if (entering.length === 0 || round === ROUNDS) return { answer, certificate, gain };
    for (const { i } of entering) active.add(i);
  }
}

/** The programme of the endpoint over some segments. */
function askFor(prepared: PreparedTask, active: ReadonlySet<number>, price: number | "least"): Ask {
  const { task, before, segments } = prepared;
  const fills = segments.flatMap((segment, i) =>
    active.has(i) ? [{ segment, from: 0, to: Number(segment.lots) }] : [],
  );
  const penalty = task.maxPenalty === undefined ? undefined : usd(task.maxPenalty);
  const target: Limit = {
    requirement: Number(thresholdOf(task, task.target)) / 1e12,
    cost: 1,
    limit: usd(before.sums.equity),
    funded: true,
  };
  const required = Number(before.requirement.maintenance12) / 1e18;
  return {
    fills,
    limits:
      penalty === undefined
        ? [target]
        : [target, { requirement: penalty, cost: 1, limit: penalty * required }],
    shortGamma: before.sums.gamma.map((gamma) => usd(gamma < 0n ? -gamma : 0n)),
    objective: price === "least" ? "cash" : "cost",
    cashPrice: price === "least" ? 1 : price,
  };
}

/** @returns undefined where the solver has no values. */
export function answerTo(prepared: PreparedTask, solve: Solver, ask: Ask): Answer | undefined {
  const relaxation = relax(prepared, ask);
  const { values, duals } = solve(relaxation.programme);
  if (values === undefined) return undefined;
  const lots = new Map<number, number>();
  ask.fills.forEach(({ segment: { vector, side } }, i) => {
    const fill = relaxation.fills[i];
    const value = fill === undefined ? 0 : (values[fill.column] ?? 0) * fill.lots;
    lots.set(vector.instrumentId, (lots.get(vector.instrumentId) ?? 0) + Number(side) * value);
  });
  // A choice is nothing or all to a solver's tolerance, and what it lets through may be a lot.
  const isChosen = (instrumentId: number): boolean => {
    const choice = relaxation.legs.get(instrumentId);
    return choice === undefined || (values[choice] ?? 0) > 0.5;
  };
  const proposals = [...lots]
    .filter(([instrumentId]) => isChosen(instrumentId))
    .map(([instrumentId, value]) => ({ instrumentId, lots: value }));
  const cash = relaxation.cashColumn === undefined ? 0 : (values[relaxation.cashColumn] ?? 0);
  return { relaxation, proposals: proposals.filter((one) => Math.abs(one.lots) > 1e-6), cash, duals };
}

/**
 * The cheapest whole lots that are found from the relaxation's: beside them, and with the coarsest leg rounded down for good, so that finer
 * ones make up for it.
 */
function wholeLots(
  prepared: PreparedTask,
  solve: Solver,
  first: Answer,
  { ask, bound }: { readonly ask: Ask; readonly bound: bigint },
): PathState | undefined {
  let best = repaired(prepared, solve, first, ask);
  let capped = ask;
  let answer: Answer | undefined = first;
  for (let dive = 0; dive < DIVES && answer !== undefined; dive++) {
    if (best !== undefined && best.cost - bound <= best.cost / GOOD_ENOUGH) break;
    const coarse = coarsest(prepared, answer.proposals);
    if (coarse === undefined) break;
    capped = { ...capped, fills: cappedFills(capped.fills, coarse) };
    answer = answerTo(prepared, solve, capped);
    const end = repaired(prepared, solve, answer, capped);
    if (end !== undefined && (best === undefined || end.cost < best.cost)) best = end;
  }
  return best;
}

/** The leg whose part of a lot costs most, towards none; undefined where all legs are whole. */
function coarsest({ segments }: PreparedTask, proposals: readonly Proposal[]): Rounded | undefined {
  const rounded = proposals.map(({ instrumentId, lots }) => {
    const whole = Math.trunc(lots + Math.sign(lots) * 1e-6);
    const cost = segments.find(({ vector }) => vector.instrumentId === instrumentId)?.cost ?? 0n;
    return { instrumentId, lots: whole, worth: Math.abs(lots - whole) * Number(cost), side: Math.sign(lots) };
  });
  const [most] = rounded.filter(({ worth }) => worth > 1).sort((a, b) => b.worth - a.worth);
  return most;
}

/** Fills of which an instrument has no more than a proposal's lots, on the proposal's side. */
function cappedFills(fills: readonly Fill[], { instrumentId, lots, side }: Rounded): Fill[] {
  let left = Math.abs(lots);
  return fills.map((fill) => {
    if (fill.segment.vector.instrumentId !== instrumentId || Number(fill.segment.side) !== side) return fill;
    const to = Math.min(fill.to, left);
    left -= to;
    return { ...fill, to };
  });
}

/** Whole lots for a proposal; where none beside it will do, for one with a target that is higher by what they lack. */
function repaired(
  prepared: PreparedTask,
  solve: Solver,
  first: Answer | undefined,
  ask: Ask,
): PathState | undefined {
  let answer = first;
  let lacking = 0;
  for (let repair = 0; answer !== undefined && answer.cash <= SOME_CASH; repair++) {
    let least: number | undefined;
    const end = cheapestRounding(prepared, answer.proposals, (state) => {
      if (isEnd(prepared, state)) return true;
      const short = Number(shortOfTarget(prepared, state) / 10n ** 24n) / 1e6;
      if (least === undefined || short < least) least = short;
      return false;
    });
    if (end !== undefined || repair === REPAIRS) return end;
    lacking += Math.max(least ?? 0, 0.01) * 1.05;
    const limits = ask.limits.map((limit, i) => ({
      ...limit,
      limit: limit.limit - (i === 0 ? lacking : lacking / 10),
    }));
    answer = answerTo(prepared, solve, { ...ask, limits });
  }
  return undefined;
}

/** The same where legs are chosen, or the requirement isn't convex: over those of the convex path, and those that are next to paying. */
function wholeEnd(prepared: PreparedTask, solve: Solver, gain: readonly number[]): PathState | undefined {
  const { maxLegs, legFee = 0n } = prepared.task;
  const whole = { legFee: usd(legFee), ...(maxLegs === undefined ? {} : { maxLegs }) };
  const close = gain
    .map((value, i) => ({ id: prepared.segments[i]?.vector.instrumentId ?? 0, value }))
    .sort((a, b) => b.value - a.value);
  const held = new Set(prepared.before.positions.map(({ instrumentId }) => instrumentId));
  const chosen = new Set(held);
  for (const { id } of close) {
    if (chosen.size >= held.size + CHOICES) break;
    chosen.add(id);
  }
  const { cashPrice: _, ...ask } = askFor(
    prepared,
    new Set(prepared.segments.flatMap(({ vector }, i) => (chosen.has(vector.instrumentId) ? [i] : []))),
    LAST_RESORT,
  );
  const few = { ...ask, whole };
  return repaired(prepared, solve, answerTo(prepared, solve, few), few);
}
