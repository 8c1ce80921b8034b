import { describe, expect, it } from "vitest";
import { INSTRUMENT_ID_LIMIT } from "../../src/market/instruments.ts";
import { FIELD_MODULUS, reduce } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { LOT_LIMIT } from "../../src/risk/shape.ts";
import { absorbed, attack, changed, forge, negative } from "../helpers/circuit-attack.ts";
import { circuit, EMPTY, holding, idOf, slot, snapshot, victim } from "../helpers/circuit-fixture.ts";
import { at } from "../helpers/r1cs.ts";
import { syntheticSnapshot } from "../helpers/synthetic.ts";

// Forged portfolios, carried through with honest values wherever the forgery leaves a choice.

const { inputs } = victim;
const asLong = (row: number): string => `main.account.value.rows.long[${row}]`;

/** Inputs that claim `shown` to the lookup while sums, W and charges are those of `priced`. */
function pricedAs(shown: ReturnType<typeof holding>, priced: ReturnType<typeof holding>) {
  const { lanes, worstLoss, charges, tier } = priced.inputs;
  return { ...shown.inputs, lanes, worstLoss, charges, tier };
}

describe("quantities", () => {
  it("can't be 2^36 or more, nor negative, whatever the bits", () => {
    for (const quantity of [LOT_LIMIT, FIELD_MODULUS - 1n, negative(5n), LOT_LIMIT + 700n]) {
      const honest = forge(circuit, { ...inputs, quantity: changed(inputs, "quantity", { 0: quantity }) });
      expect(honest.caught).toContain("range portfolio.opened.slots.quantityRange[0]");
      for (const lies of [
        {},
        absorbed(circuit.full, "main.account.portfolio.opened.slots.quantityRange[0]"),
      ]) {
        const { caught } = attack(
          circuit,
          inputs,
          { quantity: changed(inputs, "quantity", { 0: quantity }) },
          lies,
        );
        expect(caught).toEqual(["range portfolio.opened.slots.quantityRange[0]", "sum"]);
      }
    }
  });

  it("can't be negative, with sums that follow from it", () => {
    const shown = holding([slot(2, 700n), EMPTY, EMPTY, EMPTY]);
    const priced = holding([slot(2, 5n, 1), EMPTY, EMPTY, EMPTY]);
    const charges = negative(5n * at(snapshot.rows, 2).vector.longCharge);
    const quantity = changed(shown.inputs, "quantity", { 0: negative(5n) });
    const { caught } = attack(circuit, { ...pricedAs(shown, priced), charges }, { quantity, charges });
    expect(caught).toEqual(["range portfolio.chargesRange", "range portfolio.opened.slots.quantityRange[0]"]);
  });

  it("can be 0 and the greatest", () => {
    for (const quantity of [0n, LOT_LIMIT - 1n]) {
      expect(forge(circuit, holding([slot(2, quantity), EMPTY, EMPTY, EMPTY]).inputs).caught).toEqual([]);
    }
  });
});

