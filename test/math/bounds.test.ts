import { describe, expect, it } from "vitest";
import { measureAll } from "./measurements.ts";
import { SEED } from "./points.ts";

const POINTS = 3000;

describe(`errors against the high-precision reference, ${POINTS} points each (seed ${SEED})`, () => {
  for (const { what, unit, worst, bound, points } of measureAll(SEED, POINTS)) {
    it(`${what}: ${worst.toPrecision(3)} ${unit}, asserted ${bound}`, () => {
      expect(points).toBeGreaterThanOrEqual(POINTS);
      expect(worst).toBeGreaterThan(0);
      expect(worst).toBeLessThanOrEqual(bound);
    });
  }
});
