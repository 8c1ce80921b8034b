import fc from "fast-check";
import { type Black76Input, black76 } from "../../src/math/black76.ts";
import { expWad } from "../../src/math/exp.ts";
import { lnWad } from "../../src/math/ln.ts";
import { mills } from "../../src/math/mills.ts";
import { normalCdf, normalPdf } from "../../src/math/normal.ts";
import { powWad } from "../../src/math/pow.ts";
import { WAD, type Wad, wad } from "../../src/math/wad.ts";
import {
  fromWad,
  ONE,
  refBlack76,
  refCdf,
  refExp,
  refLn,
  refPdf,
  refSqrt,
  toNumber,
  ulps,
} from "../helpers/high-precision.ts";
import { decades, options, saneCorners } from "./points.ts";

/** One line of the table of errors: the worst over all points, and the bound that the tests assert. */
export interface Measurement {
  readonly what: string;
  readonly unit: string;
  readonly points: number;
  readonly worst: number;
  readonly bound: number;
}

/** Measures every function against the 120-digit reference on seeded points. */
export function measureAll(seed: number, points: number): Measurement[] {
  const draw = <T>(values: fc.Arbitrary<T>): T[] => fc.sample(values, { seed, numRuns: points });
  const between = (min: bigint, max: bigint): Wad[] => draw(fc.bigInt({ min, max })).map(wad);
  const worst = <T>(values: readonly T[], error: (value: T) => number) => ({
    points: values.length,
    worst: values.reduce((most, value) => Math.max(most, error(value)), 0),
  });
  const inUlps = (f: (x: Wad) => Wad, reference: (x: bigint) => bigint) => (x: Wad) =>
    ulps(f(x), reference(fromWad(x)));

  return [
    {
      what: "exp, -42 to 1",
      unit: "1e-18",
      ...worst(between(-42n * WAD, WAD), inUlps(expWad, refExp)),
      bound: 0.500001,
    },
    {
      what: "exp, 1 to 135.3: beyond half a unit",
      unit: "of the result",
      ...worst(between(WAD, 135_305_999_368_893_231_588n), (x) => {
        const exact = refExp(fromWad(x));
        return beyond(ulps(expWad(x), exact), 0.5, exact);
      }),
      bound: 4e-27,
    },
    {
      what: "ln, 1e-18 to 1e40",
      unit: "1e-18",
      ...worst(draw(decades(0, 58)), inUlps(lnWad, refLn)),
      bound: 0.500001,
    },
    {
      what: "pow, base 0.001 to 1000, exponent -4 to 4: beyond half a unit",
      unit: "of the result",
      ...worst(
        draw(fc.tuple(decades(15, 21), fc.bigInt({ min: -4n * WAD, max: 4n * WAD }))),
        ([base, exponent]) => {
          const exact = refExp((refLn(fromWad(base)) * exponent) / WAD);
          return beyond(ulps(powWad(base, wad(exponent)), exact), 0.5, exact);
        },
      ),
      bound: 4e-27,
    },
    {
      what: "Mills' ratio, 0 to 12",
      unit: "of the result",
      ...worst(between(0n, 12n * WAD), (x) => {
        const argument = (x << 96n) / WAD;
        const at = (argument * ONE) >> 96n;
        const exact = (refCdf(-at) * ONE) / refPdf(at);
        const got = (mills(argument) * ONE) >> 96n;
        return toNumber(got > exact ? got - exact : exact - got) / toNumber(exact);
      }),
      bound: 3e-24,
    },
    {
      what: "Phi, -13 to 13",
      unit: "1e-18",
      ...worst(between(-13n * WAD, 13n * WAD), inUlps(normalCdf, refCdf)),
      bound: 0.500002,
    },
    {
      what: "phi, -13 to 13",
      unit: "1e-18",
      ...worst(between(-13n * WAD, 13n * WAD), inUlps(normalPdf, refPdf)),
      bound: 0.500002,
    },
    ...measureBlack([...draw(options), ...saneCorners]),
  ];
}

/** Prices and Greeks; the reference is computed once a point. */
function measureBlack(inputs: readonly Black76Input[]): Measurement[] {
  const most = { price: 0, absolute: 0, delta: 0, gamma: 0, vega: 0 };
  const note = (key: keyof typeof most, error: number): void => {
    most[key] = Math.max(most[key], error);
  };
  for (const input of inputs) {
    const got = black76(input);
    const exact = refBlack76(input);
    const forward = fromWad(input.forward);
    const root = refSqrt(fromWad(input.time));
    const s = (fromWad(input.volatility) * root) / ONE;
    const gammaPeak = (ONE * ONE) / ((forward * s) / ONE);
    const price = ulps(got.price, exact.price);
    note("price", (price * 1e-18) / toNumber(forward));
    note("absolute", beyond(price, 0.5, forward));
    note("delta", ulps(got.delta, exact.delta));
    note("gamma", beyond(ulps(got.gamma, exact.gamma), 1, gammaPeak));
    note("vega", beyond(ulps(got.vega, exact.vega), 0.5, (forward * root) / ONE));
  }
  const points = inputs.length;
  return [
    { what: "price", unit: "of the forward", points, worst: most.price, bound: 1e-12 },
    { what: "price: beyond half a unit", unit: "of the forward", points, worst: most.absolute, bound: 1e-23 },
    { what: "delta", unit: "1e-18", points, worst: most.delta, bound: 0.51 },
    { what: "gamma: beyond one unit", unit: "of 1/(F s)", points, worst: most.gamma, bound: 1e-20 },
    { what: "vega: beyond half a unit", unit: "of F sqrt(T)", points, worst: most.vega, bound: 1e-20 },
  ];
}

/** What is left of an error in units of 1e-18 after the final rounding, relative to a scale. */
function beyond(error: number, rounding: number, scale: bigint): number {
  return (Math.max(0, error - rounding) * 1e-18) / toNumber(scale);
}
