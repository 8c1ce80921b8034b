import type { TransactionReceipt } from "viem";
import { commitBid, revealBid } from "../../chain/liquidation/auction.ts";
import { readAuction } from "../../chain/liquidation/read-case.ts";
import { BallastError } from "../../errors.ts";
import { type Bid, randomBidSalt } from "../../liquidation/bid.ts";
import { type LiquidationContext, sendStep } from "./context.ts";

/** Keeps a bid before it is committed: without its salt it can't be revealed, and its bond is lost. */
export interface BidStore {
  /**
   * Keeps a bid.
   * @returns the bid to commit: one with the same terms that was kept before, if there is one.
   * @throws {BallastError} BID_MISMATCH where another bid is kept in its place.
   */
  keep(bid: Bid): Bid;
}

/** A bid that is committed. Times are Unix seconds. */
export interface CommittedBid {
  readonly bid: Bid;
  /** From when on it is revealed, */
  readonly commitUntil: bigint;
  /** and until when. */
  readonly revealUntil: bigint;
  readonly receipt: TransactionReceipt;
}

/**
 * Commits a sealed bid, with a bond that is approved here; only listed liquidators may.
 * @param cash lots of the settlement asset that are left to the account for all it has.
 * @throws {BallastError} INVALID_INPUT for a case without an auction; BID_MISMATCH; CHAIN_ERROR, e.g. NotListed, AlreadyBid.
 * @example
 * ```ts
 * import { bidSealed, type BidStore, type LiquidationContext } from "ballast/actions";
 * declare const context: LiquidationContext;
 * declare const store: BidStore;
 * const { revealUntil } = await bidSealed(context, 3n, 1_200_000n, store);
 * ```
 */
export async function bidSealed(
  context: LiquidationContext,
  caseId: bigint,
  cash: bigint,
  store: BidStore,
): Promise<CommittedBid> {
  const { client, system } = context;
  const found = await readAuction(client, system, caseId);
  if (found === undefined)
    throw new BallastError("INVALID_INPUT", `Case ${caseId} has no auction.`, {
      hint: "Bids are made in the sealed phase: look at it with `ballast liquidate show`.",
    });
  const { chainId, auction } = system;
  const { version, commitUntil, revealUntil } = found;
  const bidder = client.account.address;
  const place = { chainId: BigInt(chainId), auction, caseId, version, bidder };
  const bid = store.keep({ ...place, cash, salt: randomBidSalt() });
  const receipt = await sendStep(context, "committing the bid", () => commitBid(client, system, bid));
  return { bid, commitUntil, revealUntil, receipt };
}

/**
 * Opens a bid, between the end of bids and that of revealing.
 * @throws {BallastError} CHAIN_ERROR.
 * @example
 * ```ts
 * import { type Bid, type LiquidationContext, reveal } from "ballast/actions";
 * declare const context: LiquidationContext;
 * declare const bid: Bid;
 * const { transactionHash } = await reveal(context, bid);
 * ```
 */
export function reveal(context: LiquidationContext, bid: Bid): Promise<TransactionReceipt> {
  return sendStep(context, "revealing the bid", () => revealBid(context.client, context.system, bid));
}
