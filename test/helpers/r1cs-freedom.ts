import { invert, FIELD_MODULUS as P, reduce } from "../../src/math/field.ts";
import { at, type Combination, type ConstraintSystem, evaluate, mod } from "./r1cs.ts";

/** How a witness can move. */
export interface Freedom {
  /** Wires that can move by themselves, the others following. */
  readonly free: readonly string[];
  /** Wires that have to move with those. */
  readonly bound: readonly string[];
}

/** A linear form: wire -> coefficient, none of them 0. */
type Form = Map<number, bigint>;

/**
 * The tangent space of a witness: which directions leave all constraints satisfied to first order while the PUBLIC signals
 * stay. Everything else, private inputs too, may move. Bits, ranged values and what follows from them can't; what
 * remains must be explained: what only a hash binds (challenges of a lookup, openings of a commitment) is free here.
 *
 * Each constraint's gradient solves for the last wire that is still open in it, in terms of a few parameters; what
 * solves for none is an equation between the parameters, and Gauss tells their rank.
 *
 * @param prefer which wires are taken as parameters first.
 */
export function freedom(system: ConstraintSystem, witness: readonly bigint[], prefer: RegExp): Freedom {
  const { wires, publicSignals, nameOf } = system;
  const rows = jacobian(system, witness);
  const users: number[][] = Array.from({ length: wires }, () => []);
  rows.forEach((row, index) => {
    for (const wire of row.keys()) at(users, wire).push(index);
  });
  const left = rows.map((row) => row.size);
  const ready: number[] = [];
  const gradient = new Array<Form | undefined>(wires);
  const learn = (wire: number, form: Form): void => {
    gradient[wire] = form;
    for (const index of at(users, wire)) {
      const open = at(left, index) - 1;
      left[index] = open;
      if (open === 1) ready.push(index);
    }
  };
  const inParameters = (row: Form, skip = -1): Form => {
    const sum: Form = new Map();
    for (const [wire, factor] of row) {
      if (wire !== skip) addScaled(sum, gradient[wire] ?? new Map(), factor);
    }
    return sum;
  };
  rows.forEach((row, index) => {
    if (row.size === 1) ready.push(index);
  });
  for (let wire = 0; wire <= publicSignals; wire++) learn(wire, new Map());
  const order = [...Array(wires).keys()].sort(
    (a, b) => Number(prefer.test(at(nameOf, b))) - Number(prefer.test(at(nameOf, a))),
  );
  const parameters: number[] = [];
  const solved = new Set<number>();
  for (let next = 0; ; ) {
    const index = ready.pop();
    if (index !== undefined) {
      const row = at(rows, index);
      const open = [...row.keys()].find((wire) => gradient[wire] === undefined);
      if (open === undefined) continue; // solved from elsewhere: an equation, below
      solved.add(index);
      learn(open, scaled(inParameters(row, open), -inverse(row.get(open) ?? 0n)));
      continue;
    }
    while (next < wires && gradient[at(order, next)] !== undefined) next++;
    if (next >= wires) break;
    const wire = at(order, next);
    parameters.push(wire);
    learn(wire, new Map([[wire, 1n]]));
  }
  const equations = rows.filter((_, index) => !solved.has(index)).map((row) => inParameters(row));
  const pivots = gauss(equations);
  return {
    free: parameters.filter((wire) => !pivots.has(wire)).map((wire) => at(nameOf, wire)),
    // A pivot whose row has nothing but itself is fixed; the others move with the free ones.
    bound: [...pivots].filter(([, row]) => row.size > 1).map(([wire]) => at(nameOf, wire)),
  };
}

/** The gradients of all constraints `a*b - c` at the witness. */
function jacobian({ constraints }: ConstraintSystem, witness: readonly bigint[]): Form[] {
  return constraints.map(({ a, b, c }) => {
    const row: Form = new Map();
    const put = ({ wires, coefficients }: Combination, factor: bigint): void => {
      const form: Form = new Map();
      wires.forEach((wire, index) => {
        addScaled(form, new Map([[wire, at(coefficients, index)]]), 1n);
      });
      addScaled(row, form, factor);
    };
    put(a, mod(evaluate(b, witness)));
    put(b, mod(evaluate(a, witness)));
    put(c, P - 1n);
    return row;
  });
}

/** The reduced rows of a system of equations, by their leading wires. */
function gauss(equations: readonly Form[]): Map<number, Form> {
  const pivots = new Map<number, Form>();
  for (const equation of equations) {
    const rest: Form = new Map(equation);
    for (const [lead, row] of pivots) {
      const factor = rest.get(lead);
      if (factor !== undefined) addScaled(rest, row, -factor);
    }
    const [first] = rest;
    if (first === undefined) continue;
    const [lead, coefficient] = first;
    const row = scaled(rest, inverse(coefficient));
    for (const other of pivots.values()) {
      const factor = other.get(lead);
      if (factor !== undefined) addScaled(other, row, -factor);
    }
    pivots.set(lead, row);
  }
  return pivots;
}

function addScaled(target: Form, form: Form, factor: bigint): void {
  for (const [wire, coefficient] of form) {
    const value = mod((target.get(wire) ?? 0n) + factor * coefficient);
    if (value === 0n) target.delete(wire);
    else target.set(wire, value);
  }
}

function scaled(form: Form, factor: bigint): Form {
  const result: Form = new Map();
  addScaled(result, form, factor);
  return result;
}

const inverse = (value: bigint): bigint => invert(reduce(mod(value)));
