import { BallastError } from "../errors.ts";
import { INSTRUMENT_ID_LIMIT } from "../market/instruments.ts";
import { type Field, reduce } from "../math/field.ts";
import {
  checkShape,
  elementCount,
  LANE_BITS,
  LANE_LIMIT,
  LANES_PER_ELEMENT,
  laneCount,
  type Shape,
} from "./shape.ts";

/** Per lot of one instrument, micro-units of the quote currency. Greeks are indexed by underlying. */
export interface RiskVector {
  readonly instrumentId: number;
  readonly mark: bigint;
  /** S scenario P&Ls, weights applied. */
  readonly pnl: readonly bigint[];
  /** Value for +1 % of the underlying. */
  readonly delta: readonly bigint[];
  /** Change of that delta per +1 %. */
  readonly gamma: readonly bigint[];
  /** Value for +1 vol point. */
  readonly vega: readonly bigint[];
  /** Charge per lot held long, >= 0. */
  readonly longCharge: bigint;
  /** Charge per lot held short, >= 0. */
  readonly shortCharge: bigint;
}

/** The lanes in their canonical order: mark, P&L, then delta, gamma, vega of each underlying. */
export function lanesOf(vector: RiskVector): bigint[] {
  const greeks = vector.delta.flatMap((delta, u) => [delta, vector.gamma[u] ?? 0n, vector.vega[u] ?? 0n]);
  return [vector.mark, ...vector.pnl, ...greeks];
}

/** Whether a row has a value and nothing else: no P&L, no Greeks, no charges, as those of expired instruments. */
export function isSettledVector(vector: RiskVector): boolean {
  const [mark = 0n, ...risks] = lanesOf(vector);
  return mark >= 0n && [...risks, vector.longCharge, vector.shortCharge].every((value) => value === 0n);
}

/** The canonical name of a lane, for errors and reports. */
export function laneName(shape: Shape, lane: number): string {
  if (lane === 0) return "mark value";
  if (lane <= shape.scenarios) return `scenario ${lane}`;
  const rest = lane - 1 - shape.scenarios;
  return `${["delta", "gamma", "vega"][rest % 3]} of underlying ${Math.floor(rest / 3) + 1}`;
}

/** Packs signed lanes three to a field element: `v0 + v1*2^84 + v2*2^168 mod p`. The caller has ranged them. */
export function packLanes(lanes: readonly bigint[]): Field[] {
  const elements: Field[] = [];
  for (let start = 0; start < lanes.length; start += LANES_PER_ELEMENT) {
    let element = 0n;
    for (let k = LANES_PER_ELEMENT - 1; k >= 0; k--)
      element = (element << LANE_BITS) + (lanes[start + k] ?? 0n);
    elements.push(reduce(element));
  }
  return elements;
}

/**
 * One table row: E packed elements, longCharge, shortCharge, instrumentId.
 *
 * @param name names the instrument in errors.
 * @throws {BallastError} LANE_OVERFLOW with the instrument and the lane when |lane| >= 2^39 or a charge is
 * not in [0, 2^39); OUT_OF_RANGE for an id outside [1, 2^20).
 */
export function encodeRow(shape: Shape, vector: RiskVector, name: string): Field[] {
  checkShape(shape);
  const { instrumentId } = vector;
  if (!Number.isInteger(instrumentId) || instrumentId < 1 || instrumentId >= INSTRUMENT_ID_LIMIT) {
    throw new BallastError(
      "OUT_OF_RANGE",
      `${name}: instrument id ${instrumentId} is not in 1..${INSTRUMENT_ID_LIMIT - 1}.`,
    );
  }
  const lanes = lanesOf(vector);
  const greeks = [vector.delta, vector.gamma, vector.vega];
  if (lanes.length !== laneCount(shape) || greeks.some((list) => list.length !== shape.underlyings)) {
    throw new BallastError(
      "INVALID_SNAPSHOT",
      `${name}: the risk vector does not have the ${laneCount(shape)} lanes of the shape.`,
    );
  }
  const tooWide = (what: string) =>
    new BallastError(
      "LANE_OVERFLOW",
      `${name}: the ${what} of one lot is 549,755.81 USD or more and does not fit its lane.`,
      {
        hint: "Choose a smaller lot for this instrument, or leave it out.",
        details: { instrument: name, lane: what },
      },
    );
  lanes.forEach((value, lane) => {
    if (value >= LANE_LIMIT || value <= -LANE_LIMIT) throw tooWide(laneName(shape, lane));
  });
  for (const [what, charge] of [
    ["long charge", vector.longCharge],
    ["short charge", vector.shortCharge],
  ] as const) {
    if (charge < 0n) throw new BallastError("INVALID_SNAPSHOT", `${name}: the ${what} is negative.`);
    if (charge >= LANE_LIMIT) throw tooWide(what);
  }
  const packed = packLanes(lanes);
  if (packed.length !== elementCount(shape))
    throw new BallastError("INTERNAL", "Packed width does not match the shape.");
  return [...packed, reduce(vector.longCharge), reduce(vector.shortCharge), reduce(BigInt(instrumentId))];
}
