import { FIELD_MODULUS, invert, reduce } from "../../src/math/field.ts";
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

const MINUS_ONE = FIELD_MODULUS - 1n;

/** How some wires follow from others. */
interface Step {
  readonly needs: readonly number[];
  readonly targets: readonly number[];
  compute(values: bigint[]): readonly bigint[];
}

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
  readonly #inputs = new Map<string, readonly number[]>();
  /** Values without a lie: what is the same after a change needn't be computed again. */
  #base: readonly bigint[] | undefined;

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
    for (const name of inputs) this.#inputs.set(name, inputWires(system, name));
    const known = new Set<number>([0, ...[...this.#inputs.values()].flat()]);
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
        this.#steps.push(solving(constraint, wire));
        open.delete(index);
        learn(wire);
        continue;
      }
      const hint = [...pending].find(({ needs }) =>
        needs.every((name) => known.has(wireNamed(system, name))),
      );
      if (hint === undefined) break;
      pending.delete(hint);
      const step = hinting(system, hint);
      this.#steps.push(step);
      for (const wire of step.targets) learn(wire);
    }
    const unknown = system.nameOf.filter((_, wire) => !known.has(wire));
    if (unknown.length > 0) throw new Error(`No way to compute ${unknown.slice(0, 5).join(", ")}.`);
    this.checks = [...open];
  }

  /** Values of all wires for these inputs, all of them, with lies. Every lie must be used. */
  derive(inputs: Inputs, lies: Readonly<Record<string, Lie>> = {}): Assignment {
    const { system } = this;
    const base = this.#base;
    const values = base === undefined ? new Array<bigint>(system.wires).fill(0n) : [...base];
    values[0] = 1n;
    const value = (name: string): bigint => at(values, wireNamed(system, name));
    const byWire = new Map(Object.entries(lies).map(([name, lie]) => [wireNamed(system, name), lie]));
    const moved = new Uint8Array(system.wires);
    const set = (wire: number, honest: bigint): void => {
      const lie = byWire.get(wire);
      byWire.delete(wire);
      const found = mod(lie === undefined ? honest : typeof lie === "bigint" ? lie : lie(value, honest));
      values[wire] = found;
      if (found !== base?.[wire]) moved[wire] = 1;
    };
    for (const name of Object.keys(inputs)) {
      if (!this.#inputs.has(name)) throw new Error(`The circuit has no input ${name}.`);
    }
    for (const [name, wires] of this.#inputs) {
      const given = inputs[name] ?? [];
      const list = typeof given === "bigint" ? [given] : given;
      if (list.length !== wires.length) throw new Error(`${name} takes ${wires.length} values.`);
      wires.forEach((wire, i) => {
        set(wire, at(list, i));
      });
    }
    for (const { needs, targets, compute } of this.#steps) {
      const same = base !== undefined && !needs.some((wire) => moved[wire] === 1);
      if (same && !targets.some((wire) => byWire.has(wire))) continue;
      const honest = compute(values);
      targets.forEach((wire, i) => {
        set(wire, at(honest, i));
      });
    }
    if (byWire.size > 0) throw new Error("A lie was about no wire that is computed.");
    if (Object.keys(lies).length === 0) this.#base = [...values];
    return { values, value, project: (target) => project(system, values, target) };
  }

  /** Names of the wires of a constraint. */
  describe(constraint: number): string {
    return describeConstraint(this.system, constraint);
  }
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

/** The step that solves a constraint for its one unknown wire. */
function solving(constraint: Constraint, wire: number): Step {
  const compute = (values: bigint[]): bigint[] => {
    values[wire] = 0n;
    return [solve(constraint, wire, values)];
  };
  return { needs: wiresIn(constraint).filter((other) => other !== wire), targets: [wire], compute };
}

function hinting(system: ConstraintSystem, hint: Hint): Step {
  const needs = hint.needs.map((name) => wireNamed(system, name));
  const compute = (values: bigint[]): bigint[] => hint.compute(needs.map((wire) => at(values, wire)));
  return { needs, targets: hint.targets.map((name) => wireNamed(system, name)), compute };
}

/** Whether `wire` stands in one factor only, or outside the product. */
function isLinear({ a, b }: Constraint, wire: number): boolean {
  return !(a.wires.includes(wire) && b.wires.includes(wire));
}

/** Solves `a * b = c` for a wire that has no value yet (it counts as 0 in `values`). 0 where it isn't determined. */
function solve({ a, b, c }: Constraint, wire: number, values: readonly bigint[]): bigint {
  const [left, right, rest] = [evaluate(a, values), evaluate(b, values), evaluate(c, values)];
  const slope = mod(coefficient(a, wire) * right + coefficient(b, wire) * left - coefficient(c, wire));
  const difference = mod(rest - left * right);
  if (slope === 0n || difference === 0n) return 0n;
  return slope === MINUS_ONE ? -difference : difference * (slope === 1n ? 1n : invert(reduce(slope)));
}

function coefficient({ wires, coefficients }: Combination, wire: number): bigint {
  return wires.reduce((sum, other, i) => (other === wire ? sum + at(coefficients, i) : sum), 0n);
}

/** For each wire of a simplified system, the wire of its source. */
const sources = new WeakMap<ConstraintSystem, readonly number[]>();

function project(from: ConstraintSystem, values: readonly bigint[], to: ConstraintSystem): bigint[] {
  let source = sources.get(to);
  if (source === undefined) {
    const wires = new Array<number>(to.wires).fill(0);
    for (const [name, wire] of to.wireOf) wires[wire] = wireNamed(from, name);
    sources.set(to, wires);
    source = wires;
  }
  return source.map((wire) => at(values, wire));
}
