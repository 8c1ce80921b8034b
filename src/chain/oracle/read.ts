import type { Address } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { volatilityOracleAbi as abi } from "../generated/volatility-oracle.ts";
import { guarded } from "../guarded.ts";
import type { OracleReading } from "./readings.ts";
import { type OracleParameters, readSymbols } from "./rounds.ts";

type Reader = Pick<ChainReader, "public">;

const STATES = ["none", "open", "final", "void"] as const;

/** A round as it stands. */
export interface OracleRound {
  readonly round: number;
  /** `none`: it was never held. */
  readonly state: (typeof STATES)[number];
  /** Unix seconds of the first report; 0 for none. */
  readonly time: bigint;
  /** The last second that takes reports. */
  readonly closesAt: bigint;
  /** How many feeders may report. */
  readonly electorate: number;
  /** How many have. */
  readonly reported: number;
  /** Of a final round that isn't forgotten; otherwise empty. */
  readonly medians: readonly OracleReading[];
}

/** Volatilities of an underlying, ppm a year. */
export interface UnderlyingVolatility {
  readonly symbol: string;
  /** Micro-USD. */
  readonly price: bigint;
  readonly implied: bigint;
  /** The implied one while fewer than two rounds are final. */
  readonly realised: bigint;
  readonly depthImplied: bigint;
  readonly synthetic: bigint;
}

/** The last final round's volatilities. */
export interface OracleVolatility {
  /** 0: no round was ever final. */
  readonly round: number;
  /** Unix seconds; 0 without a round. */
  readonly time: bigint;
  /** Whether it is there and no older than `maxAge`: otherwise don't use it. */
  readonly fresh: boolean;
  readonly underlyings: readonly UnderlyingVolatility[];
}

/** A feeder of the list. */
export interface OracleFeeder {
  readonly address: Address;
  /** Token units. */
  readonly bond: bigint;
  /** Whether a round that opened now would take its reports. */
  readonly active: boolean;
  /** From when on the bond can be withdrawn, Unix seconds; 0 when it isn't leaving. */
  readonly exitAt: bigint;
  /** The last round that it reported in. */
  readonly lastRound: number;
}

/** Who and what an oracle is. */
export interface OracleState {
  readonly oracle: Address;
  readonly owner: Address;
  readonly token: Address;
  readonly underlyings: readonly string[];
  readonly parameters: OracleParameters;
  readonly feeders: readonly OracleFeeder[];
  /** The round that a report must name now. */
  readonly nextRound: number;
  /** Token units that wait for their recipient. */
  readonly slashed: bigint;
}

/**
 * A round, read at one block.
 * @param number Default: the last final one; 0 (none) reads as a round of state `none`.
 * @throws {BallastError} CHAIN_ERROR.
 */
export function readRound(reader: Reader, oracle: Address, number?: number): Promise<OracleRound> {
  return atOneBlock(reader, async (blockNumber) => {
    const read = { address: oracle, abi, blockNumber } as const;
    const { public: client } = reader;
    const symbols = await readSymbols(reader, oracle);
    const latest = await client.readContract({ ...read, functionName: "latestRound" });
    const round = number ?? latest;
    const found = await client.readContract({ ...read, functionName: "round", args: [round] });
    const last = await client.readContract({ ...read, functionName: "round", args: [latest] });
    const history = await client.readContract({ ...read, functionName: "HISTORY" });
    const kept = found.number !== 0 && BigInt(found.number) + history > BigInt(last.number);
    const medians = kept
      ? await Promise.all(
          symbols.map(async (symbol, index) => {
            const args = [BigInt(index), round] as const;
            return { symbol, ...(await client.readContract({ ...read, functionName: "reading", args })) };
          }),
        )
      : [];
    return {
      round,
      state: STATES[found.state] ?? "none",
      time: found.time,
      closesAt: found.closesAt,
      electorate: countBits(found.electorate),
      reported: countBits(found.reported),
      medians,
    };
  });
}

