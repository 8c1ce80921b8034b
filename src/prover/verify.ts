import { BallastError } from "../errors.ts";
import { FIELD_MODULUS } from "../math/field.ts";
import { checkKey } from "./check-key.ts";
import { BASE_MODULUS, type G1Point, type G2Point, g1ToBytes, g2ToBytes, sharedCurve } from "./curve.ts";
import type { Curve } from "./curve-api.ts";
import { coordinates, type Groth16Proof } from "./proof.ts";
import { combine } from "./table-point.ts";
import type { VerifyingKey } from "./verifying-key.ts";

/**
 * Verifies a proof with all its public signals.
 * @param publicSignals in the circuit's order: the cached ones, then those of the proof.
 * @returns false for any proof that does not hold: signals outside the field, points off the curve or outside the
 *   subgroup, a failed pairing.
 * @throws {BallastError} KEY_MISMATCH when the number of signals is not the key's; INVALID_KEY for a key under which
 *   nothing is proven (`checkKey`).
 * @example
 * ```ts
 * import { cachedSignals, instanceOf, type ProofFile, type Snapshot, verifyProof, type VerifyingKey } from "ballast";
 * declare const [key, snapshot, file]: [VerifyingKey, Snapshot, ProofFile];
 * const { accountId, commitment, tier, context } = file.signals;
 * const cached = cachedSignals(instanceOf("coverage", file.circuit), snapshot);
 * console.log(await verifyProof(key, file.proof, [...cached, accountId, commitment, BigInt(tier), context]));
 * ```
 */
export async function verifyProof(
  key: VerifyingKey,
  proof: Groth16Proof,
  publicSignals: readonly bigint[],
): Promise<boolean> {
  if (publicSignals.length !== key.ic.length - 1) {
    throw new BallastError(
      "KEY_MISMATCH",
      `The key has ${key.ic.length - 1} public inputs, ${publicSignals.length} signals were given.`,
      { hint: "Use the key of the circuit that the proof belongs to." },
    );
  }
  return verifyFrom(key, key.ic[0], proof, 1, publicSignals);
}

/**
 * Verifies a proof with a table point in place of the cached signals, as the contracts do.
 * @param point {@link tablePoint} of the snapshot and this key.
 * @param signals the proof's own signals, `accountId, commitment, tier, context`.
 * @returns false as {@link verifyProof}, also for a point that is not on the curve.
 * @throws {BallastError} KEY_MISMATCH, INVALID_KEY, as {@link verifyProof}.
 * @example
 * ```ts
 * import { type G1Point, type ProofFile, type VerifyingKey, verifyWithTablePoint } from "ballast";
 * declare const [key, point, file]: [VerifyingKey, G1Point, ProofFile];
 * const { accountId, commitment, tier, context } = file.signals;
 * await verifyWithTablePoint(key, point, file.proof, [accountId, commitment, BigInt(tier), context]);
 * ```
 */
export async function verifyWithTablePoint(
  key: VerifyingKey,
  point: G1Point,
  proof: Groth16Proof,
  signals: readonly bigint[],
): Promise<boolean> {
  if (signals.length >= key.ic.length) {
    throw new BallastError("KEY_MISMATCH", "There are more signals than the key has public inputs.");
  }
  const curve = await sharedCurve();
  if (!inG1(curve, point)) return false;
  return verifyFrom(key, point, proof, key.ic.length - signals.length, signals);
}

/** `e(-A, B) * e(start + sum signals*IC, gamma) * e(C, delta) * e(alpha, beta) = 1` (eprint 2016/260, section 3.2). */
async function verifyFrom(
  key: VerifyingKey,
  start: G1Point | undefined,
  proof: Groth16Proof,
  first: number,
  signals: readonly bigint[],
): Promise<boolean> {
  await checkKey(key);
  if (!signals.every((signal) => signal >= 0n && signal < FIELD_MODULUS)) return false;
  const curve = await sharedCurve();
  if (!coordinates(proof).every((value) => value >= 0n && value < BASE_MODULUS)) return false;
  if (!inG1(curve, proof.a) || !inG1(curve, proof.c) || !inG2(curve, proof.b)) return false;
  const inputs = await combine(curve, key, first, signals, start);
  return curve.pairingEq(
    curve.G1.neg(g1ToBytes(curve, proof.a)),
    g2ToBytes(curve, proof.b),
    inputs,
    g2ToBytes(curve, key.gamma2),
    g1ToBytes(curve, proof.c),
    g2ToBytes(curve, key.delta2),
    g1ToBytes(curve, key.alpha1),
    g2ToBytes(curve, key.beta2),
  );
}

/** On the curve; G1 has prime order, so that is membership. */
function inG1(curve: Curve, point: G1Point): boolean {
  return point.x < BASE_MODULUS && point.y < BASE_MODULUS && curve.G1.isValid(g1ToBytes(curve, point));
}

/** On the twist, and of order p: the twist has a large cofactor. */
function inG2(curve: Curve, point: G2Point): boolean {
  const bytes = g2ToBytes(curve, point);
  return curve.G2.isValid(bytes) && curve.G2.isZero(curve.G2.timesScalar(bytes, FIELD_MODULUS));
}
