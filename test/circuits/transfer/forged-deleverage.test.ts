import { describe, expect, it } from "vitest";
import { invert, FIELD_MODULUS as P, reduce } from "../../../src/math/field.ts";
import { deleverageWitness } from "../../../src/witness/deleverage.ts";
import { forge } from "../../helpers/circuit-attack.ts";
import {
  attackDeleverage,
  CALL,
  CASH,
  closingRequest,
  DELEVERAGE,
  deleverage,
  EMPTY,
  hold,
  longInputs,
  OTHER,
  PUT,
  type RawSlot,
  withSlots,
} from "../../helpers/circuit-transfer.ts";
import { violations } from "../../helpers/r1cs.ts";
import type { Inputs } from "../../helpers/r1cs-forge.ts";

// Parts of a closing that must not have a witness. The honest one: 18 of 50 calls (floor of 18.75), for 45 lots.

const slot = (id: number, lots: bigint): RawSlot => [
  lots < 0n ? -lots : lots,
  BigInt(id),
  lots < 0n ? 1n : 0n,
];
const [OLD, NEW] = [0, 1];
const CLOSED = [slot(CASH, 1_045n), slot(CALL, 32n), slot(PUT, -20n), slot(OTHER, 9n)];
/** What refuses the long holder's closing with other claims and another new portfolio. */
const long = (changes: Inputs, after: readonly RawSlot[] = CLOSED) =>
  attackDeleverage(withSlots(longInputs, { [NEW]: after }), changes).caught;
/** The honest inputs of a holder of so many calls and 1,000 of cash. */
const inputsOf = (calls: bigint, terms: Parameters<typeof closingRequest>[1] = {}): Inputs =>
  deleverageWitness(DELEVERAGE, closingRequest([hold(CASH, 1_000n), hold(CALL, calls)], terms)).inputs;

describe("an honest part of a closing", () => {
  it.each([
    ["of a long holder", longInputs],
    ["of a short one", inputsOf(-50n, { isShort: true })],
    ["of all lots", inputsOf(50n, { closing: 8n })],
    ["at a negative price", inputsOf(50n, { price: -2_500_001n })],
    ["of nothing", inputsOf(0n)],
    ["of one lot of many", inputsOf(2n, { closing: 1n, open: (1n << 64n) - 1n })],
  ])("has a witness: %s", async (_, inputs) => {
    expect(forge(deleverage, inputs).caught).toEqual([]);
    expect(violations(deleverage.real, await deleverage.generate(inputs))).toEqual([]);
  });

  it("has none in other slots: the holder derives their order", () => {
    expect(long({})).toEqual([]);
    expect(long({}, CLOSED.toReversed())).toEqual([1, 2, 3].map((i) => `range kept.order.gap[${i}]`));
  });
});

describe("the holder's part", () => {
  it("is rounded down, to the lot: not up, not one less", () => {
    // Every other number would be paid for and conserved.
    expect(
      long({ closed: 19n, payment: 48n }, CLOSED.with(1, slot(CALL, 31n)).with(0, slot(CASH, 1_048n))),
    ).toEqual(["range share.remainderRange"]);
    expect(
      long({ closed: 17n, payment: 43n }, CLOSED.with(1, slot(CALL, 33n)).with(0, slot(CASH, 1_043n))),
    ).toEqual(["range share.belowRange"]);
  });

  it("is exact where nothing is rounded", () => {
    const terms = { closing: 4n }; // 25 of 50, for 62.5 lots
    const claim = inputsOf(50n, terms);
    expect(claim["closed"]).toBe(25n);
    for (const [closed, payment, label] of [
      [24n, 60n, "range share.belowRange"],
      [26n, 65n, "range share.remainderRange"],
    ] as const) {
      const after = { [NEW]: [slot(CASH, 1_000n + payment), slot(CALL, 50n - closed)] };
      expect(attackDeleverage(withSlots(claim, after), { closed, payment }).caught).toEqual([label]);
    }
  });

  it("is a number of lots: no fraction of the field, no negative number", () => {
    // closed * open = closing * q in the field: 150 / 8
    const fraction = reduce(150n * invert(reduce(8n)));
    expect(long({ closed: fraction })).toContain("range share.closedRange");
    expect(long({ closed: P - 18n })).toContain("range share.closedRange");
    expect(long({ closed: 1n << 38n })).toContain("range share.closedRange");
    expect(long({ closed: (1n << 38n) - 1n })).not.toContain("range share.closedRange");
  });

  it("is of the holding on the stated side", () => {
    // Every signal that follows is the other side's: closed is 0 or negative.
    expect(long({ isShort: 1n })).toContain("range q");
    const short = inputsOf(-50n, { isShort: true });
    expect(attackDeleverage(short, { isShort: 0n }).caught).toContain("range q");
    for (const isShort of [2n, P - 1n]) expect(long({ isShort })).toContain("bit Bit");
    // 50 short lots as 50 long ones: 18 would be taken from the wrong side.
    const wrong = withSlots(short, { [NEW]: [slot(CASH, 1_045n), slot(CALL, -68n)] });
    expect(attackDeleverage(wrong, { isShort: 0n, payment: 45n }).caught).toEqual([
      "range q",
      "range share.remainderRange",
    ]);
  });

  it("counts the net holding over all slots", () => {
    const before = [slot(CASH, 1_000n), slot(CALL, 70n), slot(CALL, -20n)];
    const after = [slot(CASH, 1_045n), slot(CALL, 32n)];
    const netted = withSlots(longInputs, { [OLD]: before, [NEW]: after });
    expect(attackDeleverage(netted).caught).toEqual([]);
    // 70 without the short slot: 26 closed, for 65.
    const gross = withSlots(longInputs, { [OLD]: before, [NEW]: [slot(CASH, 1_065n), slot(CALL, 24n)] });
    expect(attackDeleverage(gross, { closed: 26n, payment: 65n }).caught).toEqual([
      "range share.remainderRange",
    ]);
  });
});

