import { expect, it } from "vitest";
import type { BallastError } from "../../src/errors.ts";
import { lanesOfSums, portfolioSums } from "../../src/risk/requirement.ts";
import { fitsWindow, SOLVENCY_WINDOW_BITS } from "../../src/risk/solvency.ts";
import { reductionWitness } from "../../src/witness/reduction.ts";
import { hold, REDUCTION, reduction, reductionRequest, snapshot } from "../helpers/circuit-reduction.ts";
import { thrownBy } from "../liquidation/thrown.ts";

const MAX = (1n << 36n) - 1n;
const huge = [hold(0, MAX), hold(2, MAX)];
const small = [hold(0, 5_000n), hold(2, 700n)];

/** The widest of a portfolio's lanes. */
function widest(positions: typeof huge): bigint {
  const lanes = lanesOfSums(portfolioSums(snapshot.rows, positions, REDUCTION.shape));
  return lanes.map((lane) => (lane < 0n ? -lane : lane)).reduce((most, lane) => (lane > most ? lane : most));
}

it("a reduction of lanes beyond 56 bits is refused by name, before or after, and quotes no amount", () => {
  expect(widest(huge) >> SOLVENCY_WINDOW_BITS).not.toBe(0n);
  for (const [before, after, which] of [
    [huge, huge, "before"],
    [huge, small, "before"],
    [small, huge, "after"],
  ] as const) {
    const error = thrownBy(() =>
      reductionWitness(REDUCTION, snapshot, reductionRequest(before, after)),
    ) as BallastError;
    expect(error).toMatchObject({ code: "ACCOUNT_TOO_LARGE", details: { portfolio: which } });
    expect(error.hint).toContain("72 billion USD");
    expect(error.shortMessage).not.toMatch(/\d/);
  }
});

it("the largest portfolio within it is still provable", async () => {
  const fits = (lots: bigint) => fitsWindow(portfolioSums(snapshot.rows, [hold(2, lots)], REDUCTION.shape));
  let [low, high] = [0n, MAX];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (fits(middle)) low = middle;
    else high = middle - 1n;
  }
  expect([fits(low), fits(low + 1n)]).toEqual([true, false]);
  const request = reductionRequest([hold(2, low)], [hold(2, low)]);
  await reduction.generate(reductionWitness(REDUCTION, snapshot, request).inputs);
});
