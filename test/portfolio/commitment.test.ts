import { describe, expect, it } from "vitest";
import { INSTRUMENT_ID_LIMIT } from "../../src/market/instruments.ts";
import { toField } from "../../src/math/field.ts";
import { hash } from "../../src/math/poseidon.ts";
import { commit, packSlots, randomSalt } from "../../src/portfolio/commitment.ts";
import { type Slot, slotsOf } from "../../src/portfolio/portfolio.ts";
import { LOT_LIMIT } from "../../src/risk/shape.ts";
import { failure } from "../risk/fixtures.ts";

const [ACCOUNT, SALT] = [toField(11n), toField(22n)];
const slot = (instrumentId: number, quantity: bigint, isShort: 0 | 1 = 0): Slot => ({
  instrumentId,
  quantity,
  isShort,
});
const BOOK = [slot(4, 7n), slot(9, 3n, 1), slot(0, 0n), slot(0, 0n), slot(12, 1n)];

describe("packSlots", () => {
  it("gives a slot 57 bits, four slots an element", () => {
    expect(packSlots(BOOK)).toEqual([
      7n + (4n << 36n) + ((3n + (9n << 36n) + (1n << 56n)) << 57n),
      1n + (12n << 36n),
    ]);
    expect(packSlots([])).toEqual([]);
  });

  it("fills all 228 bits with the greatest slots", () => {
    const greatest = slot(INSTRUMENT_ID_LIMIT - 1, LOT_LIMIT - 1n, 1);
    expect(packSlots([greatest, greatest, greatest, greatest])).toEqual([(1n << 228n) - 1n]);
  });

  it.each([
    ["2^36 lots, which is the next instrument with none", slot(4, LOT_LIMIT)],
    ["negative lots", slot(4, -1n)],
    ["an id of 2^20, which is the short side of nothing", slot(INSTRUMENT_ID_LIMIT, 1n)],
    ["a negative id", slot(-1, 1n)],
    ["half an id", slot(1.5, 1n)],
    ["a side of 2", { instrumentId: 4, quantity: 1n, isShort: 2 as 0 }],
  ])("refuses %s", (_, wrong) => {
    expect(failure(() => packSlots([slot(4, 1n), wrong])).code).toBe("OUT_OF_RANGE");
    expect(failure(() => commit(ACCOUNT, SALT, [wrong])).code).toBe("OUT_OF_RANGE");
  });
});

describe("commit", () => {
  it("is H(portfolio, accountId, salt, packed slots)", () => {
    expect(commit(ACCOUNT, SALT, BOOK)).toBe(hash("portfolio", [ACCOUNT, SALT, ...packSlots(BOOK)]));
  });

  it("changes with account, salt, every slot's every part, and the number of slots", () => {
    const others = [
      commit(toField(12n), SALT, BOOK),
      commit(ACCOUNT, toField(23n), BOOK),
      ...BOOK.flatMap((old, at) =>
        [
          { ...old, quantity: old.quantity + 1n },
          { ...old, instrumentId: old.instrumentId + 1 },
          { ...old, isShort: old.isShort === 0 ? (1 as const) : (0 as const) },
        ].map((changed) =>
          commit(
            ACCOUNT,
            SALT,
            BOOK.map((same, i) => (i === at ? changed : same)),
          ),
        ),
      ),
      commit(ACCOUNT, SALT, [...BOOK, ...slotsOf([], 4)]),
    ];
    expect(new Set([commit(ACCOUNT, SALT, BOOK), ...others]).size).toBe(others.length + 1);
  });
});

describe("randomSalt", () => {
  it("has 248 fresh bits", () => {
    const salts = Array.from({ length: 64 }, randomSalt);
    expect(new Set(salts).size).toBe(64);
    expect(salts.every((salt) => salt < 1n << 248n)).toBe(true);
    // Every bit is set in some salt: the chance that one of 248 isn't, in 64 salts, is 2^-56.
    expect(salts.reduce((all, salt) => all | salt, 0n)).toBe((1n << 248n) - 1n);
  });
});
