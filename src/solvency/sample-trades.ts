import { BallastError } from "../errors.ts";
import type { Random } from "../math/random.ts";
import type { Holding } from "../risk/requirement.ts";
import type { SnapshotRow } from "../risk/snapshot.ts";
import { type Desk, exposureOf, type Series } from "./sample-market.ts";

/** What a customer does with one market maker. */
export interface Strategy {
  readonly family: "covered-writer" | "strangle-seller" | "put-buyer" | "trader" | "ratio-spread";
  /** Derivatives, which the maker takes the other side of. */
  readonly trades: readonly Holding[];
  /** Coins that secure them, long. */
  readonly coins: readonly Holding[];
}

type Build = (desk: Desk, random: Random, usd: bigint) => Strategy | undefined;

const MICRO = 1_000_000n;

const coveredWriter: Build = (desk, random, usd) => {
  const { coin } = desk;
  const series = pickWhere(desk, random, ({ calls }) => calls.length > 0);
  if (coin === undefined || series === undefined) return undefined;
  const call = random.pick(series.calls);
  const lots = lotsOf(call, desk, usd);
  const covered = lots * call.instrument.lotSize;
  const { lotSize } = coin.instrument;
  return {
    family: "covered-writer",
    trades: [held(call, -lots)],
    coins: [held(coin, (covered + lotSize - 1n) / lotSize)],
  };
};

const strangleSeller: Build = (desk, random, usd) => {
  const series = pickWhere(desk, random, ({ calls, puts }) => calls.length > 0 && puts.length > 0);
  if (series === undefined) return undefined;
  const [call, put] = [random.pick(series.calls), random.pick(series.puts)];
  return {
    family: "strangle-seller",
    trades: [held(call, -lotsOf(call, desk, usd)), held(put, -lotsOf(put, desk, usd))],
    coins: [],
  };
};

const putBuyer: Build = (desk, random, usd) => {
  const series = pickWhere(desk, random, ({ puts }) => puts.length > 0);
  if (series === undefined) return undefined;
  const put = random.pick(series.puts);
  const { coin } = desk;
  // Half of them hedge coins that they hold.
  const coins = coin !== undefined && random.chance(50) ? [held(coin, lotsOf(coin, desk, usd))] : [];
  return { family: "put-buyer", trades: [held(put, lotsOf(put, desk, usd))], coins };
};

const trader: Build = (desk, random, usd) => {
  if (desk.outrights.length === 0) return undefined;
  const outright = random.pick(desk.outrights);
  const lots = lotsOf(outright, desk, usd);
  return { family: "trader", trades: [held(outright, random.chance(55) ? lots : -lots)], coins: [] };
};

/** One option near the money for two further out. */
const ratioSpread: Build = (desk, random, usd) => {
  const side = random.chance(50) ? "calls" : "puts";
  const series = pickWhere(desk, random, (one) => one[side].length > 1);
  const [near, far] = [series?.[side][0], series?.[side][1 + random.below((series?.[side].length ?? 2) - 1)]];
  if (near === undefined || far === undefined) return undefined;
  return {
    family: "ratio-spread",
    trades: [held(near, lotsOf(near, desk, usd)), held(far, -2n * lotsOf(far, desk, usd))],
    coins: [],
  };
};

/** A straddle of the series that is dearest for its exposure. */
const straddleSeller: Build = (desk, _random, usd) => {
  const [first, ...others] = desk.series;
  if (first === undefined) return undefined;
  const dearest = others.reduce((best, one) => (worth(one, desk) > worth(best, desk) ? one : best), first);
  return {
    family: "strangle-seller",
    trades: nearestOf(dearest).map((row) => held(row, -lotsOf(row, desk, usd))),
    coins: [],
  };
};

/** Listed as often as they are to come up. */
const BUILDS: readonly Build[] = [
  coveredWriter,
  coveredWriter,
  strangleSeller,
  strangleSeller,
  putBuyer,
  putBuyer,
  trader,
  trader,
  trader,
  ratioSpread,
];

/** Draws a strategy that the desk has the instruments for. */
export function drawStrategy(desk: Desk, random: Random, usd: bigint): Strategy {
  return build([random.pick(BUILDS), trader, straddleSeller], desk, random, usd);
}

/** Draws one that is worth nothing or less before margin, so that cash alone decides the account's tier. */
export function drawUnfunded(desk: Desk, random: Random, usd: bigint): Strategy {
  const builds = random.chance(40) ? [trader, strangleSeller] : [strangleSeller, trader];
  return build([...builds, straddleSeller], desk, random, usd);
}

/** Draws one that owes more than nothing, where there are options: without margin it is bankrupt. */
export function drawIndebted(desk: Desk, random: Random, usd: bigint): Strategy {
  return build([straddleSeller, trader], desk, random, usd);
}

function build(builds: readonly Build[], desk: Desk, random: Random, usd: bigint): Strategy {
  for (const one of builds) {
    const strategy = one(desk, random, usd);
    if (strategy !== undefined) return strategy;
  }
  throw new BallastError("INTERNAL", "A market maker of the sample quotes nothing.");
}

/** Value of the options nearest to the money for a million of exposure. */
function worth(series: Series, desk: Desk): bigint {
  return nearestOf(series).reduce((sum, row) => sum + (row.vector.mark * MICRO) / exposureOf(row, desk), 0n);
}

function nearestOf({ calls, puts }: Series): SnapshotRow[] {
  return [...calls.slice(0, 1), ...puts.slice(0, 1)];
}

function pickWhere(desk: Desk, random: Random, accept: (series: Series) => boolean): Series | undefined {
  const accepted = desk.series.filter(accept);
  return accepted.length === 0 ? undefined : random.pick(accepted);
}

function held({ instrumentId }: SnapshotRow, quantity: bigint): Holding {
  return { instrumentId, quantity };
}

/** As many lots as have an exposure of `usd`, one at least. */
export function lotsOf(row: SnapshotRow, desk: Desk, usd: bigint): bigint {
  const lots = (usd * MICRO) / exposureOf(row, desk);
  return lots > 0n ? lots : 1n;
}
