import { describe, expect, it } from "vitest";
import { FIELD_MODULUS } from "../../src/math/field.ts";
import { LANE_BITS } from "../../src/risk/shape.ts";
import {
  absorbed,
  attack,
  changed,
  forge,
  listOf,
  negative,
  worstLossOf,
} from "../helpers/circuit-attack.ts";
import { circuit, EMPTY, holding, slot, victim } from "../helpers/circuit-fixture.ts";
import { at, violations } from "../helpers/r1cs.ts";

// Claims about the portfolio: sums, W, charges, used rows, policy, tier. Every forgery is carried through with honest values wherever it
// leaves a choice, and each expectation names all constraints that stand against it.

const { inputs } = victim;
const { shape } = circuit.instance;
const LANES = 12;
const W = worstLossOf(circuit, inputs);
const C = 1n << LANE_BITS;

/** The range check of a lane. */
const window = (lane: number): string =>
  lane === 0
    ? "range portfolio.lane.equityRange"
    : lane <= shape.scenarios
      ? `range portfolio.lane.scenarioRange[${lane - 1}]`
      : `range portfolio.lane.greekRange[${lane - 1 - shape.scenarios}]`;

it("starts from a portfolio that loses in some scenario", () => {
  expect(W > 1n).toBe(true);
  expect(forge(circuit, inputs).caught).toEqual([]);
});

