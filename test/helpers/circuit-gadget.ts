import { expect } from "vitest";
import { FIELD_MODULUS as P, toField, toSigned } from "../../src/math/field.ts";
import { compileText, openGadget } from "./circuit.ts";
import { type Forgery, forge } from "./circuit-attack.ts";
import { isCheck } from "./circuit-checks.ts";
import { circuitHints } from "./circuit-hints.ts";
import type { ConstraintSystem } from "./r1cs.ts";
import { Forger, type Inputs, type Lie } from "./r1cs-forge.ts";

/** A template under test with untagged inputs around it. */
export interface Gadget {
  readonly real: ConstraintSystem;
  readonly full: ConstraintSystem;
  /** The derived witness, judged by the R1CS. */
  run(inputs: Inputs, lies?: Readonly<Record<string, Lie>>): Forgery;
}

/**
 * Source text of a main component with `body` as its template.
 * @param inputs its inputs, all public: simplification must not solve an equation for one of them.
 */
export function mainOf(includes: readonly string[], body: string, inputs: readonly string[] = []): string {
  const lines = includes.map((path) => `include "${path}";`).join("\n");
  const open = inputs.length === 0 ? "" : ` {public [${inputs.join(", ")}]}`;
  return `pragma circom 2.2.3;\n${lines}\ntemplate Test() {\n${body}\n}\ncomponent main${open} = Test();\n`;
}

/**
 * Compiles a gadget's wrapper.
 * @param inputs names of the wrapper's inputs.
 */
export function openTemplate(
  name: string,
  includes: readonly string[],
  body: string,
  inputs: readonly string[],
): Gadget {
  const { real, full } = openGadget(name, mainOf(includes, body, inputs));
  const forger = new Forger(full, inputs, circuitHints(full), isCheck);
  return { real, full, run: (values, lies) => forge({ real, forger }, values, lies) };
}

/** Whether the compiler refuses a wrapper by one of our compile-time checks. */
export function refusedByAssert(name: string, includes: readonly string[], body: string): boolean {
  const { ok, output } = compileText(name, mainOf(includes, body), "--O2");
  return !ok && /assert/i.test(output);
}

/** Inputs of a wrapper, each through a range check: `aRange.ranged` is the tagged `a`. */
export function ranged(names: readonly string[], bits: number): string {
  return names
    .map(
      (name) =>
        `signal input ${name}; component ${name}Range = UnsignedRange(${bits}); ${name}Range.value <== ${name};`,
    )
    .join("\n");
}

/** An input array of a wrapper, each element through a range check: `name` is the input, `as` the tagged signals. */
export function rangedArray(name: string, as: string, count: number, bits: number): string {
  return `signal input ${name}[${count}]; component ${as}Range[${count}]; signal {max} ${as}[${count}]; ${as}.max = (1 << ${bits}) - 1;
    for (var i = 0; i < ${count}; i++) {
      ${as}Range[i] = UnsignedRange(${bits}); ${as}Range[i].value <== ${name}[i]; ${as}[i] <== ${as}Range[i].ranged;
    }`;
}

/** Slots of a wrapper as one bus, `as`, of its tagged signals for quantities, ids and sides. */
export function slotsOf(as: string, count: number, quantity: string, id: string, isShort: string): string {
  return `RangedSlots(${count}) ${as}; ${as}.quantity.max = ${quantity}.max; ${as}.id.max = ${id}.max;
    ${as}.quantity <== ${quantity}; ${as}.id <== ${id}; ${as}.isShort <== ${isShort};`;
}

/** Checks a wrapper's `out`, signed, against a model for each input, and that no other `out` is accepted. */
export function expectFunction(
  gadget: Gadget,
  model: (inputs: Record<string, bigint>) => bigint,
  cases: readonly Record<string, bigint>[],
): void {
  for (const inputs of cases) {
    const { caught, assignment } = gadget.run(inputs);
    expect(caught).toEqual([]);
    expect(toSigned(toField(assignment.value("main.out")))).toBe(model(inputs));
    for (const step of [1n, -1n, P / 2n]) {
      const { caught: wrong } = gadget.run(inputs, { "main.out": (_, honest) => honest + step });
      expect(wrong.length).toBeGreaterThan(0);
    }
  }
}
