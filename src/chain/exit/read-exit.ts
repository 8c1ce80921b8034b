import { type Address, type ContractFunctionReturnType, zeroAddress } from "viem";
import { type Field, toField } from "../../math/field.ts";
import type { ChainReader } from "../client.ts";
import { exitDeskAbi } from "../generated/exit-desk.ts";
import { marketClockAbi } from "../generated/market-clock.ts";
import { guarded } from "../guarded.ts";
import type { LiquidationSystem } from "../liquidation/system.ts";

type Reader = Pick<ChainReader, "public">;

/** Seconds; fixed at deployment. */
export type ExitParameters = ContractFunctionReturnType<typeof exitDeskAbi, "view", "parameters">;

/** Where an exit is: the venue is there; stopped, without a snapshot yet; accounts claim; they take. */
export const EXIT_PHASES = ["running", "stopped", "claiming", "taking"] as const;
export type ExitPhase = (typeof EXIT_PHASES)[number];

/** A venue's exit at one block. Times in Unix seconds, 0 where there is none; sums in micro-USD. */
export interface ExitView {
  readonly phase: ExitPhase;
  /** Until when the last sign of life counts: after it anyone may stop the venue. */
  readonly aliveUntil: bigint;
  readonly stoppedAt: bigint;
  readonly claimsUntil: bigint;
  /** Absent until one is fixed. */
  readonly snapshotId?: Field;
  /** Whether what collateral is worth was read. */
  readonly hasMarks: boolean;
  readonly claimed: bigint;
  readonly anchored: bigint;
  readonly parameters: ExitParameters;
  /** Of the block. */
  readonly time: bigint;
}

/** @throws {BallastError} CHAIN_ERROR. */
export function readExit(
  { public: client }: Reader,
  { exits: address }: Pick<LiquidationSystem, "exits">,
): Promise<ExitView> {
  return guarded("reading the exit desk", async () => {
    const { number: blockNumber, timestamp: time } = await client.getBlock();
    const read = { address, abi: exitDeskAbi, blockNumber } as const;
    const [aliveUntil, stoppedAt, claimsUntil, id, hasMarks, totals, parameters] = await Promise.all([
      client.readContract({ ...read, functionName: "aliveUntil" }),
      client.readContract({ ...read, functionName: "stoppedAt" }),
      client.readContract({ ...read, functionName: "claimsUntil" }),
      client.readContract({ ...read, functionName: "exitSnapshot" }),
      client.readContract({ ...read, functionName: "hasMarks" }),
      client.readContract({ ...read, functionName: "totals" }),
      client.readContract({ ...read, functionName: "parameters" }),
    ]);
    const phase = phaseOf({ stoppedAt, claimsUntil, time });
    const sums = { claimed: totals.all, anchored: totals.anchored };
    const view = { phase, aliveUntil, stoppedAt, claimsUntil, hasMarks, ...sums, parameters, time };
    return id === 0n ? view : { ...view, snapshotId: toField(id) };
  });
}

function phaseOf({
  stoppedAt,
  claimsUntil,
  time,
}: Pick<ExitView, "stoppedAt" | "claimsUntil" | "time">): ExitPhase {
  if (stoppedAt === 0n) return "running";
  if (claimsUntil === 0n) return "stopped";
  return time > claimsUntil ? "taking" : "claiming";
}

/** What an account claims. */
export interface ExitClaim {
  readonly to: Address;
  /** Micro-USD. */
  readonly equity: bigint;
  /** Whether it shares in what the funds paid in. */
  readonly isAnchored: boolean;
}

/** An account's claim by the exit's present snapshot, or undefined. @throws {BallastError} CHAIN_ERROR. */
export async function readExitClaim(
  { public: client }: Reader,
  { exits: address }: Pick<LiquidationSystem, "exits">,
  accountId: bigint,
): Promise<ExitClaim | undefined> {
  const { to, equity, isAnchored } = await guarded("reading the claim", () =>
    client.readContract({ address, abi: exitDeskAbi, functionName: "claimOf", args: [accountId] }),
  );
  return to === zeroAddress ? undefined : { to, equity, isAnchored };
}

/** What an account gets of an asset, lots; 0 until somebody has taken. @throws {BallastError} CHAIN_ERROR. */
export function readPart(
  { public: client }: Reader,
  { exits: address }: Pick<LiquidationSystem, "exits">,
  accountId: bigint,
  instrumentId: number,
): Promise<bigint> {
  const args = [accountId, instrumentId] as const;
  return guarded("reading the account's part", () =>
    client.readContract({ address, abi: exitDeskAbi, functionName: "partOf", args }),
  );
}

/**
 * The place in the market clock's line of the snapshot that a stopped venue's exit goes by: the first sound one of after the stop, else
 * the last one.
 * @returns its place, from 1, and its id.
 * @throws {BallastError} CHAIN_ERROR.
 */
export function findExitSnapshot(
  { public: client }: Reader,
  { clock: address }: Pick<LiquidationSystem, "clock">,
  stoppedAt: bigint,
): Promise<{ readonly place: number; readonly snapshotId: Field } | undefined> {
  return guarded("reading the market clock", async () => {
    const read = { address, abi: marketClockAbi } as const;
    const length = await client.readContract({ ...read, functionName: "length" });
    let found: { readonly place: number; readonly snapshotId: Field } | undefined;
    for (let place = length; place > 0; place--) {
      const id = await client.readContract({ ...read, functionName: "snapshotAt", args: [place] });
      const { time } = await client.readContract({ ...read, functionName: "entryOf", args: [id] });
      // One that was proven wrong has no entry.
      if (time === 0n) continue;
      if (time <= stoppedAt) return found ?? { place, snapshotId: toField(id) };
      found = { place, snapshotId: toField(id) };
    }
    return found;
  });
}
