import { sampleChain } from "../../../src/market/sample.ts";
import { createRandom } from "../../../src/math/random.ts";
import { cashFinder } from "../../../src/portfolio/funding.ts";
import { DEFAULT_COSTS, marketLadders } from "../../../src/risk/path/market-ladders.ts";
import type { PathTask } from "../../../src/risk/path/task.ts";
import { presetPolicy } from "../../../src/risk/policy.ts";
import {
  type Holding,
  portfolioSums,
  requirement,
  type VectorIndex,
  vectorIndex,
} from "../../../src/risk/requirement.ts";
import { buildSnapshot, rowByName, type Snapshot } from "../../../src/risk/snapshot.ts";
import { netPositions } from "../../../src/risk/transfer.ts";

const CHAIN = sampleChain();
const OPEN = new Map(
  CHAIN.quotes.flatMap(({ instrument: { name }, openInterest }) =>
    openInterest === undefined ? [] : [[name, openInterest] as const],
  ),
);
/** Paid in USDC. */
const SETTLEMENT_ID = 1;
/** Ppm of the margin that is freed. */
export const MAX_PENALTY = 200_000n;

/** The bundled sample under a preset. */
export function sampleMarket(policy = "les"): Snapshot {
  return buildSnapshot(CHAIN, presetPolicy(policy));
}

/**
 * Tasks of made-up accounts below their soft threshold: 2 to 8 positions, mostly short options, each a part of the open interest that the
 * ladders could take; of most the delta is hedged, as market makers do; cash for 0.9 to 1.08 of the maintenance requirement.
 */
export function breachedTasks(snapshot: Snapshot, count: number, seed: number): PathTask[] {
  const random = createRandom(seed);
  const ladders = marketLadders(snapshot, DEFAULT_COSTS, OPEN);
  const traded = ladders.filter(({ buy, sell }) => buy.length > 0 && sell.length > 0);
  const index = vectorIndex(snapshot.rows);
  const cashFor = cashFinder(snapshot);
  const tasks: PathTask[] = [];
  while (tasks.length < count) {
    const legs = Array.from({ length: random.between(2, 8) }, (): Holding => {
      const { instrumentId, sell } = random.pick(traded);
      const depth = sell.reduce((sum, { lots }) => sum + lots, 0n);
      const lots = (depth * BigInt(random.between(5, 90))) / 100n;
      return { instrumentId, quantity: (random.chance(70) ? -1n : 1n) * lots };
    });
    if (random.chance(60)) legs.push(...hedges(snapshot, index, legs));
    const coverage = BigInt(random.between(900_000, 1_080_000));
    const positions = netPositions(legs, [cashFor(netPositions(legs), coverage)]);
    const sums = portfolioSums(index, positions, snapshot.shape);
    const { tier } = requirement(sums, snapshot.policyElements, snapshot.shape);
    if (tier < 2 || tier > 3) continue;
    const target = { tier: 1, margin: 5_000n } as const;
    tasks.push({ table: snapshot, positions, settlementId: SETTLEMENT_ID, ladders, target });
  }
  return tasks;
}

/** Perpetuals that take an account's delta to nothing. */
function hedges(snapshot: Snapshot, index: VectorIndex, legs: readonly Holding[]): Holding[] {
  const { delta } = portfolioSums(index, legs, snapshot.shape);
  return ["BTC-PERPETUAL", "ETH-PERPETUAL"].map((name, u) => {
    const { instrumentId, vector } = rowByName(snapshot, name);
    return { instrumentId, quantity: -(delta[u] ?? 0n) / (vector.delta[u] ?? 1n) };
  });
}
