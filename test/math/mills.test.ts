import { describe, expect, it } from "vitest";
import { MILLS_COEFFICIENTS, mills } from "../../src/math/mills.ts";
import { ONE, PI, refCdf, refPdf, toNumber } from "../helpers/high-precision.ts";

const NODES = 120;
const DEGREE = 33;

const mul = (a: bigint, b: bigint): bigint => (a * b) / ONE;
const div = (a: bigint, b: bigint): bigint => (a * ONE) / b;

/** Mills' ratio: by its definition near 0, by Laplace's continued fraction 1/(x + 1/(x + 2/(x + ...))) from 6 on. */
function reference(x: bigint): bigint {
  if (x < 6n * ONE) return div(refCdf(-x), refPdf(x));
  let tail = x;
  for (let n = 300n; n > 0n; n--) tail = x + div(n * ONE, tail);
  return div(ONE, tail);
}

function cosine(x: bigint): bigint {
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; term !== 0n; n += 2n) {
    term = -mul(mul(term, x), x) / (n * (n + 1n));
    sum += term;
  }
  return sum;
}

/** The Chebyshev series of (x + 6) R(x) in t = (x - 6)/(x + 6), in powers of t, highest first, Q96. */
function derive(): bigint[] {
  // cos(j (2k + 1) pi / 2N) for all j and k are 4N values.
  const cosines = Array.from({ length: 4 * NODES }, (_, i) => cosine((PI * BigInt(i)) / BigInt(2 * NODES)));
  const cos = (i: number): bigint => cosines[i % (4 * NODES)] ?? 0n;
  const values = Array.from({ length: NODES }, (_, k) => {
    const t = cos(2 * k + 1);
    const x = div(6n * (ONE + t), ONE - t);
    return mul(x + 6n * ONE, reference(x));
  });
  const series = Array.from({ length: DEGREE + 1 }, (_, j) => {
    const sum = values.reduce((total, value, k) => total + mul(value, cos(j * (2 * k + 1))), 0n);
    return ((j === 0 ? 1n : 2n) * sum) / BigInt(NODES);
  });
  const powers = new Array<bigint>(DEGREE + 1).fill(0n);
  let [before, current]: [bigint[], bigint[]] = [[1n], [0n, 1n]];
  for (const [j, weight] of series.entries()) {
    const polynomial = j === 0 ? before : current;
    for (const [i, factor] of polynomial.entries()) powers[i] = (powers[i] ?? 0n) + weight * factor;
    if (j === 0) continue;
    const next = [0n, ...current.map((factor) => 2n * factor)];
    for (const [i, factor] of before.entries()) next[i] = (next[i] ?? 0n) - factor;
    [before, current] = [current, next];
  }
  return powers.reverse().map((power) => {
    const doubled = (power << 97n) / ONE; // Rounds to nearest, away from zero at a tie.
    return (doubled + (doubled < 0n ? -1n : 1n)) / 2n;
  });
}

describe("Mills' ratio", () => {
  it("has coefficients that follow from its definition, to the last bit", () => {
    expect(derive()).toEqual(MILLS_COEFFICIENTS);
  });

  it("is sqrt(pi/2) at 0 and tends to 1/x far out", () => {
    expect(Number(mills(0n)) / 2 ** 96).toBeCloseTo(Math.sqrt(Math.PI / 2), 15);
    expect(Number(mills((10n ** 12n) << 96n)) / 2 ** 96).toBeCloseTo(1e-12, 24);
  });

  it("keeps its relative error below 3e-24 from 0 to 1000", () => {
    for (let x = 0n; x < 1000n; x += x < 20n ? 1n : 49n) {
      const exact = reference(x * ONE);
      const got = (mills(x << 96n) * ONE) >> 96n;
      expect(Math.abs(toNumber(got - exact)) / toNumber(exact), `x = ${x}`).toBeLessThan(
        x < 20n ? 3e-24 : 1e-22,
      );
    }
  });
});
