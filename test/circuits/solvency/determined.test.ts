import { describe, expect, it } from "vitest";
import { forge, listOf } from "../../helpers/circuit-attack.ts";
import { batch, batchInputs, report, reportInputs } from "../../helpers/circuit-solvency-fixture.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import { undetermined } from "../../helpers/r1cs-determined.ts";
import { type Inputs, inputWires } from "../../helpers/r1cs-forge.ts";

// Underconstrained wires: given the inputs, how much freedom does the R1CS leave? Nothing here uses the circuits' source.

const names = (system: { readonly nameOf: readonly string[] }, wires: readonly number[]): string[] =>
  wires.map((wire) => at(system.nameOf, wire));
const wiresOf = (
  system: Parameters<typeof inputWires>[0],
  inputs: Inputs,
  without: readonly string[] = [],
): number[] =>
  Object.keys(inputs)
    .filter((name) => !without.includes(name))
    .flatMap((name) => inputWires(system, name));

describe("a batch's R1CS, given all inputs", () => {
  // Account 0 is in tier 4, place 1 is empty.
  const inputs = at(batchInputs, 1);
  const { real } = batch;
  const { witness } = forge(batch, inputs);
  const { slots } = batch.instance;
  const all = wiresOf(real, inputs);
  const matching = (pattern: RegExp): number[] =>
    real.nameOf.flatMap((name, wire) => (pattern.test(name) ? [wire] : []));
  // Wires that no equation alone determines: membership leaves one value for each slot (forged-positions.test.ts), and of all tiers
  // only one is one-hot and right (hints.test.ts, over all bits there are).
  const slotValues = matching(/\.slotValue\[/);
  const tiers = matching(/\.tierIs\[/);
  // The inverse of an empty slot's id is multiplied by 0: free, and without any effect (portfolio/slots.test.ts).
  const free = listOf(inputs, "id").flatMap((id, i) =>
    id === 0n ? [`main.account[${Math.floor(i / slots)}].portfolio.opened.slots.inverse[${i % slots}]`] : [],
  );

  it("is satisfied by the witness that the rules are taken at", () => {
    expect(violations(real, witness)).toEqual([]);
    expect(free).toHaveLength(4);
  });

  it("determines every wire, once slot values and tiers have theirs", () => {
    expect(names(real, undetermined(real, witness, [...all, ...slotValues, ...tiers]))).toEqual(free);
  });

  it("leaves open without the slot values only what is computed from them", () => {
    const open = names(real, undetermined(real, witness, [...all, ...tiers]));
    const allowed =
      /^main\.(value\.(slotValue|second|total\[\d\]\.(product|left)|lookup)|account\[\d\]\.portfolio\.opened\.slots\.inverse)/;
    expect(open.filter((name) => !allowed.test(name))).toEqual([]);
    expect(open).toContain("main.value.slotValue[0]");
  });

  it("leaves open without the tiers only what is computed from them, and the bits they are compared with", () => {
    const open = names(real, undetermined(real, witness, [...all, ...slotValues]));
    const allowed =
      /^main\.(account\[\d\]\.(tierIs|demand|result|portfolio\.opened\.slots\.inverse)|step\.after)/;
    expect(open.filter((name) => !allowed.test(name))).toEqual([]);
    expect(open).toContain("main.account[0].tierIs[2]");
  });

  it("determines the root and both states too, and would show a wire that is free", () => {
    const without = (...left: string[]): string[] =>
      names(real, undetermined(real, witness, [...wiresOf(real, inputs, left), ...slotValues, ...tiers]));
    expect(without("accountsRoot", "stateIn", "stateOut")).toEqual(free);
    expect(without("context").sort()).toEqual([...free, "main.context", "main.bound.squared"].sort());
    // What the prover knows is hashed into the state: without the salt it isn't determined.
    expect(without("runSalt", "stateIn", "stateOut")).toEqual(
      expect.arrayContaining(["main.stateIn", "main.stateOut"]),
    );
  });

  it("leaves one wire more open in a first batch: the inverse in IsZero of its index, multiplied by 0", () => {
    const first = at(batchInputs, 0);
    const { witness: other } = forge(batch, first);
    const open = undetermined(real, other, [...wiresOf(real, first), ...slotValues, ...tiers]);
    expect(names(real, open)).toEqual([expect.stringMatching(/^main\.step\.IsZero_.*\.inv$/)]);
  });
});

describe("a report's R1CS, given all inputs", () => {
  const { real } = report;
  const { witness } = forge(report, reportInputs);
  const places = real.nameOf.flatMap((name, wire) => (name.includes(".isPlace[") ? [wire] : []));

  it("is satisfied by the witness that the rules are taken at", () => {
    expect(violations(real, witness)).toEqual([]);
  });

  it("determines every wire but the freedom of a maximum's place, which its ranges take away", () => {
    expect(names(real, undetermined(real, witness, [...wiresOf(real, reportInputs), ...places]))).toEqual([]);
    const open = names(real, undetermined(real, witness, wiresOf(real, reportInputs)));
    expect(open.filter((name) => !/^main\.(worst|single|cover)\./.test(name))).toEqual([]);
  });

  it("determines the state too, and would show a wire that is free", () => {
    const given = wiresOf(real, reportInputs, ["state"]);
    expect(names(real, undetermined(real, witness, [...given, ...places]))).toEqual([]);
    const loose = wiresOf(real, reportInputs, ["runSalt"]);
    expect(names(real, undetermined(real, witness, [...loose, ...places])).length).toBeGreaterThan(0);
  });
});
