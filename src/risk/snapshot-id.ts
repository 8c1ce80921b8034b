import type { Hex } from "viem";
import { concat, encodeAbiParameters, keccak256, numberToHex, stringToBytes } from "viem/utils";
import { type Field, toField } from "../math/field.ts";
import type { Shape } from "./shape.ts";

const SNAPSHOT_DOMAIN = keccak256(stringToBytes("ballast.snapshot.v2"));
const NO_ROWS: Hex = `0x${"00".repeat(32)}`;

/** What a snapshot's id commits to. */
export interface SnapshotHeader {
  /** Unix seconds. */
  readonly time: bigint;
  readonly tableHash: Hex;
  /** Real rows R of the table; the rest of an instance's rows are zeros. */
  readonly rowCount: number;
  readonly shape: Shape;
  readonly policyHash: Hex;
  readonly inputHash: Hex;
  /** The volatility oracle's round that it was made with, 0 for none; below 2^32. */
  readonly oracleRound: number;
}

/** The snapshot's id, a 253-bit field element (docs/protocol/encodings.md section 4). */
export function snapshotIdOf(header: SnapshotHeader): Field {
  const encoded = encodeAbiParameters(
    [
      { type: "bytes32" },
      { type: "uint64" },
      { type: "bytes32" },
      { type: "uint32" },
      { type: "uint32" },
      { type: "uint32" },
      { type: "bytes32" },
      { type: "bytes32" },
      { type: "uint32" },
    ],
    [
      SNAPSHOT_DOMAIN,
      header.time,
      header.tableHash,
      header.rowCount,
      header.shape.scenarios,
      header.shape.underlyings,
      header.policyHash,
      header.inputHash,
      header.oracleRound,
    ],
  );
  return toField(BigInt(keccak256(encoded)) >> 3n, "snapshot id");
}

/** Field elements as big-endian 32-byte words, one after the other. */
export function packWords(elements: readonly bigint[]): Hex {
  return concat(elements.map((element) => numberToHex(element, { size: 32 })));
}

/** `h_0 = 0, h_{n+1} = keccak256(h_n || row n)` over the real rows (docs/protocol/encodings.md section 2). */
export function tableHashOf(rows: readonly (readonly bigint[])[]): Hex {
  return rows.reduce<Hex>((hash, row) => keccak256(concat([hash, packWords(row)])), NO_ROWS);
}

/** Keccak of the policy's elements as 32-byte words. */
export function policyHashOf(elements: readonly bigint[]): Hex {
  return keccak256(packWords(elements));
}

/** Keccak of the UTF-8 bytes of the canonical inputs text. */
export function inputHashOf(canonicalText: string): Hex {
  return keccak256(stringToBytes(canonicalText));
}
