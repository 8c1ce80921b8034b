import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyCertificate, lowerBound } from "../../../src/risk/path/certificate.ts";
import { isEnd, mayFollow, prepareTask, shortOfTarget, stateAfter } from "../../../src/risk/path/exact.ts";
import { loadHighs } from "../../../src/risk/path/highs.ts";
import type { Level } from "../../../src/risk/path/ladder.ts";
import { liquidationPath } from "../../../src/risk/path/path.ts";
import type { Solver } from "../../../src/risk/path/programme.ts";
import type { PathTask } from "../../../src/risk/path/task.ts";
import { reductionRules } from "../../../src/risk/reduction.ts";
import { netPositions } from "../../../src/risk/transfer.ts";
import { SEED } from "../fixtures.ts";
import { breachedTasks, MAX_PENALTY, sampleMarket } from "./accounts.ts";
import { equalSlice, greedyChoice } from "./rivals.ts";

const ALL = { margin: true, shortGamma: true, tier: true, penalty: true };
/** Costs are the same within one part of this: where the search for whole lots stops. */
const SAME = 10_000n;

const snapshot = sampleMarket();
const tasks = breachedTasks(snapshot, 16, SEED);
const [first] = tasks;
if (first === undefined) throw new Error("no task");
let solve: Solver;
beforeAll(async () => {
  solve = await loadHighs();
});

function found(task: PathTask) {
  const path = liquidationPath(task, solve);
  if (!path.found) throw new Error(`no path: ${path.cash} lots are lacking`);
  return path;
}

/** The task where only what is held is traded, and a few lots of each. */
function thinned(task: PathTask, lots: bigint): PathTask {
  const held = new Set(task.positions.map(({ instrumentId }) => instrumentId));
  const ladders = task.ladders.filter(({ instrumentId }) => held.has(instrumentId));
  const one = (levels: readonly Level[]) => levels.slice(0, 1).map(({ cost }) => ({ lots, cost }));
  return {
    ...task,
    ladders: ladders.map(({ instrumentId, buy, sell }) => ({ instrumentId, buy: one(buy), sell: one(sell) })),
  };
}

/** What must hold of every path. */
function checkPath(task: PathTask): void {
  const prepared = prepareTask(task);
  const path = found(task);
  let before = path.before;
  for (const { moved, cash, after } of path.slices) {
    expect(reductionRules(before, after, MAX_PENALTY)).toEqual(ALL);
    const given = moved.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
    const paid = { instrumentId: task.settlementId, quantity: cash };
    expect(netPositions(before.positions, given, [paid])).toEqual(after.positions);
    before = after;
  }
  expect(path.slices.length).toBeLessThanOrEqual(task.slices ?? 1);
  expect(before.requirement.tier).toBeLessThanOrEqual(task.target.tier);
  expect(shortOfTarget(prepared, before)).toBeLessThanOrEqual(0n);
  expect(path.slices.reduce((sum, { cost }) => sum + cost, 0n)).toBe(path.cost);
  expect(lowerBound(prepared, path.certificate).bound).toBe(path.bound);
  expect(path.bound).toBeLessThanOrEqual(path.cost);
}

