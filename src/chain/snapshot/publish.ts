import { encodeFunctionData, type Hex, type LocalAccount, type TransactionReceipt } from "viem";
import type { TableCircuit } from "../../prover/circuits.ts";
import { tablePoint } from "../../prover/table-point.ts";
import { circuitId, keyHash, type VerifyingKey } from "../../prover/verifying-key.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { cachedSignals } from "../../witness/table.ts";
import type { ChainClient } from "../client.ts";
import type { Deployment } from "../deploy/deployment.ts";
import { snapshotOracleAbi } from "../generated/snapshot-oracle.ts";
import { transact } from "../transact.ts";
import {
  headerOf,
  type OracleDomain,
  publishByOf,
  type SignedSnapshot,
  snapshotMessage,
  type TablePoint,
  tablePointsMessage,
} from "./oracle-messages.ts";

/** One oracle's signature. */
export interface OracleSignature {
  readonly signer: `0x${string}`;
  readonly signature: Hex;
}

/** One oracle's signature, and until when it is good. */
export interface TimedSignature extends OracleSignature {
  /** Unix seconds. */
  readonly publishBy: bigint;
}

/**
 * The table point of a snapshot for an instance and a key.
 * @throws {BallastError} INVALID_SNAPSHOT when the instance can't hold it, KEY_MISMATCH for another circuit's key.
 * @example
 * ```ts
 * import { instanceOf, type Snapshot, type VerifyingKey } from "ballast";
 * import { snapshotPoint } from "ballast/chain";
 * declare const [snapshot, key]: [Snapshot, VerifyingKey];
 * const { circuitId, x, y } = await snapshotPoint(instanceOf("coverage", "64x240"), key, snapshot);
 * ```
 */
export async function snapshotPoint(
  circuit: TableCircuit,
  key: VerifyingKey,
  snapshot: Snapshot,
): Promise<TablePoint> {
  const point = await tablePoint(key, cachedSignals(circuit, snapshot));
  return { circuitId: circuitId(circuit.name, keyHash(key, circuit)), ...point };
}

/**
 * Signatures of all `signers` under a snapshot and its points, in the order that the contract wants.
 * @param publishBy until when they are good, Unix seconds, at most an hour after the snapshot's time. Default: a
 *   quarter of an hour after it.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { type OracleDomain, signSnapshot, type TablePoint } from "ballast/chain";
 * import { privateKeyToAccount } from "viem/accounts";
 * declare const [domain, snapshot, points]: [OracleDomain, Snapshot, TablePoint[]];
 * const signer = privateKeyToAccount(`0x${"11".repeat(32)}`);
 * const signatures = await signSnapshot(domain, snapshot, points, [signer]);
 * ```
 */
export function signSnapshot(
  domain: OracleDomain,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  signers: readonly LocalAccount[],
  publishBy = publishByOf(snapshot),
): Promise<OracleSignature[]> {
  const message = snapshotMessage(domain, snapshot, points, publishBy);
  return collect(signers, (signer) => signer.signTypedData(message));
}

/** Signatures of all `signers` under points for a published snapshot, good for as long as those under a snapshot. */
export function signTablePoints(
  domain: OracleDomain,
  snapshot: SignedSnapshot,
  points: readonly TablePoint[],
  signers: readonly LocalAccount[],
  publishBy = publishByOf(snapshot),
): Promise<OracleSignature[]> {
  const message = tablePointsMessage(domain, snapshot.snapshotId, points, publishBy);
  return collect(signers, (signer) => signer.signTypedData(message));
}

/**
 * Publishes a snapshot; anyone may, with the oracles' signatures.
 * @param publishBy until when they signed that it may be, Unix seconds. Default: as of `signSnapshot`.
 * @throws {BallastError} CHAIN_ERROR, e.g. SnapshotAlreadyPublished, SnapshotTooOld, PublicationLapsed,
 *   NotEnoughSignatures; InvalidSignature where they signed another `publishBy`.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { type ChainClient, type Deployment, type OracleSignature, publishSnapshot, type TablePoint } from "ballast/chain";
 * declare const [client, deployment, snapshot]: [ChainClient, Deployment, Snapshot];
 * declare const [points, signatures]: [TablePoint[], OracleSignature[]];
 * await publishSnapshot(client, deployment, snapshot, points, signatures);
 * ```
 */
export function publishSnapshot(
  client: ChainClient,
  deployment: Deployment,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  signatures: readonly OracleSignature[],
  publishBy = publishByOf(snapshot),
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({
    abi: snapshotOracleAbi,
    functionName: "publish",
    args: [headerOf(snapshot), snapshot.policyElements, points, publishBy, signatures],
  });
  return transact(client, { to: deployment.snapshotOracle, data, doing: "publishing the snapshot" });
}

/**
 * Adds table points of further instances to a published snapshot.
 * @param publishBy until when they signed that they may be, Unix seconds. Default: as of `signTablePoints`.
 * @throws {BallastError} CHAIN_ERROR, e.g. UnknownSnapshot, TablePointAlreadyPosted, PublicationLapsed.
 */
export function addTablePoints(
  client: ChainClient,
  deployment: Deployment,
  snapshot: SignedSnapshot,
  points: readonly TablePoint[],
  signatures: readonly OracleSignature[],
  publishBy = publishByOf(snapshot),
): Promise<TransactionReceipt> {
  const data = encodeFunctionData({
    abi: snapshotOracleAbi,
    functionName: "addTablePoints",
    args: [snapshot.snapshotId, points, publishBy, signatures],
  });
  return transact(client, { to: deployment.snapshotOracle, data, doing: "adding table points" });
}

async function collect(
  signers: readonly LocalAccount[],
  sign: (signer: LocalAccount) => Promise<Hex>,
): Promise<OracleSignature[]> {
  const ascending = [...signers].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  return Promise.all(
    ascending.map(async (signer) => ({ signer: signer.address, signature: await sign(signer) })),
  );
}
