import { describe, expect, it } from "vitest";
import { forge, listOf } from "../../helpers/circuit-attack.ts";
import {
  deleverage,
  depositInputs,
  keptInputs,
  longInputs,
  saleInputs,
  takeoverInputs,
  transfer,
} from "../../helpers/circuit-transfer.ts";
import { at, type ConstraintSystem, violations } from "../../helpers/r1cs.ts";
import { undetermined } from "../../helpers/r1cs-determined.ts";
import { type Inputs, inputWires } from "../../helpers/r1cs-forge.ts";

// Underconstrained wires: given the inputs, how much freedom does the R1CS leave? Nothing here uses the circuits' source.

/** Wires of all inputs but some. An input that simplification expresses by others has no wire. */
const wiresOf = (system: ConstraintSystem, inputs: Inputs, without: readonly string[] = []): number[] =>
  Object.keys(inputs)
    .filter((name) => !without.includes(name))
    .flatMap((name) => inputWires(system, name));

/** The inverses of empty slots' ids and lots, and of ids that are equal, are multiplied by 0: free, and without any effect. */
const isFree = (name: string): boolean => /\.slots\.inverse\[\d+\]$|\.IsZero_[\d_[\]]+\.inv$/.test(name);

describe.each([
  ["a sale", transfer, saleInputs, 2],
  ["a whole transfer", transfer, takeoverInputs, 2 + 5 + 3],
  ["a deposit", transfer, depositInputs, 2 + 12 + 2],
  ["a kept deposit", transfer, keptInputs, 2 + 12 + 2],
  ["a closing", deleverage, longInputs, 1],
] as const)("the R1CS of %s, given all inputs", (_, circuit, inputs, free) => {
  const { real } = circuit;
  const { witness } = forge(circuit, inputs);
  const open = (without: readonly string[] = []): string[] =>
    undetermined(real, witness, wiresOf(real, inputs, without)).map((wire) => at(real.nameOf, wire));

  it("is satisfied by the witness that the rules are taken at", () => {
    expect(violations(real, witness)).toEqual([]);
  });

  it("determines every wire but inverses that are multiplied by 0", () => {
    expect(open().filter((name) => !isFree(name))).toEqual([]);
    expect(open()).toHaveLength(free);
  });

  it("determines the commitments too, and would show a wire that is free", () => {
    const commitments = Object.keys(inputs).filter((name) => /^(old|new)/.test(name));
    expect(commitments.length).toBeGreaterThan(1);
    expect(open(commitments).filter((name) => !isFree(name))).toEqual([]);
    // Where an account is handed over whole its new salt is the context.
    expect(open(["context"]).includes("main.bound.squared")).toBe(inputs !== takeoverInputs);
    expect(open(["salt", ...commitments])).toContain(`main.${commitments[0]}`);
  });
});

describe("the fixtures", () => {
  it("have empty slots where the tests above say so", () => {
    const empty = (inputs: Inputs): number => listOf(inputs, "id").filter((id) => id === 0n).length;
    expect([saleInputs, takeoverInputs, depositInputs, longInputs].map(empty)).toEqual([0, 5, 12, 0]);
  });
});
