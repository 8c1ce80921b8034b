import quadprog from "quadprog";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../src/math/random.ts";
import { isEnd, type PreparedTask, prepareTask, stateAfter } from "../../../src/risk/path/exact.ts";
import { loadHighs } from "../../../src/risk/path/highs.ts";
import { lpText } from "../../../src/risk/path/lp-text.ts";
import { liquidationPath } from "../../../src/risk/path/path.ts";
import type { Programme, Solver } from "../../../src/risk/path/programme.ts";
import type { PathState, PathTask } from "../../../src/risk/path/task.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import type { RiskVector } from "../../../src/risk/table.ts";

let highs: Solver;
beforeAll(async () => {
  highs = await loadHighs();
});

// Three scenarios, one underlying: 1 % of dollar delta, 50 % of short dollar gamma, 10 % of dollar vega, stress in full.
const SHAPE = { scenarios: 3, underlyings: 1 };
const POLICY = [
  ...[1_000_000n, 500_000n, 100_000n],
  1_000_000n,
  ...[50_000n, 200_000_000n, 50_000_000n],
  ...[1_200_000n, 1_100_000n, 1_000_000n],
];
const USD = 1_000_000n;
const CASH: RiskVector = {
  ...{ instrumentId: 1, mark: USD, pnl: [0n, 0n, 0n], delta: [0n], gamma: [0n], vega: [0n] },
  ...{ longCharge: 0n, shortCharge: 10_000n },
};

/** An account with four instruments of at most six lots each way, on the brink. */
function tinyTask(seed: number): PathTask {
  const random = createRandom(seed);
  const usd = (least: number, most: number): bigint => BigInt(random.between(least, most)) * 10_000n;
  const rows = [2, 3, 4, 5].map((instrumentId): { readonly vector: RiskVector } => {
    const [up, down] = [usd(-3_000, 9_000), usd(-9_000, 3_000)];
    const vector = {
      ...{ instrumentId, mark: usd(0, 20_000), pnl: [up, down, usd(-2_000, 2_000)] },
      ...{ delta: [(up - down) / 20n], gamma: [usd(0, 300)], vega: [usd(0, 900)] },
      ...{ longCharge: usd(0, 60), shortCharge: usd(0, 90) },
    };
    return { vector };
  });
  const held = rows.slice(0, 3).map(({ vector: { instrumentId } }): Holding => {
    return { instrumentId, quantity: BigInt(random.between(-6, 2)) };
  });
  const ladders = rows.map(({ vector: { instrumentId } }) => {
    const levels = () => {
      const cost = usd(5, 150);
      return [
        { lots: 2n, cost },
        { lots: 1n, cost: cost + usd(0, 80) },
      ];
    };
    return { instrumentId, buy: levels(), sell: levels() };
  });
  const table = { rows: [{ vector: CASH }, ...rows], shape: SHAPE, policyElements: POLICY };
  const bare = { table: table as never, positions: held, settlementId: 1, ladders, target: TARGET };
  const { before } = prepareTask(bare);
  const needed = (before.requirement.maintenance12 * BigInt(random.between(95, 108))) / (100n * 10n ** 18n);
  const lots = needed - before.sums.equity / USD;
  return { ...bare, positions: [...held, { instrumentId: 1, quantity: lots }] };
}
const TARGET = { tier: 1, margin: 0n } as const;

/** The cheapest of all whole trades. */
function bruteForce(prepared: PreparedTask): PathState | undefined {
  let best: PathState | undefined;
  const visit = (at: number, trades: readonly Holding[]): void => {
    const ladder = prepared.task.ladders[at];
    if (ladder === undefined) {
      const state = stateAfter(prepared, trades);
      if (state !== undefined && (best === undefined || state.cost < best.cost) && isEnd(prepared, state))
        best = state;
      return;
    }
    for (let quantity = -3n; quantity <= 3n; quantity++)
      visit(at + 1, [...trades, { instrumentId: ladder.instrumentId, quantity }]);
  };
  visit(0, []);
  return best;
}

