import { BallastError } from "../errors.ts";
import { lnRatio } from "./ln.ts";
import { mills } from "./mills.ts";
import { densityQ96 } from "./normal.ts";
import { fromQ96, Q96_HALF, Q96_ONE } from "./q96.ts";
import { sqrtFloor, WAD, type Wad, wad } from "./wad.ts";

export interface Black76Input {
  /** Forward price, 1e18 USD: 1e-9 to 1e12. */
  readonly forward: Wad;
  /** Strike, 1e18 USD: 1e-9 to 1e12. */
  readonly strike: Wad;
  /** Volatility a year, 1e18 (1e18 = 100 %): 1e-6 to 100. */
  readonly volatility: Wad;
  /** Time to expiry in years, 1e18: 1e-9 to 100. */
  readonly time: Wad;
  readonly right: "call" | "put";
}

export interface Black76Result {
  /** Undiscounted value V, 1e18 USD, within [0, F] (call) or [0, K] (put). */
  readonly price: Wad;
  /** dV/dF, 1e18: 0 to 1 (call), -1 to 0 (put). */
  readonly delta: Wad;
  /** d2V/dF2, 1e18 per USD, >= 0. */
  readonly gamma: Wad;
  /** dV/dsigma per 1.00 of volatility, 1e18 USD, >= 0. */
  readonly vega: Wad;
}

/** The domain of {@link black76}, both ends included, all at 1e18. Beyond it no bound is claimed, so it throws. */
export const BLACK76_DOMAIN = {
  price: { min: wad(1_000_000_000n), max: wad(10n ** 30n) },
  volatility: { min: wad(10n ** 12n), max: wad(100n * WAD) },
  time: { min: wad(1_000_000_000n), max: wad(100n * WAD) },
} as const;

/**
 * Black (1976): V = q (F Phi(q d1) - K Phi(q d2)), d1 = ln(F/K)/s + s/2, d2 = d1 - s, s = sigma sqrt(T), q = +-1.
 * Undiscounted, integers only; algorithm, rounding rules and measured errors: docs/protocol/black76.md.
 *
 * With lo, hi the smaller and larger of F and K, h = ln(hi/lo)/s, a = h - s/2, b = h + s/2, the side out of the money is
 * `lo Phi(-a) - hi Phi(-b)` for calls and puts alike. As hi phi(b) = lo phi(a), both terms need one density only:
 * `lo phi(a) (R(a) - R(b))` with Mills' ratio R, so nothing cancels but R against R, and a far option keeps its digits.
 * The side in the money is that plus hi - lo: put-call parity is exact to the bit, no price is below intrinsic.
 *
 * @throws {BallastError} OUT_OF_RANGE for inputs outside {@link BLACK76_DOMAIN}; zero volatility or time among them.
 */
export function black76(input: Black76Input): Black76Result {
  const { forward, strike, volatility, time, right } = checked(input);
  const callIsOut = forward <= strike;
  const [lo, hi] = callIsOut ? [forward, strike] : [strike, forward];

  // 1. sqrt(T) and s = sigma sqrt(T). root is sqrt(T) 1e9 2^94.
  const root = sqrtFloor(time << 188n);
  const rootTime = (root << 2n) / 1_000_000_000n;
  const s = (volatility * root) / 250_000_000_000_000_000_000_000_000n;

  // 2. The two distances from the money, b > 0.
  const h = (lnRatio(hi, lo) << 96n) / s;
  const a = h - (s >> 1n);
  const b = a + s;

  // 3. Tails: near = Phi(-a), far = Phi(-b) hi/lo, both in Q96 as multiples of lo.
  const density = densityQ96(a);
  const ratioA = mills(a < 0n ? -a : a);
  const ratioB = mills(b);
  const tailA = (density * ratioA) >> 96n;
  const tailB = (density * ratioB) >> 96n;
  const near = a < 0n ? Q96_ONE - tailA : tailA;
  const out = atLeastZero(near - tailB);

  // 4. Price: the out-of-the-money side, and parity.
  const isOut = (right === "call") === callIsOut;
  const price = nearest(lo * out) + (isOut ? 0n : hi - lo);

  // 5. Greeks. phi(d1) = phi(a), or phi(b) = phi(a) lo/hi where the put is out of the money.
  const callDelta = fromQ96(callIsOut ? near : Q96_ONE - (tailB * lo) / hi);
  const delta = right === "call" ? callDelta : callDelta - WAD;
  const density1 = callIsOut ? density : (density * lo) / hi;
  const gamma = (density1 * (WAD * WAD)) / (forward * s);
  const vega = nearest(lo * ((density * rootTime) >> 96n));
  return { price: wad(price), delta: wad(delta), gamma: wad(gamma), vega: wad(vega) };
}

/** A Q96 multiple of a 1e18 amount, to nearest. */
function nearest(product: bigint): bigint {
  return (product + Q96_HALF) >> 96n;
}

function atLeastZero(x: bigint): bigint {
  return x < 0n ? 0n : x;
}

function checked(input: Black76Input): Black76Input {
  within(input.forward, BLACK76_DOMAIN.price, "forward price", "1e-9 to 1e12 USD");
  within(input.strike, BLACK76_DOMAIN.price, "strike", "1e-9 to 1e12 USD");
  within(input.volatility, BLACK76_DOMAIN.volatility, "volatility", "0.000001 to 100 (100 is 10,000 %)");
  within(
    input.time,
    BLACK76_DOMAIN.time,
    "time to expiry",
    "1e-9 to 100 years; an expired option has no model price",
  );
  return input;
}

function within(
  value: Wad,
  range: { readonly min: Wad; readonly max: Wad },
  what: string,
  allowed: string,
): void {
  if (value >= range.min && value <= range.max) return;
  throw new BallastError("OUT_OF_RANGE", `The ${what} is outside the range of the option model.`, {
    hint: `Allowed: ${allowed}.`,
  });
}
