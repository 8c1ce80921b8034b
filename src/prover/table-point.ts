import { BallastError } from "../errors.ts";
import { type Field, toField } from "../math/field.ts";
import { checkKey } from "./check-key.ts";
import { type G1Point, g1FromBytes, g1ToBytes, sharedCurve } from "./curve.ts";
import type { Curve } from "./curve-api.ts";
import { packScalars } from "./scalars.ts";
import type { VerifyingKey } from "./verifying-key.ts";

/**
 * `IC_0 + sum_i signals_i * IC_i` over the first public signals: the share of the verification equation that depends
 * on the snapshot and the instance alone (docs/protocol/encodings.md, section 6).
 * @param cachedSignals table, snapshot id and policy, in the circuit's order.
 * @throws {BallastError} OUT_OF_RANGE for a signal outside the field, KEY_MISMATCH for more signals than the key has,
 *   INVALID_KEY (`checkKey`).
 * @example
 * ```ts
 * import { cachedSignals, instanceOf, type Snapshot, tablePoint, type VerifyingKey } from "ballast";
 * declare const [key, snapshot]: [VerifyingKey, Snapshot];
 * const point = await tablePoint(key, cachedSignals(instanceOf("coverage", "64x240"), snapshot));
 * ```
 */
export async function tablePoint(key: VerifyingKey, cachedSignals: readonly Field[]): Promise<G1Point> {
  await checkKey(key);
  const curve = await sharedCurve();
  return g1FromBytes(curve, await combine(curve, key, 1, cachedSignals, key.ic[0]));
}

/**
 * `start + sum_j signals_j * IC_{first+j}` in the curve's bytes; zero signals cost nothing. The key is a checked one.
 * @throws {BallastError} OUT_OF_RANGE, KEY_MISMATCH, as {@link tablePoint}.
 */
export async function combine(
  curve: Curve,
  key: VerifyingKey,
  first: number,
  signals: readonly bigint[],
  start: G1Point | undefined,
): Promise<Uint8Array> {
  if (start === undefined || first + signals.length > key.ic.length) {
    throw new BallastError("KEY_MISMATCH", "There are more public signals than the key has.", {
      hint: "Use the key of the circuit that the signals belong to.",
      details: { signals: first - 1 + signals.length, key: key.ic.length - 1 },
    });
  }
  const used: { readonly scalar: bigint; readonly point: G1Point }[] = [];
  signals.forEach((signal, index) => {
    const scalar = toField(signal, `public signal ${first - 1 + index}`);
    const point = key.ic[first + index];
    if (scalar !== 0n && point !== undefined) used.push({ scalar, point });
  });
  const bases = new Uint8Array(used.length * 64);
  used.forEach(({ point }, index) => {
    bases.set(g1ToBytes(curve, point), index * 64);
  });
  const sum = await curve.G1.multiExpAffine(bases, packScalars(used.map(({ scalar }) => scalar)));
  return curve.G1.add(sum, g1ToBytes(curve, start));
}
