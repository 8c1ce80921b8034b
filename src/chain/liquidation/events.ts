import { type Address, decodeEventLog, type Hex, type Log } from "viem";
import type { ChainReader } from "../client.ts";
import { accountDeskAbi } from "../generated/account-desk.ts";
import { anchorBookAbi } from "../generated/anchor-book.ts";
import { challengeBookAbi } from "../generated/challenge-book.ts";
import { clearingHouseAbi } from "../generated/clearing-house.ts";
import { exitDeskAbi } from "../generated/exit-desk.ts";
import { houseAccountsAbi } from "../generated/house-accounts.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { portfolioLedgerAbi } from "../generated/portfolio-ledger.ts";
import { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../generated/sealed-auction.ts";
import { guarded } from "../guarded.ts";
import type { LiquidationSystem } from "./system.ts";

/** Which contract tells it. */
export type EventSource =
  | "engine"
  | "challenges"
  | "auction"
  | "sale"
  | "clearingHouse"
  | "houseAccounts"
  | "anchors"
  | "desk"
  | "exits"
  | "ledger";
/** What an event says; lists and structs stay as the ABI has them. */
export type EventValue = bigint | number | boolean | string | object;

/** One event, in its place in the chain. */
export interface LiquidationEvent {
  readonly source: EventSource;
  /** As the contract calls it, e.g. `CaseOpened`. */
  readonly name: string;
  readonly args: Readonly<Record<string, EventValue>>;
  /** The case that it names, where it names one. */
  readonly caseId: bigint | undefined;
  readonly block: bigint;
  readonly logIndex: number;
  readonly blockHash: Hex;
  readonly transaction: Hex;
}

export interface EventRange {
  readonly fromBlock: bigint;
  /** Default: the latest. */
  readonly toBlock?: bigint;
  /** Default: all but the ledger. */
  readonly sources?: readonly EventSource[];
  /** Blocks asked for at once, as many as the node allows. Default: 2,000. */
  readonly step?: bigint;
}

const ABIS = {
  engine: liquidationEngineAbi,
  challenges: challengeBookAbi,
  auction: sealedAuctionAbi,
  sale: portfolioSaleAbi,
  clearingHouse: clearingHouseAbi,
  houseAccounts: houseAccountsAbi,
  anchors: anchorBookAbi,
  desk: accountDeskAbi,
  exits: exitDeskAbi,
  ledger: portfolioLedgerAbi,
} as const;
const SOURCES = [
  "engine",
  "challenges",
  "auction",
  "sale",
  "clearingHouse",
  "houseAccounts",
  "anchors",
  "desk",
  "exits",
] as const;
const STEP = 2_000n;

type Reader = Pick<ChainReader, "public">;

/**
 * The events of a liquidation's contracts, in the chain's order, each once: range by range, so that no answer grows too large.
 * @returns the events, and the last block that was looked at: go on from the one after it.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readEvents(
  reader: Reader,
  system: LiquidationSystem,
  { fromBlock, toBlock, sources = SOURCES, step = STEP }: EventRange,
): Promise<{ readonly events: readonly LiquidationEvent[]; readonly toBlock: bigint }> {
  const { public: client } = reader;
  const doing = "reading the events of the liquidation";
  const last = toBlock ?? (await guarded(doing, () => client.getBlockNumber({ cacheTime: 0 })));
  const bySource = new Map(sources.map((source) => [system[source].toLowerCase(), source]));
  const address = [...bySource.keys()] as Address[];
  const events: LiquidationEvent[] = [];
  for (let from = fromBlock; from <= last; from += step) {
    const to = from + step - 1n < last ? from + step - 1n : last;
    // Decoded under the same guard: what a node answers need not be logs.
    const found = await guarded(doing, async () => {
      const logs = await client.getLogs({ address, fromBlock: from, toBlock: to });
      return logs.map((log) => {
        const source = bySource.get(log.address.toLowerCase());
        return source === undefined ? undefined : decode(source, log);
      });
    });
    events.push(...found.filter((event) => event !== undefined));
  }
  events.sort((a, b) => Number(a.block - b.block) || a.logIndex - b.logIndex);
  return { events, toBlock: last };
}

/**
 * What happened in a case, in the chain's order.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readTimeline(
  reader: Reader,
  system: LiquidationSystem,
  caseId: bigint,
  range: Partial<EventRange> = {},
): Promise<readonly LiquidationEvent[]> {
  const { events } = await readEvents(reader, system, {
    fromBlock: system.block,
    sources: ["engine", "auction", "sale"],
    ...range,
  });
  return events.filter((event) => event.caseId === caseId);
}

/** A disclosure as it was published. */
export interface PublishedDisclosure {
  readonly caseId: bigint;
  /** The case's version then: what it is sealed for. */
  readonly version: number;
  readonly ciphertext: Hex;
}

/**
 * What was disclosed of a case to one liquidator, oldest first.
 * @throws {BallastError} CHAIN_ERROR.
 */
export async function readDisclosures(
  reader: Reader,
  system: LiquidationSystem,
  caseId: bigint,
  to: Address,
): Promise<readonly PublishedDisclosure[]> {
  const events = await readTimeline(reader, system, caseId, { sources: ["sale"] });
  return events
    .filter(({ name, args }) => name === "Disclosed" && String(args["to"]).toLowerCase() === to.toLowerCase())
    .map(({ args }) => ({
      caseId,
      version: Number(args["version"]),
      ciphertext: args["ciphertext"] as Hex,
    }));
}

/** An event that the ABI knows; others (a newer contract's) are left out. */
function decode(source: EventSource, log: Log<bigint, number, false>): LiquidationEvent | undefined {
  const { topics, data, blockNumber: block, logIndex, blockHash, transactionHash: transaction } = log;
  try {
    const { eventName, args } = decodeEventLog({ abi: ABIS[source], topics, data });
    const named = { ...args } as Readonly<Record<string, EventValue>>;
    const { caseId } = named;
    return {
      ...{ source, args: named, block, logIndex, blockHash, transaction },
      name: eventName,
      caseId: typeof caseId === "bigint" && caseId !== 0n ? caseId : undefined,
    };
  } catch {
    return undefined;
  }
}
