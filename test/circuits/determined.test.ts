import { describe, expect, it } from "vitest";
import { forge } from "../helpers/circuit-attack.ts";
import { circuit, victim } from "../helpers/circuit-fixture.ts";
import { at, violations } from "../helpers/r1cs.ts";
import { undetermined } from "../helpers/r1cs-determined.ts";
import { inputWires } from "../helpers/r1cs-forge.ts";

// Underconstrained wires: given the inputs, how much freedom does the R1CS leave? Nothing here uses the circuit's source.

const { real } = circuit;
const { witness } = forge(circuit, victim.inputs);
const names = (wires: readonly number[]): string[] => wires.map((wire) => at(real.nameOf, wire));
const all = Object.keys(victim.inputs).flatMap((name) => inputWires(real, name));
const slotValues = [0, 1, 2, 3].map((i) => Number(real.wireOf.get(`main.account.value.slotValue[${i}]`)));
const FREE = ["main.account.portfolio.opened.slots.inverse[3]"];

describe("the R1CS, given all inputs", () => {
  it("is satisfied by the witness that the rules are taken at", () => {
    expect(violations(real, witness)).toEqual([]);
  });

  it("determines every wire but the slot values' freedom, which membership takes away", () => {
    // The empty slot's inverse is multiplied by its id, which is 0: free, and without any effect (hints.test.ts).
    expect(names(undetermined(real, witness, [...all, ...slotValues]))).toEqual(FREE);
  });

  it("leaves open without the slot values only what is computed from them", () => {
    const open = names(undetermined(real, witness, all));
    const allowed =
      /^main\.account\.(value\.(slotValue|second|total\[0\]\.(product|left)|lookup)|portfolio\.opened\.slots\.inverse)/;
    expect(open.filter((name) => !allowed.test(name))).toEqual([]);
    expect(open).toContain("main.account.value.slotValue[0]");
  });

  it("determines the commitment too, and would show a wire that is free", () => {
    const without = (name: string): number[] => {
      const left = new Set(inputWires(real, name));
      return [...all, ...slotValues].filter((wire) => !left.has(wire));
    };
    expect(names(undetermined(real, witness, without("commitment")))).toEqual(FREE);
    expect(names(undetermined(real, witness, without("context")))).toEqual(
      expect.arrayContaining(["main.context", "main.bound.squared"]),
    );
  });
});
