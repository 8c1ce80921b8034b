/** Byte-array arithmetic of one curve group; points are little-endian Montgomery, affine or Jacobian. */
export interface CurveGroup {
  readonly F: { readonly n8: number };
  /** The point at infinity, Jacobian. */
  readonly zero: Uint8Array;
  readonly zeroAffine: Uint8Array;
  readonly gAffine: Uint8Array;
  add(a: Uint8Array, b: Uint8Array): Uint8Array;
  double(a: Uint8Array): Uint8Array;
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

/** Steps of a thread, in its own memory: variables are addresses, which are forgotten at the end. */
export type CurveTask = readonly (
  | { readonly cmd: "ALLOCSET"; readonly var: number; readonly buff: Uint8Array }
  | { readonly cmd: "ALLOC"; readonly var: number; readonly len: number }
  | {
      readonly cmd: "CALL";
      readonly fnName: string;
      readonly params: readonly (
        | { readonly var: number; readonly offset?: number }
        | { readonly val: number }
      )[];
    }
  | { readonly cmd: "GET"; readonly out: number; readonly var: number; readonly len: number }
)[];

/** The parts of ffjavascript's curves that Ballast uses. */
export interface Curve {
  readonly G1: CurveGroup;
  readonly G2: CurveGroup;
  readonly Fr: {
    readonly one: Uint8Array;
    /** The field's two-adicity. */
    readonly s: number;
    /** A shift for domains of the largest size. */
    readonly shift: Uint8Array;
    /** Roots of unity of order 2^k, by k. */
    readonly w: readonly Uint8Array[];
  };
  readonly tm: {
    /** Of a curve without threads alone. */
    readonly code: Uint8Array;
    readonly initalPFree: number;
    /** Threads; 1 where there are none. */
    readonly concurrency: number;
    /** Runs a task when a thread is free, first come first served; `transfers` are gone afterwards. */
    queueAction(task: CurveTask, transfers?: readonly ArrayBuffer[]): Promise<Uint8Array[]>;
  };
  pairingEq(...pairs: Uint8Array[]): Promise<boolean>;
  terminate(): Promise<void>;
}