describe("summed lanes", () => {
  it.each(Array.from({ length: LANES }, (_, lane) => lane))("can't be off by one in lane %d", (lane) => {
    for (const step of [1n, -1n]) {
      const { caught } = attack(circuit, inputs, {
        lanes: changed(inputs, "lanes", { [lane]: (old) => old + step }),
      });
      expect(caught).toEqual(["sum"]);
    }
  });

  it.each(Array.from({ length: LANES }, (_, lane) => lane).filter((lane) => lane % 3 < 2))(
    "can't borrow from the next limb: lane %d + 2^84, the next - 1 (one packed element, two readings)",
    (lane) => {
      for (const step of [1n, -1n]) {
        const lanes = changed(inputs, "lanes", {
          [lane]: (old) => old + step * C,
          [lane + 1]: (old) => old - step,
        });
        // Only the window of the lane that was moved by 2^84 can tell.
        for (const lies of [{}, absorbed(circuit.full, `main.account.${window(lane).slice(6)}`)]) {
          const { caught, assignment } = attack(circuit, inputs, { lanes, worstLoss: W }, lies);
          expect(assignment.value("main.account.portfolio.lane.packed[0]")).toBe(
            forge(circuit, inputs).assignment.value("main.account.portfolio.lane.packed[0]"),
          );
          expect(caught).toContain(window(lane));
          expect(caught).not.toContain("sum");
        }
      }
    },
  );

  it("can't be shifted by the field's order, spread over three limbs", () => {
    for (const times of [1n, 2n, -1n, -3n]) {
      const shift = times * FIELD_MODULUS;
      const [low, middle, high] = [shift % C, (shift / C) % C, shift / C / C];
      expect(low + middle * C + high * C * C).toBe(shift);
      const lanes = changed(inputs, "lanes", {
        9: (old) => old + low,
        10: (old) => old + middle,
        11: (old) => old + high,
      });
      const { caught } = attack(circuit, inputs, { lanes });
      expect(caught).toContain(window(11));
      expect(caught).not.toContain("sum");
    }
  });

  it("can't hide that equity is negative, in any way of setting the sign", () => {
    const poor = holding([slot(0, 5n, 1), slot(1, 3n, 1), EMPTY, EMPTY]);
    expect(poor.requirement.tier).toBe(4);
    const bits = circuit.full.nameOf.filter((name) =>
      /^main\.account\.portfolio\.lane\.equityRange\.Num2Bits_.*\.out\[/.test(name),
    );
    const [top = "", low = ""] = [bits[83], bits[0]];
    const flipped = { [top]: 1n };
    const balanced = { [top]: 1n, [low]: (_: unknown, honest: bigint) => honest - (1n << 83n) };
    for (const lies of [flipped, balanced]) {
      const { caught, assignment } = attack(circuit, poor.inputs, {}, lies);
      expect(assignment.value("main.account.result.tier")).toBe(3n);
      expect(caught).toEqual(["range portfolio.lane.equityRange"]);
    }
    const denied = attack(circuit, poor.inputs, {}, { "main.account.portfolio.lane.equityIsNegative": 0n });
    expect(denied.caught).toEqual([
      "law portfolio.lane.equityIsNegative portfolio.lane.equityRange.isNegative",
    ]);
  });
});

describe("worst stress loss", () => {
  it("can't be too small, nor negative, nor 0 where a scenario loses", () => {
    for (const worstLoss of [W - 1n, 0n, 1n, negative(1n), negative(W)]) {
      const { caught } = attack(circuit, inputs, { worstLoss });
      expect(caught.some((label) => label.startsWith("range portfolio.lane.scenarioRange"))).toBe(true);
      expect(caught).not.toContain("sum");
    }
  });

  it("can't be too large: nobody can claim a breach that isn't there", () => {
    for (const worstLoss of [W + 1n, 2n * W, (1n << 83n) - 1n]) {
      const { caught } = attack(circuit, inputs, { worstLoss });
      expect(caught).toContain("attained");
    }
    expect(attack(circuit, inputs, { worstLoss: W + 1n }).caught).toEqual(["attained"]);
  });

  it("can't be the loss of another scenario than the worst", () => {
    const lanes = listOf(inputs, "lanes").slice(1, 1 + shape.scenarios);
    const losses = lanes.map((lane) => (lane === 0n ? 0n : FIELD_MODULUS - lane));
    const others = losses.filter((loss) => loss < C && loss !== W);
    expect(others.length).toBeGreaterThan(0);
    for (const worstLoss of others) {
      const { caught } = attack(circuit, inputs, { worstLoss });
      expect(caught.length).toBeGreaterThan(0);
      expect(caught.every((label) => label.startsWith("range portfolio.lane.scenarioRange"))).toBe(true);
    }
  });

  it("is 0 for a portfolio that loses nowhere, and nothing else", () => {
    const calm = holding([slot(0, 5n), EMPTY, EMPTY, EMPTY]);
    expect(forge(circuit, calm.inputs).caught).toEqual([]);
    expect(attack(circuit, calm.inputs, { worstLoss: 1n }).caught).toEqual(["attained"]);
  });
});

describe("charges", () => {
  it("can't be off by one, nor left out, nor negative", () => {
    const charges = BigInt(String(inputs.charges));
    expect(charges > 1n).toBe(true);
    for (const lie of [charges + 1n, charges - 1n, 0n]) {
      expect(attack(circuit, inputs, { charges: lie }).caught).toEqual(["sum"]);
    }
    for (const lie of [negative(charges), charges + (1n << 83n), FIELD_MODULUS - 1n]) {
      for (const lies of [{}, absorbed(circuit.full, "main.account.portfolio.chargesRange")]) {
        expect(attack(circuit, inputs, { charges: lie }, lies).caught).toEqual([
          "range portfolio.chargesRange",
          "sum",
        ]);
      }
    }
  });

  it("can't be turned into an income by the value of a short slot with the charge's sign changed", () => {
    const row = 4;
    const lie = (value: (name: string) => bigint): bigint =>
      value(`main.account.value.rows.short[${row}]`) - 2n * value(`main.table[${row}][5]`);
    const paid = 2n * 300n * at(listOf(inputs, "table"), row * 7 + 5);
    const charges = BigInt(String(inputs.charges)) - paid;
    const { caught } = attack(circuit, inputs, { charges }, { "main.account.value.slotValue[1]": lie });
    expect(caught.filter((label) => !label.startsWith("range portfolio.chargesRange"))).toEqual([
      "membership",
    ]);
  });
});

describe("used rows", () => {
  it.each([0, 1, 2, 3, 4, 5, 6])("can't be flipped in row %d, on either side", (row) => {
    for (const side of ["usedLong", "usedShort"]) {
      const flipped = changed(inputs, side, { [row]: (old) => 1n - old });
      expect(attack(circuit, inputs, { [side]: flipped }).caught).toEqual(["membership"]);
    }
  });

  it("can't be anything but 0 or 1", () => {
    for (const value of [2n, FIELD_MODULUS - 1n, 1n << 200n]) {
      const usedLong = changed(inputs, "usedLong", { 2: value });
      expect(attack(circuit, inputs, { usedLong }).caught).toEqual(["bit used.longBit[2]", "membership"]);
      const usedShort = changed(inputs, "usedShort", { 3: value });
      expect(attack(circuit, inputs, { usedShort }).caught).toEqual(["bit used.shortBit[3]", "membership"]);
    }
  });

  it("have one reading that is not unique and means nothing: a row of zeros is the empty slot", () => {
    const usedLong = changed(inputs, "usedLong", { 7: 1n });
    const { caught, assignment } = attack(circuit, inputs, { usedLong });
    expect(caught).toEqual([]);
    expect(assignment.value("main.tier")).toBe(BigInt(victim.requirement.tier));
    const usedShort = changed(inputs, "usedShort", { 7: 1n });
    expect(attack(circuit, inputs, { usedShort }).caught).toEqual(["membership"]);
  });
});

describe("policy", () => {
  it.each(Array.from({ length: 16 }, (_, i) => i))("can't be outside its range in element %d", (element) => {
    const bits = element === 6 ? 24n : [8, 9, 11, 12].includes(element) ? 80n : 32n;
    for (const value of [1n << bits, FIELD_MODULUS - 1n]) {
      const policy = changed(inputs, "policy", { [element]: value });
      const { caught } = attack(circuit, inputs, { policy });
      expect(caught.some((label) => label.startsWith("range margin."))).toBe(true);
    }
    const policy = changed(inputs, "policy", { [element]: (1n << bits) - 1n });
    expect(attack(circuit, inputs, { policy }).caught).toEqual([]);
  });
});

describe("public signals", () => {
  it("can't be another tier than the one that follows", () => {
    for (const tier of [-1n, 0n, 1n, 2n, 3n, 4n, 5n]) {
      const right = tier === BigInt(victim.requirement.tier);
      expect(attack(circuit, inputs, { tier }).caught).toEqual(right ? [] : ["tier"]);
    }
  });

  it("can't be the commitment of another portfolio, account or salt", () => {
    const other = holding([slot(2, 701n), slot(4, 300n, 1), slot(5, 55n), EMPTY]);
    for (const commitment of [BigInt(String(other.inputs.commitment)), 0n]) {
      expect(attack(circuit, inputs, { commitment }).caught).toEqual(["commitment"]);
    }
    const commitment = BigInt(String(inputs.commitment));
    for (const change of [{ salt: 1n }, { accountId: 1n }]) {
      expect(attack(circuit, inputs, { ...change, commitment }).caught).toEqual(["commitment"]);
      expect(attack(circuit, inputs, change).caught).toEqual([]);
    }
  });

  it("are all bound: none can be replaced in a finished witness", () => {
    const { witness } = forge(circuit, inputs);
    for (let wire = 1; wire <= circuit.real.publicSignals; wire++) {
      const moved = witness.map((value, other) => (other === wire ? (value + 1n) % FIELD_MODULUS : value));
      expect(violations(circuit.real, moved)).not.toEqual([]);
    }
  });
});
