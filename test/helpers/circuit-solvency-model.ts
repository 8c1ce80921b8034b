import { portfolioSums, requirement } from "../../src/risk/requirement.ts";
import type { SolvencyAccount } from "../../src/witness/solvency.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { at } from "./r1cs.ts";

// A run's results from the definitions in docs/protocol/encodings.md section 7, apart from src/risk/solvency.ts.

export type Places = readonly (SolvencyAccount | null)[];

/** What a report must show of its run's places, in the order of its signals from the tiers on; and m2 in each state. */
export function expectedReport(snapshot: WitnessSnapshot, places: Places) {
  const { shape, rows, policyElements } = snapshot;
  const accounts = places.flatMap((account) => {
    if (account === null) return [];
    const sums = portfolioSums(rows, account.positions, shape);
    const { tier } = requirement(sums, policyElements, shape);
    const shortfall = [0n, ...sums.pnl].map((pnl) => (sums.equity + pnl < 0n ? -(sums.equity + pnl) : 0n));
    const greeks = sums.delta.flatMap((delta, u) => {
      const [gamma, vega] = [at(sums.gamma, u), at(sums.vega, u)];
      return [delta < 0n ? -delta : delta, gamma < 0n ? -gamma : 0n, vega < 0n ? -vega : vega];
    });
    return [{ tier, shortfall, demand: greeks.map((greek) => (tier >= 2 ? greek : 0n)) }];
  });
  const states = Array.from({ length: shape.scenarios + 1 }, (_, s) => s);
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
  const descending = states.map((s) =>
    [...accounts.map(({ shortfall }) => at(shortfall, s)), 0n, 0n].sort((a, b) =>
      a < b ? 1 : a > b ? -1 : 0,
    ),
  );
  const first = (values: readonly bigint[]): [bigint, bigint] => {
    const most = values.reduce((a, b) => (a > b ? a : b));
    return [BigInt(values.indexOf(most)), most];
  };
  const totals = states.map((s) => sum(accounts.map(({ shortfall }) => at(shortfall, s))));
  const tiers = [0, 1, 2, 3, 4].map((k) => BigInt(accounts.filter(({ tier }) => tier === k).length));
  const cover1 = descending.map((list) => at(list, 0));
  const cover2 = descending.map((list) => at(list, 0) + at(list, 1));
  const demand = Array.from({ length: 3 * shape.underlyings }, (_, g) =>
    sum(accounts.map(({ demand: greeks }) => at(greeks, g))),
  );
  return {
    shown: [...tiers, at(totals, 0), ...first(totals), ...first(cover1), ...first(cover2), ...demand],
    second: descending.map((list) => at(list, 1)),
  };
}
