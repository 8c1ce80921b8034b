/** Byte-array arithmetic of one curve group; points are little-endian Montgomery, affine or Jacobian. */
export interface CurveGroup {
  readonly F: { readonly n8: number };
  readonly zeroAffine: Uint8Array;
  readonly gAffine: Uint8Array;
  add(a: Uint8Array, b: Uint8Array): Uint8Array;
  neg(a: Uint8Array): Uint8Array;
  isZero(a: Uint8Array): boolean;
  isValid(a: Uint8Array): boolean;
  eq(a: Uint8Array, b: Uint8Array): boolean;
  toAffine(a: Uint8Array): Uint8Array;
  toUncompressed(a: Uint8Array): Uint8Array;
  timesScalar(a: Uint8Array, scalar: bigint | Uint8Array): Uint8Array;
  multiExpAffine(bases: Uint8Array, scalars: Uint8Array): Promise<Uint8Array>;
  fromObject(a: readonly unknown[]): Uint8Array;
  /** A point whose logarithm nobody knows, from a deterministic generator. */
  fromRng(rng: object): Uint8Array;
  toObject(a: Uint8Array): [bigint, bigint, bigint] | [[bigint, bigint], [bigint, bigint], unknown];
}

/** The parts of ffjavascript's curves that Ballast uses. */
export interface Curve {
  readonly G1: CurveGroup;
  readonly G2: CurveGroup;
  readonly tm: { readonly code: Uint8Array; readonly initalPFree: number };
  pairingEq(...pairs: Uint8Array[]): Promise<boolean>;
  terminate(): Promise<void>;
}
