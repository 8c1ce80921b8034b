import type { Curve } from "./curve-api.ts";

/** Order of the base field of BN254, the field of the points' coordinates. */
export const BASE_MODULUS = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** Affine point of G1; `(0, 0)` is the point at infinity. */
export interface G1Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** Element `c0 + c1*u` of the quadratic extension, `u^2 = -1`. */
export interface Fq2 {
  readonly c0: bigint;
  readonly c1: bigint;
}

/** Affine point of the twist; all zeros is the point at infinity. */
export interface G2Point {
  readonly x: Fq2;
  readonly y: Fq2;
}

let shared: Promise<Curve> | undefined;

/** BN254 in this thread, without workers: it keeps no process alive. Loaded and built once, when it is first asked for. */
export function sharedCurve(): Promise<Curve> {
  shared ??= import("ffjavascript").then(({ buildBn128 }) => buildBn128(true));
  return shared;
}

/** Replaces the thread's curve, e.g. by a multi-threaded one in the prover's worker. */
export function useCurve(curve: Curve): void {
  shared = Promise.resolve(curve);
}

/** A point in the curve's own bytes: affine, little-endian, Montgomery. Coordinates must be below the modulus. */
export function g1ToBytes(curve: Curve, { x, y }: G1Point): Uint8Array {
  return x === 0n && y === 0n ? curve.G1.zeroAffine.slice() : curve.G1.fromObject([x, y]);
}

export function g2ToBytes(curve: Curve, { x, y }: G2Point): Uint8Array {
  const zero = x.c0 === 0n && x.c1 === 0n && y.c0 === 0n && y.c1 === 0n;
  return zero
    ? curve.G2.zeroAffine.slice()
    : curve.G2.fromObject([
        [x.c0, x.c1],
        [y.c0, y.c1],
        [1n, 0n],
      ]);
}

/** The coordinates of a point in the curve's bytes, affine or Jacobian. */
export function g1FromBytes(curve: Curve, bytes: Uint8Array): G1Point {
  const affine = curve.G1.toAffine(bytes);
  return { x: fromMontgomery(affine, 0), y: fromMontgomery(affine, 32) };
}

export function g2FromBytes(curve: Curve, bytes: Uint8Array): G2Point {
  const affine = curve.G2.toAffine(bytes);
  return {
    x: { c0: fromMontgomery(affine, 0), c1: fromMontgomery(affine, 32) },
    y: { c0: fromMontgomery(affine, 64), c1: fromMontgomery(affine, 96) },
  };
}

/** 2^-256 mod q, by Fermat. */
const MONTGOMERY_INVERSE = (() => {
  let result = 1n;
  let square = (1n << 256n) % BASE_MODULUS;
  for (let left = BASE_MODULUS - 2n; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % BASE_MODULUS;
    square = (square * square) % BASE_MODULUS;
  }
  return result;
})();

function fromMontgomery(bytes: Uint8Array, offset: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
  const value =
    view.getBigUint64(0, true) |
    (view.getBigUint64(8, true) << 64n) |
    (view.getBigUint64(16, true) << 128n) |
    (view.getBigUint64(24, true) << 192n);
  return (value * MONTGOMERY_INVERSE) % BASE_MODULUS;
}
