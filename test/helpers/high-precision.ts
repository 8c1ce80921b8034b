/**
 * An independent reference for exp, ln, the normal distribution and Black-76: signed integers scaled by 1e120, textbook series,
 * no code shared with src/math. Slow and simple; `reference.test.ts` checks it against published digits.
 */
export const DIGITS = 120n;
export const ONE = 10n ** DIGITS;
const WAD_TO_ONE = 10n ** (DIGITS - 18n);

/** From 1e18 to the reference scale, exactly. */
export function fromWad(x: bigint): bigint {
  return x * WAD_TO_ONE;
}

/** Errors are reported in units of 1e-18: `ulps(computed, exact)`, as a plain number. */
export function ulps(computed: bigint, exact: bigint): number {
  const difference = fromWad(computed) - exact;
  return toNumber(difference < 0n ? -difference : difference) * 1e18;
}

export function toNumber(x: bigint): number {
  return Number(x) / Number(ONE);
}

const mul = (a: bigint, b: bigint): bigint => (a * b) / ONE;
const div = (a: bigint, b: bigint): bigint => (a * ONE) / b;

export function refSqrt(x: bigint): bigint {
  const n = x * ONE;
  if (n < 2n) return n;
  let guess = 1n << BigInt((n.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (guess + n / guess) / 2n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** exp by Taylor on x / 2^64, squared 64 times, at twice the digits: below exp(-280) it is 0. */
export function refExp(x: bigint): bigint {
  if (x < -280n * ONE) return 0n;
  const scale = ONE * ONE;
  const small = (x * ONE) >> 64n;
  let term = scale;
  let sum = scale;
  for (let n = 1n; term !== 0n; n++) {
    term = (term * small) / scale / n;
    sum += term;
  }
  for (let i = 0; i < 64; i++) sum = (sum * sum) / scale;
  return sum / ONE;
}

/** ln by Halley's iteration on exp, from a power-of-two start. */
export function refLn(x: bigint): bigint {
  let y = BigInt(Math.round((x.toString(2).length - ONE.toString(2).length) * 693147)) * (ONE / 1_000_000n);
  for (let i = 0; i < 200; i++) {
    const e = refExp(y);
    const step = div(2n * (x - e), x + e);
    y += step;
    if (step < 10n && step > -10n) return y;
  }
  throw new Error("The reference logarithm didn't converge.");
}

/** pi by Machin's formula. */
function machin(): bigint {
  const arctanOfInverse = (n: bigint): bigint => {
    let power = (ONE * ONE) / n;
    let sum = power;
    for (let k = 1n; power !== 0n; k++) {
      power /= -n * n;
      sum += power / (2n * k + 1n);
    }
    return sum;
  };
  return (16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n)) / ONE;
}

export const PI = machin();
const SQRT_2PI = refSqrt(2n * PI);

export function refPdf(x: bigint): bigint {
  if (x > 20n * ONE || x < -20n * ONE) return 0n;
  return div(refExp(-mul(x, x) / 2n), SQRT_2PI);
}

/** Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + ...): positive terms only, nothing cancels. */
export function refCdf(x: bigint): bigint {
  if (x > 19n * ONE) return ONE;
  if (x < -19n * ONE) return 0n;
  const square = mul(x, x);
  let term = x;
  let sum = x;
  for (let odd = 3n; term !== 0n && term !== -1n; odd += 2n) {
    term = mul(term, square) / odd;
    sum += term;
  }
  return ONE / 2n + mul(refPdf(x), sum);
}

export interface RefBlack {
  readonly price: bigint;
  readonly delta: bigint;
  readonly gamma: bigint;
  readonly vega: bigint;
}

/** Black-76 as the textbook writes it, from inputs at 1e18; results at the reference scale. */
export function refBlack76(input: {
  readonly forward: bigint;
  readonly strike: bigint;
  readonly volatility: bigint;
  readonly time: bigint;
  readonly right: "call" | "put";
}): RefBlack {
  const f = fromWad(input.forward);
  const k = fromWad(input.strike);
  const root = refSqrt(fromWad(input.time));
  const s = mul(fromWad(input.volatility), root);
  const d1 = div(refLn(f) - refLn(k), s) + s / 2n;
  const d2 = d1 - s;
  const density = refPdf(d1);
  const call = input.right === "call";
  const price = call ? mul(f, refCdf(d1)) - mul(k, refCdf(d2)) : mul(k, refCdf(-d2)) - mul(f, refCdf(-d1));
  return {
    price,
    delta: call ? refCdf(d1) : -refCdf(-d1),
    gamma: div(density, mul(f, s)),
    vega: mul(mul(f, density), root),
  };
}
