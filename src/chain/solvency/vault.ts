import {
  type Address,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { BallastError } from "../../errors.ts";
import { LAST_COLLATERAL_ID } from "../../market/registry.ts";
import { isSameAddress } from "../address.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import type { DeployedSolvency } from "../deploy/deployment.ts";
import { collateralVaultAbi } from "../generated/collateral-vault.ts";
import { guarded } from "../guarded.ts";
import { approveExactly } from "../token.ts";
import { transact } from "../transact.ts";

/** Where a venue's tokens are. */
export type VaultAddress = Pick<DeployedSolvency, "vault">;

/** A token under the id that it has in portfolios. */
export interface VaultAsset {
  /** 1..7, the ids of collateral. */
  readonly instrumentId: number;
  readonly token: Address;
  /** The token's smallest units in a lot. */
  readonly unitsPerLot: bigint;
}

/** An asset with what the vault holds of it now. */
export interface HeldAsset extends VaultAsset {
  /** Lots that count as reserves: deposited, still there, and asked for by no withdrawal. */
  readonly lots: bigint;
  /** Lots that wait for a withdrawal, and count no more. */
  readonly requested: bigint;
  /** Of the lots that count: what the clearing house deposited and the venue can't withdraw. */
  readonly fenced: bigint;
  /** Of them too: what came into accounts by proof within the last week, as far as the venue can't withdraw it. */
  readonly settling: bigint;
}

/** A payment that the venue announced. */
export interface Withdrawal extends Movement {
  /** The vault's number for it, from 1. */
  readonly id: bigint;
  readonly to: Address;
  /** From when on anybody may have it paid, Unix seconds. */
  readonly readyAt: bigint;
  /** Whether an account gave the lots up by a proof: then the venue can't take it back. */
  readonly proven: boolean;
}

/** Lots to move into the vault or out of it. */
export interface Movement {
  readonly instrumentId: number;
  /** At least 1. */
  readonly lots: bigint;
}

const UINT96 = 1n << 96n;
const UINT256 = 1n << 256n;

/**
 * Adds an asset to the vault, for good; only the venue may.
 * @throws {BallastError} OUT_OF_RANGE; CHAIN_ERROR, e.g. OnlyVenue, AssetAlreadyAdded, TokenAlreadyAdded, InvalidToken.
 */
export function addAsset(
  client: ChainClient,
  solvency: VaultAddress,
  { instrumentId, token, unitsPerLot }: VaultAsset,
): Promise<TransactionReceipt> {
  checkId(instrumentId);
  if (unitsPerLot < 1n || unitsPerLot >= UINT96) {
    throw new BallastError("OUT_OF_RANGE", "A lot has 1 to 2^96 - 1 units of its token.", {
      hint: "Check the lot size and the token's decimals.",
    });
  }
  const data = encodeFunctionData({
    abi: collateralVaultAbi,
    functionName: "addAsset",
    args: [instrumentId, token, unitsPerLot],
  });
  return transact(client, { to: solvency.vault, data, doing: "adding the asset" });
}

/**
 * Deposits lots from the client's account, which needs no approval beforehand: exactly what is missing of it is approved
 * here. Anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownAsset, WrongAmountMoved, or when the account has too little of the token.
 */
export async function deposit(
  client: ChainClient,
  solvency: VaultAddress,
  movement: Movement,
): Promise<TransactionReceipt> {
  const { vault } = solvency;
  const { instrumentId, lots } = checkMovement(movement);
  const { token, unitsPerLot } = await existingAsset(client, solvency, instrumentId);
  await approveExactly(client, token, vault, lots * unitsPerLot, `${lots} lots`);
  const data = encodeFunctionData({
    abi: collateralVaultAbi,
    functionName: "deposit",
    args: [instrumentId, lots],
  });
  return transact(client, { to: vault, data, doing: "depositing" });
}

/**
 * Announces a payment; only the venue may. The lots count for nothing from now on, and can be paid in an hour.
 * @returns the withdrawal, whose number completes or cancels it, and the transaction.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, UnknownAsset, NotEnoughLots, InvalidRecipient.
 */
export async function requestWithdrawal(
  client: ChainClient,
  { vault }: VaultAddress,
  movement: Movement & { readonly to: Address },
): Promise<{ readonly withdrawal: Withdrawal; readonly receipt: TransactionReceipt }> {
  const { instrumentId, lots } = checkMovement(movement);
  const data = encodeFunctionData({
    abi: collateralVaultAbi,
    functionName: "requestWithdrawal",
    args: [instrumentId, lots, movement.to],
  });
  const receipt = await transact(client, { to: vault, data, doing: "announcing the withdrawal" });
  const logs = receipt.logs.filter(({ address }) => isSameAddress(address, vault));
  const [event] = parseEventLogs({ abi: collateralVaultAbi, eventName: "WithdrawalRequested", logs });
  if (event === undefined) {
    throw new BallastError("CHAIN_ERROR", "The vault does not tell the withdrawal's number.", {
      hint: "Check that the deployment's vault is Ballast's.",
    });
  }
  const { id, to, readyAt } = event.args;
  return { withdrawal: { id, instrumentId, lots, to, readyAt, proven: false }, receipt };
}

/**
 * Has an announced payment made, an hour after it was announced; anyone may.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownWithdrawal, NotReady; a token may revert in its own words.
 */
export function completeWithdrawal(
  client: ChainClient,
  { vault }: VaultAddress,
  id: bigint,
): Promise<TransactionReceipt> {
  const functionName = "completeWithdrawal";
  const data = encodeFunctionData({ abi: collateralVaultAbi, functionName, args: [id] });
  return transact(client, { to: vault, data, doing: "completing the withdrawal" });
}

/**
 * Takes an announced payment back; only the venue may. Its lots count again at once.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue, UnknownWithdrawal.
 */
export function cancelWithdrawal(
  client: ChainClient,
  { vault }: VaultAddress,
  id: bigint,
): Promise<TransactionReceipt> {
  const functionName = "cancelWithdrawal";
  const data = encodeFunctionData({ abi: collateralVaultAbi, functionName, args: [id] });
  return transact(client, { to: vault, data, doing: "cancelling the withdrawal" });
}

/**
 * Has fenced lots of an asset unlock from now on, over a week; anyone may, once for what is fenced.
 * @param runId a closed run whose snapshot is later than the clearing house's last deposit.
 * @throws {BallastError} CHAIN_ERROR, e.g. NothingToUnlock, RunNotClosed, RunVoid, RunTooOld.
 */
export function unlockFence(
  client: ChainClient,
  { vault }: VaultAddress,
  instrumentId: number,
  runId: Hex,
): Promise<TransactionReceipt> {
  checkId(instrumentId);
  const functionName = "unlock";
  const data = encodeFunctionData({ abi: collateralVaultAbi, functionName, args: [instrumentId, runId] });
  return transact(client, { to: vault, data, doing: "unlocking fenced lots" });
}

/** All assets of the vault, in the order in which they were added. @throws {BallastError} CHAIN_ERROR. */
export function readAssets(
  { public: client }: Pick<ChainReader, "public">,
  { vault }: VaultAddress,
): Promise<HeldAsset[]> {
  const read = { address: vault, abi: collateralVaultAbi } as const;
  return guarded("reading the vault", async () => {
    const ids = await client.readContract({ ...read, functionName: "assetIds" });
    return Promise.all(
      ids.map(async (instrumentId) => {
        const args = [instrumentId] as const;
        const [[token, unitsPerLot], lots, requested, fenced, settling] = await Promise.all([
          client.readContract({ ...read, functionName: "asset", args }),
          client.readContract({ ...read, functionName: "lotsHeld", args }),
          client.readContract({ ...read, functionName: "lotsRequested", args }),
          client.readContract({ ...read, functionName: "lotsFenced", args }),
          client.readContract({ ...read, functionName: "lotsSettling", args }),
        ]);
        return { instrumentId, token, unitsPerLot, lots, requested, fenced, settling };
      }),
    );
  });
}

/**
 * The payments that are announced and not made, newest first, all read at one block. The vault says how many lots wait, so the
 * search through its numbers ends with the oldest that does.
 * @throws {BallastError} CHAIN_ERROR.
 */
export function readWithdrawals(
  { public: client }: Pick<ChainReader, "public">,
  { vault: address }: VaultAddress,
): Promise<Withdrawal[]> {
  return guarded("reading the vault's withdrawals", async () => {
    const blockNumber = await client.getBlockNumber({ cacheTime: 0 });
    const read = { address, abi: collateralVaultAbi, blockNumber } as const;
    const ids = await client.readContract({ ...read, functionName: "assetIds" });
    const requested = await Promise.all(
      ids.map((id) => client.readContract({ ...read, functionName: "lotsRequested", args: [id] })),
    );
    let missing = requested.reduce((sum, lots) => sum + lots, 0n);
    const found: Withdrawal[] = [];
    for (
      let id = await client.readContract({ ...read, functionName: "withdrawalCount" });
      id > 0n && missing > 0n;
      id -= 1n
    ) {
      const entry = await client.readContract({ ...read, functionName: "withdrawal", args: [id] });
      if (entry.lots === 0n) continue;
      const { to, instrumentId, readyAt, proven, lots } = entry;
      found.push({ id, instrumentId, lots, to, readyAt, proven });
      missing -= lots;
    }
    return found;
  });
}

/** How many decimals a token says it has. @throws {BallastError} CHAIN_ERROR when it says nothing. */
export function readDecimals(
  { public: client }: Pick<ChainReader, "public">,
  token: Address,
): Promise<number> {
  return guarded("reading the token's decimals", () =>
    client.readContract({ address: token, abi: erc20Abi, functionName: "decimals" }),
  );
}

async function existingAsset(
  client: ChainClient,
  { vault: address }: VaultAddress,
  instrumentId: number,
): Promise<VaultAsset> {
  const [token, unitsPerLot] = await guarded("reading the vault", () =>
    client.public.readContract({
      address,
      abi: collateralVaultAbi,
      functionName: "asset",
      args: [instrumentId],
    }),
  );
  if (unitsPerLot > 0n) return { instrumentId, token, unitsPerLot };
  throw new BallastError("CHAIN_ERROR", `The vault has no asset ${instrumentId}.`, {
    hint: "The venue adds it with `ballast vault add`.",
    details: { error: "UnknownAsset" },
  });
}

function checkMovement(movement: Movement): Movement {
  checkId(movement.instrumentId);
  if (movement.lots >= 1n && movement.lots < UINT256) return movement;
  throw new BallastError("OUT_OF_RANGE", "There is nothing to move.", { hint: "Give at least one lot." });
}

function checkId(instrumentId: number): void {
  if (Number.isInteger(instrumentId) && instrumentId > 0 && instrumentId <= LAST_COLLATERAL_ID) return;
  throw new BallastError("OUT_OF_RANGE", `Collateral assets have the ids 1 to ${LAST_COLLATERAL_ID}.`, {
    hint: "`ballast snapshot show` lists the ids.",
  });
}
