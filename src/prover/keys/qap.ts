import { FIELD_MODULUS as P } from "../../math/field.ts";
import type { R1cs } from "../r1cs-file.ts";

/** Secret evaluation points of a Groth16 setup; gamma is 1, as in snarkjs' ceremonies. */
export interface ToxicScalars {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
}

/** Discrete logarithms of every point of a proving key, in the order the key stores them. */
export interface KeyScalars {
  readonly a: readonly bigint[];
  readonly b: readonly bigint[];
  /** `(beta*A_s + alpha*B_s + C_s)` of the public wires, the constant one first. */
  readonly ic: readonly bigint[];
  /** The same over delta, of the private wires. */
  readonly c: readonly bigint[];
  /** Odd Lagrange values of the doubled domain over delta. */
  readonly h: readonly bigint[];
}

const TWO_ADICITY = 28;

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

/** Primitive 2^k-th root of unity: ffjavascript's, `5^((p-1)/2^28)` squared down. */
export function rootOfUnity(k: number): bigint {
  if (k > TWO_ADICITY) throw new RangeError("the field has no such root of unity");
  return power(power(5n, (P - 1n) >> BigInt(TWO_ADICITY)), 1n << BigInt(TWO_ADICITY - k));
}

/** Inverts all values with one exponentiation (Montgomery's trick). None may be zero. */
function batchInvert(values: readonly bigint[]): bigint[] {
  const prefix: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    prefix.push(product);
    product = (product * value) % P;
  }
  if (product === 0n) throw new RangeError("zero has no inverse");
  let inverse = power(product, P - 2n);
  const result = new Array<bigint>(values.length);
  for (let index = values.length - 1; index >= 0; index--) {
    result[index] = (inverse * (prefix[index] ?? 0n)) % P;
    inverse = (inverse * (values[index] ?? 0n)) % P;
  }
  return result;
}

/**
 * `L_j(tau) * scale` of the domain of size 2^k for j = start, start+step, ...:
 * `(tau^n - 1)/n * w^j / (tau - w^j)`.
 */
export function lagrangeAt(tau: bigint, k: number, start: 0 | 1, step: 1 | 2, scale = 1n): bigint[] {
  const size = 1n << BigInt(k);
  const root = rootOfUnity(k);
  const stride = step === 1 ? root : (root * root) % P;
  const powers: bigint[] = [];
  let current = start === 0 ? 1n : root;
  for (let index = 0; index < Number(size) / step; index++) {
    powers.push(current);
    current = (current * stride) % P;
  }
  const inverses = batchInvert(powers.map((value) => (tau - value + P) % P));
  const factor = ((((power(tau, size) - 1n + P) * power(size, P - 2n)) % P) * scale) % P;
  return powers.map((value, index) => (((value * (inverses[index] ?? 0n)) % P) * factor) % P);
}

/**
 * Evaluates the circuit's quadratic arithmetic program at the secret point, as snarkjs' `zkey new` does on points:
 * the public wires get rows of their own in A after the constraints, and H sits on the odd half of the doubled domain.
 * Groth16, section 3.2 (eprint 2016/260).
 */
export function keyScalars(r1cs: R1cs, secret: ToxicScalars): KeyScalars {
  const { wires, publicSignals, constraints, domainPower } = r1cs;
  const lagrange = lagrangeAt(secret.tau, domainPower, 0, 1);
  const at = (row: number): bigint => lagrange[row] ?? 0n;
  const columns = [0, 1, 2].map(() => new Array<bigint>(wires).fill(0n));
  const [a = [], b = [], c = []] = columns;
  r1cs.forEachTerm((matrix, constraint, wire, coefficient) => {
    const column = matrix === 0 ? a : matrix === 1 ? b : c;
    column[wire] = (column[wire] ?? 0n) + coefficient * at(constraint);
  });
  for (let wire = 0; wire <= publicSignals; wire++) {
    a[wire] = (a[wire] ?? 0n) + at(constraints + wire);
  }
  for (const column of columns) {
    for (let wire = 0; wire < wires; wire++) column[wire] = (column[wire] ?? 0n) % P;
  }
  const inverseDelta = power(secret.delta, P - 2n);
  const combined = a.map((value, wire) => {
    const sum = secret.beta * value + secret.alpha * (b[wire] ?? 0n) + (c[wire] ?? 0n);
    return wire <= publicSignals ? sum % P : ((sum % P) * inverseDelta) % P;
  });
  return {
    a,
    b,
    ic: combined.slice(0, publicSignals + 1),
    c: combined.slice(publicSignals + 1),
    h: lagrangeAt(secret.tau, domainPower + 1, 1, 2, inverseDelta),
  };
}
