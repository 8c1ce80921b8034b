import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, reduce, toField } from "../../../src/math/field.ts";
import { commit } from "../../../src/portfolio/commitment.ts";
import { slotsOf } from "../../../src/portfolio/portfolio.ts";
import { forge } from "../../helpers/circuit-attack.ts";
import {
  attackTransfer,
  CALL,
  CASH,
  CONTEXT,
  depositInputs,
  EMPTY,
  FUTURE,
  hold,
  OTHER,
  PUT,
  type RawSlot,
  SALE,
  saleInputs,
  TAKEOVER,
  takeoverInputs,
  transfer,
  withSlots,
} from "../../helpers/circuit-transfer.ts";
import { violations } from "../../helpers/r1cs.ts";
import type { Inputs } from "../../helpers/r1cs-forge.ts";

// Transfers that must not have a witness: each is carried through the whole circuit, so that only what is there to catch it does.

const slot = (id: number, lots: bigint): RawSlot => [
  lots < 0n ? -lots : lots,
  BigInt(id),
  lots < 0n ? 1n : 0n,
];
const [OLD_A, NEW_A, OLD_B, NEW_B] = [0, 1, 2, 3];
// The sale's new portfolios.
const SOLD = [slot(CASH, 1_393n), slot(CALL, 20n), slot(PUT, -23n), slot(OTHER, 9n)];
const BOUGHT = [slot(CASH, 4_600n), slot(CALL, 20n), slot(PUT, 4n), slot(FUTURE, 8n)];
/** What refuses the sale with other new portfolios. */
const sale = (slots: Readonly<Record<number, readonly RawSlot[]>>, changes: Inputs = {}) =>
  attackTransfer(withSlots(saleInputs, slots), changes).caught;

describe("an honest transfer", () => {
  it.each([
    ["a sale", saleInputs],
    ["a takeover", takeoverInputs],
    ["a deposit", depositInputs],
  ])("has a witness: %s", async (_, inputs) => {
    expect(forge(transfer, inputs).caught).toEqual([]);
    expect(violations(transfer.real, await transfer.generate(inputs))).toEqual([]);
  });

  it("has one too in other slots, with an id in two of them, and with a slot of no lots", () => {
    expect(sale({ [NEW_A]: SOLD, [NEW_B]: BOUGHT })).toEqual([]);
    expect(sale({ [NEW_A]: SOLD.toReversed(), [NEW_B]: BOUGHT.toReversed() })).toEqual([]);
    const withdrawn = { hasB: 0n, accountB: 0n, oldB: 0n, newB: 0n, rest: 0n, funding: -10n };
    const alone = (after: readonly RawSlot[], before = [slot(CASH, 30n), slot(CALL, 5n)]) =>
      attackTransfer(withSlots(depositInputs, { [OLD_A]: before, [NEW_A]: after }), withdrawn).caught;
    expect(alone([slot(CASH, 20n), slot(CALL, 5n)])).toEqual([]);
    expect(alone([slot(CASH, 25n), slot(CASH, -5n), slot(CALL, 2n), slot(CALL, 3n)])).toEqual([]);
    expect(alone([slot(CASH, 20n), slot(CALL, 5n), [0n, BigInt(PUT), 1n], [0n, BigInt(PUT), 0n]])).toEqual(
      [],
    );
    expect(alone([slot(CASH, 20n), slot(CALL, 5n), slot(PUT, 9n), slot(PUT, -9n)])).toEqual([]);
    expect(alone([slot(CASH, 20n), slot(CALL, 5n), slot(PUT, 9n), slot(PUT, -8n)])).toEqual(["conservation"]);
    // A holding of no lots is none: an id without lots on the short side changes nothing.
    expect(alone([slot(CASH, 20n)], [slot(CASH, 30n), [0n, BigInt(CALL), 1n]])).toEqual([]);
  });
});

