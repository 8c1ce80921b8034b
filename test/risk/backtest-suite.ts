import { describe, expect, it } from "vitest";
import { loadChains } from "../../scripts/backtest/chains.ts";
import { FAMILIES, type Family } from "../../scripts/backtest/portfolios.ts";
import { type Case, runBacktest } from "../../scripts/backtest/run.ts";
import { holds, summarise, usageOf } from "../../scripts/backtest/summary.ts";
import { presetPolicy } from "../../src/risk/policy.ts";

/** A folder of chains with a crash in them. */
export interface CrashFolder {
  readonly folder: string;
  /** Chains by the time in their names. */
  readonly accept: (stamp: string) => boolean;
  /** First chains of the days, Unix milliseconds. */
  readonly starts: (time: bigint) => boolean;
  /** Days that this makes. */
  readonly days: number;
}

/** How many cases of a family lost so many percent of a policy's requirement. */
export type Reached = (family: Family, policy: string, percent: bigint) => number;

/**
 * What must hold of `les` over a crash.
 * @param more further tests over the same cases, and the policies that they need beside `les`.
 */
export function describeCrash(
  what: string,
  { folder, accept, starts, days }: CrashFolder,
  more?: { readonly policies: readonly string[]; readonly tests: (reached: Reached) => void },
): void {
  describe(what, () => {
    const chains = loadChains(folder, accept);
    const policies = ["les", ...(more?.policies ?? [])];
    const result = runBacktest(chains, {
      policies: policies.map(presetPolicy),
      portfoliosPerFamily: 34,
      seed: 7,
      accept: (start) => starts(start.time),
    });

    it("has at least 200 portfolios on each of the days, of every family, a fall of 12 % among them", () => {
      expect(result.pairs).toHaveLength(days);
      const perDay = result.pairs.map(
        ({ start }) => result.cases.filter((one) => one.start === start).length,
      );
      for (const count of perDay) expect(count).toBeGreaterThanOrEqual(200);
      expect(new Set(result.cases.map(({ family }) => family))).toEqual(new Set(FAMILIES));
      const index = (time: bigint | undefined) =>
        chains.find((chain) => chain.time === time)?.underlyings[0]?.indexPrice ?? 0n;
      const fell = result.pairs.some(({ start, end }) => index(end) * 100n < index(start) * 88n);
      expect(fell).toBe(true);
    });

    it("keeps the next day's loss below the initial requirement in at least 99.5 % of cases", () => {
      const held = result.cases.filter((one) => holds(one, 0)).length;
      expect(held * 1000).toBeGreaterThanOrEqual(result.cases.length * 995);
    });

    it("is a test that can fail: 45 % of the requirement would not do", () => {
      const less = (one: Case): Case => ({
        ...one,
        initial: one.initial.map((value) => (value * 45n) / 100n),
      });
      const held = result.cases.filter((one) => holds(less(one), 0)).length;
      expect(held * 1000).toBeLessThan(result.cases.length * 995);
    });

    it("does not demand more than a third of the notional from the median portfolio of any family", () => {
      for (const family of FAMILIES) {
        const cases = result.cases.filter((one) => one.family === family);
        const { medianRequirement } = summarise(cases, family, "les", 0);
        expect(Number.parseFloat(medianRequirement)).toBeLessThan(33);
        expect(Number.parseFloat(medianRequirement)).toBeGreaterThan(0.1);
      }
    });

    it("values nearly every leg at a later quote or a settlement", () => {
      const { quoted, settled, interpolated: guessed, unpriced } = result.valuations;
      expect(unpriced).toBe(0);
      expect(settled).toBeGreaterThan(0);
      expect(guessed * 100).toBeLessThan(quoted);
    });

    more?.tests(
      (family, policy, percent) =>
        result.cases.filter(
          (one) => one.family === family && usageOf(one, policies.indexOf(policy)) >= percent * 10_000n,
        ).length,
    );
  });
}