/** The same programme by another method: Goldfarb and Idnani's, with a little of each column's square in the objective. */
function byQuadprog({ columns, rows }: Programme, square: number): readonly number[] {
  const from1 = <T>(list: readonly T[], zero: T): T[] => [zero, ...list];
  const unit = (at: number, value: number) => columns.map((_, i) => (i === at ? value : 0));
  const dense = rows.map(({ entries, bound, equal }) => {
    const row = columns.map(() => 0);
    for (const [at, coefficient] of entries) row[at] = coefficient;
    return { row, bound, equal: equal === true };
  });
  const bounds = columns.flatMap(({ lower, upper }, i) => [
    { row: unit(i, 1), bound: lower, equal: false },
    ...(Number.isFinite(upper) ? [{ row: unit(i, -1), bound: -upper, equal: false }] : []),
  ]);
  const all = [...dense, ...bounds].sort((a, b) => Number(b.equal) - Number(a.equal));
  const { solution, message } = quadprog.solveQP(
    from1(
      columns.map((_, i) => from1(unit(i, square), 0)),
      [],
    ),
    from1(
      columns.map(({ cost }) => -cost),
      0,
    ),
    from1(
      columns.map((_, i) =>
        from1(
          all.map(({ row }) => row[i] ?? 0),
          0,
        ),
      ),
      [],
    ),
    from1(
      all.map(({ bound }) => bound),
      0,
    ),
    all.filter(({ equal }) => equal).length,
  );
  expect(message).toBe("");
  return solution.slice(1);
}

const objective = ({ columns }: Programme, values: readonly number[]): number =>
  columns.reduce((sum, { cost }, i) => sum + cost * (values[i] ?? 0), 0);

describe("tiny accounts", () => {
  it("get a path where a search of all whole trades finds one, with a bound below the best", () => {
    const seen = { cured: 0, best: 0 };
    for (let seed = 0; seed < 24; seed++) {
      const task = tinyTask(seed);
      const prepared = prepareTask(task);
      const best = bruteForce(prepared);
      const path = liquidationPath(task, highs);
      if (!path.found) {
        expect(best).toBeUndefined();
        continue;
      }
      if (path.slices.length === 0 || best === undefined) continue;
      seen.cured++;
      expect(path.bound).toBeLessThanOrEqual(best.cost);
      expect(path.cost).toBeGreaterThanOrEqual(best.cost);
      if (path.cost === best.cost) seen.best++;
    }
    expect(seen.cured).toBeGreaterThanOrEqual(20);
    expect(seen.best).toBeGreaterThanOrEqual(seen.cured - 2);
  });

  it("have programmes that another method solves to the same optimum", () => {
    let compared = 0;
    const both: Solver = (programme) => {
      const solution = highs(programme);
      // Goldfarb and Idnani's method takes bounds that meet for a contradiction.
      if (solution.values === undefined || programme.columns.some(({ lower, upper }) => lower === upper))
        return solution;
      const optimum = objective(programme, solution.values);
      const other = objective(programme, byQuadprog(programme, 1e-7));
      expect(Math.abs(other - optimum)).toBeLessThan(1e-3 * Math.max(1, Math.abs(optimum)));
      compared++;
      return solution;
    };
    for (let seed = 0; seed < 8; seed++) liquidationPath(tinyTask(seed), both);
    expect(compared).toBeGreaterThan(8);
  });
});

describe("a programme as text", () => {
  it("has rows, bounds and choices in CPLEX's format", () => {
    const text = lpText({
      columns: [
        { cost: 2, lower: 0, upper: Number.POSITIVE_INFINITY },
        { cost: -1.5, lower: 0, upper: 4 },
        { cost: 0, lower: 0, upper: 1, binary: true },
      ],
      rows: [
        {
          bound: -3,
          entries: [
            [0, 1],
            [1, -1],
          ],
        },
        { bound: 1e-7, equal: true, entries: [[2, 5]] },
        { bound: -1, entries: [] },
      ],
    });
    expect(text.split("\n")).toEqual([
      ...["Minimize", "obj: + 2 x0 - 1.5 x1", "Subject To", "r0: + 1 x0 - 1 x1 >= -3"],
      ...["r1: + 5 x2 = 1e-7", "r2: 0 x0 >= -1", "Bounds", "0 <= x0", "0 <= x1 <= 4"],
      ...["Binary", "x2", "End", ""],
    ]);
  });

  it("is solved: nothing where there is no answer", () => {
    const programme = (bound: number): Programme => ({
      columns: [{ cost: 1, lower: 0, upper: 5 }],
      rows: [{ bound, entries: [[0, 1]] }],
    });
    expect(highs(programme(3))).toEqual({ values: [3], duals: [1] });
    expect(highs(programme(6))).toEqual({});
  });
});
