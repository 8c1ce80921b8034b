import { BallastError } from "../errors.ts";
import { INSTRUMENT_ID_LIMIT } from "../market/instruments.ts";
import { createRandom, type Random } from "../math/random.ts";
import { accountIdOf } from "../portfolio/format.ts";
import { type CashFor, cashFinder } from "../portfolio/funding.ts";
import { NetPositions } from "../portfolio/netting.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { policyRules } from "../risk/policy-layout.ts";
import type { Holding, Tier } from "../risk/requirement.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { type Desk, drawDesk, type Listing, listingsOf, shuffled } from "./sample-market.ts";
import { drawIndebted, drawStrategy, drawUnfunded, lotsOf, type Strategy } from "./sample-trades.ts";

export interface SampleVenueOptions {
  /** 2..2^26. */
  readonly accounts: number;
  /** 0..2^32-1. The same seed and snapshot give the same venue on every machine. */
  readonly seed: number;
  /** No account holds more instruments; 4 at least. Default 16. */
  readonly maxPositions?: number;
}

/** A made-up venue whose accounts are each other's counterparties. */
export interface SampleVenue {
  /** Made as they are taken, and the same ones each time: a million needs no more memory than a hundred. */
  readonly accounts: Iterable<Portfolio>;
  /**
   * What the accounts hold of each collateral asset in total, lots, by ascending id. Summed while `accounts` is taken to its end;
   * asked for before, it makes them all once for that.
   */
  readonly reserves: readonly Holding[];
}

/** Accounts come in blocks of about so many; each block nets to zero within itself. */
const BLOCK = 100;
/** One account in so many is a market maker. */
const MAKER_SHARE = 12;
/** Above the number of blocks, so that neighbouring seeds have none in common. */
const SEED_STRIDE = 1_000_003;
/** A strategy's exposure, USD. Listed as often as it is to come up; drawn by half around. */
const SIZES = [
  2_000, 2_000, 5_000, 5_000, 10_000, 10_000, 25_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
];
/** Tiers other than 0 among a block's customers. */
const DISTRESSED: readonly { readonly customers: number; readonly tiers: readonly Tier[] }[] = [
  { customers: 50, tiers: [4, 3, 2, 2, 1, 1, 1] },
  { customers: 16, tiers: [4, 3, 2, 1] },
  { customers: 4, tiers: [2] },
  { customers: 0, tiers: [] },
];

/**
 * Makes up a venue over whatever market the snapshot has, for demonstrations, tests and benchmarks. Customers write covered calls, sell
 * strangles, buy puts, trade perpetuals and futures, and build ratio spreads; market makers, about one in twelve accounts, hold the other
 * side. Every derivative nets to exactly zero, collateral is held only long.
 *
 * Nearly all accounts are in tier 0, a few in tiers 1 to 3 and about one in a hundred in tier 4 (which takes options: futures
 * are carried at zero, so without options nobody owes anything). A venue of one block has one of each from about twenty accounts on.
 *
 * @throws {BallastError} OUT_OF_RANGE for other options, and, as accounts are taken, under a policy that values cash so low that nobody
 * reaches tier 0 with it; INVALID_MARKET when the snapshot has no derivatives or no cash.
 */
export function sampleVenue(snapshot: Snapshot, options: SampleVenueOptions): SampleVenue {
  const { accounts, seed, maxPositions = 16 } = options;
  checkWhole(accounts, 2, 2 ** 26, "A sample venue has 2 to 2^26 accounts.");
  checkWhole(
    maxPositions,
    4,
    INSTRUMENT_ID_LIMIT,
    "An account of a sample venue needs room for four positions at least.",
  );
  checkWhole(seed, 0, 2 ** 32 - 1, "The seed of a sample venue is a whole number from 0 to 2^32 - 1.");
  const { policyElements, shape } = snapshot;
  const { initial, soft, maintenance } = policyRules(policyElements, shape.underlyings);
  const terms: Terms = {
    listings: listingsOf(snapshot),
    cashFor: cashFinder(snapshot),
    thresholds: [initial, soft, maintenance],
    maxPositions,
  };
  const blocks = Math.max(1, Math.round(accounts / BLOCK));
  const startOf = (block: number): number => Math.floor((block * accounts) / blocks);
  let reserves: readonly Holding[] | undefined;
  const all: Iterable<Portfolio> = {
    *[Symbol.iterator]() {
      const net = new NetPositions();
      for (let block = 0; block < blocks; block++) {
        const random = createRandom(seed * SEED_STRIDE + block);
        const size = startOf(block + 1) - startOf(block);
        let place = startOf(block);
        for (const { family, positions } of drawBlock(terms, random, size)) {
          net.add(positions);
          const account = `${family}-${String(++place).padStart(7, "0")}`;
          yield { account, accountId: accountIdOf(account), positions };
        }
      }
      reserves = net.open;
    },
  };
  return {
    accounts: all,
    get reserves() {
      if (reserves === undefined) for (const _ of all); // sums them
      return reserves ?? [];
    },
  };
}