describe("instruments and sides", () => {
  it("can't have an id of more than 20 bits, or one that the table doesn't have", () => {
    const limit = BigInt(INSTRUMENT_ID_LIMIT);
    for (const id of [limit, limit + BigInt(idOf(2)), FIELD_MODULUS - 1n]) {
      const claim = { id: changed(inputs, "id", { 0: id }) };
      const lies = {
        "main.account.value.slotValue[0]": (value: (name: string) => bigint) => value(asLong(2)),
      };
      expect(attack(circuit, inputs, claim, lies).caught).toEqual([
        "membership",
        "range portfolio.opened.slots.idRange[0]",
      ]);
    }
    const unknown = changed(inputs, "id", { 0: limit - 1n });
    const lies = { "main.account.value.slotValue[0]": (value: (name: string) => bigint) => value(asLong(2)) };
    expect(attack(circuit, inputs, { id: unknown }, lies).caught).toEqual(["membership"]);
  });

  it("can't be on a side that is neither long nor short", () => {
    for (const isShort of [2n, FIELD_MODULUS - 1n]) {
      const claim = { isShort: changed(inputs, "isShort", { 0: isShort }) };
      expect(attack(circuit, inputs, claim).caught).toEqual([
        "bit portfolio.opened.slots.sideBit[0]",
        "membership",
      ]);
    }
  });

  it("can't be shown long and priced short", () => {
    const shown = holding([slot(2, 700n), EMPTY, EMPTY, EMPTY]);
    const priced = holding([slot(2, 700n, 1), EMPTY, EMPTY, EMPTY]);
    const lies = {
      "main.account.value.slotValue[0]": (value: (name: string) => bigint) =>
        value("main.account.value.rows.short[2]"),
    };
    expect(attack(circuit, pricedAs(shown, priced), {}, lies).caught).toEqual(["membership"]);
    const used = { usedLong: priced.inputs.usedLong, usedShort: priced.inputs.usedShort };
    expect(attack(circuit, pricedAs(shown, priced), used, lies).caught).toEqual(["membership"]);
  });

  it("can't be priced by another row, whether that row's bit is set or the own one's", () => {
    const shown = holding([slot(2, 700n), EMPTY, EMPTY, EMPTY]);
    const priced = holding([slot(6, 700n), EMPTY, EMPTY, EMPTY]);
    const lies = { "main.account.value.slotValue[0]": (value: (name: string) => bigint) => value(asLong(6)) };
    expect(attack(circuit, pricedAs(shown, priced), {}, lies).caught).toEqual(["membership"]);
    const { usedLong } = priced.inputs;
    expect(attack(circuit, pricedAs(shown, priced), { usedLong }, lies).caught).toEqual(["membership"]);
  });

  it("can't swap the prices of two slots", () => {
    const shown = holding([slot(2, 700n), slot(3, 5n), EMPTY, EMPTY]);
    const priced = holding([slot(3, 700n), slot(2, 5n), EMPTY, EMPTY]);
    const lies = {
      "main.account.value.slotValue[0]": (value: (name: string) => bigint) => value(asLong(3)),
      "main.account.value.slotValue[1]": (value: (name: string) => bigint) => value(asLong(2)),
    };
    expect(attack(circuit, pricedAs(shown, priced), {}, lies).caught).toEqual(["membership"]);
  });
});

describe("slots that stand twice", () => {
  const twice = holding([slot(2, 700n), slot(2, 5n), EMPTY, EMPTY]);

  it("are refused, even where the sums are right", () => {
    expect(forge(circuit, twice.inputs).caught).toEqual(["membership"]);
  });

  it("are refused with a bit of two, and only for it", () => {
    const usedLong = changed(twice.inputs, "usedLong", { 2: 2n });
    expect(attack(circuit, twice.inputs, { usedLong }).caught).toEqual(["bit used.longBit[2]"]);
  });

  it("are refused with another row's bit in place of the second", () => {
    const usedLong = changed(twice.inputs, "usedLong", { 3: 1n });
    expect(attack(circuit, twice.inputs, { usedLong }).caught).toEqual(["membership"]);
  });

  it("would pass if the empty entry's count were free, which it isn't", () => {
    // Knowing alpha: what the slots have more than the rows, times alpha, as the count of empty slots.
    const { value } = forge(circuit, twice.inputs).assignment;
    const left = [0, 1, 2, 3].reduce((sum, i) => sum + value(`main.account.value.lookup.slotTerm[${i}]`), 0n);
    const empty =
      (left - value("main.account.value.lookup.longTerm[2]")) * value("main.account.value.lookup.alpha");
    const { caught } = attack(circuit, twice.inputs, {}, { "main.account.used.use.empty": empty });
    expect(caught).toHaveLength(1);
    expect(at(caught, 0)).toMatch(/^law used\.use\.empty /);
  });

  it("are two positions on two sides of one instrument, which is allowed", () => {
    const both = holding([slot(2, 700n), slot(2, 5n, 1), EMPTY, EMPTY]);
    expect(forge(circuit, both.inputs).caught).toEqual([]);
  });
});

describe("empty slots", () => {
  const one = holding([slot(2, 700n), EMPTY, EMPTY, EMPTY]);

  it("have no value", () => {
    const lies = { "main.account.value.slotValue[3]": (value: (name: string) => bigint) => value(asLong(0)) };
    expect(attack(circuit, one.inputs, {}, lies).caught).toEqual(["membership"]);
    // 1/quantity of anything: with lots in it the sum would be at the attacker's choice
    const quantity = changed(one.inputs, "quantity", { 3: 1n });
    const priced = holding([slot(2, 700n), slot(0, 1n), EMPTY, EMPTY]);
    const { lanes, worstLoss, charges } = priced.inputs;
    const claim = { quantity, lanes, worstLoss, charges };
    expect(attack(circuit, one.inputs, claim, lies).caught).toEqual(["empty slot", "membership"]);
  });

  it("have no lots and no side: a commitment says nothing about no instrument", () => {
    for (const lots of [1n, LOT_LIMIT - 1n]) {
      const quantity = changed(one.inputs, "quantity", { 2: lots });
      expect(attack(circuit, one.inputs, { quantity }).caught).toEqual(["empty slot"]);
    }
    const isShort = changed(one.inputs, "isShort", { 2: 1n });
    expect(attack(circuit, one.inputs, { isShort }).caught).toEqual(["empty slot", "membership"]);
    const usedShort = changed(one.inputs, "usedShort", { 7: 1n });
    expect(attack(circuit, one.inputs, { isShort, usedShort }).caught).toEqual(["empty slot"]);
    const quantity = changed(one.inputs, "quantity", { 2: negative(1n << 36n) }); // quantity + side * 2^36 = 0
    expect(attack(circuit, one.inputs, { isShort, usedShort, quantity }).caught).toEqual([
      "range portfolio.opened.slots.quantityRange[2]",
    ]);
  });

  it("can't stand for a slot that the commitment has", () => {
    const { commitment } = one.inputs;
    const nothing = holding([EMPTY, EMPTY, EMPTY, EMPTY]);
    expect(attack(circuit, nothing.inputs, { commitment }).caught).toEqual(["commitment"]);
  });
});

