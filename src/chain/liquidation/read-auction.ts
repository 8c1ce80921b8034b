import type { Address, Hex } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../generated/sealed-auction.ts";
import { guarded } from "../guarded.ts";
import type { AuctionParameters, SaleParameters } from "./parameters.ts";
import type { LiquidationSystem } from "./system.ts";

/** In the contract's order. */
export const BID_STATUSES = [
  "none",
  "committed",
  "revealed",
  "settled",
  "defaulted",
  "forfeited",
  "returned",
] as const;
export type BidStatus = Exclude<(typeof BID_STATUSES)[number], "none">;

export interface BidView {
  readonly bidder: Address;
  /** Lots; 0 until it is revealed. */
  readonly cash: bigint;
  readonly status: BidStatus;
  /** Token units that were paid. */
  readonly bond: bigint;
  /** What was committed. */
  readonly bidHash: Hex;
}

/** A case's sealed phase. Times are served seconds, 0 for what did not happen. */
export interface AuctionView {
  /** The case's version that bids name. */
  readonly version: number;
  readonly commitUntil: bigint;
  readonly revealUntil: bigint;
  /** In the order in which they were committed. */
  readonly bids: readonly BidView[];
  /** Whose turn it is to settle, and until when. */
  readonly leader: { readonly bidder: Address; readonly cash: bigint; readonly until: bigint } | undefined;
  /** When the sealed phase failed or, if nobody settles, will have. */
  readonly failsAt: bigint;
  readonly settled: boolean;
  readonly parameters: AuctionParameters;
}

/** A case's public sale. */
export interface SaleView {
  /** Ppm of the equity by which the price is below it now; it never falls. */
  readonly discount: bigint;
  /** Served seconds for which the case has been on sale. */
  readonly elapsed: bigint;
  /** Until when a case whose sealed phase failed can go on, in served seconds; 0 where that is not so. */
  readonly startsUntil: bigint;
  /** What is held back of a buyer's discount. */
  readonly hold: HoldView | undefined;
  readonly parameters: SaleParameters;
}

export interface HoldView {
  readonly buyer: Address;
  /** Unix seconds. */
  readonly releaseAt: bigint;
  /** Token units. */
  readonly amount: bigint;
  /** The largest move of a price that was recorded, ppm. */
  readonly move: bigint;
}

type Reader = Pick<ChainReader, "public">;

/**
 * A case's sealed phase, or undefined when it never had one.
 * @param blockNumber default: the latest.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readAuction(
  { public: client }: Reader,
  { auction: address }: Pick<LiquidationSystem, "auction">,
  caseId: bigint,
  blockNumber?: bigint,
): Promise<AuctionView | undefined> {
  const read = {
    address,
    abi: sealedAuctionAbi,
    ...(blockNumber === undefined ? {} : { blockNumber }),
  } as const;
  const args = [caseId] as const;
  const doing = "reading the auction";
  const found = await guarded(doing, () =>
    client.readContract({ ...read, functionName: "auctionOf", args }),
  ).catch((error: unknown) => {
    if (error instanceof BallastError && error.details["error"] === "UnknownAuction") return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const [bids, [bidder, cash, until], failsAt, parameters] = await guarded(doing, () =>
    Promise.all([
      client.readContract({ ...read, functionName: "bidsOf", args }),
      client.readContract({ ...read, functionName: "leaderOf", args }),
      client.readContract({ ...read, functionName: "failsAt", args }),
      client.readContract({ ...read, functionName: "parametersOf", args }),
    ]),
  );
  const hashes = await guarded(doing, () =>
    Promise.all(
      bids.map((bid) =>
        client.readContract({ ...read, functionName: "bidHashAt", args: [caseId, bid.bidder] }),
      ),
    ),
  );
  const { version, commitUntil, revealUntil, settled } = found;
  return {
    ...{ version, commitUntil, revealUntil, settled, failsAt, parameters },
    bids: bids.map((bid, i) => ({ ...bid, status: bidStatus(bid.status), bidHash: hashes[i] ?? "0x" })),
    leader: until === 0n ? undefined : { bidder, cash, until },
  };
}

/**
 * What there is of a case's public sale: its discount is there before it begins.
 * @param isSealed whether the case is in the sealed phase: then it is known until when it can go on.
 * @param blockNumber default: the latest.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownCase.
 */
export async function readSale(
  { public: client }: Reader,
  { sale: address }: Pick<LiquidationSystem, "sale">,
  caseId: bigint,
  isSealed: boolean,
  blockNumber?: bigint,
): Promise<SaleView> {
  const read = {
    address,
    abi: portfolioSaleAbi,
    ...(blockNumber === undefined ? {} : { blockNumber }),
  } as const;
  const args = [caseId] as const;
  const [discount, elapsed, held, parameters, startsUntil] = await guarded("reading the sale", () =>
    Promise.all([
      client.readContract({ ...read, functionName: "discountOf", args }),
      client.readContract({ ...read, functionName: "elapsedOf", args }),
      client.readContract({ ...read, functionName: "holdOf", args }),
      client.readContract({ ...read, functionName: "parametersOf", args }),
      isSealed ? client.readContract({ ...read, functionName: "startsUntil", args }) : 0n,
    ]),
  );
  const { buyer, releaseAt, amount, move } = held;
  const hold = amount === 0n ? undefined : { buyer, releaseAt, amount, move };
  return { discount, elapsed, startsUntil, hold, parameters };
}

function bidStatus(index: number): BidStatus {
  const status = BID_STATUSES[index];
  if (status !== undefined && status !== "none") return status;
  throw new BallastError("CHAIN_ERROR", "The contract has a bid of a status that is not known.", {
    hint: "Check that the deployment's contracts are Ballast's, of this version.",
  });
}
