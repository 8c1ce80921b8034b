import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toSigned } from "../../../src/math/field.ts";
import { changed, forge, listOf } from "../../helpers/circuit-attack.ts";
import { each, type HintSuite, lookupHints, testHints } from "../../helpers/circuit-hint-suite.ts";
import {
  attackReduction,
  hold,
  REDUCTION,
  reduction,
  reductionOf,
  refusal,
  SLICE,
} from "../../helpers/circuit-reduction.ts";
import { at, violations } from "../../helpers/r1cs.ts";

// Reductions that must not have a witness. Every attack carries on whatever follows from it.

const { inputs } = SLICE;
const width = listOf(inputs, "lanes").length / 2;
const SLOTS = 4;

describe("an honest reduction", () => {
  it("has a witness, and all rules hold", async () => {
    expect(SLICE.rules).toEqual({ margin: true, shortGamma: true, tier: true, penalty: true });
    expect(forge(reduction, inputs).caught).toEqual([]);
    expect(violations(reduction.real, await reduction.generate(inputs))).toEqual([]);
  });

  it("may change nothing, at no penalty", () => {
    const positions = [hold(0, 5_000n), hold(2, 700n)];
    expect(refusal(reductionOf(positions, positions, 0n).inputs)).toEqual([]);
  });
});

describe("the two portfolios", () => {
  it("are those behind the two commitments, of one account", () => {
    for (const name of ["oldCommitment", "newCommitment"]) {
      const value = BigInt(String(inputs[name])) + 1n;
      expect(attackReduction(inputs, { [name]: value }).caught).not.toEqual([]);
    }
    const { oldCommitment = 0n, newCommitment = 0n } = inputs;
    const other = { accountId: 1002n, oldCommitment, newCommitment };
    expect(attackReduction(inputs, other).caught).not.toEqual([]);
    // one of them of another account, the other not
    const second = attackReduction(inputs, { accountId: 1002n }).assignment.value("main.newCommitment");
    expect(attackReduction(inputs, { oldCommitment, newCommitment: second }).caught).not.toEqual([]);
  });

  it.each([0, 1])("have the sums of their slots: lane by lane, portfolio %d", (k) => {
    for (let lane = 0; lane < width; lane++) {
      for (const step of [1n, -1n]) {
        const lanes = changed(inputs, "lanes", { [k * width + lane]: (old) => old + step });
        expect(attackReduction(inputs, { lanes }).caught, `lane ${lane}`).toContainEqual(
          expect.stringMatching(/^sum of account/),
        );
      }
    }
  });

  it("don't lend each other value, charges or slots", () => {
    const lanes = changed(inputs, "lanes", { 0: (old) => old + 5n, [width]: (old) => old - 5n });
    expect(attackReduction(inputs, { lanes }).caught).toContainEqual(
      expect.stringMatching(/^sum of account/),
    );
    const charges = changed(inputs, "charges", { 0: (old) => old + 5n, 1: (old) => old - 5n });
    expect(attackReduction(inputs, { charges }).caught).toContainEqual(
      expect.stringMatching(/^sum of account/),
    );
    for (const name of ["lanes", "quantity"]) {
      const list = listOf(inputs, name);
      const half = list.length / 2;
      const swapped = [...list.slice(half), ...list.slice(0, half)];
      expect(attackReduction(inputs, { [name]: swapped }).caught, name).toContainEqual(
        expect.stringMatching(/^sum of account/),
      );
    }
  });

  it("use the rows that are counted", () => {
    for (const name of ["usedLong", "usedShort"]) {
      for (let n = 0; n < REDUCTION.rows; n++) {
        const counts = changed(inputs, name, { [n]: (old) => old + 1n });
        // A row of zeros fills the table up: it is the empty slot's entry.
        const isPadding = n === REDUCTION.rows - 1;
        const { caught } = attackReduction(inputs, { [name]: counts });
        expect(caught.length > 0, `${name} ${n}`).toBe(!isPadding || name === "usedShort");
      }
    }
  });

  it("have a W that is attained and exceeded by no loss", () => {
    const worst = listOf(inputs, "worstLoss");
    for (const k of [0, 1]) {
      for (const step of [1n, -1n]) {
        const worstLoss = worst.map((old, i) => (i === k ? old + step : old));
        expect(attackReduction(inputs, { worstLoss }).caught).not.toEqual([]);
      }
    }
  });
});

