import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, reduce, toSigned } from "../../src/math/field.ts";
import { LANE_LIMIT, laneCount, type Shape } from "../../src/risk/shape.ts";
import { encodeRow, laneName, lanesOf, packLanes, type RiskVector } from "../../src/risk/table.ts";
import { failure } from "./fixtures.ts";

const SEED = 20_260_205;
const SHAPE: Shape = { scenarios: 2, underlyings: 2 };
const VECTOR: RiskVector = {
  instrumentId: 77,
  mark: 1n,
  pnl: [-2n, 3n],
  delta: [4n, -5n],
  gamma: [6n, 7n],
  vega: [-8n, 9n],
  longCharge: 10n,
  shortCharge: 11n,
};

describe("encodeRow", () => {
  it("orders lanes: mark, scenarios, then delta, gamma, vega of each underlying", () => {
    expect(lanesOf(VECTOR)).toEqual([1n, -2n, 3n, 4n, 6n, -8n, -5n, 7n, 9n]);
    expect(Array.from({ length: laneCount(SHAPE) }, (_, lane) => laneName(SHAPE, lane))).toEqual([
      "mark value",
      "scenario 1",
      "scenario 2",
      "delta of underlying 1",
      "gamma of underlying 1",
      "vega of underlying 1",
      "delta of underlying 2",
      "gamma of underlying 2",
      "vega of underlying 2",
    ]);
  });

  it("packs three lanes to an element, then charges and id", () => {
    const [x, y] = [1n << 84n, 1n << 168n];
    const signed = encodeRow(SHAPE, VECTOR, "X").map(toSigned);
    expect(signed).toEqual([
      1n - 2n * x + 3n * y,
      4n + 6n * x - 8n * y,
      -5n + 7n * x + 9n * y,
      10n,
      11n,
      77n,
    ]);
  });

  it("fills the last element with zeros", () => {
    expect(packLanes([1n, 2n, 3n, 4n])).toEqual([1n + (2n << 84n) + (3n << 168n), 4n]);
    expect(packLanes([-1n])).toEqual([FIELD_MODULUS - 1n]);
  });

  it("is one to one on lanes in range", () => {
    const lane = fc.bigInt(-(LANE_LIMIT - 1n), LANE_LIMIT - 1n);
    fc.assert(
      fc.property(fc.array(lane, { minLength: 3, maxLength: 3 }), (lanes) => {
        const [packed = reduce(0n)] = packLanes(lanes);
        let rest = toSigned(packed);
        const limbs = [0, 1, 2].map(() => {
          const limb = BigInt.asIntN(84, rest);
          rest = (rest - limb) >> 84n;
          return limb;
        });
        expect(limbs).toEqual(lanes);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("takes every lane up to the limit, and names instrument and lane at it", () => {
    for (const value of [LANE_LIMIT - 1n, -(LANE_LIMIT - 1n)]) {
      expect(() => encodeRow(SHAPE, { ...VECTOR, mark: value, pnl: [value, value] }, "X")).not.toThrow();
    }
    for (const value of [LANE_LIMIT, -LANE_LIMIT]) {
      const overflows: [Partial<RiskVector>, string][] = [
        [{ mark: value }, "mark value"],
        [{ pnl: [0n, value] }, "scenario 2"],
        [{ delta: [0n, value] }, "delta of underlying 2"],
        [{ gamma: [value, 0n] }, "gamma of underlying 1"],
        [{ vega: [0n, value] }, "vega of underlying 2"],
      ];
      for (const [part, lane] of overflows) {
        const { code, message } = failure(() => encodeRow(SHAPE, { ...VECTOR, ...part }, "BTC-X"));
        expect(code).toBe("LANE_OVERFLOW");
        expect(message).toContain("BTC-X");
        expect(message).toContain(lane);
      }
    }
  });

  it("refuses charges that are negative or too wide", () => {
    for (const [part, code] of [
      [{ longCharge: -1n }, "INVALID_SNAPSHOT"],
      [{ shortCharge: -1n }, "INVALID_SNAPSHOT"],
      [{ longCharge: LANE_LIMIT }, "LANE_OVERFLOW"],
      [{ shortCharge: LANE_LIMIT }, "LANE_OVERFLOW"],
    ] as const) {
      expect(failure(() => encodeRow(SHAPE, { ...VECTOR, ...part }, "X")).code).toBe(code);
    }
    const widest = { longCharge: LANE_LIMIT - 1n, shortCharge: LANE_LIMIT - 1n };
    expect(() => encodeRow(SHAPE, { ...VECTOR, ...widest }, "X")).not.toThrow();
  });

  it.each([0, -1, 1 << 20, 1.5, Number.NaN])("refuses the id %d", (instrumentId) => {
    expect(failure(() => encodeRow(SHAPE, { ...VECTOR, instrumentId }, "X")).code).toBe("OUT_OF_RANGE");
  });

  it("refuses a vector of another shape, even of as many lanes", () => {
    for (const part of [
      { pnl: [1n] },
      { pnl: [1n, 2n, 3n] },
      { gamma: [1n] },
      { vega: [1n, 2n, 3n] },
      { delta: [1n], pnl: [1n, 2n, 3n, 4n, 5n] },
    ]) {
      expect(failure(() => encodeRow(SHAPE, { ...VECTOR, ...part }, "X")).code).toBe("INVALID_SNAPSHOT");
    }
    expect(failure(() => encodeRow({ scenarios: 0, underlyings: 2 }, VECTOR, "X")).code).toBe(
      "INVALID_INPUT",
    );
  });
});