describe("closing and open", () => {
  it("are at least 1, and closing at most open", () => {
    expect(
      long(
        { closing: 0n, closed: 0n, payment: 0n },
        CLOSED.with(0, slot(CASH, 1_000n)).with(1, slot(CALL, 50n)),
      ),
    ).toEqual(["range share.closingRange"]);
    const more = CLOSED.with(0, slot(CASH, 1_140n)).with(1, slot(CALL, -6n));
    expect(long({ closing: 9n, closed: 56n, payment: 140n }, more)).toEqual(["range share.leftRange"]);
    expect(long({ open: 0n, closing: 0n })).toEqual(expect.arrayContaining(["range share.closingRange"]));
  });

  it("are below 2^64", () => {
    const limit = 1n << 64n;
    const all = [slot(CASH, 1_125n), ...CLOSED.slice(2), EMPTY];
    const whole = { closed: 50n, payment: 125n };
    expect(long({ closing: limit - 1n, open: limit - 1n, ...whole }, all)).toEqual([]);
    expect(long({ closing: limit, open: limit, ...whole }, all)).toEqual(["range share.openRange"]);
    expect(long({ closing: P - 1n, open: P - 1n, ...whole }, all)).toEqual(
      expect.arrayContaining(["range share.closingRange", "range share.openRange"]),
    );
  });
});

describe("the payment", () => {
  // 18 lots at 2,500,000 and a bit: 45.000018 is rounded up to 46, -45.000018 to -45.
  const at = (price: bigint, payment: bigint) =>
    long({ price: reduce(price), payment: reduce(payment) }, CLOSED.with(0, slot(CASH, 1_000n + payment)));

  it("is rounded up, towards the holder, whatever its sign", () => {
    const [up, down] = ["range paid.excessRange", "range paid.belowRange"];
    for (const [price, payment] of [
      [2_500_000n, 45n],
      [2_500_001n, 46n],
      [2_499_999n, 45n],
      [-2_500_000n, -45n],
      [-2_500_001n, -45n],
      [-2_499_999n, -44n],
      [1n, 1n],
      [-1n, 0n],
      [0n, 0n],
    ] as const) {
      expect(at(price, payment), `${price}`).toEqual([]);
      // One lot off is 10^6 off: beyond the other end of the ranges too, mostly. Nothing else is wrong with it.
      const [low, high] = [at(price, payment - 1n), at(price, payment + 1n)];
      expect(low, `${price}`).toContain(up);
      expect(high, `${price}`).toContain(down);
      for (const label of [...low, ...high]) expect([up, down]).toContain(label);
    }
  });

  it("of a short holder has the other sign, and is rounded up too", () => {
    const short = inputsOf(-50n, { isShort: true, price: 2_500_001n });
    expect(short["payment"]).toBe(P - 45n);
    for (const [payment, label] of [
      [-46n, "range paid.excessRange"],
      [-44n, "range paid.belowRange"],
    ] as const) {
      const after = { [NEW]: [slot(CASH, 1_000n + payment), slot(CALL, -32n)] };
      expect(attackDeleverage(withSlots(short, after), { payment: reduce(payment) }).caught).toContain(label);
    }
  });

  it("is a number of lots: no fraction of the field", () => {
    const price = 2_500_001n;
    const payment = reduce(price * 18n * invert(reduce(1_000_000n)));
    expect(long({ price, payment })).toEqual(["conservation", "range paid.paymentRange"]);
  });

  it("is for a price below 2^62 to either side", () => {
    const limit = 1n << 62n;
    const ranges = (price: bigint) =>
      long({ price: reduce(price) }).filter((label) => label.startsWith("range paid.priceRange"));
    expect(ranges(limit - 1n)).toEqual([]);
    expect(ranges(1n - limit)).toEqual([]);
    expect(ranges(limit)).toContain("range paid.priceRange.range");
    expect(ranges(-limit)).toEqual(["range paid.priceRange.magnitude"]);
  });

  it("reaches the account, to the lot", () => {
    expect(long({}, CLOSED.with(0, slot(CASH, 1_046n)))).toEqual(["conservation"]);
    expect(long({}, CLOSED.with(0, slot(CASH, 1_044n)))).toEqual(["conservation"]);
  });
});