describe("lots", () => {
  it("aren't made, in either account, of any instrument", () => {
    expect(sale({ [NEW_B]: BOUGHT.with(1, slot(CALL, 21n)) })).toEqual(["conservation"]);
    expect(sale({ [NEW_A]: SOLD.with(3, slot(OTHER, 10n)) })).toEqual(["conservation"]);
    expect(sale({ [NEW_B]: BOUGHT.with(0, slot(CASH, 4_601n)) })).toEqual(["conservation"]);
    expect(sale({ [NEW_A]: SOLD.with(2, slot(PUT, -22n)) })).toEqual(["conservation"]);
  });

  it("aren't lost: no position is dropped", () => {
    for (const i of [1, 2, 3]) {
      expect(sale({ [NEW_A]: SOLD.with(i, EMPTY) })).toEqual(["conservation"]);
      expect(sale({ [NEW_B]: BOUGHT.with(i, EMPTY) })).toEqual(["conservation"]);
    }
  });

  it("don't become another instrument's, or change sides", () => {
    expect(sale({ [NEW_A]: SOLD.with(1, slot(CALL + 1, 20n)) })).toEqual(["conservation"]);
    expect(sale({ [NEW_A]: SOLD.with(1, slot(CALL, -20n)) })).toEqual(["conservation"]);
    expect(
      sale({ [NEW_A]: [slot(CASH, 1_393n), slot(PUT, 20n), slot(CALL, -23n), slot(OTHER, 9n)] }),
    ).toEqual(["conservation"]);
    // 4 calls less, 4 puts more: the sum over all instruments is the same.
    expect(sale({ [NEW_B]: BOUGHT.with(1, slot(CALL, 16n)).with(2, slot(PUT, 8n)) })).toEqual([
      "conservation",
    ]);
  });

  it("are those under the commitments: a portfolio can't be swapped for another", () => {
    for (const [k, name] of ["oldA", "newA", "oldB", "newB"].entries()) {
      const { caught } = attackTransfer(saleInputs, { [name]: 5n });
      expect(caught).toContain(`commitment ${name}`);
      const account = k < 2 ? "accountA" : "accountB";
      expect(forge(transfer, { ...saleInputs, [account]: 5n }).caught).toContain(`commitment ${name}`);
    }
  });

  it("are ranged: no negative number, no id that wraps, no limb that runs into the next", () => {
    const range = (limb: string, k: number, i: number): string =>
      `range portfolio[${k}].slots.${limb}Range[${i}]`;
    // -23 puts without a side
    expect(sale({ [NEW_A]: SOLD.with(2, [P - 23n, BigInt(PUT), 0n]) })).toEqual([range("quantity", 1, 2)]);
    expect(sale({ [NEW_A]: SOLD.with(1, [1n << 36n, BigInt(CALL), 0n]) })).toContain(range("quantity", 1, 1));
    expect(sale({ [NEW_A]: SOLD.with(3, [9n, 1n << 20n, 0n]) })).toContain(range("id", 1, 3));
    expect(sale({ [NEW_A]: SOLD.with(3, [9n, P + BigInt(OTHER), 0n]) })).toEqual([]); // the same field element
    // As lots of the id before it, 2^36 more of them pack into the same commitment.
    const limb = [9n + (1n << 36n), BigInt(OTHER - 1), 0n] as const;
    const packed = attackTransfer(withSlots(saleInputs, { [NEW_A]: SOLD.with(3, limb) }));
    expect(packed.assignment.value("main.portfolio[1].commitment")).toBe(saleInputs["newA"]);
    expect(packed.caught).toEqual(["conservation", range("quantity", 1, 3)].sort());
    expect(sale({ [NEW_A]: SOLD.with(2, [23n, BigInt(PUT), 2n]) })).toContain(
      "bit portfolio[1].slots.sideBit[2]",
    );
  });
});

