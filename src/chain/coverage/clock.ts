import {
  type Address,
  type ContractFunctionReturnType,
  encodeFunctionData,
  type TransactionReceipt,
} from "viem";
import { given } from "../../given.ts";
import { type Field, toField } from "../../math/field.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import { chainError } from "../errors.ts";
import { marketClockAbi as abi } from "../generated/market-clock.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";

type Reader = Pick<ChainReader, "public">;

/**
 * Seconds. `spacing`: the least time between two snapshots that become newest; `grace`: how long one stays good for money once its
 * successor is there, because proofs take time; `serveGap`: how long after its own time one serves, at most.
 */
export type ClockParameters = ContractFunctionReturnType<typeof abi, "view", "parameters">;

/** The newest prices, and the time that all windows of cases, challenges and auctions count in. */
export interface ClockState {
  /** Undefined: none ever was. */
  readonly newest?: {
    readonly snapshotId: Field;
    /** Of its market, Unix seconds; 0 for one that was proven wrong. */
    readonly time: bigint;
    /** When it became newest, Unix seconds; 0 for one that was proven wrong. */
    readonly enteredAt: bigint;
    /** It was proven wrong: anyone goes back to the one before with `dropVoid`. */
    readonly isVoid: boolean;
  };
  /** How many snapshots the line has. */
  readonly length: number;
  /** Seconds for which any snapshot served, so far. */
  readonly served: bigint;
  /** When the newest one stops serving, or stopped, Unix seconds; 0 without one. */
  readonly servesUntil: bigint;
  /** Whether served time runs: without it no window does. */
  readonly isServing: boolean;
  /** Of the block all this was read at, Unix seconds. */
  readonly time: bigint;
  readonly parameters: ClockParameters;
}

/**
 * The clock of a liquidation, read at one block.
 * @throws {BallastError} CHAIN_ERROR.
 * @example
 * ```ts
 * import { connectReader, readClock, type Deployment } from "ballast/chain";
 * declare const deployment: Deployment;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const clock = deployment.liquidation?.clock;
 * if (clock !== undefined) console.log((await readClock(reader, clock)).isServing);
 * ```
 */
export function readClock({ public: client }: Reader, clock: Address): Promise<ClockState> {
  return guarded("reading the market clock", async () => {
    const block = await client.getBlock();
    const read = { address: clock, abi, blockNumber: block.number } as const;
    const [length, served, servesUntil, parameters] = await Promise.all([
      client.readContract({ ...read, functionName: "length" }),
      client.readContract({ ...read, functionName: "served" }),
      client.readContract({ ...read, functionName: "servesUntil" }),
      client.readContract({ ...read, functionName: "parameters" }),
    ]);
    const { timestamp: time } = block;
    const state = { length, served, servesUntil, isServing: time < servesUntil, time, parameters };
    if (length === 0) return state;
    const id = await client.readContract({ ...read, functionName: "snapshotAt", args: [length] });
    // One that was proven wrong has no entry.
    const entry = await client.readContract({ ...read, functionName: "entryOf", args: [id] });
    const isVoid = entry.place === 0;
    const newest = { snapshotId: toField(id), time: entry.time, enteredAt: entry.enteredAt, isVoid };
    return { ...state, newest };
  });
}

/** When a window of `left` served seconds ends if snapshots go on coming, Unix seconds. */
export function endOfServed({ time, served }: Pick<ClockState, "time" | "served">, end: bigint): bigint {
  return end <= served ? time : time + (end - served);
}

/**
 * Makes a published snapshot the newest one; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. NotComplete, TooSoon.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { type ChainClient, type Deployment, enterSnapshot } from "ballast/chain";
 * declare const [client, deployment, snapshot]: [ChainClient, Deployment, Snapshot];
 * const clock = deployment.liquidation?.clock;
 * if (clock !== undefined) await enterSnapshot(client, clock, snapshot.snapshotId);
 * ```
 */
export function enterSnapshot(
  client: ChainClient,
  clock: Address,
  snapshotId: Field,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "enter", args: [snapshotId] });
  return transact(client, { to: clock, data, doing: "making the snapshot the newest" });
}

/** Goes back from a newest snapshot that was proven wrong; anyone may. @throws {BallastError} CHAIN_ERROR, e.g. NewestSound. */
export function dropVoid(client: ChainClient, clock: Address): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "drop" });
  return transact(client, { to: clock, data, doing: "going back to the snapshot before" });
}

/** What became of a snapshot that should be the newest. */
export type Entered =
  | { readonly entered: true; readonly gas: bigint }
  /** Why not, in the contract's word: NotComplete until its last table point is there, TooSoon, NotNewer, ... */
  | { readonly entered: false; readonly reason: string; readonly hint?: string };

/** Ordinary reasons why a snapshot doesn't become the newest, or not yet. */
const ORDINARY = ["NotComplete", "TooSoon", "TooOld", "NotNewer", "SnapshotVoid"];

/**
 * As {@link enterSnapshot}, where it need not succeed.
 * @throws {BallastError} CHAIN_ERROR for anything but an ordinary reason.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { type ChainClient, type Deployment, tryEnter } from "ballast/chain";
 * declare const [client, deployment, snapshot]: [ChainClient, Deployment, Snapshot];
 * const clock = deployment.liquidation?.clock;
 * const newest = clock === undefined ? undefined : await tryEnter(client, clock, snapshot.snapshotId);
 * if (newest?.entered === false) console.log(newest.reason);
 * ```
 */
export async function tryEnter(client: ChainClient, clock: Address, snapshotId: Field): Promise<Entered> {
  try {
    const { gasUsed } = await enterSnapshot(client, clock, snapshotId);
    return { entered: true, gas: gasUsed };
  } catch (cause) {
    const { details, hint } = chainError(cause, "making the snapshot the newest");
    const reason = String(details?.["error"]);
    if (!ORDINARY.includes(reason)) throw cause;
    return { entered: false, reason, ...given({ hint }) };
  }
}