/** The last final round's volatilities, stale or not, read at one block. @throws {BallastError} CHAIN_ERROR. */
export function readVolatility(reader: Reader, oracle: Address): Promise<OracleVolatility> {
  return atOneBlock(reader, async (blockNumber) => {
    const read = { address: oracle, abi, blockNumber } as const;
    const { public: client } = reader;
    const round = await client.readContract({ ...read, functionName: "latestRound" });
    if (round === 0) return { round, time: 0n, fresh: false, underlyings: [] };
    const [symbols, time, fresh] = await Promise.all([
      readSymbols(reader, oracle),
      client.readContract({ ...read, functionName: "roundTime", args: [round] }),
      client.readContract({ ...read, functionName: "isFresh" }),
    ]);
    const underlyings = await Promise.all(
      symbols.map(async (symbol, position) => {
        const index = BigInt(position);
        const [{ price }, [found]] = await Promise.all([
          client.readContract({ ...read, functionName: "reading", args: [index, round] }),
          client.readContract({ ...read, functionName: "volatility", args: [index] }),
        ]);
        return { symbol, price, ...found };
      }),
    );
    return { round, time, fresh, underlyings };
  });
}

/** Least seconds between two final rounds. @throws {BallastError} CHAIN_ERROR. */
export async function readInterval({ public: client }: Reader, oracle: Address): Promise<bigint> {
  const { interval } = await guarded("reading the volatility oracle", () =>
    client.readContract({ address: oracle, abi, functionName: "parameters" }),
  );
  return interval;
}

/** The oracle's parts, feeders and parameters, read at one block. @throws {BallastError} CHAIN_ERROR. */
export function readOracle(reader: Reader, oracle: Address): Promise<OracleState> {
  return atOneBlock(reader, async (blockNumber) => {
    const read = { address: oracle, abi, blockNumber } as const;
    const { public: client } = reader;
    const [owner, token, parameters, list, nextRound, slashed, underlyings] = await Promise.all([
      client.readContract({ ...read, functionName: "owner" }),
      client.readContract({ ...read, functionName: "token" }),
      client.readContract({ ...read, functionName: "parameters" }),
      client.readContract({ ...read, functionName: "feeders" }),
      client.readContract({ ...read, functionName: "nextRound" }),
      client.readContract({ ...read, functionName: "slashed" }),
      readSymbols(reader, oracle),
    ]);
    const feeders = await Promise.all(
      list.map(async (address) => {
        const args = [address] as const;
        const [{ bond, exitAt, lastRound }, active] = await Promise.all([
          client.readContract({ ...read, functionName: "feeder", args }),
          client.readContract({ ...read, functionName: "isActive", args }),
        ]);
        return { address, bond, active, exitAt, lastRound };
      }),
    );
    return { oracle, owner, token, underlyings, parameters, feeders, nextRound, slashed };
  });
}

/**
 * Whether an address answers as a volatility oracle: a snapshot oracle that names another can never publish.
 * @throws {BallastError} INVALID_INPUT when it doesn't.
 */
export async function checkVolatilityOracle({ public: client }: Reader, address: Address): Promise<void> {
  try {
    await client.readContract({ address, abi, functionName: "latestRound" });
  } catch (cause) {
    throw new BallastError("INVALID_INPUT", `There is no volatility oracle at ${address}.`, {
      hint: "Give the address that `ballast oracle deploy` printed.",
      cause,
    });
  }
}

function atOneBlock<Result>(
  { public: client }: Reader,
  read: (blockNumber: bigint) => Promise<Result>,
): Promise<Result> {
  return guarded("reading the volatility oracle", async () =>
    read(await client.getBlockNumber({ cacheTime: 0 })),
  );
}

function countBits(map: number): number {
  return map.toString(2).replaceAll("0", "").length;
}