describe("packed limbs", () => {
  // Ids 10 and 11 stand in the table, so that a quantity of 2^36 more is the next instrument's limb.
  const base = syntheticSnapshot("limbs", circuit.instance.shape, 7);
  const table = {
    ...base,
    rows: base.rows.map((row, n) => {
      const instrumentId = 10 + n;
      return { ...row, instrumentId, vector: { ...row.vector, instrumentId } };
    }),
  };
  const victimOf = (row: number, quantity: bigint, isShort: 0 | 1) =>
    holding([{ instrumentId: 10 + row, quantity, isShort }, EMPTY, EMPTY, EMPTY], table);

  it("open one commitment to one portfolio: quantity - 2^36 of the next instrument is refused by ranges alone", () => {
    const { inputs: honest } = victimOf(2, 9n, 0);
    const claim = {
      quantity: changed(honest, "quantity", { 0: (old) => old - LOT_LIMIT }),
      id: changed(honest, "id", { 0: (old) => old + 1n }),
      usedLong: changed(honest, "usedLong", { 2: 0n, 3: 1n }),
    };
    const { caught, assignment } = attack(circuit, honest, claim);
    expect(assignment.value("main.account.portfolio.commitment")).toBe(honest.commitment);
    expect(caught).toEqual(["range portfolio.opened.slots.quantityRange[0]", "sum"]);
  });

  it("quantity + 2^36 of the instrument before is refused likewise", () => {
    const { inputs: honest } = victimOf(3, 9n, 0);
    const claim = {
      quantity: changed(honest, "quantity", { 0: (old) => old + LOT_LIMIT }),
      id: changed(honest, "id", { 0: (old) => old - 1n }),
      usedLong: changed(honest, "usedLong", { 3: 0n, 2: 1n }),
    };
    const { caught, assignment } = attack(circuit, honest, claim);
    expect(assignment.value("main.account.portfolio.commitment")).toBe(honest.commitment);
    expect(caught).toEqual(["range portfolio.opened.slots.quantityRange[0]", "sum"]);
  });

  it("the side can't be borrowed from the id, nor the next slot's lots from the side", () => {
    const { inputs: honest } = victimOf(3, 9n, 1);
    const claim = {
      id: changed(honest, "id", { 0: (old) => old + (1n << 20n) }),
      isShort: changed(honest, "isShort", { 0: 0n }),
    };
    const first = attack(circuit, honest, claim);
    expect(first.assignment.value("main.account.portfolio.commitment")).toBe(honest.commitment);
    expect(first.caught).toContain("range portfolio.opened.slots.idRange[0]");
    const next = {
      isShort: changed(honest, "isShort", { 0: 3n }),
      quantity: changed(honest, "quantity", { 1: negative(1n) }),
    };
    const second = attack(circuit, honest, next);
    expect(second.assignment.value("main.account.portfolio.commitment")).toBe(honest.commitment);
    expect(second.caught).toContain("bit portfolio.opened.slots.sideBit[0]");
    expect(second.caught).toContain("range portfolio.opened.slots.quantityRange[1]");
  });
});

describe("an honest prover", () => {
  it("commits as the TypeScript side does", () => {
    const [accountId, salt] = [reduce(7n), reduce(8n)];
    const slots = [slot(2, 700n), slot(4, 300n, 1), slot(5, 55n), EMPTY];
    const { assignment } = attack(circuit, inputs, { accountId, salt });
    expect(assignment.value("main.account.portfolio.commitment")).toBe(commit(accountId, salt, slots));
  });
});
