import { describe, expect, it } from "vitest";
import { forge } from "../../helpers/circuit-attack.ts";
import {
  each,
  type HintSuite,
  law,
  lookupHints,
  rangeChecks,
  testBits,
  testHints,
} from "../../helpers/circuit-hint-suite.ts";
import { attackBatch } from "../../helpers/circuit-solvency.ts";
import { batch, batchInputs, report, reportInputs } from "../../helpers/circuit-solvency-fixture.ts";
import { at } from "../../helpers/r1cs.ts";
import type { Lie } from "../../helpers/r1cs-forge.ts";

// House rule 20 for a batch and a report. The batch has accounts in tiers 4 and 1, both with two positions and cash; states follow from
// what a wrong hint says, as an attacker would have them.

const inputs = at(batchInputs, 2);
const { accounts, slots, rows } = batch.instance;
const all = accounts * slots;
const REMOVED = [`main.value.lookup.shortTerm[${rows - 1}]`];
const inAccounts = (name: (account: number) => string, count: number): string[] =>
  Array.from({ length: accounts }, (_, a) => each(name(a), count)).flat();

const SUITES: Readonly<Record<string, HintSuite>> = {
  "portfolio/slots inverse": {
    wires: inAccounts((a) => `account[${a}].portfolio.opened.slots.inverse`, slots),
    caughtBy: (_, i) => [`empty slot of account ${Math.floor(i / slots)}`],
  },
  "table/valuation slotValue": {
    wires: each("value.slotValue", all),
    caughtBy: (_, i) => ["membership", `sum of account ${Math.floor(i / slots)}`],
  },
  "portfolio/netting term": {
    wires: inAccounts((a) => `net[${a}].term`, slots),
    caughtBy: (wire) => {
      const [id, signed] = [".slots.id", ".signedQuantity"].map((name) => wire.replace(".term", name));
      return [law(wire, id ?? "", signed ?? "", wire.replace(/\.term.*/, ".zeta"))];
    },
    carry: (lies) => attackBatch(batch, inputs, {}, lies),
  },
  ...lookupHints("value.lookup", all, rows),
};

describe("hints of a batch", () => {
  testHints(batch, inputs, SUITES, REMOVED);
});

describe('the one-hot tier of an account: the hint "solvency/account bit"', () => {
  const bitsOf = (account: number, bits: readonly bigint[]): Record<string, Lie> =>
    Object.fromEntries(bits.map((bit, k) => [`main.account[${account}].bit[${k}]`, bit]));
  const patterns = Array.from({ length: 32 }, (_, set) => [0, 1, 2, 3, 4].map((k) => BigInt((set >> k) & 1)));

  it.each([
    [0, 4],
    [1, 1],
  ])("of account %d is that of tier %d, of all bits there are", (account, tier) => {
    for (const bits of patterns) {
      const weight = bits.reduce((sum, bit) => sum + bit, 0n);
      const index = bits.reduce((sum, bit, k) => sum + bit * BigInt(k), 0n);
      const expected = [
        ...(weight === 1n ? [] : [`one tier of account ${account}`]),
        ...(index === BigInt(tier) ? [] : [`right tier of account ${account}`]),
      ];
      const { caught, assignment } = attackBatch(batch, inputs, {}, bitsOf(account, bits));
      expect(caught, bits.join()).toEqual(expected);
      // Whatever the bits say is counted and hedged for: nothing else stands between them and the state.
      expect(assignment.value(`main.share.tierIs[${account}][2]`)).toBe(bits[2]);
    }
  });

  it("takes no other numbers that sum to 1 and to the tier", () => {
    for (const bits of [
      [2n, -2n, 1n, 0n, 0n],
      [-2n, 4n, 0n, -1n, 0n],
      [0n, 0n, 2n, -1n, 0n],
    ]) {
      expect(bits.reduce((sum, bit) => sum + bit, 0n)).toBe(1n);
      const tier = bits.reduce((sum, bit, k) => sum + bit * BigInt(k), 0n);
      const { caught } = attackBatch(batch, inputs, {}, bitsOf(1, bits));
      const refused = [0, 1, 2, 3, 4].filter((k) => bits[k] !== 0n && bits[k] !== 1n);
      expect(caught).toEqual([
        ...refused.map((k) => `bit account[1].Bit[${k}]`),
        ...(tier === 1n ? [] : ["right tier of account 1"]),
      ]);
    }
  });
});

describe("bits of range checks in a batch", () => {
  const checks = rangeChecks(batch.full);

  it("are those of 112 checks", () => {
    // policy 16 and its caps 4; accounts: slots 8, lanes 13, charges 1, shortfalls 5, requirement 5, tier 3; cover-2 6 each; counts 16
    expect(checks.size).toBe(20 + accounts * (8 + 13 + 1 + 5 + 5 + 3 + 6) + 16);
  });

  // One check of each kind: they are instances of one template.
  const kinds = new Map([...checks].map((check) => [check[0].replace(/\[\d+\]/g, ""), check] as const));
  testBits(batch, inputs, new Map(kinds.values()));
});

describe("bits of range checks in a report", () => {
  const checks = rangeChecks(report.full);

  it("are those of 47 checks", () => {
    const states = report.instance.shape.scenarios + 1;
    expect(checks.size).toBe(5 + 6 + 3 * states + 3 * states);
  });

  testBits(report, reportInputs, checks);
});

describe('the places of a report\'s maxima: the hint "math/maximum isPlace"', () => {
  it("can't be another one, in any of the three", () => {
    const states = report.instance.shape.scenarios + 1;
    for (const component of ["worst", "single", "cover"]) {
      const names = each(`${component}.isPlace`, states);
      const { assignment } = forge(report, reportInputs);
      const honest = names.findIndex((name) => assignment.value(name) === 1n);
      for (let place = 0; place < states; place++) {
        const lies = Object.fromEntries(names.map((name, i) => [name, i === place ? 1n : 0n]));
        const { caught } = forge(report, reportInputs, lies);
        if (place === honest) expect(caught).toEqual([]);
        else
          expect(caught).toEqual(
            expect.arrayContaining([expect.stringContaining(`range ${component}.range`)]),
          );
      }
    }
  });
});
