import type { Address } from "viem";

/** Whether two addresses are one, in whatever case they are written. */
export function isSameAddress(one: Address, other: Address): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
