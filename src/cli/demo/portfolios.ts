import { BallastError } from "../../errors.ts";
import type { OptionInstrument } from "../../market/instruments.ts";
import { accountIdOf } from "../../portfolio/file.ts";
import { type CashFor, cashFinder } from "../../portfolio/funding.ts";
import { NetPositions } from "../../portfolio/netting.ts";
import type { Portfolio } from "../../portfolio/portfolio.ts";
import type { Holding } from "../../risk/requirement.ts";
import { rowByName, type Snapshot, type SnapshotRow } from "../../risk/snapshot.ts";

/** One account of the demo, with a line on who it is. */
export interface DemoAccount {
  readonly story: string;
  readonly portfolio: Portfolio;
}

/** An expiry with fewer strikes a side in the snapshot is passed over. */
const MIN_STRIKES = 3;
const DAY_MS = 86_400_000n;
/** Coverage (equity over maintenance requirement, in percent) that each account is funded to at the start. */
const FUNDING = {
  maker: 320n,
  writer: 180n,
  shortGamma: 126n,
  putSeller: 45n,
  bankrupt: -20n,
  tailHedge: 250n,
};

/**
 * Six portfolios over whatever market the snapshot has: each is built from the nearest listed strikes and
 * funded with USDC to a set coverage, so the same stories come out of the sample and of recorded chains.
 *
 * @throws {BallastError} INVALID_MARKET when the snapshot lacks BTC options of two expiries.
 */
export function demoAccounts(snapshot: Snapshot): DemoAccount[] {
  const btc = optionPicker(snapshot, "BTC");
  const eth = optionPicker(snapshot, "ETH");
  const perpetual = (name: string, usd: bigint): Leg => [rowByName(snapshot, name), usd];

  const makerLegs: Leg[] = [];
  const moneyness = [80n, 85n, 90n, 95n, 100n, 105n, 110n, 115n, 120n];
  for (const [u, book] of [btc, eth].entries()) {
    for (const near of [true, false]) {
      moneyness.forEach((percent, i) => {
        const lots = BigInt(40 + 15 * ((i * 7 + (near ? 3 : 5) + u) % 6));
        makerLegs.push([
          book.option(percent < 100n ? "put" : "call", percent, near),
          i % 2 === 0 ? lots : -lots,
        ]);
      });
    }
  }
  makerLegs.push(perpetual("BTC-PERPETUAL", -20_000n), perpetual("ETH-PERPETUAL", 5_000n));

  const list: readonly (readonly [account: string, story: string, legs: readonly Leg[], funding: bigint])[] =
    [
      ["atlas", "market maker, two-sided book", makerLegs, FUNDING.maker],
      [
        "birch",
        "covered writer, long BTC",
        [
          [rowByName(snapshot, "BTC"), 250_000n],
          [btc.option("call", 115n, false), -250n],
        ],
        FUNDING.writer,
      ],
      [
        "cedar",
        "short gamma, sold straddles",
        [
          [btc.option("call", 100n, true), -400n],
          [btc.option("put", 100n, true), -400n],
          [eth.option("put", 95n, true), -600n],
          [eth.option("call", 105n, true), -600n],
        ],
        FUNDING.shortGamma,
      ],
      [
        "dune",
        "put seller, liquidation overdue",
        [
          [btc.option("put", 95n, false), -600n],
          [btc.option("put", 90n, true), -600n],
          perpetual("BTC-PERPETUAL", 100_000n),
        ],
        FUNDING.putSeller,
      ],
      ["ember", "bankrupt from the start", [[btc.option("put", 100n, false), -150n]], FUNDING.bankrupt],
      [
        "fjord",
        "tail hedge, long puts",
        [
          [btc.option("put", 85n, false), 300n],
          [eth.option("put", 85n, false), 500n],
          [rowByName(snapshot, "ETH"), 40_000n],
        ],
        FUNDING.tailHedge,
      ],
    ];
  const cashFor = cashFinder(snapshot);
  return list.map(([account, story, legs, funding]) => ({
    story,
    portfolio: {
      account,
      accountId: accountIdOf(account),
      positions: funded(cashFor, legs, funding),
    },
  }));
}

/** An instrument's row and signed lots. */
type Leg = readonly [row: SnapshotRow, lots: bigint];

interface OptionPicker {
  /** The listed option nearest to `percent` of the index, of the near (about a week) or far (about a month) expiry. */
  option(right: OptionInstrument["right"], percent: bigint, near: boolean): SnapshotRow;
}

function optionPicker(snapshot: Snapshot, underlying: string): OptionPicker {
  const options = snapshot.rows.flatMap((row) =>
    row.instrument.kind === "option" && row.instrument.underlying === underlying
      ? [{ row, option: row.instrument }]
      : [],
  );
  const index = snapshot.underlyings.find(({ symbol }) => symbol === underlying)?.indexPrice;
  const now = snapshot.time * 1000n;
  const strikes = (expiry: bigint, right: OptionInstrument["right"]): number =>
    options.filter(({ option }) => option.expiry === expiry && option.right === right).length;
  const expiries = [...new Set(options.map(({ option }) => option.expiry))]
    .filter((expiry) => strikes(expiry, "call") >= MIN_STRIKES && strikes(expiry, "put") >= MIN_STRIKES)
    .sort((a, b) => (a < b ? -1 : 1));
  const after = (days: bigint): bigint | undefined =>
    expiries.find((expiry) => expiry - now >= days * DAY_MS);
  const near = after(5n) ?? expiries.at(-1);
  const far = after(20n) ?? expiries.at(-1);
  if (index === undefined || near === undefined || far === undefined) {
    throw new BallastError("INVALID_MARKET", `The demo needs ${underlying} options in the market.`, {
      hint: "Give it a chain of BTC and ETH options, or run it without --chain.",
    });
  }
  return {
    option(right, percent, isNear) {
      const expiry = isNear ? near : far;
      const wanted = (index * percent) / 100n;
      const distance = (strike: bigint): bigint => (strike > wanted ? strike - wanted : wanted - strike);
      const [nearest] = options
        .filter(({ option }) => option.expiry === expiry && option.right === right)
        .sort((a, b) => (distance(a.option.strike) < distance(b.option.strike) ? -1 : 1));
      if (nearest === undefined) {
        throw new BallastError(
          "INVALID_MARKET",
          `The demo finds no ${underlying} ${right} of the expiry it needs.`,
        );
      }
      return nearest.row;
    },
  };
}

/** Net holdings (two wishes may meet in one listed strike), with the USDC that brings equity to `percent` of the requirement. */
function funded(cashFor: CashFor, legs: readonly Leg[], percent: bigint): Holding[] {
  const net = new NetPositions();
  net.add(legs.map(([{ instrumentId }, quantity]) => ({ instrumentId, quantity })));
  net.add([cashFor(net.open, percent * 10_000n)]);
  return net.open;
}
