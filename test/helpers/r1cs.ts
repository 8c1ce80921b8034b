import { readFileSync } from "node:fs";
import { FIELD_MODULUS as P } from "../../src/math/field.ts";
import { readR1cs } from "../../src/prover/r1cs-file.ts";

/** `sum coefficient * wire`, as two parallel arrays. Wire 0 is the constant one. */
export interface Combination {
  readonly wires: number[];
  readonly coefficients: bigint[];
}

/** One rank-1 constraint `a * b = c`. */
export interface Constraint {
  readonly a: Combination;
  readonly b: Combination;
  readonly c: Combination;
}

/** A compiled circuit as nothing but its constraints and the names of its wires: what a verifier relies on. */
export interface ConstraintSystem {
  readonly wires: number;
  /** Public outputs and inputs: wires 1..publicSignals. */
  readonly publicSignals: number;
  readonly constraints: readonly Constraint[];
  /** Full names ("main.a.b[0]") of all signals that are still wires. */
  readonly wireOf: ReadonlyMap<string, number>;
  /** The first name of each wire. */
  readonly nameOf: readonly string[];
}

const empty = (): Combination => ({ wires: [], coefficients: [] });

/** Reads `.r1cs` and `.sym` files. */
export function loadSystem(r1csPath: string, symPath: string): ConstraintSystem {
  const file = readR1cs(r1csPath);
  const constraints = Array.from(
    { length: file.constraints },
    (): Constraint => ({ a: empty(), b: empty(), c: empty() }),
  );
  file.forEachTerm((matrix, index, wire, coefficient) => {
    const constraint = at(constraints, index);
    const side = matrix === 0 ? constraint.a : matrix === 1 ? constraint.b : constraint.c;
    side.wires.push(wire);
    side.coefficients.push(coefficient);
  });
  const wireOf = new Map<string, number>();
  const nameOf = new Array<string>(file.wires).fill("");
  nameOf[0] = "one";
  for (const line of readFileSync(symPath, "utf8").trim().split("\n")) {
    const [, wireText, , name] = line.split(",");
    const wire = Number(wireText);
    if (name === undefined || wire < 0) continue;
    wireOf.set(name, wire);
    nameOf[wire] ||= name;
  }
  return { wires: file.wires, publicSignals: file.publicSignals, constraints, wireOf, nameOf };
}

/** `list[index]`, which must exist. */
export function at<T>(list: readonly T[], index: number): T {
  const value = list[index];
  if (value === undefined) throw new Error(`No element ${index} of ${list.length}.`);
  return value;
}

export function mod(value: bigint): bigint {
  const remainder = value % P;
  return remainder < 0n ? remainder + P : remainder;
}

/** The combination's value, not reduced. */
export function evaluate({ wires, coefficients }: Combination, witness: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < wires.length; i++) {
    sum += at(coefficients, i) * at(witness, at(wires, i));
  }
  return sum;
}

/** Whether one constraint holds. */
export function holds({ a, b, c }: Constraint, witness: readonly bigint[]): boolean {
  return (evaluate(a, witness) * evaluate(b, witness) - evaluate(c, witness)) % P === 0n;
}

/** The last witness of a system whose every constraint was looked at, and what it broke. */
interface Judged {
  readonly witness: readonly bigint[];
  readonly broken: ReadonlySet<number>;
  /** The constraints that mention each wire. */
  readonly mentions: readonly (readonly number[])[];
}
const judged = new WeakMap<ConstraintSystem, Judged>();

/**
 * Indices of all constraints that `witness` (one value for each wire) breaks, ascending. A forgery differs from an honest witness in
 * few wires: constraints that mention none of those are as they were when they were last evaluated.
 */
export function violations(system: ConstraintSystem, witness: readonly bigint[]): number[] {
  if (witness.length !== system.wires || witness[0] !== 1n) throw new Error("Not a witness of this system.");
  if (witness.some((value) => value < 0n || value >= P)) throw new Error("A wire is outside the field.");
  const { constraints } = system;
  const before = judged.get(system);
  const touched = before === undefined ? undefined : mentioning(before, witness);
  if (before === undefined || touched === undefined || 2 * touched.size > constraints.length) {
    const broken = constraints.flatMap((constraint, index) => (holds(constraint, witness) ? [] : [index]));
    const mentions = before?.mentions ?? mentionsOf(system);
    judged.set(system, { witness: [...witness], broken: new Set(broken), mentions });
    return broken;
  }
  const kept = [...before.broken].filter((index) => !touched.has(index));
  const found = [...touched].filter((index) => !holds(at(constraints, index), witness));
  return [...kept, ...found].sort((a, b) => a - b);
}

/** The constraints that mention a wire whose value is another one than it was. */
function mentioning(before: Judged, witness: readonly bigint[]): Set<number> {
  const touched = new Set<number>();
  for (let wire = 0; wire < witness.length; wire++) {
    if (witness[wire] === before.witness[wire]) continue;
    for (const index of at(before.mentions, wire)) touched.add(index);
  }
  return touched;
}

function mentionsOf({ wires, constraints }: ConstraintSystem): number[][] {
  const mentions = Array.from({ length: wires }, (): number[] => []);
  constraints.forEach((constraint, index) => {
    for (const wire of wiresIn(constraint)) at(mentions, wire).push(index);
  });
  return mentions;
}

/** All wires a constraint mentions, each once, the constant left out. */
export function wiresIn({ a, b, c }: Constraint): number[] {
  return [...new Set([...a.wires, ...b.wires, ...c.wires])].filter((wire) => wire !== 0);
}

/** Names of the wires in a constraint, for reading failures. */
export function describeConstraint(system: ConstraintSystem, index: number): string {
  return wiresIn(at(system.constraints, index))
    .map((wire) => at(system.nameOf, wire))
    .join(" ");
}
