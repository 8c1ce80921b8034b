/** The parts of ffjavascript and snarkjs that Ballast uses; neither ships types. */

declare module "ffjavascript" {
  /** ChaCha20 as a generator of numbers. */
  export class ChaCha {
    constructor(seed: readonly number[]);
  }

  export function buildBn128(singleThread?: boolean): Promise<import("./curve-api.ts").Curve>;
}

declare module "snarkjs" {
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
    ): Promise<{ proof: import("./proof.ts").SnarkjsProof; publicSignals: string[] }>;
    verify(
      verificationKey: unknown,
      publicSignals: readonly string[],
      proof: import("./proof.ts").SnarkjsProof,
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