describe("a liquidation path", () => {
  it("ends at its target under any policy, each slice a reduction by the reference model, its bound proven", () => {
    const markets = ["les", "deribit-pm", "span-16"].map((policy) => sampleMarket(policy));
    const anyTask = fc
      .tuple(fc.constantFrom(...markets), fc.integer({ min: 1, max: 1_000_000 }))
      .map(([market, seed]) => breachedTasks(market, 1, seed))
      .chain((made) => fc.constantFrom(...made));
    fc.assert(
      fc.property(
        anyTask,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom("cost", "gamma"),
        (task, slices, order) => {
          checkPath({ ...task, slices, order, maxPenalty: MAX_PENALTY });
        },
      ),
      { seed: SEED, numRuns: 12 },
    );
  });

  it("costs no more than equal shares of all positions, and than the best trade at each step", () => {
    for (const task of tasks) {
      const { cost } = found(task);
      const prepared = prepareTask(task);
      for (const rival of [equalSlice(prepared), greedyChoice(prepared)])
        if (rival !== undefined) expect(cost).toBeLessThanOrEqual(rival.cost + rival.cost / SAME);
    }
  });

  it("has a certificate that proves its bound without the solver, and the bound is near", () => {
    const gaps = tasks.map((task) => {
      const { certificate, bound, cost } = found(task);
      expect(lowerBound(prepareTask(task), certificate).bound).toBe(bound);
      expect(bound).toBeLessThanOrEqual(cost);
      return Number(cost - bound) / Number(cost);
    });
    const sorted = gaps.sort((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).toBeLessThan(0.02);
  });

  it("parts its way into slices that take the requirement down one after the other", () => {
    const path = found({ ...first, slices: 4 });
    expect(path.slices.length).toBeGreaterThan(1);
    const levels = [path.before, ...path.slices.map(({ after }) => after)].map(
      ({ requirement }) => requirement.maintenance12,
    );
    for (const [i, level] of levels.slice(1).entries()) expect(level).toBeLessThan(levels[i] ?? 0n);
  });

  it("takes short gamma off first where that is asked for", () => {
    const shortGamma = (task: PathTask): bigint => {
      const [slice] = found(task).slices;
      return slice?.after.sums.gamma.reduce((sum, gamma) => (gamma < 0n ? sum - gamma : sum), 0n) ?? 0n;
    };
    for (const task of tasks.slice(0, 6)) {
      const parted = { ...task, slices: 3 };
      expect(shortGamma({ ...parted, order: "gamma" })).toBeLessThanOrEqual(shortGamma(parted));
    }
  });

  it("has none for an account at its target", () => {
    const end = found(first).slices.at(-1)?.after.positions ?? [];
    expect(found({ ...first, positions: end })).toMatchObject({ slices: [], cost: 0n, bound: 0n });
  });

  it("says with how much cash there is one, and there is with that", () => {
    const task = thinned(first, 1n);
    const path = liquidationPath(task, solve);
    if (path.found) throw new Error("a lot of each cures it");
    const paidIn = (lots: bigint) => ({
      ...task,
      positions: [...task.positions, { instrumentId: task.settlementId, quantity: lots }],
    });
    expect(path.cash).toBeGreaterThan(0n);
    expect(liquidationPath(paidIn(path.cash), solve).found).toBe(true);
    expect(liquidationPath(paidIn((path.cash * 999n) / 1_000n), solve).found).toBe(false);
  });

  it("says it of an account that can trade nothing, and of one that may trade too little", () => {
    const cases: readonly PathTask[] = [
      { ...first, ladders: [] },
      { ...thinned(first, 1n), maxLegs: 1 },
    ];
    for (const task of cases) {
      const path = liquidationPath(task, solve);
      if (path.found) throw new Error("it is cured");
      const quantity = path.cash;
      const positions = [...task.positions, { instrumentId: task.settlementId, quantity }];
      expect(liquidationPath({ ...task, positions }, solve).found).toBe(true);
    }
  });

  it("trades no more instruments than are allowed, and says that it isn't convex then", () => {
    const task = tasks.find((one) => (found(one).slices.at(-1)?.after.trades.length ?? 0) > 1);
    if (task === undefined) throw new Error("all have one leg");
    const free = found(task);
    const path = found({ ...task, maxLegs: 1 });
    expect([free.convex, path.convex]).toEqual([true, false]);
    expect(path.slices.at(-1)?.after.trades).toHaveLength(1);
    expect(path.cost).toBeGreaterThanOrEqual(free.cost);
    expect(path.bound).toBeLessThanOrEqual(path.cost);
  });

  it("pays a fee for each instrument once", () => {
    const legFee = 3_000_000n;
    const { cost, slices } = found({ ...first, legFee });
    const { trades = [] } = slices.at(-1)?.after ?? {};
    const without = stateAfter(prepareTask(first), trades);
    expect(cost).toBe((without?.cost ?? 0n) + legFee * BigInt(trades.length));
  });

  it("keeps the penalty rule in its last slice, where the cheap trades are gone", () => {
    const { cost, before, slices } = found(first);
    const freed = before.requirement.maintenance12 - (slices.at(-1)?.after.requirement.maintenance12 ?? 0n);
    // Just enough for all of it at once.
    const maxPenalty = (cost * 10n ** 18n) / freed + 20n;
    const tight: PathTask = { ...first, slices: 5, maxPenalty };
    const path = found(tight);
    let state = path.before;
    for (const { after } of path.slices) {
      expect(mayFollow(prepareTask(tight), state, after)).toBe(true);
      state = after;
    }
  });

  it("stays exact where the stress weight is above 1", () => {
    const policyElements = first.table.policyElements.map((element, i) =>
      i === 3 * first.table.shape.underlyings ? 1_300_000n : element,
    );
    const task = { ...first, table: { ...first.table, policyElements: policyElements as never } };
    const path = liquidationPath(task, solve);
    if (!path.found) throw new Error("no path");
    expect(path.convex).toBe(false);
    const end = path.slices.at(-1)?.after;
    expect(end !== undefined && isEnd(prepareTask(task), end)).toBe(true);
    expect(path.bound).toBeLessThanOrEqual(path.cost);
  });
});

describe("the lower bound", () => {
  it("is below the cost of any trades that reach the target, whatever the certificate", () => {
    const prepared = prepareTask(first);
    const best = greedyChoice(prepared) ?? equalSlice(prepared);
    if (best === undefined) throw new Error("neither cures it");
    const own = found(first).certificate;
    const around = (list: readonly bigint[]) =>
      fc.tuple(...list.map((value) => fc.bigInt(value - 300_000_000n, value + 300_000_000n)));
    fc.assert(
      fc.property(
        fc.record({
          target: fc.bigInt(0n, 3n * own.target + 10n ** 9n),
          penalty: fc.constant(0n),
          scenarios: around(own.scenarios),
          delta: around(own.delta),
          vega: around(own.vega),
          freeDelta: around(own.freeDelta),
          gamma: around(own.gamma),
          freeGamma: around(own.freeGamma),
          shortGamma: around(own.shortGamma),
          cash: fc.bigInt(-(10n ** 12n), 10n ** 12n),
        }),
        (certificate) => {
          expect(lowerBound(prepared, certificate).bound).toBeLessThanOrEqual(best.cost);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("is nothing for a certificate of nothing", () => {
    const prepared = prepareTask(first);
    expect(lowerBound(prepared, emptyCertificate(prepared)).bound).toBe(0n);
  });
});
