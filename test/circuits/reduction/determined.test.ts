import { describe, expect, it } from "vitest";
import { forge, listOf } from "../../helpers/circuit-attack.ts";
import { rangeChecks, testBits } from "../../helpers/circuit-hint-suite.ts";
import { REDUCTION, reduction, SLICE } from "../../helpers/circuit-reduction.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import { undetermined } from "../../helpers/r1cs-determined.ts";
import { inputWires } from "../../helpers/r1cs-forge.ts";

// Underconstrained wires: given the inputs, how much freedom does the R1CS leave? Nothing here uses the circuit's source.

const { real } = reduction;
const { inputs } = SLICE;
const { slots } = REDUCTION;
const { witness } = forge(reduction, inputs);
const names = (wires: readonly number[]): string[] => wires.map((wire) => at(real.nameOf, wire));
const wiresWithout = (...left: readonly string[]): number[] =>
  Object.keys(inputs)
    .filter((name) => !left.includes(name))
    .flatMap((name) => inputWires(real, name).filter((wire) => wire > 0));
const slotValues = real.nameOf.flatMap((name, wire) => (name.includes(".slotValue[") ? [wire] : []));
// The inverse of an empty slot's id is multiplied by 0: free, and without any effect (portfolio/slots.test.ts).
const FREE = listOf(inputs, "id").flatMap((id, i) =>
  id === 0n ? [`main.portfolio[${Math.floor(i / slots)}].opened.slots.inverse[${i % slots}]`] : [],
);

describe("a reduction's R1CS, given all inputs", () => {
  it("is satisfied by the witness that the rules are taken at", () => {
    expect(violations(real, witness)).toEqual([]);
    expect(FREE).toHaveLength(2);
  });

  it("determines every wire but the slot values' freedom, which membership takes away", () => {
    expect(slotValues).toHaveLength(2 * slots);
    expect(names(undetermined(real, witness, [...wiresWithout(), ...slotValues]))).toEqual(FREE);
    const open = names(undetermined(real, witness, wiresWithout()));
    const allowed =
      /^main\.(value\.(slotValue|second|total\[\d\]\.(product|left)|lookup)|portfolio\[\d\]\.opened\.slots\.inverse)/;
    expect(open.filter((name) => !allowed.test(name))).toEqual([]);
    expect(open).toContain("main.value.slotValue[0]");
  });

  it("determines both commitments too, and would show a wire that is free", () => {
    const without = (...left: string[]): string[] =>
      names(undetermined(real, witness, [...wiresWithout(...left), ...slotValues]));
    expect(without("oldCommitment", "newCommitment")).toEqual(FREE);
    expect(without("context").sort()).toEqual([...FREE, "main.context", "main.bound.squared"].sort());
    expect(without("salt", "oldCommitment", "newCommitment")).toEqual(
      expect.arrayContaining(["main.oldCommitment", "main.newCommitment"]),
    );
  });
});

describe("bits of range checks in a reduction", () => {
  const checks = rangeChecks(reduction.full);

  it("are those of 93 checks", () => {
    // policy 16; portfolios: slots 8, lanes 13, charges 1, requirement 5; counts 16; penalty 1; rules: margin, gammas, tier, cost
    expect(checks.size).toBe(16 + 2 * (8 + 13 + 1 + 5) + 16 + 1 + (1 + 2 + 2 + 1));
  });

  // One check of each kind: they are instances of one template.
  const kinds = new Map([...checks].map((check) => [check[0].replace(/\[\d+\]/g, ""), check] as const));
  testBits(reduction, inputs, new Map(kinds.values()));
});
