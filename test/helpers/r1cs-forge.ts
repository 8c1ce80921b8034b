import { invert, reduce } from "../../src/math/field.ts";
import {
  at,
  type Combination,
  type Constraint,
  type ConstraintSystem,
  describeConstraint,
  evaluate,
  mod,
  wiresIn,
} from "./r1cs.ts";

/** How an honest prover computes wires that no single constraint determines (`<--` in the source). */
export interface Hint {
  readonly targets: readonly string[];
  readonly needs: readonly string[];
  compute(needs: readonly bigint[]): bigint[];
}

/** Values by signal name; arrays are flattened row-major. Any integer: it is reduced into the field. */
export type Inputs = Readonly<Record<string, bigint | readonly bigint[]>>;

/** A wrong value for a wire, by full name: fixed, or made from the wires that are known by then. */
export type Lie = bigint | ((value: (name: string) => bigint, honest: bigint) => bigint);

/** Values of all signals of a circuit compiled without simplification. */
export interface Assignment {
  readonly values: readonly bigint[];
  value(name: string): bigint;
  /** The witness for the same circuit compiled with simplification: the wires that are left there. */
  project(system: ConstraintSystem): bigint[];
}

type Step =
  | { readonly kind: "solve"; readonly constraint: number; readonly wire: number }
  | { readonly kind: "hint"; readonly hint: Hint };

/**
 * Makes witnesses without the witness generator: values are carried from the inputs through the circuit's own constraints.
 * Each constraint with one unknown wire is solved for it; hints are computed as an honest prover would. A lie about
 * any wire is carried on in the same way (later challenges hashed from it, later inverses taken of it), so that the only constraints
 * it breaks are those that are there to catch it.
 */
export class Forger {
  readonly system: ConstraintSystem;
  /** Constraints that no wire is solved from: the checks of the circuit. */
  readonly checks: readonly number[];
  readonly #steps: Step[] = [];

  /**
   * @param system compiled with `--O0`, where every signal is a wire and every `<==` a constraint.
   * @param inputs names of the main component's inputs, without "main.".
   * @param isCheck true for a constraint (by the names of its wires) that an honest prover doesn't compute anything from.
   */
  constructor(
    system: ConstraintSystem,
    inputs: readonly string[],
    hints: readonly Hint[],
    isCheck: (names: readonly string[]) => boolean,
  ) {
    this.system = system;
    const known = new Set<number>([0, ...inputs.flatMap((name) => inputWires(system, name))]);
    const open = new Set<number>();
    const waiting: number[][] = Array.from({ length: system.wires }, () => []);
    const ready: number[] = [];
    const missing = system.constraints.map((constraint, index) => {
      const wires = wiresIn(constraint);
      for (const wire of wires) at(waiting, wire).push(index);
      open.add(index);
      return wires.filter((wire) => !known.has(wire)).length;
    });
    const skip = new Set(
      system.constraints.flatMap((constraint, index) =>
        isCheck(wiresIn(constraint).map((wire) => at(system.nameOf, wire))) ? [index] : [],
      ),
    );
    missing.forEach((count, index) => {
      if (count === 1) ready.push(index);
    });
    const pending = new Set(hints);
    const learn = (wire: number): void => {
      known.add(wire);
      for (const index of at(waiting, wire)) {
        missing[index] = at(missing, index) - 1;
        if (missing[index] === 1) ready.push(index);
      }
    };
    for (;;) {
      const index = ready.shift();
      if (index !== undefined) {
        const constraint = at(system.constraints, index);
        const [wire, ...more] = wiresIn(constraint).filter((candidate) => !known.has(candidate));
        if (wire === undefined || more.length > 0 || skip.has(index) || !isLinear(constraint, wire)) continue;
        this.#steps.push({ kind: "solve", constraint: index, wire });
        open.delete(index);
        learn(wire);
        continue;
      }
      const hint = [...pending].find(({ needs }) =>
        needs.every((name) => known.has(wireNamed(system, name))),
      );
      if (hint === undefined) break;
      pending.delete(hint);
      this.#steps.push({ kind: "hint", hint });
      for (const name of hint.targets) learn(wireNamed(system, name));
    }
    const unknown = system.nameOf.filter((_, wire) => !known.has(wire));
    if (unknown.length > 0) throw new Error(`No way to compute ${unknown.slice(0, 5).join(", ")}.`);
    this.checks = [...open];
  }

