import { compileText, openGadget } from "./circuit.ts";
import { type Forgery, forge } from "./circuit-attack.ts";
import type { ConstraintSystem } from "./r1cs.ts";
import { bitHints, Forger, type Inputs, isZeroCheck, type Lie, zeroHints } from "./r1cs-forge.ts";

/** A template under test with untagged inputs around it. */
export interface Gadget {
  readonly real: ConstraintSystem;
  readonly full: ConstraintSystem;
  /** The derived witness, judged by the R1CS. */
  run(inputs: Inputs, lies?: Readonly<Record<string, Lie>>): Forgery;
}

/** Source text of a main component with `body` as its template. */
export function mainOf(includes: readonly string[], body: string): string {
  const lines = includes.map((path) => `include "${path}";`).join("\n");
  return `pragma circom 2.2.3;\n${lines}\ntemplate Test() {\n${body}\n}\ncomponent main = Test();\n`;
}

/**
 * Compiles a gadget's wrapper.
 * @param inputs names of the wrapper's inputs.
 * @param isCheck constraints that no wire is computed from, by names of their wires.
 */
export function openTemplate(
  name: string,
  includes: readonly string[],
  body: string,
  inputs: readonly string[],
  isCheck: (names: readonly string[]) => boolean = () => false,
): Gadget {
  const { real, full } = openGadget(name, mainOf(includes, body));
  const hints = [...bitHints(full), ...zeroHints(full)];
  const forger = new Forger(full, inputs, hints, (names) => isZeroCheck(names) || isCheck(names));
  return { real, full, run: (values, lies) => forge({ real, forger }, values, lies) };
}

/** Whether the compiler refuses a wrapper by one of our compile-time checks. */
export function refusedByAssert(name: string, includes: readonly string[], body: string): boolean {
  const { ok, output } = compileText(name, mainOf(includes, body), "--O2");
  return !ok && /assert/i.test(output);
}
