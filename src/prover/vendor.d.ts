/** The parts of ffjavascript and snarkjs that Ballast uses; neither ships types. */

declare module "ffjavascript" {
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
    fromRng(rng: ChaCha): Uint8Array;
    toObject(a: Uint8Array): [bigint, bigint, bigint] | [[bigint, bigint], [bigint, bigint], unknown];
  }

  /** ChaCha20 as a generator of numbers. */
  export class ChaCha {
    constructor(seed: readonly number[]);
  }

  export interface Curve {
    readonly G1: CurveGroup;
    readonly G2: CurveGroup;
    readonly tm: { readonly code: Uint8Array; readonly initalPFree: number };
    pairingEq(...pairs: Uint8Array[]): Promise<boolean>;
    terminate(): Promise<void>;
  }

  export function buildBn128(singleThread?: boolean): Promise<Curve>;
}

declare module "snarkjs" {
  export interface SnarkjsProof {
    pi_a: string[];
    pi_b: string[][];
    pi_c: string[];
    protocol: string;
    curve: string;
  }
  export type SnarkjsFile = string | { type: "mem"; data?: Uint8Array };
  export interface SnarkjsLogger {
    debug(text: string): void;
    info(text: string): void;
    warn(text: string): void;
    error(text: string): void;
  }

  export const groth16: {
    prove(
      zkey: SnarkjsFile,
      witness: SnarkjsFile,
      logger?: SnarkjsLogger,
    ): Promise<{ proof: SnarkjsProof; publicSignals: string[] }>;
    verify(
      verificationKey: unknown,
      publicSignals: readonly string[],
      proof: SnarkjsProof,
      logger?: SnarkjsLogger,
    ): Promise<boolean>;
  };
  export const zKey: {
    newZKey(
      r1cs: SnarkjsFile,
      ptau: SnarkjsFile,
      zkey: SnarkjsFile,
      logger?: SnarkjsLogger,
    ): Promise<Uint8Array | -1>;
    contribute(
      from: SnarkjsFile,
      to: SnarkjsFile,
      name: string,
      entropy: string,
      logger?: SnarkjsLogger,
    ): Promise<Uint8Array>;
    beacon(
      from: SnarkjsFile,
      to: SnarkjsFile,
      name: string,
      beaconHash: string,
      iterationsExp: number,
      logger?: SnarkjsLogger,
    ): Promise<Uint8Array | false>;
    verifyFromR1cs(
      r1cs: SnarkjsFile,
      ptau: SnarkjsFile,
      zkey: SnarkjsFile,
      logger?: SnarkjsLogger,
    ): Promise<boolean>;
    exportVerificationKey(zkey: SnarkjsFile, logger?: SnarkjsLogger): Promise<unknown>;
  };
  export const wtns: {
    calculate(input: unknown, wasm: SnarkjsFile, witness: SnarkjsFile): Promise<void>;
    check(r1cs: SnarkjsFile, witness: SnarkjsFile, logger?: SnarkjsLogger): Promise<boolean>;
  };
  export const powersOfTau: {
    newAccumulator(
      curve: unknown,
      power: number,
      ptau: SnarkjsFile,
      logger?: SnarkjsLogger,
    ): Promise<unknown>;
    contribute(from: SnarkjsFile, to: SnarkjsFile, name: string, entropy: string): Promise<unknown>;
    preparePhase2(from: SnarkjsFile, to: SnarkjsFile): Promise<unknown>;
  };
  export const curves: { getCurveFromName(name: string): Promise<unknown> };
}
