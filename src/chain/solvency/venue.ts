import { type Address, encodeFunctionData, type TransactionReceipt, zeroAddress } from "viem";
import type { ChainClient, ChainReader } from "../client.ts";
import { collateralVaultAbi as abi } from "../generated/collateral-vault.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";
import type { VaultAddress } from "./vault.ts";

/** Whose vault it is, and so whose ledger and solvency registry: both ask the vault. */
export interface VenueState {
  readonly venue: Address;
  /** Who may take its place; undefined: nobody. */
  readonly proposed?: Address;
  /** How often the venue changed. */
  readonly handovers: number;
}

/** @throws {BallastError} CHAIN_ERROR. */
export function readVenue(
  { public: client }: Pick<ChainReader, "public">,
  { vault: address }: VaultAddress,
): Promise<VenueState> {
  return guarded("reading the venue", async () => {
    const read = { address, abi, blockNumber: await client.getBlockNumber({ cacheTime: 0 }) } as const;
    const [venue, proposed, handovers] = await Promise.all([
      client.readContract({ ...read, functionName: "venue" }),
      client.readContract({ ...read, functionName: "pendingVenue" }),
      client.readContract({ ...read, functionName: "handovers" }),
    ]);
    return { venue, handovers, ...(proposed === zeroAddress ? {} : { proposed }) };
  });
}

/**
 * Names who may take the venue's place; only the venue may. Nothing changes until that address accepts.
 * @param next undefined: nobody; takes an earlier proposal back.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyVenue.
 */
export function proposeVenue(
  client: ChainClient,
  { vault }: VaultAddress,
  next: Address | undefined,
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "proposeVenue", args: [next ?? zeroAddress] });
  return transact(client, { to: vault, data, doing: "proposing a venue" });
}

/**
 * Takes the venue's place: vault, ledger and solvency registry are the client's from now on. Payments that the former venue announced are
 * made unless the client cancels them (`readWithdrawals`); runs that it signed can't be closed any more.
 * @throws {BallastError} CHAIN_ERROR, e.g. OnlyPendingVenue.
 */
export function acceptVenue(client: ChainClient, { vault }: VaultAddress): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: "acceptVenue" });
  return transact(client, { to: vault, data, doing: "accepting the venue" });
}
