import type { MarketQuote } from "../../market/chain.ts";
import { divCeil, divFloor, lesser } from "../../math/rounding.ts";
import { WAD, type Wad } from "../../math/wad.ts";
import { quotesOf } from "../roll-over.ts";
import type { Snapshot, SnapshotRow } from "../snapshot.ts";
import type { Ladder, Level } from "./ladder.ts";

/** What trading costs beyond a quote's two sides, as parts per million. */
export interface MarketCosts {
  /** Of the index price for an option, but at most `optionFeeCap` of its mark; of the notional for a future or perpetual. */
  readonly optionFee: bigint;
  readonly optionFeeCap: bigint;
  readonly linearFee: bigint;
  /** Half the spread of a future or perpetual, of its notional: quotes have no sides of them. */
  readonly linearSpread: bigint;
  /** Micro-USD of notional at the touch, and at each level beyond: of an option its contracts at the index price. */
  readonly optionDepth: bigint;
  readonly linearDepth: bigint;
  /** No level has more than this part of the open interest, where that is known. */
  readonly openShare: bigint;
  /** Of half the spread: what each level costs more than the one before. */
  readonly impact: bigint;
  /** Levels of a side: it has `levels * openShare` of the open interest at most. */
  readonly levels: number;
}

/** Fees as Deribit's for takers; depth and impact are assumptions, no quote says them. */
export const DEFAULT_COSTS: MarketCosts = {
  optionFee: 300n,
  optionFeeCap: 125_000n,
  linearFee: 500n,
  linearSpread: 100n,
  optionDepth: 500_000n * 1_000_000n,
  linearDepth: 5_000_000n * 1_000_000n,
  openShare: 20_000n,
  impact: 500_000n,
  levels: 5,
};

const MILLION = 1_000_000n;
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
/** From a product of two numbers at 1e18 to micro-USD. */
const MICRO = (WAD * WAD) / MILLION;

/**
 * A ladder for each option, future and perpetual of a snapshot that lives, from its quote: the touch at bid or ask, then levels that
 * cost more. A side without a quote isn't traded.
 * @param open what is open by an instrument's name, in its quantity unit, 1e18: a snapshot doesn't keep it.
 * @example
 * ```ts
 * import { marketLadders, type Snapshot } from "ballast";
 * declare const snapshot: Snapshot;
 * const ladders = marketLadders(snapshot).filter(({ sell }) => sell.length > 0);
 * ```
 */
export function marketLadders(
  snapshot: Snapshot,
  costs: MarketCosts = DEFAULT_COSTS,
  open: ReadonlyMap<string, Wad> = new Map(),
): Ladder[] {
  const quotes = new Map(quotesOf(snapshot).map((quote) => [quote.instrument.name, quote]));
  const prices = new Map(snapshot.underlyings.map(({ symbol, indexPrice }) => [symbol, indexPrice]));
  return snapshot.rows.flatMap((row) => {
    const quote = quotes.get(row.instrument.name);
    if (quote === undefined || quote.settled === true || row.instrument.kind === "collateral") return [];
    const index = prices.get(row.instrument.underlying) ?? 0n;
    const lots = lotsOf(row, index, costs, open.get(row.instrument.name));
    if (lots <= 0n) return [];
    const ladder = ladderOf(row, quote, { index, lots }, costs);
    return ladder.buy.length + ladder.sell.length === 0 ? [] : [ladder];
  });
}

/** What a lot is about, micro-USD: contracts at the index price, or a future's notional. */
function notionalOf({ instrument, vector }: SnapshotRow, index: bigint): bigint {
  if (instrument.kind === "option") return divFloor(index * instrument.lotSize, MICRO);
  return vector.delta.reduce((sum, delta) => sum + (delta < 0n ? -delta : delta), 0n) * 100n;
}

/** Lots of a level; one at least, where as much is open. */
function lotsOf(row: SnapshotRow, index: bigint, costs: MarketCosts, open?: Wad): bigint {
  const notional = notionalOf(row, index);
  if (notional <= 0n) return 0n;
  const depth = row.instrument.kind === "option" ? costs.optionDepth : costs.linearDepth;
  const lots = depth > notional ? depth / notional : 1n;
  return open === undefined
    ? lots
    : lesser(lots, divFloor(open * costs.openShare, row.instrument.lotSize * MILLION));
}

function ladderOf(
  row: SnapshotRow,
  quote: MarketQuote,
  { index, lots }: { readonly index: bigint; readonly lots: bigint },
  costs: MarketCosts,
): Ladder {
  const { instrument, instrumentId, vector } = row;
  if (instrument.kind !== "option") {
    const notional = notionalOf(row, index);
    const half = divCeil(notional * costs.linearSpread, MILLION);
    const side = levelsOf(lots, half, divCeil(notional * costs.linearFee, MILLION), costs);
    return { instrumentId, buy: side, sell: side };
  }
  const inverse = "settlement" in instrument && instrument.settlement === "inverse";
  // A price at 1e18, in coin or USD, as micro-USD a lot.
  const factor = { up: (inverse ? index : WAD) * instrument.lotSize, down: MICRO * WAD };
  const fee = divCeil(index * instrument.lotSize * costs.optionFee, MICRO * MILLION);
  const capped = divCeil(vector.mark * costs.optionFeeCap, MILLION);
  const paid = fee < capped ? fee : capped;
  const { bid = 0n, ask = 0n } = quote;
  const above = positive(divCeil(ask * factor.up, factor.down) - vector.mark);
  const below = positive(vector.mark - divFloor(bid * factor.up, factor.down));
  return {
    instrumentId,
    buy: ask > 0n ? levelsOf(lots, above, paid, costs) : [],
    sell: bid > 0n ? levelsOf(lots, below, paid, costs) : [],
  };
}

/** Micro-USD a lot: half the spread and more of it level by level, and the fee. */
function levelsOf(lots: bigint, half: bigint, fee: bigint, { impact, levels }: MarketCosts): Level[] {
  return Array.from({ length: levels }, (_, k) => ({
    lots,
    cost: fee + half + divCeil(half * impact * BigInt(k), MILLION),
  }));
}
