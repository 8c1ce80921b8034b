import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CIRCUITS_ROOT } from "../../src/prover/node/circuit-folder.ts";
import { attack, forge } from "../helpers/circuit-attack.ts";
import { circuit, EMPTY, holding, slot, victim } from "../helpers/circuit-fixture.ts";
import {
  each,
  type HintSuite,
  lookupHints,
  rangeChecks,
  testBits,
  testHints,
} from "../helpers/circuit-hint-suite.ts";
import { at } from "../helpers/r1cs.ts";

// House rule 20 for the coverage circuit; solvency/hints.test.ts has the batch's, transfer/hints.test.ts those of what moves positions,
// math/maximum.test.ts the report's.

const { inputs } = victim;
const { slots, rows } = circuit.instance;
const REMOVED = [`main.account.value.lookup.shortTerm[${rows - 1}]`];

const SUITES: Readonly<Record<string, HintSuite>> = {
  "portfolio/slots inverse": {
    wires: each("account.portfolio.opened.slots.inverse", slots - 1), // the last slot is empty: see below
    caughtBy: () => ["empty slot"],
  },
  "table/valuation slotValue": {
    wires: each("account.value.slotValue", slots),
    caughtBy: (_, i) => (i === slots - 1 ? ["membership"] : ["membership", "sum"]), // the last slot has no lots
  },
  ...lookupHints("account.value.lookup", slots, rows),
};

describe("every hint of the circuits", () => {
  const hints = readdirSync(CIRCUITS_ROOT, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".circom"))
    .flatMap((path) =>
      readFileSync(join(CIRCUITS_ROOT, path), "utf8")
        .split("\n")
        .map((line) => line.replace(/\/\/.*$/, ""))
        .filter((line) => line.includes("<--") || line.includes("-->"))
        .map((line) => {
          const signal = /^\s*(?:signal )?(\w+)(?:\[[^\]]+\])* <-- /.exec(line)?.[1] ?? line;
          return `${path.replaceAll("\\", "/").replace(".circom", "")} ${signal}`;
        }),
    );

  it("has a suite: here, or in one of the named files", () => {
    const elsewhere = ["solvency/hints", "transfer/hints", "math/maximum"].map((file) =>
      readFileSync(new URL(`${file}.test.ts`, import.meta.url), "utf8"),
    );
    expect(hints.length).toBeGreaterThan(8);
    for (const hint of hints) {
      const tested = hint in SUITES || elsewhere.some((text) => text.includes(`"${hint}"`));
      expect(tested, hint).toBe(true);
    }
    for (const name of Object.keys(SUITES)) expect(hints).toContain(name);
  });
});

describe("hints", () => {
  testHints(circuit, inputs, SUITES, REMOVED);
});

describe("the inverse of a slot's id", () => {
  const [empty, idle] = [3, 2];
  const shown = holding([slot(2, 700n), slot(4, 300n, 1), slot(5, 0n), EMPTY]);

  // An inverse is there to let a slot have lots or a side. Where it has neither, nothing is left to allow: the equation that reads
  // isFilled multiplies it by 0, and no other wire comes from it. So a second value has the same portfolio,
  // commitment, sums and tier behind it, and a witness with it says nothing else.
  it.each([
    ["the empty slot", empty],
    ["a slot with an instrument but no lots", idle],
  ])("has a second value in %s, which means nothing", (_, i) => {
    const honest = forge(circuit, shown.inputs).assignment;
    const { caught, assignment } = forge(circuit, shown.inputs, {
      [`main.account.portfolio.opened.slots.inverse[${i}]`]: 12_345n,
    });
    expect(caught).toEqual([]);
    const different = circuit.full.nameOf.filter(
      (_, wire) => assignment.values[wire] !== honest.values[wire],
    );
    expect(different).toEqual(
      i === empty
        ? [`main.account.portfolio.opened.slots.inverse[${i}]`]
        : [
            `main.account.portfolio.opened.slots.inverse[${i}]`,
            `main.account.portfolio.opened.slots.isFilled[${i}]`,
          ],
    );
  });

  it("can't fill the empty slot: with any value, lots and sides without an instrument are refused", () => {
    for (const inverse of [0n, 1n, 12_345n]) {
      const quantity = [700n, 300n, 0n, 5n];
      const lies = { [`main.account.portfolio.opened.slots.inverse[${empty}]`]: inverse };
      expect(attack(circuit, shown.inputs, { quantity }, lies).caught).toEqual(["empty slot"]);
    }
  });

  it("can't be overruled: isFilled is the product, 0 without an id", () => {
    const lie = { [`main.account.portfolio.opened.slots.isFilled[${empty}]`]: 1n };
    const { caught } = attack(circuit, shown.inputs, { quantity: [700n, 300n, 0n, 5n] }, lie);
    expect(caught).toEqual([
      "law portfolio.opened.slots.id[3] portfolio.opened.slots.inverse[3] portfolio.opened.slots.isFilled[3]",
    ]);
  });
});

describe("bits of range checks", () => {
  const checks = rangeChecks(circuit.full);

  it("are those of 46 checks", () => {
    expect(checks.size).toBe(46);
  });

  testBits(circuit, inputs, checks);
});

describe("a hint that simplification removed", () => {
  it("moves only with another one", () => {
    for (const other of [
      "main.account.value.lookup.longTerm[0]",
      "main.account.value.lookup.slotTerm[0]",
      "main.account.value.lookup.emptyTerm",
    ]) {
      const sign = other.includes("slot") ? 1n : -1n;
      const { caught } = forge(circuit, inputs, {
        [other]: (_, honest) => honest + sign * 5n,
        [at(REMOVED, 0)]: (_, honest) => honest + 5n,
      });
      expect(caught.length).toBe(2);
      expect(caught).not.toContain("membership");
    }
  });
});
