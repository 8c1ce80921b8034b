import { describe, expect, it } from "vitest";
import { INSTRUMENT_ID_LIMIT } from "../../src/market/instruments.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { LOT_LIMIT } from "../../src/risk/shape.ts";
import { failure } from "../risk/fixtures.ts";

const SECRET = 31_415_926_535n;

describe("slotsOf", () => {
  it("orders positions by id, splits off the sign, drops zeros and fills up with empty slots", () => {
    const positions = [
      { instrumentId: 9, quantity: -3n },
      { instrumentId: 4, quantity: 7n },
      { instrumentId: 6, quantity: 0n },
    ];
    expect(slotsOf(positions, 4)).toEqual([
      { instrumentId: 4, isShort: 0, quantity: 7n },
      { instrumentId: 9, isShort: 1, quantity: 3n },
      { instrumentId: 0, isShort: 0, quantity: 0n },
      { instrumentId: 0, isShort: 0, quantity: 0n },
    ]);
    expect(slotsOf([], 2)).toHaveLength(2);
  });

  it("takes the greatest id and quantity of either sign", () => {
    const quantity = LOT_LIMIT - 1n;
    const instrumentId = INSTRUMENT_ID_LIMIT - 1;
    expect(slotsOf([{ instrumentId, quantity }], 1)).toEqual([{ instrumentId, isShort: 0, quantity }]);
    expect(slotsOf([{ instrumentId, quantity: -quantity }], 1)).toEqual([
      { instrumentId, isShort: 1, quantity },
    ]);
  });

  it.each([
    [
      "too many positions",
      [1, 2, 3].map((instrumentId) => ({ instrumentId, quantity: SECRET })),
      "PORTFOLIO_TOO_LARGE",
    ],
    [
      "an instrument twice",
      [5, 5].map((instrumentId) => ({ instrumentId, quantity: SECRET })),
      "DUPLICATE_INSTRUMENT",
    ],
    ["2^36 lots", [{ instrumentId: 5, quantity: LOT_LIMIT }], "LOT_OVERFLOW"],
    ["-2^36 lots", [{ instrumentId: 5, quantity: -LOT_LIMIT }], "LOT_OVERFLOW"],
    ["far too many lots", [{ instrumentId: 5, quantity: SECRET * LOT_LIMIT }], "LOT_OVERFLOW"],
    ["id 0", [{ instrumentId: 0, quantity: SECRET }], "OUT_OF_RANGE"],
    ["an id of 2^20", [{ instrumentId: INSTRUMENT_ID_LIMIT, quantity: SECRET }], "OUT_OF_RANGE"],
    ["half an id", [{ instrumentId: 1.5, quantity: SECRET }], "OUT_OF_RANGE"],
  ])("refuses %s without saying how many lots", (_, positions, expected) => {
    const { code, message } = failure(() => slotsOf(positions, 2));
    expect(code).toBe(expected);
    for (const { quantity } of positions) expect(message).not.toContain(quantity.toString().replace("-", ""));
  });

  it("counts no zero positions against the slots", () => {
    const zeros = [1, 2, 3].map((instrumentId) => ({ instrumentId, quantity: 0n }));
    expect(slotsOf(zeros, 1)).toHaveLength(1);
  });
});
