import { describe, expect, it } from "vitest";
import { PARAMETERS } from "../../../src/demo/cascade/parameters.ts";
import { equityOf, find, planCascade, ROLES } from "../../../src/demo/cascade/plan.ts";
import { demoMarkets } from "../../../src/demo/markets.ts";
import { demoAccounts } from "../../../src/demo/portfolios.ts";
import { planRound } from "../../../src/liquidation/deleveraging.ts";
import { tierIn } from "../../../src/liquidation/slice.ts";
import { loadHighs } from "../../../src/risk/path/highs.ts";
import { loadPolicy } from "../../../src/risk/policy-file.ts";
import { type Holding, portfolioSums, requirement } from "../../../src/risk/requirement.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import { applyTransfer, netHolding } from "../../../src/risk/transfer.ts";

const solve = await loadHighs();
const LOT = 10_000n;
const money = { settlementId: 1, funding: 0n, rest: "free" } as const;

/** The demo's accounts and plan: in the bundled sample, or in the market of a chain file. */
export function stage(chain?: string, policy = "les") {
  const markets = demoMarkets({
    policy: loadPolicy(policy),
    rows: 240,
    ...(chain === undefined ? {} : { chain: [chain] }),
  });
  const accounts = demoAccounts(markets);
  const plan = planCascade(markets, accounts, solve);
  const everyone = [...accounts, ...plan.firms];
  const of = (role: keyof typeof ROLES) => find(everyone, ROLES[role]).portfolio;
  return { markets, accounts, plan, of };
}

function margin({ rows, shape, policyElements }: Snapshot, positions: readonly Holding[]) {
  const sums = portfolioSums(rows, positions, shape);
  const { maintenance12 } = requirement(sums, policyElements, shape);
  return { sums, maintenance12, shortGamma: sums.gamma.map((gamma) => (gamma < 0n ? -gamma : 0n)) };
}

/** What must hold of the plan, in whatever market. */
export function describePlan(what: string, chain?: string): void {
  describe(`planCascade in ${what}`, () => {
    const { markets, accounts, plan, of } = stage(chain);
    const { after } = markets;

    it("has an account for every path", () => {
      const tiers = [ROLES.soft, ROLES.sealed, ROLES.sale, ROLES.bankrupt].map((name) =>
        tierIn(after, find(accounts, name).portfolio.positions),
      );
      expect(tiers).toEqual([2, 3, 3, 4]);
      expect(plan.firms.map(({ portfolio }) => portfolio.account)).toEqual(["heron", "ibis", "jay", "house"]);
      expect(new Set([...accounts, ...plan.firms].map(({ portfolio }) => portfolio.accountId)).size).toBe(11);
    });

    it("finds a path that a reduction proof can be made for, and that cures", () => {
      const { positions, cash } = plan.slice;
      const sides = applyTransfer(
        of("soft").positions,
        of("second").positions,
        { ...money, cash },
        positions,
      );
      const [old, cut] = [margin(after, sides.oldA), margin(after, sides.newA)];
      const freed = old.maintenance12 - cut.maintenance12;
      expect(freed > 0n).toBe(true);
      old.shortGamma.forEach((gamma, u) => {
        expect((cut.shortGamma[u] ?? 0n) <= gamma).toBe(true);
      });
      const cost = old.sums.equity - cut.sums.equity;
      // 1e18 * cost <= maxPenalty (ppm) * freed, as the circuit says.
      expect(cost > 0n && 10n ** 18n * cost <= BigInt(PARAMETERS.engine.maxPenalty) * freed).toBe(true);
      // To the lot of cash that the account's rounding costs it.
      expect(cost - plan.slice.cost).toBeGreaterThanOrEqual(0n);
      expect(cost - plan.slice.cost).toBeLessThan(LOT);
      expect(tierIn(after, sides.newA)).toBeLessThanOrEqual(1);
      expect(tierIn(after, sides.newB)).toBe(0);
    });

    it("has bidders that can pay, the best of whom keeps its bid to itself", () => {
      const equity = equityOf(after, of("sealed").positions);
      const [winner, second, hidden] = plan.bids.sealed;
      if (winner === undefined || second === undefined || hidden === undefined) throw new Error("no bids");
      expect([winner, second, hidden].map(({ reveals }) => reveals)).toEqual([true, true, false]);
      expect(second.cash < winner.cash && winner.cash < hidden.cash && hidden.cash * LOT < equity).toBe(true);
      const award = { ...money, cash: winner.cash, rest: "whole" } as const;
      const sides = applyTransfer(of("sealed").positions, of("winner").positions, award);
      expect(tierIn(after, sides.newB)).toBe(0);
      expect(plan.bids.sale).toHaveLength(1);
      expect(plan.bids.sale[0]).toMatchObject({ liquidator: "jay", reveals: true });
    });

    it.each([["startDiscount"], ["maxDiscount"]] as const)("has a buyer that fits at the %s", (key) => {
      const equity = equityOf(after, of("sale").positions);
      expect(equity > 0n).toBe(true);
      const cash = (equity * (1_000_000n - BigInt(PARAMETERS.sale[key]))) / 1_000_000n / LOT;
      const sides = applyTransfer(of("sale").positions, of("buyer").positions, {
        ...money,
        cash,
        rest: "whole",
      });
      expect(tierIn(after, sides.newB)).toBe(0);
      expect(sides.newB.length).toBeLessThanOrEqual(64);
    });

    it("leaves a residual that the holders of the put bear in exact halves", () => {
      const { insuranceFund, gammaReserve } = plan.funds;
      const drawn = (plan.loss * 8n) / 10n; // pools with the most income that a plan allows
      expect(insuranceFund + gammaReserve + (plan.loss * 15n) / 100n <= drawn).toBe(true);
      const taken = applyTransfer(of("bankrupt").positions, [], { ...money, cash: 0n, rest: "whole" }).newB;
      const funding = { ...money, cash: 0n, funding: drawn };
      const house = applyTransfer(taken, [], funding).newA;
      const ordinary = accounts.filter(
        ({ portfolio }) => ![ROLES.bankrupt, ROLES.sale].includes(portfolio.account as "ember"),
      );
      const round = planRound({
        snapshot: after,
        settlementId: 1,
        house,
        holders: ordinary.map(({ portfolio }) => portfolio),
      });
      expect(round.terms).toMatchObject({ instrumentId: plan.put.instrumentId, holdersShort: false });
      expect(round.terms).toMatchObject({ closing: 300n, open: 600n });
      expect(round.parts.map(({ held, closed }) => [held, closed])).toEqual([
        [400n, 200n],
        [200n, 100n],
      ]);
      expect(round.terms.price > 0n).toBe(true);
      expect(round.remaining >= 0n && round.remaining < 3n * LOT).toBe(true);
      expect(round.leftOut).toEqual([]);
      expect(plan.put).toEqual({ ...plan.put, short: 300n, long: 600n });
      // All who hold it are known: the put nets to zero over the venue.
      const net = accounts.reduce(
        (sum, { portfolio }) => sum + netHolding(portfolio.positions, plan.put.instrumentId),
        0n,
      );
      expect(net).toBe(0n);
    });
  });
}
