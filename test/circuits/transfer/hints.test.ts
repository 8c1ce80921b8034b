import { describe, expect, it } from "vitest";
import { forge } from "../../helpers/circuit-attack.ts";
import {
  each,
  type HintSuite,
  law,
  rangeChecks,
  testBits,
  testHints,
} from "../../helpers/circuit-hint-suite.ts";
import {
  attackTransfer,
  deleverage,
  depositInputs,
  keptInputs,
  longInputs,
  saleInputs,
  takeoverInputs,
  transfer,
} from "../../helpers/circuit-transfer.ts";
import type { ConstraintSystem } from "../../helpers/r1cs.ts";

// House rule 20 for a transfer and a deleverage. All slots of the sale and of the closing are filled, so no inverse is free.

const SLOTS = 4;

/** The quotients of the conservation over some accounts. */
const quotients = (accounts: number): HintSuite => ({
  wires: Array.from({ length: accounts }, (_, a) =>
    ["old", "new"].flatMap((time) => each(`conserved.${time}[${a}].term`, SLOTS)),
  ).flat(),
  caughtBy: (wire) => {
    const slot = (name: string): string => wire.replace(".term", `.${name}`);
    const zeta = wire.replace(/\.term.*/, ".zeta");
    return ["conservation", law(wire, slot("slots.id"), slot("signedQuantity"), zeta)].sort();
  },
});
const poles = (flows: number): HintSuite => ({
  wires: Array.from({ length: flows }, (_, f) => `main.conserved.pole[${f}].term`),
  caughtBy: (wire) => {
    const of = (name: string): string => wire.replace(/term$/, name);
    return ["conservation", law(wire, of("alpha"), of("at"), of("value"))].sort();
  },
});
const inverses = (portfolios: number): HintSuite => ({
  wires: Array.from({ length: portfolios }, (_, k) => each(`portfolio[${k}].slots.inverse`, SLOTS)).flat(),
  caughtBy: () => ["empty slot"],
});
/** Inverses of circomlib's IsZero in a component, but for those of a zero: these are multiplied by it. */
const isZeroInverses = (
  system: ConstraintSystem,
  component: string,
  zeros: readonly number[] = [],
): string[] =>
  system.nameOf.filter(
    (name) =>
      name.startsWith(`main.${component}.IsZero_`) &&
      name.endsWith(".inv") &&
      !zeros.some((i) => name.endsWith(`[${i}].inv`)),
  );

describe("hints of a transfer", () => {
  testHints(
    transfer,
    saleInputs,
    {
      "portfolio/slots inverse": inverses(4),
      "portfolio/netting term": quotients(2),
      "transfer/conservation term": poles(1),
      // Slot 0 holds the cash; where the others hold any, A's cash is another one.
      "circomlib/comparators inv, old holding": {
        wires: isZeroInverses(transfer.full, "held[0]", [0]),
        caughtBy: () => ["cash", "zero held[0]"],
      },
      "circomlib/comparators inv, new holding": {
        wires: isZeroInverses(transfer.full, "held[1]", [0]),
        caughtBy: () => ["cash", "zero held[1]"],
      },
    },
    ["main.conserved.pole[0].term"],
  );

  it("are found where they are", () => {
    expect(isZeroInverses(transfer.full, "held[0]")).toHaveLength(SLOTS);
    expect(isZeroInverses(transfer.full, "whole")).toHaveLength(1);
  });
});

describe("hints of a whole transfer", () => {
  testHints(transfer, takeoverInputs, {
    "circomlib/comparators inv, kept cash": {
      wires: isZeroInverses(transfer.full, "whole"),
      caughtBy: () => ["whole id", "zero whole"],
    },
  });
});

describe("hints of a deleverage", () => {
  testHints(
    deleverage,
    longInputs,
    {
      "portfolio/slots inverse": inverses(2),
      "portfolio/netting term": quotients(1),
      "transfer/conservation term": poles(2),
      "transfer/deleverage inverse": {
        wires: ["main.inverse"],
        caughtBy: () => [law("main.inverse", "main.instrumentId", "main.settlementId")],
      },
    },
    ["main.conserved.pole[1].term"],
  );

  it("has one more: whether a slot is the instrument's; a wrong one is no zero, whatever follows", () => {
    for (const wire of isZeroInverses(deleverage.full, "held", [1])) {
      const { caught } = forge(deleverage, longInputs, { [wire]: (_, honest) => honest + 1n });
      expect(caught).toContain("zero held");
    }
  });
});

describe("hints of what is kept", () => {
  it.each([
    ["a deposit", transfer, keptInputs, [2, 3]],
    ["a closing", deleverage, longInputs, []],
  ] as const)(
    "of %s: whether a slot has lots; a wrong one is no zero, whatever follows",
    (_, circuit, inputs, zeros) => {
      const wires = isZeroInverses(circuit.full, "kept.order", zeros);
      expect(wires).toHaveLength(SLOTS - zeros.length);
      for (const wire of wires)
        for (const step of [1n, -1n, 5n]) {
          const { caught } = forge(circuit, inputs, { [wire]: (_, honest) => honest + step });
          expect(caught, wire).toContain("zero kept.order");
        }
    },
  );
});

describe("a hint that is multiplied by zero", () => {
  it("is free, and changes nothing", () => {
    for (const [inputs, wire] of [
      [saleInputs, isZeroInverses(transfer.full, "held[0]").find((name) => name.endsWith("[0].inv"))],
      [depositInputs, "main.portfolio[0].slots.inverse[3]"],
    ] as const) {
      const honest = forge(transfer, inputs);
      const { caught, assignment } = attackTransfer(inputs, {}, { [wire ?? ""]: 5n });
      expect(caught).toEqual([]);
      const changed = transfer.full.nameOf.filter((name, w) => {
        return name !== "" && assignment.values[w] !== honest.assignment.values[w];
      });
      expect(changed).toEqual([wire]);
    }
  });
});

describe("bits of range checks", () => {
  const ofTransfer = rangeChecks(transfer.full);
  const ofDeleverage = rangeChecks(deleverage.full);

  it("are those of 39 and 31 checks", () => {
    // slots 8 a portfolio; cash and funding 2 each; gaps between ids
    expect(ofTransfer.size).toBe(4 * 8 + 4 + 3);
    // the holding, the share 6, the payment 5, the gaps
    expect(ofDeleverage.size).toBe(2 * 8 + 1 + 6 + 5 + 3);
  });

  // One check of each kind: they are instances of one template.
  const kinds = (checks: ReadonlyMap<string, readonly string[]>) =>
    new Map([...checks].map((check) => [check[0].replace(/\[\d+\]/g, ""), check] as const).map(([, c]) => c));
  describe("in a transfer", () => testBits(transfer, saleInputs, kinds(ofTransfer)));
  describe("in a deleverage", () => testBits(deleverage, longInputs, kinds(ofDeleverage)));
});
