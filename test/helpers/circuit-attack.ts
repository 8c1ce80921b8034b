import { FIELD_MODULUS, toField, toSigned } from "../../src/math/field.ts";
import { labelOf } from "./circuit-checks.ts";
import type { CoverageCircuit } from "./circuit-coverage.ts";
import { at, type ConstraintSystem, mod, violations } from "./r1cs.ts";
import type { Assignment, Forger, Inputs, Lie } from "./r1cs-forge.ts";

/** The witness an attacker would send, and what rejects it. */
export interface Forgery {
  /** The constraints that don't hold, as short labels, sorted, each once. Empty means: the forgery passes. */
  readonly caught: readonly string[];
  /** The same for the circuit before simplification. */
  readonly caughtInSource: readonly string[];
  readonly assignment: Assignment;
  /** For the circuit as it is proven. */
  readonly witness: readonly bigint[];
}

/**
 * Derives the witness for inputs and lies, and judges it by the R1CS that keys are made of. A lie about a signal that
 * simplification has removed is none there: the witness is then the honest one.
 */
export function forge(
  circuit: { readonly real: ConstraintSystem; readonly forger: Forger },
  inputs: Inputs,
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  const { forger, real } = circuit;
  const assignment = forger.derive(inputs, lies);
  const witness = assignment.project(real);
  const broken = violations(forger.system, assignment.values);
  const caughtInSource = [...new Set(broken.map((index) => labelOf(forger.system, index)))].sort();
  const rejected = violations(real, witness).length > 0;
  if (rejected && broken.length === 0)
    throw new Error("The simplified circuit asks for more than its source.");
  return { caught: rejected ? caughtInSource : [], caughtInSource, assignment, witness };
}

/**
 * The strongest witness for changed inputs: commitment, W, tier and, where it is shown, equity are what follows from the others unless
 * they are changed too, and everything downstream (challenges, slot values, inverses, bits) is recomputed.
 */
export function attack(
  circuit: CoverageCircuit,
  inputs: Inputs,
  changes: Inputs,
  lies: Readonly<Record<string, Lie>> = {},
): Forgery {
  const claim: Record<string, bigint | readonly bigint[]> = { ...inputs, ...changes };
  if (changes["worstLoss"] === undefined) claim["worstLoss"] = worstLossOf(circuit, claim);
  const first = circuit.forger.derive(claim, lies);
  if (changes["commitment"] === undefined)
    claim["commitment"] = first.value("main.account.portfolio.commitment");
  if (changes["tier"] === undefined) claim["tier"] = first.value("main.account.tier");
  if ("equity" in inputs && changes["equity"] === undefined)
    claim["equity"] = first.value("main.account.equity");
  return forge(circuit, claim, lies);
}

/** W as the summed lanes imply it. */
export function worstLossOf(circuit: CoverageCircuit, inputs: Inputs): bigint {
  return worstOf(listOf(inputs, "lanes").slice(1, 1 + circuit.instance.shape.scenarios));
}

/** The worst loss of some scenarios' results, field elements; 0 where none loses. */
export function worstOf(pnl: readonly bigint[]): bigint {
  return pnl.reduce((worst, lane) => {
    const loss = -toSigned(toField(mod(lane)));
    return loss > worst ? loss : worst;
  }, 0n);
}

export function listOf(inputs: Inputs, name: string): readonly bigint[] {
  const value = inputs[name];
  if (value === undefined || typeof value === "bigint") throw new Error(`${name} is not an array.`);
  return value;
}

/** A copy of an input array with some entries changed. */
export function changed(
  inputs: Inputs,
  name: string,
  edits: Readonly<Record<number, bigint | ((old: bigint) => bigint)>>,
): bigint[] {
  const list = [...listOf(inputs, name)];
  for (const [index, edit] of Object.entries(edits)) {
    const old = at(list, Number(index));
    list[Number(index)] = mod(typeof edit === "bigint" ? edit : edit(old));
  }
  return list;
}

/**
 * Lies about the bits of a range check so that they still add up to the value: the lowest bit takes
 * the rest. What remains to reject them is that bits are 0 or 1.
 */
export function absorbed(system: ConstraintSystem, component: string): Record<string, Lie> {
  const prefix = `${component}.Num2Bits_`;
  const bits = system.nameOf.filter((name) => name.startsWith(prefix) && name.includes(".out["));
  const [lowest = "", ...others] = bits;
  if (others.length === 0) throw new Error(`${component} has no bits.`);
  const input = lowest.replace(".out[0]", ".in");
  return {
    [lowest]: (value) => {
      const whole = value(input);
      const rest = others.reduce((sum, _, k) => sum + (((whole >> BigInt(k + 1)) & 1n) << BigInt(k + 1)), 0n);
      return whole - rest;
    },
  };
}

/** p - value */
export function negative(value: bigint): bigint {
  return FIELD_MODULUS - value;
}
