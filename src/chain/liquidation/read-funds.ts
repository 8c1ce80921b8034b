import type { Address } from "viem";
import type { RoundTerms } from "../../liquidation/deleveraging.ts";
import { divCeil, lesser } from "../../math/rounding.ts";
import type { ChainReader } from "../client.ts";
import { clearingHouseAbi } from "../generated/clearing-house.ts";
import { deleveragingAbi } from "../generated/deleveraging.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { guarded } from "../guarded.ts";
import { POOLS, type Pool, poolIndex } from "./funds.ts";
import { type Moment, readMoment } from "./read-case.ts";
import { readSettlement, type SettlementAsset } from "./settlement.ts";
import type { LiquidationSystem } from "./system.ts";

/** A pool, in token units. */
export interface PoolView {
  readonly assets: bigint;
  /** Booked for a loss and not drawn yet: who leaves pays its part of it. */
  readonly reserved: bigint;
  /** Income that nobody can leave with yet. */
  readonly unvested: bigint;
  readonly shares: bigint;
  /** How often it was wiped out. */
  readonly epoch: number;
}

/** The clearing house at one block. */
export interface FundsView extends Moment, SettlementAsset {
  readonly insurance: PoolView;
  readonly gamma: PoolView;
  /** Micro-USD, as solvency reports count them. */
  readonly funds: { readonly insuranceFund: bigint; readonly gammaReserve: bigint };
  /** Whether a loss is unsettled, so that nobody leaves. */
  readonly locked: boolean;
  /** Lots that are booked and exceed the funds. */
  readonly residual: bigint;
  /** Lots that losses may still take of each fund today, whatever is reserved of it. */
  readonly drawableToday: Readonly<Record<Pool, bigint>>;
  /** Unix seconds; 0 without one. */
  readonly residualSince: bigint;
  /** Since when the house has portfolios that its equity was not proven with; 0 when it was. */
  readonly unprovenSince: bigint;
  /** Rounds go on only while this is what it was at their opening. */
  readonly lossEpoch: bigint;
  /** Cases that wait for the clearing house. */
  readonly pendingTakeovers: bigint;
  readonly operator: Address;
  readonly roundCount: bigint;
}

type Reader = Pick<ChainReader, "public">;

/** The clearing house: pools, residual, lock. @throws {BallastError} CHAIN_ERROR. */
export async function readFunds(reader: Reader, system: LiquidationSystem): Promise<FundsView> {
  const { public: client } = reader;
  const now = await readMoment(reader, system);
  const house = { address: system.clearingHouse, abi: clearingHouseAbi, blockNumber: now.block } as const;
  const settlement = await readSettlement(reader, system);
  return guarded("reading the clearing house", async () => {
    const [insurance, gamma] = await Promise.all(
      POOLS.map((pool) => client.readContract({ ...house, functionName: "poolOf", args: [poolIndex(pool)] })),
    );
    const [
      [insuranceFund, gammaReserve],
      locked,
      residual,
      [drawableInsurance, drawableGamma],
      residualSince,
      unprovenSince,
      lossEpoch,
      operator,
      rounds,
      waiting,
    ] = await Promise.all([
      client.readContract({ ...house, functionName: "funds" }),
      client.readContract({ ...house, functionName: "locked" }),
      client.readContract({ ...house, functionName: "residual" }),
      client.readContract({ ...house, functionName: "drawableToday" }),
      client.readContract({ ...house, functionName: "residualSince" }),
      client.readContract({ ...house, functionName: "unprovenSince" }),
      client.readContract({ ...house, functionName: "lossEpoch" }),
      client.readContract({ ...house, functionName: "operator" }),
      client.readContract({ ...house, functionName: "deleveraging" }),
      client.readContract({
        address: system.engine,
        abi: liquidationEngineAbi,
        functionName: "pendingTakeovers",
        blockNumber: now.block,
      }),
    ]);
    const roundCount = await client.readContract({
      address: rounds,
      abi: deleveragingAbi,
      functionName: "roundCount",
      blockNumber: now.block,
    });
    return {
      ...now,
      ...settlement,
      insurance: insurance ?? EMPTY,
      gamma: gamma ?? EMPTY,
      funds: { insuranceFund, gammaReserve },
      drawableToday: { insurance: drawableInsurance, gamma: drawableGamma },
      ...{ locked, residual, residualSince, unprovenSince, lossEpoch, operator, roundCount },
      pendingTakeovers: waiting,
    };
  });
}

const EMPTY: PoolView = { assets: 0n, reserved: 0n, unvested: 0n, shares: 0n, epoch: 0 };

/** What the funds bear of a loss, in lots. */
export interface Absorbable {
  /** What they are to bear of it, of which the rest is reserved. */
  readonly borne: bigint;
  /** What can be drawn now: draw this. */
  readonly most: bigint;
  readonly fromInsuranceFund: bigint;
  readonly fromGammaReserve: bigint;
}

