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

/** A list of exactly so many items, as the ABI's fixed arrays are. */
export type Exactly<
  Count extends number,
  Item,
  Found extends readonly Item[] = [],
> = Found["length"] extends Count ? Found : Exactly<Count, Item, readonly [...Found, Item]>;

/** Whether a list has exactly so many items. */
export function isLong<Item, Count extends number>(
  items: readonly Item[],
  count: Count,
): items is Exactly<Count, Item> {
  return items.length === count;
}

/** A verifying key as the constructor of a verifier takes it. */
export interface EncodedKey<Count extends number> {
  readonly alpha: G1Point;
  readonly beta: EncodedG2;
  readonly gamma: EncodedG2;
  readonly delta: EncodedG2;
  /** The constant's point: only the verifier of a circuit without a table asks for it. */
  readonly ic0: G1Point;
  /** Points of the per-proof signals. */
  readonly ic: Exactly<Count, G1Point>;
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

/**
 * @param count how many per-proof signals the verifier takes.
 * @throws {BallastError} KEY_MISMATCH when the key is not of this instance, UNKNOWN_CIRCUIT when the instance has another
 *   number of signals than the verifier.
 */
export function encodeKey<Count extends number>(
  circuit: CircuitInstance,
  key: VerifyingKey,
  count: Count,
): EncodedKey<Count> {
  checkPublicInputs(key, circuit);
  const [ic0, ...inputs] = key.ic;
  const ic = inputs.slice(circuit.cachedInputs);
  if (ic0 === undefined || !isLong(ic, count)) {
    throw new BallastError(
      "UNKNOWN_CIRCUIT",
      `No contract verifies ${circuit.name}: it has ${circuit.signals.length} signals, not ${count}.`,
      { hint: "Generate a verifier for its shape.", details: { circuit: circuit.name } },
    );
  }
  return {
    alpha: key.alpha1,
    beta: encodeG2(key.beta2),
    gamma: encodeG2(key.gamma2),
    delta: encodeG2(key.delta2),
    ic0,
    ic,
    icHash: icHash(key, circuit),
  };
}
