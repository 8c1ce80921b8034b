import type { Hex } from "viem";
import { BallastError } from "../errors.ts";
import type { CircuitInstance } from "../prover/circuits.ts";
import type { G1Point, G2Point } from "../prover/curve.ts";
import type { Groth16Proof } from "../prover/proof.ts";
import { checkPublicInputs, icHash, type VerifyingKey } from "../prover/verifying-key.ts";

/** A point of G2 as the contracts take it: imaginary part first. */
export interface EncodedG2 {
  readonly x1: bigint;
  readonly x0: bigint;
  readonly y1: bigint;
  readonly y0: bigint;
}

/** A proof as the contracts take it. */
export interface EncodedProof {
  readonly ax: bigint;
  readonly ay: bigint;
  readonly bx1: bigint;
  readonly bx0: bigint;
  readonly by1: bigint;
  readonly by0: bigint;
  readonly cx: bigint;
  readonly cy: bigint;
}

/** A verifying key as the constructor of a verifier takes it. */
export interface EncodedKey {
  readonly alpha: G1Point;
  readonly beta: EncodedG2;
  readonly gamma: EncodedG2;
  readonly delta: EncodedG2;
  readonly ic: readonly [G1Point, G1Point, G1Point, G1Point];
  readonly icHash: Hex;
}

export function encodeG2({ x, y }: G2Point): EncodedG2 {
  return { x1: x.c1, x0: x.c0, y1: y.c1, y0: y.c0 };
}

export function encodeProof({ a, b, c }: Groth16Proof): EncodedProof {
  return {
    ax: a.x,
    ay: a.y,
    bx1: b.x.c1,
    bx0: b.x.c0,
    by1: b.y.c1,
    by0: b.y.c0,
    cx: c.x,
    cy: c.y,
  };
}

/** @throws {BallastError} KEY_MISMATCH when the key is not of this instance. */
export function encodeKey(circuit: CircuitInstance, key: VerifyingKey): EncodedKey {
  checkPublicInputs(key, circuit);
  const [accountId, commitment, tier, context] = key.ic.slice(1 + circuit.cachedInputs);
  if (accountId === undefined || commitment === undefined || tier === undefined || context === undefined) {
    throw new BallastError("KEY_MISMATCH", `The key of ${circuit.name} lacks points of the proof's signals.`);
  }
  return {
    alpha: key.alpha1,
    beta: encodeG2(key.beta2),
    gamma: encodeG2(key.gamma2),
    delta: encodeG2(key.delta2),
    ic: [accountId, commitment, tier, context],
    icHash: icHash(key, circuit),
  };
}