describe("the rules", () => {
  it("refuse what grows the requirement, by one lot", () => {
    const before = [hold(0, 5_000n), hold(2, 700n)];
    const grown = reductionOf(before, [hold(0, 5_000n), hold(2, 701n)], 1_000_000n);
    expect(grown.rules.margin).toBe(false);
    expect(refusal(grown.inputs)).not.toEqual([]);
    expect(refusal(reductionOf(before, [hold(0, 5_000n), hold(2, 699n)], 1_000_000n).inputs)).toEqual([]);
  });

  it("refuse a swapped pair: what reduces one way grows the other", () => {
    const back = reductionOf(
      [hold(0, 5_000n), hold(2, 350n), hold(4, -150n)],
      [hold(0, 5_000n), hold(2, 700n), hold(4, -300n)],
      1_000_000n,
    );
    expect(refusal(back.inputs)).not.toEqual([]);
  });

  it("refuse a worse tier even where the requirement falls", () => {
    const before = [hold(0, 2_000_000n), hold(2, 700n)];
    const poorer = reductionOf(before, [hold(2, 350n)], 1_000_000n);
    expect(poorer.rules).toMatchObject({ margin: true, tier: false });
    expect(refusal(poorer.inputs)).not.toEqual([]);
  });

  it("know no level that isn't one-hot", () => {
    for (const isLevel of [
      [0n, 0n, 0n, 0n, 0n],
      [1n, 1n, 0n, 0n, 0n],
      [0n, 0n, 2n, 0n, 0n],
      [2n, FIELD_MODULUS - 1n, 0n, 0n, 0n],
      [1n, 1n, FIELD_MODULUS - 1n, 0n, 0n],
    ])
      expect(forge(reduction, { ...inputs, isLevel }).caught).not.toEqual([]);
  });

  it("range the penalty: 2^20 - 1 is the largest, and no field element wraps to a larger one", () => {
    expect(refusal({ ...inputs, maxPenalty: (1n << 20n) - 1n })).toEqual([]);
    for (const maxPenalty of [1n << 20n, 1n << 64n, FIELD_MODULUS - 1n])
      expect(attackReduction(inputs, { maxPenalty }).caught).toContain("range penaltyRange");
  });

  it("refuse equity that is hidden: a lane may not leave its window", () => {
    const equity = toSigned(at(listOf(inputs, "lanes"), 0) as never);
    for (const value of [1n << 57n, -(1n << 57n)]) {
      const lanes = changed(inputs, "lanes", { 0: equity + value });
      expect(attackReduction(inputs, { lanes }).caught).not.toEqual([]);
    }
  });
});

describe("public signals", () => {
  it("are all bound: none can be replaced in a finished witness", async () => {
    const honest = await reduction.generate(inputs);
    for (let wire = 1; wire <= REDUCTION.publicInputs; wire++) {
      const witness = honest.map((value, i) => (i === wire ? (value + 1n) % FIELD_MODULUS : value));
      expect(violations(reduction.real, witness).length, `signal ${wire}`).toBeGreaterThan(0);
    }
  });
});

describe("hints", () => {
  const both = (name: string): string[] => [0, 1].flatMap((k) => each(`portfolio[${k}].${name}`, 3));
  const suites: Record<string, HintSuite> = {
    // the fourth slot of both is empty
    "portfolio/slots inverse": { wires: both("opened.slots.inverse"), caughtBy: () => ["empty slot"] },
    "table/valuation slotValue": {
      wires: [0, 1, 2, 4, 5, 6].map((i) => `main.value.slotValue[${i}]`),
      caughtBy: (_, i) => ["membership", `sum of account ${i < 3 ? 0 : 1}`],
    },
    ...lookupHints("value.lookup", 2 * SLOTS, REDUCTION.rows),
  };
  testHints(reduction, inputs, suites, [`main.value.lookup.shortTerm[${REDUCTION.rows - 1}]`]);
});
