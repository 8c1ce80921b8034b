import type { Address, Hex } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { coverageRegistryAbi } from "../generated/coverage-registry.ts";
import { liquidationAuctionAbi } from "../generated/liquidation-auction.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { guarded } from "../guarded.ts";
import type { AuctionParameters } from "./parameters.ts";
import { type LedgerAccount, readAccount } from "./read-ledger.ts";
import type { LiquidationSystem } from "./system.ts";

/** In the contracts' order. */
export const CASE_STATUSES = ["none", "soft", "sealed", "sale", "takeover", "closed"] as const;
export const CASE_OUTCOMES = ["none", "cured", "awarded", "sold", "taken over", "abandoned"] as const;
export const BID_STATUSES = [
  "none",
  "committed",
  "revealed",
  "settled",
  "defaulted",
  "forfeited",
  "returned",
] as const;
export type CaseStatus = Exclude<(typeof CASE_STATUSES)[number], "none">;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];
export type BidStatus = Exclude<(typeof BID_STATUSES)[number], "none">;

/** A moment of the chain: everything that is read together is of one block. */
export interface Moment {
  readonly block: bigint;
  /** Unix seconds. */
  readonly time: bigint;
}

/** A case as the engine has it. Times are Unix seconds. */
export interface LiquidationCase {
  readonly caseId: bigint;
  readonly accountId: bigint;
  readonly status: CaseStatus;
  /** "none" while it is open. */
  readonly outcome: CaseOutcome;
  /** 2..4 */
  readonly tier: number;
  readonly version: number;
  readonly openedAt: bigint;
  /** When its phase began. */
  readonly phaseAt: bigint;
  /** Ends the soft window or the time for the takeover; 0 while the auction keeps time. */
  readonly deadline: bigint;
  /** Of the proof that opened it or moved it on; 0 for an unanswered challenge. */
  readonly snapshotTime: bigint;
  /** 0 while it is open. */
  readonly closedAt: bigint;
}

export interface BidView {
  readonly bidder: Address;
  /** Lots; 0 until it is revealed. */
  readonly cash: bigint;
  readonly status: BidStatus;
  /** What was committed. */
  readonly bidHash: Hex;
}

/** A case's auction. Times are Unix seconds, 0 for what did not happen. */
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
  /** Until when a sale can be started. */
  readonly saleStartUntil: bigint;
  readonly settled: boolean;
  /** Token units of bonds that wait for whoever settles. */
  readonly pot: bigint;
  readonly sale: SaleView | undefined;
  /** What is held back of a buyer's discount. */
  readonly hold: HoldView | undefined;
  readonly parameters: AuctionParameters;
}

export interface SaleView {
  readonly saleAt: bigint;
  readonly saleUntil: bigint;
  /** Lots that discounts are taken from. */
  readonly equityLots: bigint;
  /** The least cash that buys now, lots; the last price once the sale is over. */
  readonly price: bigint;
}

export interface HoldView {
  readonly buyer: Address;
  readonly releaseAt: bigint;
  /** Token units. */
  readonly amount: bigint;
}

/** A case with all that belongs to it, at one block. */
export interface CaseView extends Moment {
  readonly case: LiquidationCase;
  readonly account: LedgerAccount;
  /** Current attestation of the account's present portfolio. */
  readonly attestation: { readonly tier: number; readonly snapshotTime: bigint } | undefined;
  /** What it had of an auction; undefined for a case that never was in the sealed phase. */
  readonly auction: AuctionView | undefined;
}

type Reader = Pick<ChainReader, "public">;

/** The latest block. @throws {BallastError} CHAIN_ERROR. */
export async function readMoment({ public: client }: Reader): Promise<Moment> {
  const { number, timestamp } = await guarded("reading the latest block", () => client.getBlock());
  return { block: number, time: timestamp };
}

/** How many cases there were: the highest number. @throws {BallastError} CHAIN_ERROR. */
export function readCaseCount({ public: client }: Reader, system: LiquidationSystem): Promise<bigint> {
  const engine = { address: system.engine, abi: liquidationEngineAbi } as const;
  return guarded("reading the cases", () => client.readContract({ ...engine, functionName: "caseCount" }));
}

/**
 * A case.
 * @param block default: the latest.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownCase.
 */
export async function readCase(
  { public: client }: Reader,
  { engine: address }: LiquidationSystem,
  caseId: bigint,
  block?: bigint,
): Promise<LiquidationCase> {
  const found = await guarded("reading the case", () =>
    client.readContract({
      address,
      abi: liquidationEngineAbi,
      functionName: "caseOf",
      args: [caseId],
      ...at(block),
    }),
  );
  const status = CASE_STATUSES[found.status];
  const outcome = CASE_OUTCOMES[found.outcome];
  if (status === undefined || status === "none" || outcome === undefined) throw unknown("case");
  return { ...found, caseId, status, outcome };
}

