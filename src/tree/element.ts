import { type Field, toField } from "../math/field.ts";

/** Indices are 32-bit words in the file. */
export const MAX_DEPTH = 30;

/** Writes an element as 32 bytes, big-endian. */
export function putElement(bytes: Buffer, offset: number, value: bigint): void {
  for (let word = 0; word < 4; word++) {
    bytes.writeBigUInt64BE((value >> BigInt(192 - 64 * word)) & 0xffffffffffffffffn, offset + 8 * word);
  }
}

/** Reads what {@link putElement} wrote. @throws {BallastError} OUT_OF_RANGE when it is not canonical. */
export function getElement(bytes: Buffer, offset: number): Field {
  const value = [0, 8, 16, 24].reduce((sum, at) => (sum << 64n) | bytes.readBigUInt64BE(offset + at), 0n);
  return toField(value, "stored node");
}
