import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CIRCUITS_ROOT } from "../../src/prover/circuits.ts";
import { forge } from "../helpers/circuit-attack.ts";
import { circuit, victim } from "../helpers/circuit-fixture.ts";
import { at } from "../helpers/r1cs.ts";
import type { Lie } from "../helpers/r1cs-forge.ts";

// House rule 20: for every `<--`, a wrong value is rejected by the unchanged R1CS. Wrong values are carried on: later
// challenges, inverses and bits are those that an honest prover would compute from them.

const { inputs } = victim;
const honestWitness = forge(circuit, inputs).witness;
const { slots, rows } = circuit.instance;

interface Suite {
  /** All wires of the hint. */
  readonly wires: readonly string[];
  /** What alone stands against a wrong value. */
  readonly caughtBy: (wire: string, index: number) => readonly string[];
}

const each = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `main.${name}[${i}]`);
const law = (wire: string, ...others: string[]): string =>
  `law ${[...others, wire]
    .map((name) => name.replace("main.", ""))
    .sort()
    .join(" ")}`;
const inverse = (wire: string, ...others: string[]): string[] => {
  const denominator = wire.replace("Term", "Denominator");
  return [law(wire, denominator, ...others), "membership"].sort();
};

/** One entry for each `<--` in circuits/, by the signal it assigns. */
const SUITES: Readonly<Record<string, Suite>> = {
  slotValue: {
    wires: each("slotValue", slots),
    caughtBy: (_, i) => (i === slots - 1 ? ["membership"] : ["membership", "sum"]), // the last slot has no lots
  },
  slotTerm: { wires: each("lookup.slotTerm", slots), caughtBy: (wire) => inverse(wire) },
  emptyTerm: {
    wires: ["main.lookup.emptyTerm"],
    caughtBy: (wire) => [law(wire, "main.lookup.empty", "main.lookup.alpha"), "membership"].sort(),
  },
  longTerm: {
    wires: each("lookup.longTerm", rows),
    caughtBy: (wire, n) => inverse(wire, `main.lookup.usedLong[${n}]`),
  },
  shortTerm: {
    wires: each("lookup.shortTerm", rows),
    caughtBy: (wire, n) => inverse(wire, `main.lookup.usedShort[${n}]`),
  },
};

const LIES: readonly [string, Lie][] = [
  ["honest + 1", (_, honest) => honest + 1n],
  ["honest - 1", (_, honest) => honest - 1n],
  ["its negative", (_, honest) => (honest === 0n ? 5n : -honest)],
  ["0", (_, honest) => (honest === 0n ? 7n : 0n)],
  ["1", (_, honest) => (honest === 1n ? 2n : 1n)],
  ["random", (_, honest) => honest * 0x1234_5678_9abc_def1n + 3n],
];

const REMOVED = [`main.lookup.shortTerm[${rows - 1}]`];

describe("hints", () => {
  it("have all an entry here", () => {
    const found = readdirSync(CIRCUITS_ROOT, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".circom"))
      .flatMap((path) => readFileSync(join(CIRCUITS_ROOT, path), "utf8").split("\n"))
      .map((line) => line.replace(/\/\/.*$/, ""))
      .filter((line) => line.includes("<--") || line.includes("-->"));
    const assigned = found.map((line) => /^\s*(?:signal )?(\w+)(?:\[\w+\])* <-- /.exec(line)?.[1] ?? line);
    expect(assigned.sort()).toEqual(Object.keys(SUITES).sort());
  });

  it("are harmless when they are right", () => {
    expect(forge(circuit, inputs).caught).toEqual([]);
  });

  for (const [name, { wires, caughtBy }] of Object.entries(SUITES)) {
    describe(name, () => {
      it.each(LIES)("is rejected everywhere when it is %s", (_, lie) => {
        wires.forEach((wire, index) => {
          const { caught, caughtInSource, witness } = forge(circuit, inputs, { [wire]: lie });
          expect(caughtInSource).toEqual(caughtBy(wire, index));
          // Simplification may put what a linear equation says in the place of one wire: then nobody can choose it.
          if (REMOVED.includes(wire)) expect(witness).toEqual(honestWitness);
          else expect(caught).toEqual(caughtInSource);
        });
      });
    });
  }
});

describe("the inverse in IsZero (circomlib)", () => {
  const inverses = circuit.full.nameOf.filter((name) => name.endsWith(".inv"));

  it("is one for each slot", () => {
    expect(inverses.length).toBe(slots);
  });

  it("can't say that a slot in use is empty, nor that an empty one is in use", () => {
    inverses.forEach((wire, i) => {
      const used = i < 3;
      const { caught } = forge(circuit, inputs, { [wire]: (_, honest) => honest + 1n });
      // Where the slot is empty the product is 0 whatever the inverse: it says nothing, and what follows is the same.
      expect(caught).toEqual(used ? ["empty slot", "zero slots"] : []);
      const isEmpty = wire.replace(".inv", ".out");
      const { caught: direct } = forge(circuit, inputs, { [isEmpty]: (_, honest) => 1n - honest });
      expect(direct.length).toBeGreaterThan(0);
    });
  });
});

describe("bits of range checks", () => {
  const components = [
    ...new Set(
      circuit.full.nameOf.flatMap((name) => /^(.*)\.Num2Bits_[\d_[\]]+\.out\[\d+\]$/.exec(name)?.[1] ?? []),
    ),
  ];
  const bitsOf = (component: string): string[] =>
    circuit.full.nameOf.filter((name) => name.startsWith(`${component}.Num2Bits_`) && name.includes(".out["));

  it("are those of 46 checks", () => {
    expect(components.length).toBe(46);
  });

  it("can't be flipped", () => {
    for (const component of components) {
      const bits = bitsOf(component);
      for (const k of [0, bits.length >> 1, bits.length - 1]) {
        const lie = { [at(bits, k)]: (_: unknown, honest: bigint) => 1n - honest };
        const { caught, caughtInSource, witness } = forge(circuit, inputs, lie);
        expect(caughtInSource).toContain(`range ${component.replace("main.", "")}`);
        if (caught.length === 0) expect(witness).toEqual(honestWitness); // removed, as above
      }
    }
  });

  it("can't be other numbers that add up to the value", () => {
    for (const component of components) {
      const bits = bitsOf(component);
      const k = component.length % (bits.length - 1);
      // bit k + 2 * bit k+1 stays the same
      const { caught } = forge(circuit, inputs, {
        [at(bits, k)]: (_, honest) => honest + 2n,
        [at(bits, k + 1)]: (_, honest) => honest - 1n,
      });
      expect(caught).toContain(`range ${component.replace("main.", "")}`);
    }
  });

  it("can't be hidden from simplification: the removed inverse moves only with another one", () => {
    for (const other of ["main.lookup.longTerm[0]", "main.lookup.slotTerm[0]", "main.lookup.emptyTerm"]) {
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
