import { buildBn128 } from "ffjavascript";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS } from "../../../src/math/field.ts";
import { createRandom } from "../../../src/math/random.ts";
import { sharedCurve } from "../../../src/prover/curve.ts";
import { multiexp } from "../../../src/prover/groth16/multiexp.ts";
import { finiteBases, SCALAR_WORDS, toWords } from "../../../src/prover/groth16/proving-key.ts";
import { packScalars } from "../../../src/prover/scalars.ts";

const curve = await sharedCurve();
const random = createRandom(14);

const wide = (): bigint =>
  Array.from({ length: 8 }, () => BigInt(random.below(2 ** 32))).reduce((sum, word) => (sum << 32n) | word) %
  FIELD_MODULUS;

/** The sum by double and add, point by point: ffjavascript's, which shares no code with buckets. */
function reference(name: "G1" | "G2", points: readonly Uint8Array[], scalars: readonly bigint[]): Uint8Array {
  const group = curve[name];
  return points.reduce(
    (sum, point, index) => group.add(sum, group.timesScalar(point, scalars[index] ?? 0n)),
    group.zero,
  );
}

async function both(
  name: "G1" | "G2",
  points: readonly Uint8Array[],
  scalars: readonly bigint[],
  by = curve,
) {
  const joined = new Uint8Array(points.reduce((sum, { length }) => sum + length, 0));
  points.forEach((point, index) => {
    joined.set(point, index * point.length);
  });
  const sum = await multiexp(by, finiteBases(name, toWords(joined), 0), toWords(packScalars(scalars)));
  const group = curve[name];
  const expected = group.toAffine(reference(name, points, scalars));
  expect(group.toAffine(sum)).toEqual(expected);
  return group.isZero(expected);
}

describe.each(["G1", "G2"] as const)("a multiexponentiation in %s", (name) => {
  const group = curve[name];
  const point = (scalar: bigint) => group.toAffine(group.timesScalar(group.gAffine, scalar));

  it("is the sum of products for scalars of every length, zeros and points at infinity among them", async () => {
    const scalars = Array.from({ length: 80 }, (_, index) => wide() >> BigInt((index * 13) % 254));
    scalars.push(
      0n,
      1n,
      2n,
      255n,
      256n,
      FIELD_MODULUS - 1n,
      FIELD_MODULUS - 2n,
      1n << 253n,
      (1n << 253n) - 1n,
    );
    const points = scalars.map((_, index) => (index % 9 === 4 ? group.zeroAffine : point(wide())));
    expect(await both(name, points, scalars)).toBe(false);
  });

  it("adds a point to itself, and to its negative", async () => {
    const p = point(wide());
    const negative = group.toAffine(group.neg(p));
    const scalar = wide();
    expect(await both(name, [p, p, p], [scalar, scalar, scalar])).toBe(false);
    expect(await both(name, [p, negative], [scalar, scalar])).toBe(true);
    expect(await both(name, [p, p], [scalar, FIELD_MODULUS - scalar])).toBe(true);
    expect(await both(name, [p, negative, p], [7n, 7n, 1n])).toBe(false);
  });

  it("is infinity where nothing is left to add", async () => {
    expect(await both(name, [], [])).toBe(true);
    expect(await both(name, [point(3n), point(4n)], [0n, 0n])).toBe(true);
    expect(await both(name, [group.zeroAffine], [wide()])).toBe(true);
  });
});

it("is the same in threads", async () => {
  const threads = await buildBn128();
  try {
    const { G1 } = curve;
    const scalars = Array.from({ length: 600 }, (_, index) => wide() >> BigInt((index * 7) % 254));
    const points = scalars.map((_, index) => G1.toAffine(G1.timesScalar(G1.gAffine, BigInt(index * index))));
    expect(points[0]).toEqual(G1.zeroAffine);
    expect(await both("G1", points, scalars, threads)).toBe(false);
    expect(SCALAR_WORDS * 4).toBe(packScalars([1n]).length);
  } finally {
    await threads.terminate();
  }
});
