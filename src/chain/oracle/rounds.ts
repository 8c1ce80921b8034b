import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  hexToString,
  parseEventLogs,
  size,
  stringToHex,
  type TransactionReceipt,
} from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { volatilityOracleAbi as abi } from "../generated/volatility-oracle.ts";
import { guarded } from "../guarded.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";
import { checkReading, type OracleReading } from "./readings.ts";

/** How rounds are held and judged; bounds are in docs/protocol/volatility-oracle.md, section 4. */
export interface OracleParameters {
  /** Seconds from a final round to the next. */
  readonly interval: bigint;
  /** Seconds that a round takes reports. */
  readonly reportWindow: bigint;
  /** Seconds until the last final round is stale. */
  readonly maxAge: bigint;
  /** Ppm that a price moves without a supermajority. */
  readonly maxMove: number;
  /** Ppm around the median that count as agreement. */
  readonly tolerance: number;
  /** Ppm beyond which a report is slashed. */
  readonly slashDeviation: number;
  /** Reports that a round needs at least. */
  readonly minFeeders: number;
  /** Final rounds that the realised volatility looks at. */
  readonly realisedRounds: number;
  /** Token units that a feeder has at stake. */
  readonly feederBond: bigint;
  /** Token units that a stray report costs. */
  readonly slashAmount: bigint;
}

/** What became of a round. */
export interface FinalizedRound {
  readonly round: number;
  readonly state: "final" | "void";
  /** Why it is void. */
  readonly reason?: "too few reports" | "disagreement";
  /** Who lost how many token units of its bond. */
  readonly slashed: readonly { readonly feeder: Address; readonly amount: bigint }[];
  readonly receipt: TransactionReceipt;
}

/**
 * Adds to the client's bond, which needs no approval beforehand; the client must be a feeder.
 * @param amount token units, at least 1.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotFeeder, Exiting, InvalidAmount, or when the account has too little.
 */
export async function bond(
  client: ChainClient,
  oracle: Address,
  amount: bigint,
): Promise<TransactionReceipt> {
  const token = await guarded("reading the volatility oracle", () =>
    client.public.readContract({ address: oracle, abi, functionName: "token" }),
  );
  await approveExactly(client, token, oracle, amount);
  const data = encodeFunctionData({ abi, functionName: "bond", args: [amount] });
  return transact(client, { to: oracle, data, doing: "bonding" });
}

/** Stops reporting: the bond can be withdrawn in seven days. @throws {BallastError} CHAIN_ERROR, e.g. NoBond. */
export function requestExit(client: ChainClient, oracle: Address): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "requestExit" });
  return transact(client, { to: oracle, data, doing: "requesting the exit" });
}

/** Pays the client its bond back. @throws {BallastError} CHAIN_ERROR, e.g. ExitNotReady, RoundIsOpen. */
export function withdrawBond(client: ChainClient, oracle: Address): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "withdrawBond" });
  return transact(client, { to: oracle, data, doing: "withdrawing the bond" });
}

/** Pays slashed tokens to their recipient; anyone may. @throws {BallastError} CHAIN_ERROR, e.g. NoSlashRecipient. */
export function sweepSlashed(client: ChainClient, oracle: Address): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "sweepSlashed" });
  return transact(client, { to: oracle, data, doing: "sweeping slashed tokens" });
}

/**
 * Reports to the open round, or opens the next one; the client must be an active feeder.
 * @param readings one of each of the oracle's underlyings, in any order; others are left out.
 * @param round the round that the readings are for. Default: the one that the oracle names now.
 * @returns the round and the transaction.
 * @throws {BallastError} INVALID_INPUT when an underlying has no reading or two, OUT_OF_RANGE for a reading that the
 *   oracle refuses; CHAIN_ERROR, e.g. NotFeeder, NotActive, TooEarly, WindowClosed, AlreadyReported.
 */
export async function reportRound(
  client: ChainClient,
  oracle: Address,
  readings: readonly OracleReading[],
  round?: number,
): Promise<{ readonly round: number; readonly receipt: TransactionReceipt }> {
  const [symbols, next] = await guarded("reading the volatility oracle", () =>
    Promise.all([readSymbols(client, oracle), nextRound(client, oracle)]),
  );
  const number = round ?? next;
  const ordered = symbols.map((symbol) => readingOf(symbol, readings));
  const data = encodeFunctionData({ abi, functionName: "report", args: [number, ordered] });
  const receipt = await transact(client, { to: oracle, data, doing: `reporting to round ${number}` });
  return { round: number, receipt };
}

/**
 * Closes a round after its window, or once all its feeders have reported; anyone may.
 * @param round Default: the open one.
 * @throws {BallastError} CHAIN_ERROR, e.g. RoundNotOpen, WindowOpen.
 */
export async function finalizeRound(
  client: ChainClient,
  oracle: Address,
  round?: number,
): Promise<FinalizedRound> {
  const number = round ?? (await guarded("reading the volatility oracle", () => nextRound(client, oracle)));
  const data = encodeFunctionData({ abi, functionName: "finalize", args: [number] });
  const receipt = await transact(client, { to: oracle, data, doing: `finalising round ${number}` });
  const logs = parseEventLogs({
    abi,
    logs: receipt.logs.filter(({ address }) => getAddress(address) === getAddress(oracle)),
  });
  const slashed = logs.flatMap((log) =>
    log.eventName === "Slashed" ? [{ feeder: log.args.feeder, amount: log.args.amount }] : [],
  );
  for (const log of logs) {
    if (log.eventName === "RoundFinal") return { round: number, state: "final", slashed, receipt };
    if (log.eventName !== "RoundVoid") continue;
    const reason = log.args.reason === 0 ? "too few reports" : "disagreement";
    return { round: number, state: "void", reason, slashed, receipt };
  }
  throw new BallastError("CHAIN_ERROR", "The oracle does not tell what became of the round.", {
    hint: "Check that the address is a volatility oracle of Ballast's.",
  });
}

/** The oracle's underlyings, in their order. Throws what the node does. */
export async function readSymbols(
  { public: client }: Pick<ChainReader, "public">,
  oracle: Address,
): Promise<string[]> {
  const symbols = await client.readContract({ address: oracle, abi, functionName: "underlyings" });
  return symbols.map((symbol) => hexToString(symbol, { size: 32 }));
}

function nextRound(client: ChainClient, address: Address): Promise<number> {
  return client.public.readContract({ address, abi, functionName: "nextRound" });
}

function readingOf(symbol: string, readings: readonly OracleReading[]) {
  const [found, another] = readings.filter((reading) => reading.symbol === symbol);
  if (found !== undefined && another === undefined) {
    const { price, impliedVol, depth, volume } = checkReading(found);
    return { price, impliedVol, depth, volume };
  }
  throw new BallastError(
    "INVALID_INPUT",
    `There is ${found ? "more than one" : "no"} reading of ${symbol}.`,
    {
      hint: "Give one for each of the oracle's underlyings.",
      details: { symbol },
    },
  );
}

/** A symbol as the contract has it: left-aligned in 32 bytes. @throws {BallastError} INVALID_INPUT. */
export function encodeSymbol(symbol: string): Hex {
  const bytes = size(stringToHex(symbol));
  if (bytes > 0 && bytes < 32) return stringToHex(symbol, { size: 32 });
  throw new BallastError("INVALID_INPUT", "A symbol has 1 to 31 bytes.", {
    hint: "Name underlyings as the market does, e.g. BTC.",
  });
}
