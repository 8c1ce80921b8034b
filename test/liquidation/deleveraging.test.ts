import { describe, expect, it } from "vitest";
import {
  closingTerms,
  type Holder,
  holdingTerms,
  planRound,
  type RoundInput,
  roundCandidates,
} from "../../src/liquidation/deleveraging.ts";
import { toField } from "../../src/math/field.ts";
import { type Holding, portfolioSums } from "../../src/risk/requirement.ts";
import { closingShare } from "../../src/risk/transfer.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { Random, syntheticSnapshot } from "../helpers/synthetic.ts";

const SHAPE = { scenarios: 2, underlyings: 2 };
const CASH = 1;
const CALL = 64;
const FUTURE = 65;
const PUT = 66;
/** A cent. */
const LOT = 10_000n;

/** Cash of a cent a lot, a call worth 20 USD, a future, a put worth 3 USD. */
const SNAPSHOT: WitnessSnapshot = (() => {
  const marks: Record<number, readonly [mark: bigint, delta: bigint]> = {
    [CASH]: [LOT, 0n],
    [CALL]: [20_000_000n, 5_000_000n],
    [FUTURE]: [0n, 100_000_000n],
    [PUT]: [3_000_000n, -1_000_000n],
  };
  const rows = Object.entries(marks).map(([id, [mark, delta]]) => ({
    instrumentId: Number(id),
    vector: {
      instrumentId: Number(id),
      mark,
      pnl: [0n, 0n],
      delta: [delta, 0n],
      gamma: [0n, 0n],
      vega: [0n, 0n],
      longCharge: 0n,
      shortCharge: 0n,
    },
  }));
  return { ...syntheticSnapshot(0, SHAPE, 1), rows: rows as unknown as WitnessSnapshot["rows"] };
})();

const hold = (positions: Readonly<Record<number, bigint>>): Holding[] =>
  Object.entries(positions).map(([id, quantity]) => ({ instrumentId: Number(id), quantity }));
const holder = (accountId: bigint, positions: Readonly<Record<number, bigint>>): Holder => ({
  accountId: toField(accountId),
  positions: hold(positions),
});
const equityOf = (snapshot: WitnessSnapshot, positions: readonly Holding[]) =>
  portfolioSums(snapshot.rows, positions, snapshot.shape).equity;

const input = (house: Readonly<Record<number, bigint>>, holders: readonly Holder[]): RoundInput => ({
  snapshot: SNAPSHOT,
  settlementId: CASH,
  house: hold(house),
  holders,
});

/** The way to close one instrument. */
const candidate = (given: RoundInput, id: number) =>
  roundCandidates(given).find(({ instrumentId }) => instrumentId === id);

/** What `ClearingHouse.deleverage` demands of every part, from the positions alone. */
function checkAsTheContract(given: RoundInput, plan = planRound(given)): void {
  const { snapshot, settlementId } = given;
  const { terms, deficit, parts } = plan;
  const start = -equityOf(snapshot, given.house);
  expect(deficit).toBe(start);
  let last = -start;
  let closedTotal = 0n;
  for (const part of parts) {
    const { positions } = given.holders.find(({ accountId }) => accountId === part.accountId) as Holder;
    const share = closingShare(positions, closingTerms(terms, settlementId));
    expect(share).toMatchObject({ held: part.held, closed: part.closed, payment: part.payment });
    const after = equityOf(snapshot, part.house);
    const gain = after - last;
    expect(gain).toBe(part.gain);
    expect(gain >= 0n && gain * terms.closing <= start * part.closed && after <= 0n).toBe(true);
    expect(equityOf(snapshot, positions) - equityOf(snapshot, share.positions)).toBe(gain);
    last = after;
    closedTotal += part.closed;
  }
  expect(closedTotal <= terms.closing && terms.closing <= terms.open).toBe(true);
  expect(plan.remaining).toBe(-last);
}