/**
 * How `absorb` divides a loss between the funds: whole lots of each, the insurance fund first, and no more than a day may take of each.
 * @param equity the house's, micro-USD, below 0.
 */
export function absorbableLots(
  funds: Pick<FundsView, "insurance" | "gamma" | "unitsPerLot" | "drawableToday">,
  { microsPerLot }: Pick<LiquidationSystem, "microsPerLot">,
  equity: bigint,
): Absorbable {
  const loss = equity < 0n ? divCeil(-equity, microsPerLot) : 0n;
  const ofInsurance = lesser(loss, funds.insurance.assets / funds.unitsPerLot);
  const borne = lesser(loss, lotsIn(funds));
  const fromInsuranceFund = lesser(ofInsurance, funds.drawableToday.insurance);
  const fromGammaReserve = lesser(borne - ofInsurance, funds.drawableToday.gamma);
  return { borne, most: fromInsuranceFund + fromGammaReserve, fromInsuranceFund, fromGammaReserve };
}

/** Whole lots of the settlement asset that both funds hold. */
export function lotsIn({
  insurance,
  gamma,
  unitsPerLot,
}: Pick<FundsView, "insurance" | "gamma" | "unitsPerLot">): bigint {
  return insurance.assets / unitsPerLot + gamma.assets / unitsPerLot;
}

/** An account's shares of a pool, and what they are worth now, token units. */
export interface ShareView {
  readonly shares: bigint;
  readonly worth: bigint;
}

/** What an account has of the pools, those shares aside that wait to be paid out. @throws {BallastError} CHAIN_ERROR. */
export async function readShares(
  { public: client }: Reader,
  { clearingHouse: address }: LiquidationSystem,
  account: Address,
): Promise<Readonly<Record<Pool, ShareView>>> {
  const house = { address, abi: clearingHouseAbi } as const;
  const [insurance, gamma] = await guarded("reading the shares", () =>
    Promise.all(
      POOLS.map(async (pool): Promise<ShareView> => {
        const index = poolIndex(pool);
        const shares = await client.readContract({
          ...house,
          functionName: "sharesOf",
          args: [index, account],
        });
        const worth = await client.readContract({ ...house, functionName: "worthOf", args: [index, shares] });
        return { shares, worth };
      }),
    ),
  );
  const none = { shares: 0n, worth: 0n };
  return { insurance: insurance ?? none, gamma: gamma ?? none };
}

/** A request to leave a pool. */
export interface FundWithdrawalView {
  readonly id: bigint;
  readonly owner: Address;
  readonly pool: Pool;
  /** From when on it is paid while the funds are not locked, Unix seconds. */
  readonly readyAt: bigint;
  /** From when on it is paid in any case. */
  readonly payableAt: bigint;
  /** From when on it is not paid any more: it can only be taken back. */
  readonly lapsesAt: bigint;
  readonly shares: bigint;
  /** Token units that it is worth at most. */
  readonly most: bigint;
}

/** A request to leave a pool, or undefined when there is none, or it was paid or taken back. @throws {BallastError} CHAIN_ERROR. */
export async function readFundWithdrawal(
  { public: client }: Reader,
  { clearingHouse: address }: LiquidationSystem,
  id: bigint,
): Promise<FundWithdrawalView | undefined> {
  const found = await guarded("reading the request", () =>
    client.readContract({ address, abi: clearingHouseAbi, functionName: "withdrawalOf", args: [id] }),
  );
  const pool = POOLS[found.pool];
  if (found.shares === 0n || pool === undefined) return undefined;
  const { owner, readyAt, payableAt, lapsesAt, shares, most } = found;
  return { id, owner, pool, readyAt, payableAt, lapsesAt, shares, most };
}

/** A round of auto-deleveraging. */
export interface RoundView {
  readonly roundId: bigint;
  readonly terms: RoundTerms;
  /** Lots closed so far. */
  readonly closedTotal: bigint;
  /** The clearing house's at the round's opening: once that has another, the round is over. */
  readonly lossEpoch: bigint;
  readonly snapshotId: bigint;
  /** The house's equity at its opening and after the last holder, micro-USD. */
  readonly startEquity: bigint;
  readonly lastEquity: bigint;
  /** What the funds were to bear of it, which no holder pays, micro-USD. */
  readonly reserved: bigint;
}

/** A round. @throws {BallastError} CHAIN_ERROR, e.g. UnknownRound. */
export async function readRound(
  { public: client }: Reader,
  { clearingHouse }: LiquidationSystem,
  roundId: bigint,
): Promise<RoundView> {
  const { commitment: _, ...round } = await guarded("reading the round", async () => {
    const house = { address: clearingHouse, abi: clearingHouseAbi } as const;
    const address = await client.readContract({ ...house, functionName: "deleveraging" });
    return client.readContract({ address, abi: deleveragingAbi, functionName: "roundOf", args: [roundId] });
  });
  return { roundId, ...round };
}
