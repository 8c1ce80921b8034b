import {
  type Address,
  concat,
  encodeFunctionData,
  type Hex,
  keccak256,
  type TransactionReceipt,
  toHex,
} from "viem";
import { BallastError } from "../../errors.ts";
import { type Snapshot, tableElements } from "../../risk/snapshot.ts";
import { isSettledVector } from "../../risk/table.ts";
import type { ChainClient, ChainReader } from "../client.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { deliveryBookAbi as abi } from "../generated/delivery-book.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import { guarded } from "../guarded.ts";
import { transact } from "../transact.ts";
import { headerOf } from "./oracle-messages.ts";

type Reader = Pick<ChainReader, "public">;
type Oracle = Pick<Deployment, "snapshotOracle">;

/** What the delivery book has of an expired instrument. */
export interface Delivery {
  readonly instrumentId: number;
  readonly snapshotId: bigint;
  /** Micro-USD a lot. */
  readonly mark: bigint;
  /** Of the snapshot, Unix seconds. */
  readonly time: bigint;
  /** When it is final, Unix seconds, unless the snapshot is proven wrong before. */
  readonly finalAt: bigint;
}

/** So many rows are shown at once: with their words in calldata, a transaction stays below what nodes relay. */
const MOST_ROWS = 100;

/**
 * The delivery book of a snapshot oracle.
 * @throws {BallastError} CHAIN_ERROR.
 * @example
 * ```ts
 * import type { ChainReader, Deployment } from "ballast";
 * import { readDeliveryBook } from "ballast/chain";
 * declare const [reader, deployment]: [ChainReader, Deployment];
 * const book = await readDeliveryBook(reader, deployment);
 * ```
 */
export function readDeliveryBook(
  { public: client }: Reader,
  { snapshotOracle: address }: Oracle,
): Promise<Address> {
  const read = { address, abi: snapshotOracleAbi, functionName: "deliveries" } as const;
  return guarded("reading the oracle's delivery book", () => client.readContract(read));
}

/**
 * What the book has of an instrument, final or not; undefined for nothing.
 * @throws {BallastError} CHAIN_ERROR.
 * @example
 * ```ts
 * import type { ChainReader, Deployment } from "ballast";
 * import { readDelivery, readDeliveryBook } from "ballast/chain";
 * declare const [reader, deployment]: [ChainReader, Deployment];
 * const book = await readDeliveryBook(reader, deployment);
 * const found = await readDelivery(reader, book, 65); // its mark, micro-USD a lot
 * ```
 */
export async function readDelivery(
  { public: client }: Reader,
  book: Address,
  instrumentId: number,
): Promise<Delivery | undefined> {
  const read = { address: book, abi, functionName: "deliveryOf", args: [instrumentId] } as const;
  const found = await guarded("reading a delivery", () => client.readContract(read));
  return found.finalAt === 0n ? undefined : { instrumentId, ...found };
}

/**
 * Shows a published snapshot's settled rows to the delivery book, the last rows first; anyone may.
 * @throws {BallastError} NOTHING_TO_CLOSE for a snapshot without settled rows; CHAIN_ERROR, e.g. UnknownSnapshot,
 * DeliverySnapshotVoid.
 * @example
 * ```ts
 * import type { Deployment, Snapshot } from "ballast";
 * import { type ChainClient, recordDeliveries } from "ballast/chain";
 * declare const [client, deployment, snapshot]: [ChainClient, Deployment, Snapshot];
 * const receipts = await recordDeliveries(client, deployment, snapshot);
 * ```
 */
export async function recordDeliveries(
  client: ChainClient,
  deployment: Oracle,
  snapshot: Snapshot,
): Promise<readonly TransactionReceipt[]> {
  const first = snapshot.rows.findIndex(
    ({ instrument, vector }) => instrument.kind !== "collateral" && isSettledVector(vector),
  );
  if (first < 0)
    throw new BallastError("NOTHING_TO_CLOSE", "The snapshot has no row of an expired instrument.", {
      hint: "Give one that was built with the snapshot before it, after an expiry.",
      inputs: ["snapshot.previous"],
    });
  const to = await readDeliveryBook(client, deployment);
  const rows = tableElements(snapshot);
  const hashes = chainOf(rows);
  const header = headerOf(snapshot);
  const receipts: TransactionReceipt[] = [];
  for (let end = rows.length; end > first; ) {
    const start = Math.max(first, end - MOST_ROWS);
    const args = [
      header,
      snapshot.policyHash,
      hashes[end] ?? "0x",
      hashes[start] ?? "0x",
      rows.slice(start, end).flat(),
    ] as const;
    const data = encodeFunctionData({ abi, functionName: "record", args });
    receipts.push(await transact(client, { to, data, doing: "showing what expired is worth" }));
    end = start;
  }
  return receipts;
}

/** The table's hash before each row, and after the last one. */
function chainOf(rows: readonly (readonly bigint[])[]): readonly Hex[] {
  const hashes: Hex[] = [toHex(0, { size: 32 })];
  for (const row of rows) {
    const words = row.map((element) => toHex(element, { size: 32 }));
    hashes.push(keccak256(concat([hashes.at(-1) ?? "0x", ...words])));
  }
  return hashes;
}