/** An account's open case, or undefined. @throws {BallastError} CHAIN_ERROR. */
export async function readOpenCase(
  { public: client }: Reader,
  { engine: address }: LiquidationSystem,
  accountId: bigint,
): Promise<bigint | undefined> {
  const abi = liquidationEngineAbi;
  const caseId = await guarded("reading the account's case", () =>
    client.readContract({ address, abi, functionName: "openCaseOf", args: [accountId] }),
  );
  return caseId === 0n ? undefined : caseId;
}

/** A challenge that waits for its answer. */
export interface ChallengeView {
  readonly challenger: Address;
  /** Token units. */
  readonly bond: bigint;
  /** Since when an attestation of tier 0 or 1 is an answer, and until when the account must give one, Unix seconds. */
  readonly challengedAt: bigint;
  readonly deadline: bigint;
  /** The portfolio that was challenged: an attestation of it, or of the present one, is an answer. */
  readonly commitment: bigint;
}

/** An account's challenge, or undefined. @throws {BallastError} CHAIN_ERROR. */
export async function readChallenge(
  { public: client }: Reader,
  { engine: address }: LiquidationSystem,
  accountId: bigint,
): Promise<ChallengeView | undefined> {
  const abi = liquidationEngineAbi;
  const found = await guarded("reading the challenge", () =>
    client.readContract({ address, abi, functionName: "challengeOf", args: [accountId] }),
  );
  return found.deadline === 0n ? undefined : found;
}

/**
 * A case with its account, attestation and auction, all at one block.
 * @param moment default: the latest block.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownCase.
 * @example
 * ```ts
 * import { connectReader } from "ballast";
 * import { type LiquidationSystem, readCaseView } from "ballast/actions";
 * declare const system: LiquidationSystem;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const { case: found, attestation } = await readCaseView(reader, system, 3n);
 * ```
 */
export async function readCaseView(
  reader: Reader,
  system: LiquidationSystem,
  caseId: bigint,
  moment?: Moment,
): Promise<CaseView> {
  const now = moment ?? (await readMoment(reader));
  const found = await readCase(reader, system, caseId, now.block);
  const account = await readAccount(reader, system, found.accountId, now.block);
  const [attested, auction] = await Promise.all([
    guarded("reading the attestation", () =>
      reader.public.readContract({
        address: system.coverageRegistry,
        abi: coverageRegistryAbi,
        functionName: "attestation",
        args: [found.accountId, account.commitment],
        blockNumber: now.block,
      }),
    ),
    readAuction(reader, system, caseId, now.block),
  ]);
  const { isCurrent, tier, snapshotTime } = attested;
  return {
    ...now,
    case: found,
    account,
    attestation: isCurrent ? { tier, snapshotTime } : undefined,
    auction,
  };
}

/**
 * A case's auction, or undefined when it never had one.
 * @param block default: the latest.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readAuction(
  { public: client }: Reader,
  { auction: address }: LiquidationSystem,
  caseId: bigint,
  block?: bigint,
): Promise<AuctionView | undefined> {
  const read = { address, abi: liquidationAuctionAbi, ...at(block) } as const;
  const args = [caseId] as const;
  const doing = "reading the auction";
  const found = await guarded(doing, () =>
    client.readContract({ ...read, functionName: "auctionOf", args }),
  ).catch((error: unknown) => {
    if (error instanceof BallastError && error.details["error"] === "UnknownAuction") return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const [bids, [bidder, cash, until], failsAt, held, parameters] = await guarded(doing, () =>
    Promise.all([
      client.readContract({ ...read, functionName: "bidsOf", args }),
      client.readContract({ ...read, functionName: "leaderOf", args }),
      client.readContract({ ...read, functionName: "failsAt", args }),
      client.readContract({ ...read, functionName: "holdOf", args }),
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
  const { saleAt, saleUntil, equityLots, version, commitUntil, revealUntil, settled, pot } = found;
  const price =
    saleAt === 0n
      ? 0n
      : await guarded(doing, () => client.readContract({ ...read, functionName: "priceOf", args }));
  return {
    ...{ version, commitUntil, revealUntil, settled, pot, failsAt, parameters },
    bids: bids.map((bid, i) => ({ ...bid, status: bidStatus(bid.status), bidHash: hashes[i] ?? "0x" })),
    leader: until === 0n ? undefined : { bidder, cash, until },
    saleStartUntil: failsAt === 0n ? 0n : failsAt + parameters.saleStartWindow,
    sale: saleAt === 0n ? undefined : { saleAt, saleUntil, equityLots, price },
    hold:
      held.amount === 0n ? undefined : { buyer: held.buyer, releaseAt: held.releaseAt, amount: held.amount },
  };
}

function bidStatus(index: number): BidStatus {
  const status = BID_STATUSES[index];
  if (status === undefined || status === "none") throw unknown("bid");
  return status;
}

function unknown(what: string): BallastError {
  return new BallastError("CHAIN_ERROR", `The contract has a ${what} of a status that is not known.`, {
    hint: "Check that the deployment's contracts are Ballast's, of this version.",
  });
}

function at(block: bigint | undefined) {
  return block === undefined ? {} : { blockNumber: block };
}
