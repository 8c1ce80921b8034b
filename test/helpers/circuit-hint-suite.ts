import { expect, it } from "vitest";
import { type Forgery, forge } from "./circuit-attack.ts";
import { unrooted } from "./circuit-checks.ts";
import { at, type ConstraintSystem } from "./r1cs.ts";
import type { Forger, Inputs, Lie } from "./r1cs-forge.ts";

/** One `<--` of the circuits. */
export interface HintSuite {
  /** All wires it assigns. */
  readonly wires: readonly string[];
  /** What alone stands against a wrong value. */
  readonly caughtBy: (wire: string, index: number) => readonly string[];
  /** Another way than `forge` to carry a wrong value on: public signals that follow from it. */
  readonly carry?: (lies: Readonly<Record<string, Lie>>) => Forgery;
}

const LIES: readonly [string, Lie][] = [
  ["honest + 1", (_, honest) => honest + 1n],
  ["honest - 1", (_, honest) => honest - 1n],
  ["its negative", (_, honest) => (honest === 0n ? 5n : -honest)],
  ["0", (_, honest) => (honest === 0n ? 7n : 0n)],
  ["1", (_, honest) => (honest === 1n ? 2n : 1n)],
  ["random", (_, honest) => honest * 0x1234_5678_9abc_def1n + 3n],
];

export const each = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `main.${name}[${i}]`);

/** The label of a `<==` or of a quotient's equation. */
export const law = (...wires: readonly string[]): string => `law ${wires.map(unrooted).sort().join(" ")}`;

/** The hints of the lookup under `prefix`: its quotients. */
export function lookupHints(prefix: string, slots: number, rows: number): Record<string, HintSuite> {
  const quotient = (wire: string, ...others: string[]): string[] => {
    const denominator = wire.replace("Term", "Denominator");
    return [law(wire, denominator, ...others), "membership"].sort();
  };
  return {
    "table/lookup slotTerm": {
      wires: each(`${prefix}.slotTerm`, slots),
      caughtBy: (wire) => quotient(wire),
    },
    "table/lookup emptyTerm": {
      wires: [`main.${prefix}.emptyTerm`],
      caughtBy: (wire) => [law(wire, `main.${prefix}.empty`, `main.${prefix}.alpha`), "membership"].sort(),
    },
    "table/lookup longTerm": {
      wires: each(`${prefix}.longTerm`, rows),
      caughtBy: (wire, n) => quotient(wire, `main.${prefix}.usedLong[${n}]`),
    },
    "table/lookup shortTerm": {
      wires: each(`${prefix}.shortTerm`, rows),
      caughtBy: (wire, n) => quotient(wire, `main.${prefix}.usedShort[${n}]`),
    },
  };
}

/**
 * House rule 20: for every `<--`, a wrong value is rejected by the unchanged R1CS. Wrong values are carried on: later
 * challenges, inverses and bits are those that an honest prover would compute from them.
 *
 * @param suites by file and signal, e.g. "table/lookup slotTerm".
 * @param removed wires that simplification expresses by others: nobody can choose them.
 */
export function testHints(
  circuit: { readonly real: ConstraintSystem; readonly forger: Forger },
  inputs: Inputs,
  suites: Readonly<Record<string, HintSuite>>,
  removed: readonly string[] = [],
): void {
  const honest = forge(circuit, inputs);

  it("are harmless when they are right", () => {
    expect(honest.caught).toEqual([]);
  });

  for (const [name, suite] of Object.entries(suites)) {
    const { wires, caughtBy, carry = (lies) => forge(circuit, inputs, lies) } = suite;
    it.each(LIES)(`${name} is rejected everywhere when it is %s`, (_, lie) => {
      expect(wires.length).toBeGreaterThan(0);
      wires.forEach((wire, index) => {
        const { caught, caughtInSource, witness } = carry({ [wire]: lie });
        expect(caughtInSource, wire).toEqual(caughtBy(wire, index));
        // Simplification may put what a linear equation says in the place of one wire: then nobody can choose it.
        if (removed.includes(wire)) expect(witness).toEqual(honest.witness);
        else expect(caught, wire).toEqual(caughtInSource);
      });
    });
  }
}

/** The components of a full circuit that are range checks, and their bits. */
export function rangeChecks(full: ConstraintSystem): Map<string, string[]> {
  const checks = new Map<string, string[]>();
  for (const name of full.nameOf) {
    const component = /^(.*)\.Num2Bits_[\d_[\]]+\.out\[\d+\]$/.exec(name)?.[1];
    if (component !== undefined) checks.set(component, [...(checks.get(component) ?? []), name]);
  }
  return checks;
}

/** Bits of range checks are hints of circomlib's `Num2Bits`. */
export function testBits(
  circuit: { readonly real: ConstraintSystem; readonly full: ConstraintSystem; readonly forger: Forger },
  inputs: Inputs,
  checks: ReadonlyMap<string, readonly string[]>,
): void {
  const honest = forge(circuit, inputs);
  const labelled = (component: string): string => `range ${unrooted(component)}`;

  it("can't be flipped", () => {
    for (const [component, bits] of checks) {
      for (const k of new Set([0, bits.length >> 1, bits.length - 1])) {
        const lie = { [at(bits, k)]: (_: unknown, value: bigint) => 1n - value };
        const { caught, caughtInSource, witness } = forge(circuit, inputs, lie);
        expect(caughtInSource).toContain(labelled(component));
        if (caught.length === 0) expect(witness).toEqual(honest.witness); // removed, as above
      }
    }
  });

  it("can't be other numbers that add up to the value", () => {
    for (const [component, bits] of checks) {
      const k = component.length % (bits.length - 1);
      // bit k + 2 * bit k+1 stays the same
      const { caught } = forge(circuit, inputs, {
        [at(bits, k)]: (_, value) => value + 2n,
        [at(bits, k + 1)]: (_, value) => value - 1n,
      });
      expect(caught).toContain(labelled(component));
    }
  });
}
