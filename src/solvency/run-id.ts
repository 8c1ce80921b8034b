import type { Address, Hex } from "viem";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import { type Field, toField } from "../math/field.ts";

const RUN_DOMAIN = keccak256(stringToBytes("ballast.solvency.run.v1"));
const CONTEXT_DOMAIN = keccak256(stringToBytes("ballast.solvency.context.v1"));

/** What a run is fixed by before its first proof; the venue signs it. */
export interface RunHeader {
  readonly venue: Address;
  /** Ids of the batch circuit and of the report circuit, keys included. */
  readonly batchCircuit: Hex;
  readonly reportCircuit: Hex;
  readonly snapshotId: Field;
  readonly accountsRoot: Field;
  /** What accounts hold of the assets in reserve: `reservesHash`. */
  readonly reservesHash: Hex;
  /** The hidden state of zero batches. */
  readonly initialState: Field;
  /** Unix seconds until which the run must be closed on chain. */
  readonly deadline: bigint;
}

/** A header's fields in Solidity's types and order: what the run's id hashes and what the venue signs. */
export const RUN_HEADER_FIELDS = [
  { name: "venue", type: "address" },
  { name: "batchCircuit", type: "bytes32" },
  { name: "reportCircuit", type: "bytes32" },
  { name: "snapshotId", type: "uint256" },
  { name: "accountsRoot", type: "uint256" },
  { name: "reservesHash", type: "bytes32" },
  { name: "initialState", type: "uint256" },
  { name: "deadline", type: "uint64" },
] as const;

/** Where a run is to be attested. */
export interface RunTarget {
  readonly chainId: bigint;
  /** The SolvencyRegistry; zero for a run that is verified off chain only. */
  readonly registry: Address;
}

/** `runId` of docs/protocol/encodings.md section 7. */
export function runIdOf({ chainId, registry }: RunTarget, header: RunHeader): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "bytes32" },
        { type: "uint256" },
        { type: "address" },
        {
          type: "tuple",
          components: RUN_HEADER_FIELDS,
        },
      ],
      [RUN_DOMAIN, chainId, registry, header],
    ),
  );
}

/** The public signal `context` of every proof of a run. */
export function solvencyContext(runId: Hex): Field {
  const encoded = encodeAbiParameters([{ type: "bytes32" }, { type: "bytes32" }], [CONTEXT_DOMAIN, runId]);
  return toField(BigInt(keccak256(encoded)) >> 3n, "context");
}
