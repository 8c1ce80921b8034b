import type { Clock } from "../../clock.ts";
import type { Random } from "../../math/random.ts";
import { type PortfolioFile, portfolioFormatter } from "../../portfolio/format.ts";
import { cashFinder } from "../../portfolio/funding.ts";
import { NetPositions } from "../../portfolio/netting.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { AccountReading, Venue } from "../../venues/venue.ts";

/** Positions beside cash that fit into the smallest circuit. */
const MOST = 3;
/** Equity over the requirement, percent: most are healthy, and some not far from the edge. */
const COVERAGES = [300n, 220n, 180n, 150n, 130n, 115n, 106n] as const;
/** A position's size in USD, about. */
const [SMALLEST, LARGEST] = [20_000, 400_000];

export interface LiveBookOptions {
  /** The market at the beginning. */
  readonly snapshot: Snapshot;
  readonly accounts: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Served milliseconds between two trades. */
  readonly every: number;
  /** Accounts that hold what they hold, and don't trade. */
  readonly still: readonly PortfolioFile[];
}

/** Made-up portfolios at a made-up venue, one of which trades now and then. */
export function liveBook(options: LiveBookOptions): Venue {
  const { accounts, clock, random, every, still } = options;
  const name = "book";
  return {
    name,
    async *accounts(signal) {
      // A keeper's outcome is one version above the last: a later moment is above that.
      const told = (account: string, portfolio: PortfolioFile): { readonly reading: AccountReading } => {
        const asOf = clock.now();
        const reading = { venue: name, account, version: asOf, asOf, portfolio, notes: [], parts: [] };
        return { reading: { ...reading, declaredBy: "venue" } };
      };
      for (const portfolio of still) yield told(portfolio.account, portfolio);
      const next = (account: string) => told(account, portfolioOf(options, account));
      const names = Array.from({ length: accounts }, (_, i) => `sample-${String(i + 1).padStart(3, "0")}`);
      for (const account of names) yield next(account);
      while (!signal.aborted) {
        await clock.sleep(every, signal).catch(() => {});
        if (!signal.aborted) yield next(random.pick(names));
      }
    },
  };
}

/** Some positions, and the cash that covers them so far. */
function portfolioOf({ snapshot, random }: LiveBookOptions, account: string) {
  const tradable = snapshot.rows.filter(({ instrument }) => instrument.name !== "USDC");
  const net = new NetPositions();
  for (let n = random.between(1, MOST); n > 0; n--) {
    const { instrumentId, vector, instrument } = random.pick(tradable);
    const size = BigInt(random.between(SMALLEST, LARGEST)) * 1_000_000n;
    // What is carried at zero has no mark to go by: its worst loss is some tenth of its size.
    const worst = vector.pnl.reduce((least, pnl) => (pnl < least ? pnl : least), 0n);
    const perLot = vector.mark > 0n ? vector.mark : 10n * -worst;
    const lots = perLot === 0n ? 1n : size / perLot + 1n;
    const isShort = instrument.kind !== "collateral" && random.chance(50);
    net.add([{ instrumentId, quantity: isShort ? -lots : lots }]);
  }
  const coverage = random.pick(COVERAGES) * 10_000n;
  net.add([cashFinder(snapshot)(net.open, coverage)]);
  const positions = net.open;
  return portfolioFormatter(snapshot)({ account, positions });
}