describe("cash", () => {
  it("is what A's holding changes by, to the lot, less funding", () => {
    for (const cash of [399n, 401n, P - 400n, 0n]) {
      expect(attackTransfer(saleInputs, { cash }).caught).toEqual(["cash"]);
    }
    // Another funding is another challenge: nothing is conserved any more.
    expect(attackTransfer(saleInputs, { funding: P - 8n }).caught).toEqual(["cash", "conservation"]);
    expect(attackTransfer(saleInputs, { funding: P - 8n, cash: 401n }).caught).toEqual(["conservation"]);
  });

  it("is counted over all slots with the settlement asset's id, by their sides", () => {
    const split = [slot(CASH, 1_400n), slot(CALL, 20n), slot(PUT, -23n), slot(CASH, -7n)];
    // OTHER went to B, where the future stood with it.
    const other = [slot(CASH, 4_600n), slot(CALL, 20n), slot(PUT, 4n), slot(OTHER, 9n)];
    const before = [slot(CASH, 5_000n), slot(CALL, -10n), slot(PUT, 1n), EMPTY];
    const slots = { [NEW_A]: split, [OLD_B]: before, [NEW_B]: other };
    expect(sale(slots)).toEqual([]);
    expect(sale(slots, { cash: 407n })).toEqual(["cash"]);
  });

  it("and funding are below 2^44 to either side", () => {
    const limit = 1n << 44n;
    for (const name of ["cash", "funding"]) {
      const caught = (value: bigint) => attackTransfer(saleInputs, { [name]: reduce(value) }).caught;
      expect(caught(limit - 1n).filter((label) => label.startsWith("range"))).toEqual([]);
      expect(caught(1n - limit).filter((label) => label.startsWith("range"))).toEqual([]);
      expect(caught(limit)).toEqual(expect.arrayContaining([`range ${name}Range.range`]));
      expect(caught(-limit)).toEqual(expect.arrayContaining([`range ${name}Range.magnitude`]));
      expect(caught(-limit - 1n)).toEqual(expect.arrayContaining([`range ${name}Range.range`]));
    }
  });

  it("can be the largest that slots hold", () => {
    const most = (1n << 36n) - 1n;
    const full = new Array<RawSlot>(4).fill(slot(CASH, most));
    const [short, none] = [full.map(() => slot(CASH, -most)), full.map(() => EMPTY)];
    const move = (before: readonly RawSlot[], after: readonly RawSlot[], cash: bigint) => {
      const slots = { [OLD_A]: before, [NEW_A]: after, [OLD_B]: after, [NEW_B]: before };
      return sale(slots, { cash: reduce(cash), funding: 0n });
    };
    expect(move(none, full, 4n * most)).toEqual([]);
    expect(move(full, short, -8n * most)).toEqual([]);
    expect(move(full, short, 1n - 8n * most)).toEqual(["cash"]);
  });
});

describe("funding", () => {
  it("chosen after the challenge balances any portfolio, which is why the challenge binds it", () => {
    const minted = withSlots(saleInputs, { [NEW_B]: BOUGHT.with(1, slot(CALL, 21n)) });
    const { assignment } = attackTransfer(minted);
    const value = (name: string): bigint => assignment.value(`main.${name}`);
    const alpha = value("conserved.alpha");
    const missing = value("conserved.new[0].out") + value("conserved.new[1].out");
    const there = value("conserved.old[0].out") + value("conserved.old[1].out");
    const funding = reduce((missing - there) * (alpha - BigInt(CASH)));
    const cash = reduce(393n - funding);
    // With the challenge of the old funding the equation holds: only its hash, and the range, stand against it.
    const stale = attackTransfer(
      minted,
      { funding, cash },
      { "main.challenge.in[5]": saleInputs["funding"] as bigint },
    );
    expect(stale.caughtInSource).toContain("law challenge.in[5] funding");
    expect(stale.caughtInSource).not.toContain("conservation");
    expect(stale.caughtInSource.filter((label) => label.startsWith("range fundingRange"))).not.toEqual([]);
    expect(stale.caught).not.toEqual([]);
    // With its own challenge it doesn't.
    expect(attackTransfer(minted, { funding, cash }).caught).toContain("conservation");
  });

  it("is of the settlement asset: of one that no slot can have, none enters", () => {
    for (const settlementId of [0n, 1n << 20n, P - 3n, 1n]) {
      const { caught } = attackTransfer(depositInputs, { settlementId });
      expect(caught).toEqual(["cash", "conservation"]);
    }
    const still = withSlots(depositInputs, { [NEW_A]: [slot(CASH, 1_000n), slot(CALL, 50n)] });
    for (const settlementId of [0n, 1n << 20n, P - 3n, BigInt(CASH)]) {
      expect(attackTransfer(still, { settlementId, funding: 0n }).caught).toEqual([]);
      expect(attackTransfer(still, { settlementId, funding: 0n, cash: 1n }).caught).toEqual(["cash"]);
      expect(attackTransfer(still, { settlementId, funding: 1n, cash: P - 1n }).caught).toEqual([
        "conservation",
      ]);
    }
  });
});

