import { BallastError } from "../errors.ts";
import { policyLength } from "./policy-layout.ts";

/** The size of the risk space: S scenarios and K underlyings. */
export interface Shape {
  readonly scenarios: number;
  readonly underlyings: number;
}

/** 35 scenarios, two underlyings: 42 lanes in 14 elements, 17 field elements a row. */
export const FLAGSHIP_SHAPE: Shape = { scenarios: 35, underlyings: 2 };

/** Bits of one packed lane: |portfolio sum| < 2^82 leaves room for the circuit's 83-bit windows. */
export const LANE_BITS = 84n;
export const LANES_PER_ELEMENT = 3;
/** Exclusive bound of a lane and of a charge per lot, in micro-units: 549,755.813888 USD. */
export const LANE_LIMIT = 1n << 39n;
/** Exclusive bound of a position's quantity in lots. */
export const LOT_LIMIT = 1n << 36n;

/** Lanes of a row: mark value, S scenario P&Ls, then delta, gamma, vega for each underlying. */
export function laneCount(shape: Shape): number {
  return 1 + shape.scenarios + 3 * shape.underlyings;
}

/** Packed field elements of a row, three lanes each. */
export function elementCount(shape: Shape): number {
  return Math.ceil(laneCount(shape) / LANES_PER_ELEMENT);
}

/** Field elements of a table row: packed lanes, longCharge, shortCharge, instrumentId. */
export function rowWidth(shape: Shape): number {
  return elementCount(shape) + 3;
}

/** Field elements of the policy: 6 for each underlying, the stress weight, three thresholds. */
export function policyWidth(shape: Shape): number {
  return policyLength(shape.underlyings);
}

/** @throws {BallastError} INVALID_INPUT unless 1..64 scenarios and 1..8 underlyings. */
export function checkShape(shape: Shape): void {
  const { scenarios, underlyings } = shape;
  if (
    !Number.isInteger(scenarios) ||
    scenarios < 1 ||
    scenarios > 64 ||
    !Number.isInteger(underlyings) ||
    underlyings < 1 ||
    underlyings > 8
  ) {
    throw new BallastError("INVALID_INPUT", "A shape has 1 to 64 scenarios and 1 to 8 underlyings.");
  }
}
