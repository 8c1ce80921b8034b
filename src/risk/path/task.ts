import type { Margined } from "../reduction.ts";
import type { Holding } from "../requirement.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Ladder } from "./ladder.ts";

/** What of a snapshot a path is computed in. */
export type PathTable = Pick<Snapshot, "rows" | "shape" | "policyElements">;

/** Where a path ends. */
export interface PathTarget {
  /** The worst tier of the account afterwards. */
  readonly tier: 0 | 1 | 2;
  /** Ppm of the requirement that equity must have beyond that tier's threshold. */
  readonly margin: bigint;
}

/** What a path is looked for: one account, a market to trade in, and where it is to end. */
export interface PathTask {
  readonly table: PathTable;
  /** The account's. Secret. */
  readonly positions: readonly Holding[];
  /** The asset in which trades are paid. */
  readonly settlementId: number;
  /** What may be traded, and for how much; at most one an instrument, none of the settlement asset. */
  readonly ladders: readonly Ladder[];
  readonly target: PathTarget;
  /** Ppm of the margin that a slice frees: the most that it may cost. Default: any cost. */
  readonly maxPenalty?: bigint;
  /** Default 1. */
  readonly slices?: number;
  /** What early slices do first: least cost (default), or short gamma. */
  readonly order?: "cost" | "gamma";
  /** At most so many instruments are traded. */
  readonly maxLegs?: number;
  /** Micro-USD for each instrument that is traded, whatever its lots; default 0. */
  readonly legFee?: bigint;
}

/** An account on its path. */
export interface PathState extends Margined {
  /** By ascending id. */
  readonly positions: readonly Holding[];
  /** Lots bought since the start, signed. */
  readonly trades: readonly Holding[];
  /** Micro-USD paid since the start beyond marks. */
  readonly cost: bigint;
  /** Lots of the settlement asset received since the start, signed. */
  readonly cash: bigint;
}

/** One step, in the terms of a transfer from the account to whoever takes it. */
export interface PathSlice {
  /** Lots that the account hands over, signed. */
  readonly moved: readonly Holding[];
  /** Lots of the settlement asset that the taker pays, signed. */
  readonly cash: bigint;
  /** Micro-USD. */
  readonly cost: bigint;
  readonly after: PathState;
}

/** Multipliers that prove a lower bound of a path's cost, in billionths; see `lowerBound`. */
export interface PathCertificate {
  /** Of the target and of the penalty rule, >= 0. */
  readonly target: bigint;
  readonly penalty: bigint;
  /** One a scenario, >= 0, one in sum at most. */
  readonly scenarios: readonly bigint[];
  /** By underlying: -1 to 1. */
  readonly delta: readonly bigint[];
  readonly vega: readonly bigint[];
  readonly freeDelta: readonly bigint[];
  /** By underlying: 0 to 1. */
  readonly gamma: readonly bigint[];
  readonly freeGamma: readonly bigint[];
  /** Of the rule on short gamma, by underlying, >= 0: micro-USD a micro-USD. */
  readonly shortGamma: readonly bigint[];
  /** The charge on cash: between what owing and holding it costs. */
  readonly cash: bigint;
}

/** The path of an account that can be brought to its target. */
export interface FoundPath {
  readonly found: true;
  readonly before: PathState;
  /** None where the account is at its target. */
  readonly slices: readonly PathSlice[];
  /** Micro-USD. */
  readonly cost: bigint;
  /** No path within the ladders costs less: micro-USD. */
  readonly bound: bigint;
  readonly certificate: PathCertificate;
  /** False where the stress weight is above 1, legs are limited or have a fee: the bound is then the convex problem's. */
  readonly convex: boolean;
}

/** No trades within the ladders bring the account to its target. */
export interface NoPath {
  readonly found: false;
  readonly before: PathState;
  /** The least lots of the settlement asset to pay in, so that a path exists. */
  readonly cash: bigint;
}