describe("planRound", () => {
  it("makes each holder bear its part, and the deficit nothing", () => {
    const given = input({ [CASH]: 1_000n, [CALL]: -10n }, [
      holder(1n, { [CALL]: 6n }),
      holder(2n, { [CALL]: 2n, [CASH]: 5n }),
      holder(3n, { [CALL]: 2n }),
    ]);
    // 10 USD of cash less 200 USD of calls: 190 USD lacking, 19 a lot, so 1 USD is paid of 20.
    const plan = planRound(given);
    expect(plan.terms).toEqual({
      instrumentId: CALL,
      holdersShort: false,
      closing: 10n,
      open: 10n,
      price: 100n * 1_000_000n,
    });
    expect(plan).toMatchObject({ deficit: 190_000_000n, remaining: 0n, leftOut: [] });
    expect(
      plan.parts.map(({ accountId, closed, payment, gain }) => [accountId, closed, payment, gain]),
    ).toEqual([
      [1n, 6n, 600n, 114_000_000n],
      [2n, 2n, 200n, 38_000_000n],
      [3n, 2n, 200n, 38_000_000n],
    ]);
    expect(plan.parts.at(-1)?.house).toEqual([]);
    checkAsTheContract(given, plan);
  });

  it("leaves to the funds what they bear, drawn or not", () => {
    const given = input({ [CASH]: 1_000n, [CALL]: -10n }, [holder(1n, { [CALL]: 10n })]);
    // Of 190 USD the funds bear 90: 10 a lot are left, so 10 USD are paid of 20.
    const funds = { lots: 9_000n, microsPerLot: 10_000n };
    const plan = planRound({ ...given, funds });
    expect(plan).toMatchObject({
      deficit: 100_000_000n,
      terms: { price: 1_000n * 1_000_000n },
      remaining: 0n,
    });
    // A lot more than it lacks, and the lot that its last micro is rounded up to.
    for (const lots of [19_001n, 19_000n])
      expect(() => planRound({ ...given, funds: { ...funds, lots } })).toThrow(
        expect.objectContaining({
          code: "NOTHING_TO_CLOSE",
          shortMessage: expect.stringContaining("funds bear"),
        }),
      );
    expect(planRound({ ...given, funds: { ...funds, lots: 18_999n } }).deficit).toBe(10_000n);
  });

  it("closes no more than the house has, pro rata", () => {
    const given = input({ [CASH]: 1n, [CALL]: -4n }, [
      holder(1n, { [CALL]: 12n }),
      holder(2n, { [CALL]: 4n }),
    ]);
    const { terms, parts } = planRound(given);
    expect(terms).toMatchObject({ closing: 4n, open: 16n });
    expect(parts.map(({ closed }) => closed)).toEqual([3n, 1n]);
    checkAsTheContract(given);
  });

  it("takes short holders' money where the house is long", () => {
    const given = input({ [CASH]: -50_000n, [CALL]: 10n }, [holder(1n, { [CALL]: -10n, [CASH]: 90_000n })]);
    // 500 USD lacking less 200 USD of calls: the holder pays 50 USD a lot for what is worth 20.
    const { terms, parts, remaining } = planRound(given);
    expect(terms).toMatchObject({ holdersShort: true, price: 5_000n * 1_000_000n });
    expect(parts).toMatchObject([{ closed: 10n, payment: -50_000n, gain: 300_000_000n }]);
    expect(remaining).toBe(0n);
    checkAsTheContract(given);
  });

  it("prices futures by the deficit alone", () => {
    const given = input({ [CASH]: -700n, [FUTURE]: 7n }, [
      holder(1n, { [FUTURE]: -3n }),
      holder(2n, { [FUTURE]: -4n }),
    ]);
    const { terms, parts } = planRound(given);
    expect(terms).toMatchObject({ instrumentId: FUTURE, holdersShort: true, price: 100n * 1_000_000n });
    expect(parts.map(({ payment }) => payment)).toEqual([-300n, -400n]);
    checkAsTheContract(given);
  });

  it("takes no more from the holders of options than they are worth", () => {
    const given = input({ [CASH]: -10_000n, [PUT]: -10n }, [holder(1n, { [PUT]: 10n })]);
    const { terms, parts, remaining } = planRound(given);
    expect(terms.price).toBe(0n);
    expect(parts).toMatchObject([{ payment: 0n, gain: 30_000_000n }]);
    expect(remaining).toBe(100_000_000n);
    checkAsTheContract(given);
  });

  it("leaves out who has too little for a lot", () => {
    const given = input({ [CASH]: 99n, [CALL]: -2n, [PUT]: 13n }, [
      holder(1n, { [CALL]: 3n }),
      holder(2n, { [CALL]: 1n }),
      holder(3n, { [CALL]: 2n }),
    ]);
    const plan = planRound(given, candidate(given, CALL));
    expect(plan.parts).toMatchObject([{ accountId: 1n, closed: 1n, gain: 0n }]);
    expect(plan.leftOut).toEqual([2n, 3n]);
    checkAsTheContract(given, plan);
  });

  it("leaves out whose cash, in whole lots, would be more than the gain", () => {
    const holders = [holder(1n, { [CALL]: 9n }), holder(2n, { [CALL]: 1n })];
    // A cent lacking, a tenth of it a lot: 2000.05 cents a lot, so 2001 for one, which is 0.85 more than it is worth.
    const given = {
      ...input({ [CASH]: 20_000n, [CALL]: -10n, [PUT]: 1n }, holders),
      snapshot: withMarks({ [CALL]: 20_001_500n, [PUT]: 5_000n }),
    };
    const plan = planRound(given, candidate(given, CALL));
    expect(plan.deficit).toBe(10_000n);
    expect(plan.parts).toMatchObject([{ accountId: 1n, closed: 9n, payment: 18_001n, gain: 3_500n }]);
    expect(plan.leftOut).toEqual([2n]);
    expect(plan.remaining).toBe(6_500n);
    checkAsTheContract(given, plan);
  });

  it("holds every part to the contract's cap, whatever the numbers", () => {
    const random = new Random("rounds");
    let planned = 0;
    let refused = 0;
    for (let n = 0; n < 300; n++) {
      const mark = random.signed(1n << 30n);
      const cashMark = 1n + random.bits(20);
      const snapshot = withMarks({ [CASH]: cashMark, [FUTURE]: mark });
      const side = random.below(2) === 0 ? 1n : -1n;
      const holders = Array.from({ length: 1 + random.below(6) }, (_, i) =>
        holder(BigInt(1 + i), {
          [CASH]: random.bits(20),
          [FUTURE]: side * random.bits(1 + random.below(20)),
        }),
      );
      const house = hold({ [FUTURE]: -side * (1n + random.bits(18)) });
      const lacking = random.bits(44);
      const cash = (-equityOf(snapshot, house) - lacking) / cashMark - 1n;
      const given = {
        snapshot,
        settlementId: CASH,
        house: [...house, { instrumentId: CASH, quantity: cash }],
        holders,
      };
      if (cash <= -(1n << 36n) || cash >= 1n << 36n || roundCandidates(given).length === 0) {
        refused += 1;
        continue;
      }
      checkAsTheContract(given);
      planned += 1;
    }
    expect(planned).toBeGreaterThan(200);
    expect(planned + refused).toBe(300);
  });

  it("refuses a house that lacks nothing, and a side without holders", () => {
    const code = "NOTHING_TO_CLOSE";
    const whole = input({ [CASH]: 1n }, []);
    expect(() => planRound(whole)).toThrow(
      expect.objectContaining({ code, hint: expect.stringMatching(/clear/) }),
    );
    const alone = input({ [CALL]: -1n }, [holder(1n, { [CALL]: -5n, [CASH]: 1n })]);
    expect(roundCandidates(alone)).toEqual([]);
    expect(() => planRound(alone)).toThrow(expect.objectContaining({ code }));
  });

  it("refuses a deficit that no price in range can spread, and a snapshot without cash", () => {
    const rich = withMarks({ [CASH]: 1n, [FUTURE]: 0n });
    const house = [
      { instrumentId: CASH, quantity: -(1n << 36n) + 1n },
      { instrumentId: FUTURE, quantity: 1n },
    ];
    const far = { snapshot: rich, settlementId: CASH, house, holders: [holder(1n, { [FUTURE]: -1n })] };
    checkAsTheContract(far);
    const dear = { ...far, snapshot: withMarks({ [CASH]: 1n, [FUTURE]: 0n, [CALL]: -(1n << 38n) }) };
    const worse = { ...dear, house: [...house, { instrumentId: CALL, quantity: 1n << 30n }] };
    const futures = candidate(worse, FUTURE);
    expect(() => planRound(worse, futures)).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
    expect(() => planRound({ ...far, settlementId: 2 })).toThrow(
      expect.objectContaining({ code: "UNKNOWN_INSTRUMENT" }),
    );
  });
});

