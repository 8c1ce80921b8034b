import { accountIdOf } from "../portfolio/format.ts";
import { type CashFor, cashFinder } from "../portfolio/funding.ts";
import { NetPositions } from "../portfolio/netting.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Holding } from "../risk/requirement.ts";
import { rowByName, type Snapshot, type SnapshotRow } from "../risk/snapshot.ts";
import { type OptionPicker, optionPicker } from "./picker.ts";

/** One account of the demo, with a line on who it is. */
export interface DemoAccount {
  readonly story: string;
  readonly portfolio: Portfolio;
}

/** An instrument's row and signed lots. */
type Leg = readonly [row: SnapshotRow, lots: bigint];

/** What the accounts are made from. */
interface Shelf {
  readonly btc: OptionPicker;
  readonly eth: OptionPicker;
  /** The put that has crashed into the money: sold by those who fail, bought by those who are closed out at the end. */
  readonly put: SnapshotRow;
  readonly row: (name: string) => SnapshotRow;
  /** Lots of what expires while the market falls, where it has such. */
  readonly expiring: (lots: bigint) => readonly Leg[];
}

interface Member {
  readonly account: string;
  readonly story: string;
  /** Equity over the requirement AFTER the fall, in percent: the USDC that brings it there is put into the account. */
  readonly coverage: bigint;
  readonly legs: (shelf: Shelf) => readonly Leg[];
}

const MONEYNESS = [80n, 85n, 90n, 95n, 100n, 105n, 110n, 115n, 120n];

/** A two-sided book over both underlyings and two expiries, without the put of the story. */
function makerLegs({ btc, eth, put, row }: Shelf): Leg[] {
  const legs = [btc, eth].flatMap((book, u) =>
    [true, false].flatMap((near) =>
      MONEYNESS.map((percent, i): Leg => {
        const lots = BigInt(80 + 30 * ((i * 7 + (near ? 3 : 5) + u) % 6));
        return [book.option(percent < 100n ? "put" : "call", percent, near), i % 2 === 0 ? lots : -lots];
      }),
    ),
  );
  const kept = legs.filter(([{ instrumentId }]) => instrumentId !== put.instrumentId);
  return [...kept, [row("BTC-PERPETUAL"), -40_000n], [row("ETH-PERPETUAL"), 10_000n]];
}

const MEMBERS: readonly Member[] = [
  { account: "atlas", story: "market maker, two-sided book", coverage: 600n, legs: makerLegs },
  {
    account: "birch",
    story: "covered writer, long BTC",
    coverage: 104n,
    legs: ({ btc, row }) => [
      [row("BTC"), 250_000n],
      [btc.option("call", 115n, false), -250n],
    ],
  },
  {
    account: "cedar",
    story: "short gamma, sold straddles",
    coverage: 66n,
    legs: ({ btc, eth, expiring }) => [
      ...expiring(-20n),
      [btc.option("call", 100n, true), -400n],
      [btc.option("put", 100n, true), -400n],
      [eth.option("put", 95n, true), -600n],
      [eth.option("call", 105n, true), -600n],
    ],
  },
  {
    account: "dune",
    story: "put seller, long perpetual",
    coverage: 65n,
    legs: ({ btc, put, row }) => [
      [put, -300n],
      [btc.option("put", 90n, true), -100n],
      [row("BTC-PERPETUAL"), 20_000n],
    ],
  },
  {
    account: "ember",
    story: "put seller, liquidation overdue",
    coverage: -40n,
    legs: ({ put }) => [[put, -300n]],
  },
  {
    account: "fjord",
    story: "tail hedge, long puts",
    coverage: 250n,
    legs: ({ eth, put, row, expiring }) => [
      ...expiring(20n),
      [put, 400n],
      [eth.option("put", 85n, false), 500n],
      [row("ETH"), 40_000n],
    ],
  },
  {
    account: "grove",
    story: "miner, coins with puts",
    coverage: 220n,
    legs: ({ put, row }) => [
      [put, 200n],
      [row("BTC"), 300_000n],
    ],
  },
];

/** The put that those who fail have sold and those who gain have bought. @throws {BallastError} as {@link optionPicker}. */
export function crashPut(before: Snapshot): SnapshotRow {
  return optionPicker(before, "BTC").option("put", 100n, false);
}

/**
 * Seven portfolios over whatever market the snapshots have: each is built from the nearest listed strikes and
 * funded with USDC to a set coverage after the fall, so the same stories come out of the sample and of recorded chains.
 *
 * @param markets the market before, which the strikes are chosen by, and after, over the same instruments.
 * @throws {BallastError} INVALID_MARKET when the snapshot lacks BTC or ETH options of two expiries.
 */
export function demoAccounts(markets: {
  readonly before: Snapshot;
  readonly after: Snapshot;
}): DemoAccount[] {
  const { before, after } = markets;
  const expired = after.rows.find(
    ({ instrument }) => instrument.kind === "option" && instrument.expiry <= after.time * 1_000n,
  );
  const shelf: Shelf = {
    btc: optionPicker(before, "BTC"),
    eth: optionPicker(before, "ETH"),
    put: crashPut(before),
    row: (name) => rowByName(before, name),
    expiring: (lots) => (expired === undefined ? [] : [[rowByName(before, expired.instrument.name), lots]]),
  };
  const cashFor = cashFinder(after);
  return MEMBERS.map(({ account, story, coverage, legs }) => ({
    story,
    portfolio: {
      account,
      accountId: accountIdOf(account),
      positions: funded(cashFor, legs(shelf), coverage),
    },
  }));
}

/** Net holdings (two wishes may meet in one listed strike), with the USDC that brings equity to `percent` of the requirement. */
function funded(cashFor: CashFor, legs: readonly Leg[], percent: bigint): Holding[] {
  const net = new NetPositions();
  net.add(legs.map(([{ instrumentId }, quantity]) => ({ instrumentId, quantity })));
  net.add([cashFor(net.open, percent * 10_000n)]);
  return net.open;
}