describe("an account that is handed over whole", () => {
  // A keeps 250 of 1,000; B had 5,000 and gets the rest.
  const [KEPT, TAKEN] = [slot(CASH, 250n), slot(CASH, 5_750n)];
  const positions = [slot(CALL, 40n), slot(PUT, -20n), slot(FUTURE, 8n)];
  const takeover = (
    newA: readonly RawSlot[],
    newB: readonly RawSlot[] = [TAKEN, ...positions],
    changes: Inputs = {},
  ) => attackTransfer(withSlots(takeoverInputs, { [NEW_A]: newA, [NEW_B]: newB }), changes).caught;

  it("has one new commitment, which anybody computes", () => {
    expect(takeover([KEPT])).toEqual([]);
    const { accountId } = TAKEOVER.a;
    expect(takeoverInputs["newA"]).toBe(commit(accountId, CONTEXT, slotsOf([hold(CASH, 250n)], 4)));
  });

  it("keeps nothing beside the cash: no lots, no ids, in any slot", () => {
    const less = positions.with(1, slot(PUT, -15n));
    for (const i of [1, 2, 3]) {
      const kept = [KEPT, EMPTY, EMPTY, EMPTY].with(i, slot(PUT, -5n));
      expect(takeover(kept, [TAKEN, ...less])).toEqual(["whole others"]);
      expect(takeover([KEPT, EMPTY, EMPTY, EMPTY].with(i, [0n, BigInt(PUT), 1n]))).toEqual(["whole others"]);
    }
    const split = [slot(CASH, 200n), slot(CASH, 50n)];
    expect(takeover(split)).toEqual(["whole cash", "whole others"]);
    expect(takeover([EMPTY, KEPT])).toEqual(["whole cash", "whole others"]);
  });

  it("keeps exactly the cash, long", () => {
    expect(takeover([slot(CASH, 251n)], [slot(CASH, 5_749n), ...positions])).toEqual(["whole cash"]);
    expect(takeover([slot(CASH, 249n)], [slot(CASH, 5_751n), ...positions])).toEqual(["whole cash"]);
    expect(takeover([[250n, BigInt(CASH), 1n]], [slot(CASH, 6_250n), ...positions])).toEqual(["whole side"]);
    expect(takeover([slot(CASH, -250n)], [slot(CASH, 6_250n), ...positions], { cash: P - 250n })).toEqual([
      "whole cash",
      "whole side",
    ]);
    const calls = [slot(CALL, 250n)];
    expect(takeover(calls, [slot(CASH, 6_000n), slot(CALL, -210n), ...positions.slice(1)])).toEqual([
      "whole id",
    ]);
  });

  it("keeps an empty portfolio where it gets nothing, not a slot of zero lots", () => {
    const all = [slot(CASH, 6_000n), ...positions];
    expect(takeover([], all, { cash: 0n })).toEqual([]);
    expect(takeover([[0n, BigInt(CASH), 0n]], all, { cash: 0n })).toEqual(["whole id"]);
    expect(takeover([[0n, BigInt(CASH), 1n]], all, { cash: 0n })).toEqual(["whole id", "whole side"]);
    expect(takeover([[0n, BigInt(CALL), 0n]], all, { cash: 0n })).toEqual(["whole id"]);
  });

  it("is open: no other salt than the context", () => {
    const salt = [...(takeoverInputs["salt"] as readonly bigint[])];
    expect(takeover([KEPT], undefined, { salt: salt.with(1, 5n) })).toEqual(["open salt"]);
    expect(takeover([KEPT], undefined, { context: 5n })).toEqual(["open salt"]);
    expect(takeover([KEPT], undefined, { salt: salt.with(1, 5n), context: 5n })).toEqual([]);
  });

  it("can keep up to 2^36 - 1 lots", () => {
    const most = (1n << 36n) - 1n;
    const rest = [slot(CASH, 6_000n - most), ...positions];
    expect(takeover([slot(CASH, most)], rest, { cash: most })).toEqual([]);
    expect(
      takeover([slot(CASH, most + 1n)], [slot(CASH, 5_999n - most), ...positions], { cash: most + 1n }),
    ).toEqual(["range portfolio[1].slots.quantityRange[0]"]);
  });

  it("is so only where the signal says so: with 0 everything else is free, with 2 other things are asked for", () => {
    expect(attackTransfer(takeoverInputs, { rest: 0n }).caught).toEqual(["cash"]);
    expect(attackTransfer(takeoverInputs, { rest: 0n, cash: P - 750n }).caught).toEqual([]);
    expect(attackTransfer(takeoverInputs, { rest: 2n }).caught).toEqual(["cash", "derived salt"]);
    expect(attackTransfer(takeoverInputs, { rest: 3n }).caught).toContain("bit left.kept");
    expect(attackTransfer(saleInputs, { rest: 1n }).caught).toEqual([
      "open salt",
      "whole cash",
      "whole others",
    ]);
  });

  it("pays with an asset that slots can have", () => {
    const { caught } = attackTransfer(takeoverInputs, { settlementId: P - 3n });
    expect(caught).toEqual(["whole id"]);
  });
});

