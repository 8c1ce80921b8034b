import { FIELD_MODULUS } from "../math/field.ts";

/** Bytes of a packed scalar. */
export const SCALAR_BYTES = 32;

/** Packs scalars below 2^256 as 32 little-endian bytes each. */
export function packScalars(scalars: readonly bigint[]): Uint8Array {
  const packed = new Uint8Array(scalars.length * SCALAR_BYTES);
  const view = new DataView(packed.buffer);
  scalars.forEach((scalar, index) => {
    for (let limb = 0; limb < 4; limb++) {
      const bits = (scalar >> BigInt(64 * limb)) & 0xffffffffffffffffn;
      view.setBigUint64(index * SCALAR_BYTES + 8 * limb, bits, true);
    }
  });
  return packed;
}

/** A uniform scalar in 1..p-1 from the platform's generator, by rejection. */
export function randomScalar(): bigint {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(SCALAR_BYTES));
    const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) >> 2n;
    bytes.fill(0);
    if (value > 0n && value < FIELD_MODULUS) return value;
  }
}
