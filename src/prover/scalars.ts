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
