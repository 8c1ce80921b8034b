import { FIELD_MODULUS, invert, reduce } from "../../src/math/field.ts";
import {
  at,
  type Combination,
  type Constraint,
  type ConstraintSystem,
  evaluate,
  mod,
  wiresIn,
} from "./r1cs.ts";

/**
 * Which wires have no second value once `given` wires have theirs, by rules that hold for every solution of the system:
 *
 * - where both factors of a constraint are determined, or one of them, what is left is a linear equation; all such
 *   equations together determine what Gauss says (combinations too: simplification leaves few wires of a Poseidon round);
 * - a wire b with `b*(b - 1) = 0` is 0 or 1, and so is a combination L with `L*(L - 1) = 0`. Where L is a known value minus
 *   0/1 wires whose coefficients are powers of two, together fewer than 254, the binary digits are unique.
 *
 * @param witness a satisfying witness: coefficients are taken at its values.
 * @returns the wires that these rules don't determine.
 */
export function undetermined(
  system: ConstraintSystem,
  witness: readonly bigint[],
  given: Iterable<number>,
): number[] {
  const known = new Knowledge(given);
  const binary = new Set(
    system.constraints.flatMap((constraint) => (isBit(constraint) ? wiresIn(constraint) : [])),
  );
  let open = [...system.constraints];
  for (let progress = true; progress; ) {
    progress = false;
    open = open.filter((constraint) => {
      const used = learn(known, constraint, witness, binary);
      progress ||= used;
      return !used;
    });
  }
  return Array.from({ length: system.wires }, (_, wire) => wire).filter((wire) => !known.has(wire));
}

/** Uses a constraint up if it says something by now. */
function learn(
  known: Knowledge,
  constraint: Constraint,
  witness: readonly bigint[],
  binary: ReadonlySet<number>,
): boolean {
  const { a, b, c } = constraint;
  const [left, right] = [known.rest(a), known.rest(b)];
  if (left.size === 0 || right.size === 0) {
    const equation: Equation = new Map();
    add(equation, left, evaluate(b, witness));
    add(equation, right, evaluate(a, witness));
    add(equation, known.rest(c), -1n);
    known.addEquation(equation);
    return true;
  }
  const unknown = wiresIn(constraint).filter((wire) => !known.has(wire));
  if (!unknown.every((wire) => binary.has(wire)) || !areDigits(constraint, unknown)) return false;
  for (const wire of unknown) known.addEquation(new Map([[wire, 1n]]));
  return true;
}

/** Coefficients of wires; the constant doesn't matter. */
type Equation = Map<number, bigint>;

/** The wires and the combinations of wires that are determined so far. */
class Knowledge {
  readonly #wires: Set<number>;
  /** In reduced row echelon form: a row's head stands in no other row. */
  readonly #rows = new Map<number, Equation>();

  constructor(given: Iterable<number>) {
    this.#wires = new Set([0, ...given]);
  }

  has(wire: number): boolean {
    return this.#wires.has(wire);
  }

  /** What of a combination isn't determined. */
  rest({ wires, coefficients }: Combination): Equation {
    const left: Equation = new Map();
    wires.forEach((wire, i) => {
      if (this.#wires.has(wire)) return;
      const row = this.#rows.get(wire);
      const times = at(coefficients, i);
      add(left, new Map([[wire, 1n]]), times);
      if (row !== undefined) add(left, row, -times);
    });
    return left;
  }

  addEquation(equation: Equation): void {
    const row: Equation = new Map();
    add(row, this.rest({ wires: [...equation.keys()], coefficients: [...equation.values()] }), 1n);
    const [head] = row.keys();
    if (head === undefined) return;
    const scale = inverse(row.get(head) ?? 0n);
    for (const [wire, value] of row) row.set(wire, mod(value * scale));
    this.#rows.set(head, row);
    for (const [other, changing] of this.#rows) {
      if (other !== head) add(changing, row, -(changing.get(head) ?? 0n));
      if (changing.size > 1) continue;
      this.#wires.add(other);
      this.#rows.delete(other);
    }
  }
}

function add(sum: Equation, equation: Equation, times: bigint): void {
  if (times === 0n) return;
  for (const [wire, value] of equation) {
    const total = mod((sum.get(wire) ?? 0n) + times * value);
    if (total === 0n) sum.delete(wire);
    else sum.set(wire, total);
  }
}

/** Whether the constraint says of its one wire that it is 0 or 1. */
function isBit({ a, b, c }: Constraint): boolean {
  const [wire, ...more] = wiresIn({ a, b, c });
  if (wire === undefined || more.length > 0 || c.wires.length > 0) return false;
  const root = (side: Combination): bigint => mod(-coefficient(side, 0) * inverse(coefficient(side, wire)));
  return (
    coefficient(a, wire) !== 0n &&
    coefficient(b, wire) !== 0n &&
    root(a) + root(b) === 1n &&
    root(a) * root(b) === 0n
  );
}

/** For `A * (k*A + m) = 0`: the root r of A that isn't 0, so that A is 0 or r. */
function booleanRoot({ a, b, c }: Constraint): bigint | undefined {
  if (c.wires.length > 0) return undefined;
  const pivot = a.wires.find((wire) => wire !== 0);
  if (pivot === undefined || coefficient(b, pivot) === 0n) return undefined;
  const [top, bottom] = [coefficient(b, pivot), coefficient(a, pivot)];
  // b = (top/bottom)*a + m, checked without division: bottom*b - top*a must be a constant
  const wires = new Set([...a.wires, ...b.wires].filter((wire) => wire !== 0));
  for (const wire of wires) {
    if (mod(bottom * coefficient(b, wire) - top * coefficient(a, wire)) !== 0n) return undefined;
  }
  const constant = mod(bottom * coefficient(b, 0) - top * coefficient(a, 0));
  return mod(-constant * inverse(top));
}

/** Whether a boolean combination with these unknown 0/1 wires is a binary expansion of a known value. */
function areDigits(constraint: Constraint, unknown: readonly number[]): boolean {
  const root = booleanRoot(constraint);
  if (root === undefined || root === 0n) return false;
  const scale = inverse(root);
  const width = unknown.length + 1;
  if (width >= 254) return false;
  const powers = Array.from({ length: width }, (_, k) => 1n << BigInt(k));
  // L = A/r equals a known value minus the other digits' weights, in units where the least weight is 2^-j. Signs don't
  // matter: b and 1 - b are digits alike.
  const weights = [1n, ...unknown.map((wire) => mod(coefficient(constraint.a, wire) * scale))];
  return powers.some((unit) => {
    const found = new Set(weights.map((weight) => magnitude(mod(weight * unit))));
    return powers.every((power) => found.has(power));
  });
}

function magnitude(value: bigint): bigint {
  return value > FIELD_MODULUS / 2n ? FIELD_MODULUS - value : value;
}

function coefficient({ wires, coefficients }: Combination, wire: number): bigint {
  return mod(wires.reduce((sum, other, i) => (other === wire ? sum + at(coefficients, i) : sum), 0n));
}

function inverse(value: bigint): bigint {
  return invert(reduce(value));
}