describe("everything else", () => {
  it("stays as it was", () => {
    expect(long({}, CLOSED.with(2, slot(PUT, -19n)))).toEqual(["conservation"]);
    expect(long({}, CLOSED.with(3, EMPTY))).toEqual(["conservation"]);
    expect(long({}, CLOSED.with(1, slot(CALL, 33n)))).toEqual(["conservation"]);
    expect(long({}, CLOSED.with(1, slot(CALL, 68n)))).toEqual(["conservation"]); // away from zero
  });

  it("is that of the commitments", () => {
    for (const name of ["oldCommitment", "newCommitment"]) {
      expect(long({ [name]: 5n })).toContain(`commitment ${name}`);
      expect(forge(deleverage, { ...longInputs, accountId: 5n }).caught).toContain(`commitment ${name}`);
    }
  });

  it("can't be balanced by a payment or a part chosen after the challenge", () => {
    const minted = withSlots(longInputs, { [NEW]: CLOSED.with(3, slot(OTHER, 10n)) });
    const { assignment } = attackDeleverage(minted);
    const value = (name: string): bigint => assignment.value(`main.${name}`);
    const missing =
      value("conserved.new[0].out") - value("conserved.old[0].out") - value("conserved.pole[0].term");
    const payment = reduce(missing * (value("conserved.alpha") - BigInt(CASH)));
    const stale = attackDeleverage(minted, { payment }, { "main.challenge.in[6]": 45n });
    expect(stale.caughtInSource).toContain("law challenge.in[6] payment");
    expect(stale.caughtInSource).not.toContain("conservation");
    expect(stale.caught).not.toEqual([]);
    expect(attackDeleverage(minted, { payment }).caught).toContain("conservation");
  });

  it("is bound by every input of the challenge", () => {
    const names = [
      "oldCommitment",
      "newCommitment",
      "settlementId",
      "instrumentId",
      "isShort",
      "closed",
      "payment",
    ];
    const { assignment } = forge(deleverage, longInputs);
    names.forEach((name, i) => {
      expect(assignment.value(`main.challenge.in[${i}]`)).toBe(assignment.value(`main.${name}`));
      const { caught } = attackDeleverage(longInputs, {}, { [`main.challenge.in[${i}]`]: 5n });
      expect(caught).toContain(`law challenge.in[${i}] ${name}`);
    });
  });
});

describe("the instrument", () => {
  it("is not the settlement asset", () => {
    // 375 of 1,000 lots of cash "closed", for 937.5 lots of the same.
    const swap = withSlots(longInputs, {
      [NEW]: [slot(CASH, 1_563n), slot(CALL, 50n), slot(PUT, -20n), slot(OTHER, 9n)],
    });
    const { caught } = attackDeleverage(swap, { instrumentId: BigInt(CASH), closed: 375n, payment: 938n });
    expect(caught).toEqual(["law instrumentId inverse settlementId"]);
  });

  it("that no slot has can't change a portfolio: nothing is held, closed or paid", () => {
    const still = withSlots(longInputs, {
      [NEW]: [slot(CASH, 1_000n), slot(CALL, 50n), slot(PUT, -20n), slot(OTHER, 9n)],
    });
    for (const instrumentId of [0n, 999n, 1n << 20n, P - 1n]) {
      expect(attackDeleverage(still, { instrumentId, closed: 0n, payment: 0n }).caught).toEqual([]);
      expect(attackDeleverage(still, { instrumentId, closed: 1n, payment: 3n }).caught).toEqual([
        "conservation",
        "range share.remainderRange",
      ]);
    }
  });
});
