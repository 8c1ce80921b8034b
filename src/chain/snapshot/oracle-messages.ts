import type { Address, Hex, TypedDataDefinition } from "viem";
import type { Snapshot } from "../../risk/snapshot.ts";

/** A table point for one circuit id. */
export interface TablePoint {
  readonly circuitId: Hex;
  readonly x: bigint;
  readonly y: bigint;
}

/** The snapshot's header as `SnapshotOracle` takes it. */
export interface OnChainHeader {
  readonly time: bigint;
  readonly tableHash: Hex;
  readonly rowCount: number;
  readonly scenarios: number;
  readonly underlyings: number;
  readonly inputHash: Hex;
  readonly oracleRound: number;
}

const POINT = [
  { name: "circuitId", type: "bytes32" },
  { name: "x", type: "uint256" },
  { name: "y", type: "uint256" },
] as const;

const SNAPSHOT_TYPES = {
  Snapshot: [
    { name: "time", type: "uint64" },
    { name: "tableHash", type: "bytes32" },
    { name: "rowCount", type: "uint32" },
    { name: "scenarios", type: "uint32" },
    { name: "underlyings", type: "uint32" },
    { name: "policyHash", type: "bytes32" },
    { name: "inputHash", type: "bytes32" },
    { name: "oracleRound", type: "uint32" },
    { name: "publishBy", type: "uint64" },
    { name: "tablePoints", type: "TablePoint[]" },
  ],
  TablePoint: POINT,
} as const;

const POINTS_TYPES = {
  TablePoints: [
    { name: "snapshotId", type: "uint256" },
    { name: "publishBy", type: "uint64" },
    { name: "tablePoints", type: "TablePoint[]" },
  ],
  TablePoint: POINT,
} as const;

/** What a signature of an oracle is bound to. */
export interface OracleDomain {
  readonly chainId: number;
  readonly snapshotOracle: Address;
}

/** Seconds after a snapshot's time for which signers let it be published, unless they say otherwise. */
export const PUBLISH_WITHIN = 15n * 60n;
/** The most that the contract takes: nobody signs for ever. */
export const MOST_PUBLISH_WITHIN = 60n * 60n;

/** A snapshot, as far as the signers' messages name one that is published. */
export type SignedSnapshot = Pick<Snapshot, "snapshotId" | "time">;

/** Until when a snapshot's signatures are good unless the signers say otherwise, Unix seconds: all sign the same. */
export function publishByOf({ time }: Pick<Snapshot, "time">): bigint {
  return time + PUBLISH_WITHIN;
}

export function headerOf(snapshot: Snapshot): OnChainHeader {
  return {
    time: snapshot.time,
    tableHash: snapshot.tableHash,
    rowCount: snapshot.rows.length,
    scenarios: snapshot.shape.scenarios,
    underlyings: snapshot.shape.underlyings,
    inputHash: snapshot.inputHash,
    oracleRound: snapshot.oracleRound,
  };
}

/**
 * The EIP-712 message that oracles sign to publish a snapshot with its table points.
 * @param publishBy until when it may be published, Unix seconds.
 */
export function snapshotMessage(
  domain: OracleDomain,
  snapshot: Snapshot,
  points: readonly TablePoint[],
  publishBy: bigint,
): TypedDataDefinition<typeof SNAPSHOT_TYPES, "Snapshot"> {
  return {
    domain: domainOf(domain),
    types: SNAPSHOT_TYPES,
    primaryType: "Snapshot",
    message: { ...headerOf(snapshot), policyHash: snapshot.policyHash, publishBy, tablePoints: points },
  };
}

/**
 * The EIP-712 message that oracles sign to add table points to a published snapshot.
 * @param publishBy until when they may be added, Unix seconds.
 */
export function tablePointsMessage(
  domain: OracleDomain,
  snapshotId: bigint,
  points: readonly TablePoint[],
  publishBy: bigint,
): TypedDataDefinition<typeof POINTS_TYPES, "TablePoints"> {
  return {
    domain: domainOf(domain),
    types: POINTS_TYPES,
    primaryType: "TablePoints",
    message: { snapshotId, publishBy, tablePoints: points },
  };
}

function domainOf({ chainId, snapshotOracle }: OracleDomain) {
  return { name: "Ballast SnapshotOracle", version: "1", chainId, verifyingContract: snapshotOracle };
}
