import { FIELD_MODULUS, invert, reduce } from "../../src/math/field.ts";
import type { CircuitInstance } from "../../src/prover/circuits.ts";
import {
  BASE_MODULUS,
  type G1Point,
  type G2Point,
  g1FromBytes,
  g1ToBytes,
  g2FromBytes,
  g2ToBytes,
  sharedCurve,
} from "../../src/prover/curve.ts";
import type { Groth16Proof } from "../../src/prover/proof.ts";
import { combine } from "../../src/prover/table-point.ts";
import type { VerifyingKey } from "../../src/prover/verifying-key.ts";

const curve = await sharedCurve();

/** `k` times the generator of G1. */
export function g1(k: bigint): G1Point {
  return g1FromBytes(curve, curve.G1.timesScalar(curve.G1.gAffine, reduce(k)));
}

/** `k` times the generator of G2. */
export function g2(k: bigint): G2Point {
  return g2FromBytes(curve, curve.G2.timesScalar(curve.G2.gAffine, reduce(k)));
}

export function negated({ x, y }: G1Point): G1Point {
  return { x, y: y === 0n ? 0n : BASE_MODULUS - y };
}

export function negated2({ x, y }: G2Point): G2Point {
  return { x, y: { c0: (BASE_MODULUS - y.c0) % BASE_MODULUS, c1: (BASE_MODULUS - y.c1) % BASE_MODULUS } };
}

/** Logarithms of a verifying key's points; whoever has them can forge, so they stay in tests. */
export const ALPHA = 123_456_789n;
export const BETA = 987_654_321n;
export const DELTA = 555_555_557n;

/** A verifying key of the right form for a circuit, under which nothing honest can be proven. */
export function madeUpKey({ publicInputs }: Pick<CircuitInstance, "publicInputs">): VerifyingKey {
  return {
    alpha1: g1(ALPHA),
    beta2: g2(BETA),
    gamma2: g2(1n),
    delta2: g2(DELTA),
    ic: Array.from({ length: publicInputs + 1 }, (_, index) => g1(BigInt(index + 7) ** 9n)),
  };
}

/** The key of a ceremony's first file, to which nobody contributed: delta is gamma. */
export function firstKey(circuit: Pick<CircuitInstance, "publicInputs">): VerifyingKey {
  return { ...madeUpKey(circuit), delta2: g2(1n) };
}

/** `start + sum signals*IC`, from the `first` IC point on. */
export async function inputsPoint(
  key: VerifyingKey,
  signals: readonly bigint[],
  start: G1Point | undefined = key.ic[0],
  first = 1,
): Promise<G1Point> {
  return g1FromBytes(curve, await combine(curve, key, first, signals, start));
}

/** A proof of anything under {@link firstKey}, from public values alone: A = alpha, B = beta, C = -V. */
export async function forged(
  key: VerifyingKey,
  signals: readonly bigint[],
  start: G1Point | undefined = key.ic[0],
  first = 1,
): Promise<Groth16Proof> {
  return { a: key.alpha1, b: key.beta2, c: negated(await inputsPoint(key, signals, start, first)) };
}

export function sum(a: G1Point, b: G1Point): G1Point {
  return g1FromBytes(curve, curve.G1.add(g1ToBytes(curve, a), g1ToBytes(curve, b)));
}

/** `k` times a point of G1. */
export function times(point: G1Point, k: bigint): G1Point {
  return g1FromBytes(curve, curve.G1.timesScalar(g1ToBytes(curve, point), reduce(k)));
}

export const inverse = (k: bigint): bigint =>
  invert(reduce(((k % FIELD_MODULUS) + FIELD_MODULUS) % FIELD_MODULUS));

/** The bare equation of Groth16, without any check of the key or the points. */
export async function equationHolds(
  key: VerifyingKey,
  { a, b, c }: Groth16Proof,
  signals: readonly bigint[],
): Promise<boolean> {
  const inputs = await inputsPoint(key, signals);
  return curve.pairingEq(
    g1ToBytes(curve, negated(a)),
    g2ToBytes(curve, b),
    g1ToBytes(curve, inputs),
    g2ToBytes(curve, key.gamma2),
    g1ToBytes(curve, c),
    g2ToBytes(curve, key.delta2),
    g1ToBytes(curve, key.alpha1),
    g2ToBytes(curve, key.beta2),
  );
}

/** A point of the twist y^2 = x^3 + 3/(9+u) with the smallest real x; the cofactor is huge, so it is outside the subgroup. */
export function smallTwistPoint(): G2Point {
  const q = BASE_MODULUS;
  const mod = (value: bigint) => ((value % q) + q) % q;
  const power = (base: bigint, exponent: bigint): bigint => {
    let result = 1n;
    let square = mod(base);
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) result = mod(result * square);
      square = mod(square * square);
    }
    return result;
  };
  const root = (value: bigint) => {
    const candidate = power(value, (q + 1n) / 4n);
    return mod(candidate * candidate) === mod(value) ? candidate : undefined;
  };
  const inverse82 = power(82n, q - 2n); // 1/(9+u) = (9-u)/82
  for (let x = 1n; x < 200n; x++) {
    const c0 = mod(x * x * x + 27n * inverse82);
    const c1 = mod(-3n * inverse82);
    const norm = root(c0 * c0 + c1 * c1);
    if (norm === undefined) continue;
    for (const sign of [norm, q - norm]) {
      const re = root((c0 + sign) * power(2n, q - 2n));
      if (re === undefined || re === 0n) continue;
      const im = mod(c1 * power(2n * re, q - 2n));
      return { x: { c0: x, c1: 0n }, y: { c0: re, c1: im } };
    }
  }
  throw new Error("no such point below 200");
}