describe("an absent counterparty", () => {
  const absent = { hasB: 0n, accountB: 0n, oldB: 0n, newB: 0n };

  it("has no slots: positions of nobody don't balance A's", () => {
    const gift = { [OLD_A]: [slot(CASH, 1_000n)], [NEW_A]: [slot(CASH, 1_077n), slot(CALL, 5n)] };
    const of = (slots: Readonly<Record<number, readonly RawSlot[]>>, changes: Inputs = {}) =>
      attackTransfer(withSlots(depositInputs, slots), { ...absent, ...changes }).caught;
    expect(of(gift)).toEqual(["conservation"]);
    expect(of({ ...gift, [OLD_B]: [slot(CALL, 5n)] })).toEqual(["nobody's slots"]);
    expect(of({ ...gift, [NEW_B]: [slot(CALL, -5n)] })).toEqual(["nobody's slots"]);
    // Lots without an id are no slot at all.
    expect(of({ ...gift, [OLD_B]: [[5n, 0n, 0n]] })).toContain("empty slot");
  });

  it("has no name and no commitments", () => {
    for (const [name, label] of [
      ["accountB", "nobody's id"],
      ["oldB", "commitment oldB"],
      ["newB", "commitment newB"],
    ] as const) {
      expect(attackTransfer(depositInputs, { ...absent, [name]: 1n }).caught).toEqual([label]);
    }
    // Another salt of nobody's makes no difference.
    const salt = [...(depositInputs["salt"] as readonly bigint[])].with(2, 9n).with(3, 9n);
    expect(attackTransfer(depositInputs, { ...absent, salt }).caught).toEqual([]);
  });

  it("is absent or there, nothing between", () => {
    for (const hasB of [2n, P - 1n, P / 2n]) {
      expect(attackTransfer(saleInputs, { hasB }).caught).toContain("bit Bit");
    }
    expect(attackTransfer(saleInputs, { hasB: 0n }).caught).toEqual([
      "commitment newB",
      "commitment oldB",
      "nobody's id",
      "nobody's slots",
    ]);
    // With a counterparty its commitments open, to an empty portfolio too, but never to 0.
    expect(attackTransfer(depositInputs, { hasB: 1n, accountB: 7n }).caught).toEqual([]);
    expect(attackTransfer(depositInputs, { hasB: 1n, oldB: 0n, newB: 0n }).caught).toEqual([
      "commitment newB",
      "commitment oldB",
    ]);
  });
});

describe("a proof", () => {
  it("is for one context", () => {
    const { caught, witness } = attackTransfer(saleInputs, { context: 5n });
    expect(caught).toEqual([]);
    const wire = Number(transfer.real.wireOf.get("main.context"));
    const moved = witness.map((value, i) => (i === wire ? toField(6n) : value));
    expect(violations(transfer.real, moved)).not.toEqual([]);
  });

  it("is for one settlement asset: the challenge binds it", () => {
    expect(attackTransfer(saleInputs, { settlementId: BigInt(CALL) }).caught).toEqual([
      "cash",
      "conservation",
    ]);
    const stale = attackTransfer(
      saleInputs,
      { settlementId: BigInt(CALL) },
      { "main.challenge.in[4]": BigInt(SALE.settlementId) },
    );
    expect(stale.caughtInSource).toContain("law challenge.in[4] settlementId");
    expect(stale.caught).not.toEqual([]);
  });
});
