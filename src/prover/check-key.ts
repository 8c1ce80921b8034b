import { BallastError } from "../errors.ts";
import { FIELD_MODULUS } from "../math/field.ts";
import {
  BASE_MODULUS,
  type G1Point,
  type G2Point,
  g1FromBytes,
  g2FromBytes,
  g2ToBytes,
  sharedCurve,
} from "./curve.ts";
import type { VerifyingKey } from "./verifying-key.ts";

const checked = new WeakSet<VerifyingKey>();

/**
 * Checks a verifying key before anything is believed under it; a key object that passed is not checked again.
 *
 * The contracts' constructors hold the same list (contracts/verify/KeyCheck.sol) for the points that they are given: all but
 * those of a snapshot's inputs, of which a verifier over a table has the hash alone.
 *
 * 1. all coordinates are below the base field's modulus;
 * 2. alpha and every IC point are on the curve, and none is infinity (G1 has prime order);
 * 3. beta, gamma and delta are on the twist and in the subgroup of prime order, and none is infinity;
 * 4. no two of beta, gamma, delta are equal or opposite: with two alike, C or A can cancel what they multiply;
 * 5. alpha, beta and delta are not the generator or its opposite: their secret would be 1. gamma may be the
 *    generator, and is in every key of snarkjs;
 * 6. no two IC points are equal or opposite: two signals could be exchanged, or shifted together.
 *
 * A key that passes can still have been made by somebody who kept its secrets: nothing in a key shows that.
 * @throws {BallastError} INVALID_KEY that names the point.
 */
export async function checkKey(key: VerifyingKey): Promise<void> {
  if (checked.has(key)) return;
  const curve = await sharedCurve();
  requireG1("alpha", key.alpha1);
  const columns = new Map<bigint, number>();
  key.ic.forEach((point, index) => {
    requireG1(`IC ${index}`, point);
    const same = columns.get(point.x);
    if (same !== undefined) throw refused(`IC ${index}`, `is IC ${same}, or its opposite`);
    columns.set(point.x, index);
  });
  const points = [
    ["beta", key.beta2],
    ["gamma", key.gamma2],
    ["delta", key.delta2],
  ] as const;
  for (const [name, point] of points) {
    const { x, y } = point;
    if (![x.c0, x.c1, y.c0, y.c1].every(isCanonical))
      throw refused(name, "has a coordinate outside the field");
    const bytes = g2ToBytes(curve, point);
    if (curve.G2.isZero(bytes)) throw refused(name, "is the point at infinity");
    if (!curve.G2.isValid(bytes)) throw refused(name, "is not on the curve");
    if (!curve.G2.isZero(curve.G2.timesScalar(bytes, FIELD_MODULUS))) {
      throw refused(name, "is outside the group of prime order");
    }
  }
  points.forEach(([name, point], index) => {
    for (const [other, another] of points.slice(0, index)) {
      if (sameX(point, another)) throw refused(name, `is ${other}, or its opposite`);
    }
    if (name !== "gamma" && sameX(point, g2FromBytes(curve, curve.G2.gAffine))) {
      throw refused(name, "is the generator, or its opposite");
    }
  });
  if (key.alpha1.x === g1FromBytes(curve, curve.G1.gAffine).x) {
    throw refused("alpha", "is the generator, or its opposite");
  }
  checked.add(key);
}

function requireG1(name: string, { x, y }: G1Point): void {
  if (!isCanonical(x) || !isCanonical(y)) throw refused(name, "has a coordinate outside the field");
  if (x === 0n && y === 0n) throw refused(name, "is the point at infinity");
  if ((y * y - x * x * x - 3n) % BASE_MODULUS !== 0n) throw refused(name, "is not on the curve");
}

function isCanonical(coordinate: bigint): boolean {
  return coordinate >= 0n && coordinate < BASE_MODULUS;
}

/** Equal or opposite: the two points over one x. */
function sameX(a: G2Point, b: G2Point): boolean {
  return a.x.c0 === b.x.c0 && a.x.c1 === b.x.c1;
}

function refused(point: string, why: string): BallastError {
  return new BallastError("INVALID_KEY", `The verifying key proves nothing: ${point} ${why}.`, {
    hint: "Anybody could forge under it. Get the key of a finished ceremony.",
    details: { point },
  });
}