describe("roundCandidates", () => {
  it("prefers what can bear the deficit, then what takes most exposure off the house", () => {
    const holders = [holder(1n, { [CALL]: 4n, [PUT]: 50n, [FUTURE]: -2n })];
    const light = input({ [CASH]: 100n, [CALL]: -4n, [PUT]: -50n, [FUTURE]: 5n }, holders);
    // 229 USD lacking: calls are worth 80, puts 150, futures bear anything.
    const all = roundCandidates(light);
    expect(all.map(({ instrumentId }) => instrumentId)).toEqual([FUTURE, PUT, CALL]);
    expect(all[0]).toEqual({
      instrumentId: FUTURE,
      holdersShort: true,
      closing: 2n,
      open: 2n,
      capacity: null,
      exposure: 200_000_000n,
    });
    expect(all[1]).toMatchObject({ closing: 50n, capacity: 150_000_000n, exposure: 50_000_000n });
    const little = input({ [CASH]: 22_900n, [CALL]: -4n, [PUT]: -50n }, holders);
    expect(roundCandidates(little).map(({ instrumentId }) => instrumentId)).toEqual([PUT, CALL]);
  });

  it("leaves collateral out", () => {
    const given = input({ [CASH]: -5n }, [holder(1n, { [CASH]: 5n })]);
    expect(roundCandidates(given)).toEqual([]);
  });
});

it("the proof of what the house holds closes all of it for nothing", () => {
  const terms = { instrumentId: CALL, holdersShort: false, closing: 3n, open: 5n, price: 7n };
  const share = closingShare(hold({ [CALL]: -9n, [CASH]: 2n }), holdingTerms(terms, CASH));
  expect(share).toMatchObject({ held: 9n, closed: 9n, payment: 0n, positions: hold({ [CASH]: 2n }) });
});

/** The snapshot with other marks. */
function withMarks(marks: Readonly<Record<number, bigint>>): WitnessSnapshot {
  const rows = SNAPSHOT.rows.map((row) => ({
    ...row,
    vector: { ...row.vector, mark: marks[row.instrumentId] ?? row.vector.mark },
  }));
  return { ...SNAPSHOT, rows };
}