  /** Values of all wires for these inputs, with lies. Every lie must be used. */
  derive(inputs: Inputs, lies: Readonly<Record<string, Lie>> = {}): Assignment {
    const { system } = this;
    const values = new Array<bigint>(system.wires).fill(0n);
    values[0] = 1n;
    const value = (name: string): bigint => at(values, wireNamed(system, name));
    const byWire = new Map(Object.entries(lies).map(([name, lie]) => [wireNamed(system, name), lie]));
    const set = (wire: number, honest: bigint): void => {
      const lie = byWire.get(wire);
      byWire.delete(wire);
      values[wire] = mod(lie === undefined ? honest : typeof lie === "bigint" ? lie : lie(value, honest));
    };
    for (const [name, given] of Object.entries(inputs)) {
      const wires = inputWires(system, name);
      const list = typeof given === "bigint" ? [given] : given;
      if (list.length !== wires.length) throw new Error(`${name} takes ${wires.length} values.`);
      wires.forEach((wire, i) => {
        set(wire, at(list, i));
      });
    }
    for (const step of this.#steps) {
      if (step.kind === "solve") {
        set(step.wire, solve(at(system.constraints, step.constraint), step.wire, values));
      } else {
        const honest = step.hint.compute(step.hint.needs.map(value));
        step.hint.targets.forEach((name, i) => {
          set(wireNamed(system, name), at(honest, i));
        });
      }
    }
    if (byWire.size > 0) throw new Error("A lie was about no wire that is computed.");
    return { values, value, project: (target) => project(system, values, target) };
  }

  /** Names of the wires of a constraint. */
  describe(constraint: number): string {
    return describeConstraint(this.system, constraint);
  }
}

/** The hints of every `Num2Bits` in a system compiled without simplification. */
export function bitHints(system: ConstraintSystem): Hint[] {
  const widths = new Map<string, number>();
  for (const name of system.nameOf) {
    const match = /^(.*Num2Bits_[\d_[\]]+)\.out\[\d+\]$/.exec(name);
    if (match?.[1] !== undefined) widths.set(match[1], (widths.get(match[1]) ?? 0) + 1);
  }
  return [...widths].map(([component, width]) => ({
    targets: Array.from({ length: width }, (_, k) => `${component}.out[${k}]`),
    needs: [`${component}.in`],
    compute: ([value = 0n]) => Array.from({ length: width }, (_, k) => (value >> BigInt(k)) & 1n),
  }));
}

/** The hints of every `IsZero`: the inverse, or 0. */
export function zeroHints(system: ConstraintSystem): Hint[] {
  return system.nameOf.flatMap((name) => {
    const component = /^(.*IsZero_[\d_[\]]+)\.inv$/.exec(name)?.[1];
    if (component === undefined) return [];
    const compute = ([value = 0n]: readonly bigint[]): bigint[] => [
      value === 0n ? 0n : invert(reduce(value)),
    ];
    return [{ targets: [name], needs: [`${component}.in`], compute }];
  });
}

/** `in * out === 0` of an `IsZero`. */
export function isZeroCheck(names: readonly string[]): boolean {
  return names.length === 2 && names.every((name) => /IsZero_[\d_[\]]+\.(in|out)$/.test(name));
}

/** Wires of an input or an input array of the main component, in order. */
export function inputWires(system: ConstraintSystem, name: string): number[] {
  const single = system.wireOf.get(`main.${name}`);
  if (single !== undefined) return [single];
  const wires = [...system.wireOf].flatMap(([full, wire]) =>
    full.startsWith(`main.${name}[`) ? [wire] : [],
  );
  if (wires.length === 0) throw new Error(`The circuit has no input ${name}.`);
  return wires.sort((left, right) => left - right);
}

function wireNamed(system: ConstraintSystem, name: string): number {
  const wire = system.wireOf.get(name);
  if (wire === undefined) throw new Error(`The circuit has no signal ${name}.`);
  return wire;
}

/** Whether `wire` stands in one factor only, or outside the product. */
function isLinear({ a, b }: Constraint, wire: number): boolean {
  return !(a.wires.includes(wire) && b.wires.includes(wire));
}

/** Solves `a * b = c` for a wire that has no value yet (it counts as 0 in `values`). 0 where it isn't determined. */
function solve({ a, b, c }: Constraint, wire: number, values: readonly bigint[]): bigint {
  const [left, right, rest] = [evaluate(a, values), evaluate(b, values), evaluate(c, values)];
  const slope = mod(coefficient(a, wire) * right + coefficient(b, wire) * left - coefficient(c, wire));
  return slope === 0n ? 0n : mod(rest - left * right) * invert(reduce(slope));
}

function coefficient({ wires, coefficients }: Combination, wire: number): bigint {
  return wires.reduce((sum, other, i) => (other === wire ? sum + at(coefficients, i) : sum), 0n);
}

function project(from: ConstraintSystem, values: readonly bigint[], to: ConstraintSystem): bigint[] {
  const witness = new Array<bigint>(to.wires).fill(0n);
  witness[0] = 1n;
  for (const [name, wire] of to.wireOf) witness[wire] = at(values, wireNamed(from, name));
  return witness;
}
