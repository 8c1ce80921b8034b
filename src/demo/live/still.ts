import { BallastError } from "../../errors.ts";
import { tierIn } from "../../liquidation/slice.ts";
import { type PortfolioFile, portfolioFormatter } from "../../portfolio/format.ts";
import { cashFinder } from "../../portfolio/funding.ts";
import type { Holding, Tier } from "../../risk/requirement.ts";
import { rowByName, type Snapshot } from "../../risk/snapshot.ts";

/** Takes slices. */
export const MAKER = "sample-maker";
/** Is in breach after the fall. */
export const EDGE = "sample-edge";

/** Lots of cash: fifty million USD. */
const MAKERS_CASH = 5_000_000_000n;
/** Of the account in breach: some 400,000 USD of BTC, bought on credit. */
const SIZE = 400_000_000_000n;
/** Ppm. */
const MILLION = 1_000_000n;
const STEP = 5_000n;

/** The accounts that the sample's case is about. @param fallen the market after the fall. */
export function stillAccounts(snapshot: Snapshot, fallen: Snapshot): readonly PortfolioFile[] {
  const format = portfolioFormatter(snapshot);
  const { instrumentId: usdc } = rowByName(snapshot, "USDC");
  return [
    format({ account: MAKER, positions: [{ instrumentId: usdc, quantity: MAKERS_CASH }] }),
    format({ account: EDGE, positions: falling(snapshot, fallen, 2) }),
  ];
}

/** BTC on credit: healthy now, and in a tier after the fall. */
function falling(snapshot: Snapshot, fallen: Snapshot, tier: Tier): readonly Holding[] {
  const { instrumentId, vector } = rowByName(snapshot, "BTC");
  const held = { instrumentId, quantity: SIZE / vector.mark };
  const cashFor = cashFinder(snapshot);
  for (let coverage = 4n * MILLION; coverage > MILLION; coverage -= STEP) {
    const positions = [held, cashFor([held], coverage)];
    if (tierIn(snapshot, positions) <= 1 && tierIn(fallen, positions) === tier) return positions;
  }
  throw new BallastError("INTERNAL", "No portfolio of the sample falls into that tier.");
}
