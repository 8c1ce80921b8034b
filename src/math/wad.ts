declare const wadBrand: unique symbol;
/** A signed fixed-point number with 18 decimals. */
export type Wad = bigint & { readonly [wadBrand]: true };

/** 1.0 */
export const WAD = 1_000_000_000_000_000_000n as Wad;

/** Marks an integer that is already scaled by 1e18. */
export function wad(value: bigint): Wad {
  return value as Wad;
}
