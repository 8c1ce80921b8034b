import type { Address } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { coverageRegistryAbi } from "../generated/coverage-registry.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { marketClockAbi } from "../generated/market-clock.ts";
import { guarded } from "../guarded.ts";
import { readIsAnchored } from "./anchors.ts";
import { type AuctionView, readAuction, readSale, type SaleView } from "./read-auction.ts";
import { type LedgerAccount, readAccount } from "./read-ledger.ts";
import type { LiquidationSystem } from "./system.ts";

/** In the contracts' order. */
export const CASE_STATUSES = ["none", "soft", "sealed", "sale", "takeover", "closed"] as const;
export const CASE_OUTCOMES = ["none", "cured", "awarded", "sold", "taken over", "abandoned"] as const;
export type CaseStatus = Exclude<(typeof CASE_STATUSES)[number], "none">;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** A moment of the chain: everything that is read together is of one block. */
export interface Moment {
  readonly block: bigint;
  /** Unix seconds. */
  readonly time: bigint;
  /** Seconds for which snapshots served by then: what windows are counted in. */
  readonly served: bigint;
}

/** A case as the engine has it. Times are served seconds where that is said, else Unix seconds. */
export interface LiquidationCase {
  readonly caseId: bigint;
  readonly accountId: bigint;
  /** The portfolio that it opened with. */
  readonly commitment: bigint;
  readonly status: CaseStatus;
  /** "none" while it is open. */
  readonly outcome: CaseOutcome;
  /** 2..4 */
  readonly tier: number;
  /** Whether anybody has proven the breach; until then silence alone has opened the case. */
  readonly proven: boolean;
  readonly version: number;
  /** Who asked before it opened; zero: nobody. */
  readonly challenger: Address;
  readonly openedAt: bigint;
  /** Served seconds then. */
  readonly openedServed: bigint;
  /** When its phase began. */
  readonly phaseAt: bigint;
  /** Served seconds then. */
  readonly phaseServed: bigint;
  /** Served seconds at which the soft window ends, or the notice of a takeover; 0 elsewhere. */
  readonly until: bigint;
  /** Served seconds at which the case ends. */
  readonly endsAt: bigint;
  /** Of the proof that opened it or moved it on; without one of the prices that were asked about. */
  readonly snapshotTime: bigint;
  /** Served seconds when it closed; 0 while it is open. */
  readonly closedServed: bigint;
  /** Seconds without prices, in all, after which it is over. */
  readonly unservedLimit: bigint;
}

/** A case with all that belongs to it, at one block. */
export interface CaseView extends Moment {
  readonly case: LiquidationCase;
  readonly account: LedgerAccount;
  /** Current attestation of the account's present portfolio. */
  readonly attestation: { readonly tier: number; readonly snapshotTime: bigint } | undefined;
  /** What it had of an auction; undefined for a case that never was in the sealed phase. */
  readonly auction: AuctionView | undefined;
  readonly sale: SaleView;
  /** Whether it has come to its end: it can be cured or abandoned, and nothing else. */
  readonly isOver: boolean;
  /** Served seconds from which on the clearing house may take it over; 0 outside of the takeover. */
  readonly takeoverFrom: bigint;
  /** Whether a solvency run that is new enough is known to have counted its account: else nobody takes it over. */
  readonly isAnchored: boolean;
}

type Reader = Pick<ChainReader, "public">;

/** The latest block, and the time that was served by then. @throws {BallastError} CHAIN_ERROR. */
export async function readMoment(
  { public: client }: Reader,
  { clock: address }: Pick<LiquidationSystem, "clock">,
): Promise<Moment> {
  return guarded("reading the latest block", async () => {
    const { number: block, timestamp: time } = await client.getBlock();
    const read = { address, abi: marketClockAbi, blockNumber: block } as const;
    return { block, time, served: await client.readContract({ ...read, functionName: "served" }) };
  });
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
  const now = moment ?? (await readMoment(reader, system));
  const found = await readCase(reader, system, caseId, now.block);
  const account = await readAccount(reader, system, found.accountId, now.block);
  const engine = { address: system.engine, abi: liquidationEngineAbi, blockNumber: now.block } as const;
  const [attested, auction, sale, isOver, isAnchored] = await Promise.all([
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
    readSale(reader, system, caseId, found.status === "sealed", now.block),
    guarded("reading the case", () =>
      reader.public.readContract({ ...engine, functionName: "isOver", args: [caseId] }),
    ),
    readIsAnchored(reader, system, found, now),
  ]);
  const { isCurrent, tier, snapshotTime } = attested;
  return {
    ...now,
    case: found,
    account,
    attestation: isCurrent ? { tier, snapshotTime } : undefined,
    auction,
    sale,
    isOver,
    takeoverFrom: found.status === "takeover" ? found.until : 0n,
    isAnchored,
  };
}

function unknown(what: string): BallastError {
  return new BallastError("CHAIN_ERROR", `The contract has a ${what} of a status that is not known.`, {
    hint: "Check that the deployment's contracts are Ballast's, of this version.",
  });
}

function at(block: bigint | undefined) {
  return block === undefined ? {} : { blockNumber: block };
}
