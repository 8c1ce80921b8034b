import fc from "fast-check";
import type { Black76Input } from "../../src/math/black76.ts";
import { expWad } from "../../src/math/exp.ts";
import { mulNearest, sqrtWad, WAD, type Wad, wad } from "../../src/math/wad.ts";

/** The seed of every fuzz test of this folder; set BALLAST_SEED to look elsewhere. Test titles print it. */
export const SEED = Number(process.env["BALLAST_SEED"] ?? "20260205");

/** Integers spread evenly over the decades from 10^from to 10^to. */
export function decades(from: number, to: number): fc.Arbitrary<Wad> {
  return fc
    .tuple(fc.integer({ min: from, max: to - 1 }), fc.bigInt({ min: WAD, max: 10n * WAD - 1n }))
    .map(([decade, digits]) => wad((digits * 10n ** BigInt(decade)) / WAD));
}

const RANGE = { min: 10n ** 12n, max: 10n ** 27n };

function clamp(x: bigint, min: bigint, max: bigint): Wad {
  return wad(x < min ? min : x > max ? max : x);
}

/**
 * Options over the sane domain: F and K in 1e-6..1e9 USD, volatility 0.0001..10, time 1e-7..30 years. Three strikes in
 * four lie within 10 standard deviations of the forward (where there is something to get wrong), the others anywhere.
 */
export const options: fc.Arbitrary<Black76Input> = fc
  .record({
    forward: decades(12, 27),
    volatility: decades(14, 19),
    time: decades(11, 20).map((t) => clamp(t, 0n, 30n * WAD)),
    deviations: fc.bigInt({ min: -10n * WAD, max: 10n * WAD }),
    anywhere: fc.option(decades(12, 27), { freq: 4 }),
    right: fc.constantFrom("call" as const, "put" as const),
  })
  .map(({ deviations, anywhere, ...rest }) => {
    const s = mulNearest(rest.volatility, sqrtWad(rest.time));
    const move = clamp(mulNearest(wad(deviations), s), -34n * WAD, 34n * WAD);
    const near = clamp(mulNearest(rest.forward, expWad(move)), RANGE.min, RANGE.max);
    return { ...rest, strike: anywhere === null || s < 1n ? near : anywhere };
  });

/** Every corner of a box of inputs. */
export function corners(
  prices: readonly bigint[],
  volatilities: readonly bigint[],
  times: readonly bigint[],
): Black76Input[] {
  return prices.flatMap((forward) =>
    prices.flatMap((strike) =>
      volatilities.flatMap((volatility) =>
        times.flatMap((time) =>
          (["call", "put"] as const).map((right) => ({
            forward: wad(forward),
            strike: wad(strike),
            volatility: wad(volatility),
            time: wad(time),
            right,
          })),
        ),
      ),
    ),
  );
}

/** Corners and some middles of the sane domain. */
export const saneCorners = corners(
  [10n ** 12n, WAD, WAD + 1n, 100_000n * WAD, 10n ** 27n],
  [10n ** 14n, WAD / 2n, 10n * WAD],
  [10n ** 11n, WAD / 10n, 30n * WAD],
);

/** Corners of everything black76 accepts, neighbours by one unit included. */
export const widestCorners = corners(
  [10n ** 9n, 10n ** 9n + 1n, WAD, 10n ** 30n - 1n, 10n ** 30n],
  [10n ** 12n, WAD, 100n * WAD],
  [10n ** 9n, WAD, 100n * WAD],
);