/** What all accounts of a venue have in common. */
interface Terms {
  readonly listings: readonly Listing[];
  readonly cashFor: CashFor;
  /** Initial, soft and maintenance, ppm of the maintenance requirement. */
  readonly thresholds: readonly bigint[];
  readonly maxPositions: number;
}

interface Drawn {
  readonly family: Strategy["family"] | "market-maker";
  readonly positions: readonly Holding[];
}

/** Customers, then the market makers that took the other side of all they did. */
function* drawBlock(terms: Terms, random: Random, size: number): Generator<Drawn> {
  const count = Math.max(size < 6 ? 1 : 2, Math.round(size / MAKER_SHARE));
  const room = terms.maxPositions - 1; // the last place is for cash
  const makers = Array.from({ length: count }, () => new Maker(drawDesk(terms.listings, random, room)));
  for (const [i, tier] of drawTiers(size - count, random).entries()) {
    yield drawCustomer(terms, random, makers, i, tier);
  }
  for (const { desk, positions } of makers) {
    const coins = random.chance(30) ? drawCoins(desk, random) : [];
    yield {
      family: "market-maker",
      positions: funded(terms, random, joined(terms, positions, coins) ?? positions, 0),
    };
  }
}

class Maker {
  readonly desk: Desk;
  readonly #book = new NetPositions();

  constructor(desk: Desk) {
    this.desk = desk;
  }

  get positions(): Holding[] {
    return this.#book.open;
  }

  /** Takes the other side. */
  take({ trades }: Strategy): void {
    this.#book.add(trades.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity })));
  }
}

function drawCustomer(
  terms: Terms,
  random: Random,
  makers: readonly Maker[],
  index: number,
  tier: Tier,
): Drawn {
  const usual = makers[index % makers.length] ?? random.pick(makers);
  const draw = tier === 0 ? drawStrategy : tier === 4 ? drawIndebted : drawUnfunded;
  const strategy = draw(usual.desk, random, drawSize(random));
  usual.take(strategy);
  let positions = joined(terms, strategy.trades, strategy.coins) ?? [];
  if (tier === 0) {
    if (random.chance(25)) {
      const other = random.pick(makers);
      const second = drawStrategy(other.desk, random, drawSize(random));
      const both = joined(terms, positions, [...second.trades, ...second.coins]);
      if (both !== undefined) other.take(second);
      positions = both ?? positions;
    }
    if (random.chance(15)) positions = joined(terms, positions, drawCoins(usual.desk, random)) ?? positions;
  }
  return { family: strategy.family, positions: funded(terms, random, positions, tier) };
}

/** Both, netted; undefined when that leaves no place for cash. */
function joined(
  { maxPositions }: Terms,
  some: readonly Holding[],
  more: readonly Holding[],
): Holding[] | undefined {
  const net = new NetPositions();
  net.add(some);
  net.add(more);
  return net.open.length < maxPositions ? net.open : undefined;
}

/** With the cash that a tier takes. Never less than none: who has more without it is better off than that. */
function funded(
  { cashFor, thresholds }: Terms,
  random: Random,
  positions: readonly Holding[],
  tier: Tier,
): Holding[] {
  const cash = cashFor(positions, drawCoverage(thresholds, random, tier));
  const all = cash.quantity > 0n ? [...positions, cash] : [...positions];
  return all.sort((a, b) => a.instrumentId - b.instrumentId);
}

/** A coverage well within a tier, ppm of the maintenance requirement. */
function drawCoverage(thresholds: readonly bigint[], random: Random, tier: Tier): bigint {
  const [initial = 0n, soft = 0n, maintenance = 0n] = thresholds;
  const between = (low: bigint, high: bigint, from: number, to: number): bigint =>
    low + ((high - low) * BigInt(random.between(from, to))) / 100n;
  switch (tier) {
    case 0:
      return between(0n, initial, 110, 400);
    case 1:
      return between(soft, initial, 20, 80);
    case 2:
      return between(maintenance, soft, 20, 80);
    case 3:
      return between(0n, maintenance, 30, 90);
    case 4:
      return -between(0n, maintenance, 5, 20);
  }
}

function drawTiers(customers: number, random: Random): Tier[] {
  const others = DISTRESSED.find((entry) => customers >= entry.customers)?.tiers ?? [];
  return shuffled([...others, ...new Array<Tier>(customers - others.length).fill(0)], random);
}

function drawCoins(desk: Desk, random: Random): Holding[] {
  const { coin } = desk;
  if (coin === undefined) return [];
  return [{ instrumentId: coin.instrumentId, quantity: lotsOf(coin, desk, drawSize(random) / 5n) }];
}

function drawSize(random: Random): bigint {
  return BigInt(Math.floor((random.pick(SIZES) * random.between(50, 150)) / 100));
}

function checkWhole(value: number, minimum: number, maximum: number, message: string): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new BallastError("OUT_OF_RANGE", message);
}
