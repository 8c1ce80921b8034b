import type { Address } from "viem";
import { encodeAbiParameters, getAddress, isAddress, keccak256, stringToBytes } from "viem/utils";
import { BallastError } from "../../errors.ts";
import { type Field, toField } from "../../math/field.ts";

const DOMAIN = keccak256(stringToBytes("ballast.coverage.context.v1"));

/** Where and until when a coverage proof may be used. */
export interface CoverageContext {
  readonly chainId: number | bigint;
  /** The CoverageRegistry. */
  readonly registry: Address;
  /** Unix seconds, < 2^64. */
  readonly deadline: bigint;
}

/**
 * The public signal `context` (docs/protocol/encodings.md, section 5): 253 bits of a hash over chain, registry and deadline.
 * @throws {BallastError} INVALID_INPUT for a malformed address, OUT_OF_RANGE for a negative chain id or a deadline
 *   outside 64 bits.
 * @example
 * ```ts
 * import { coverageContext } from "ballast";
 * const registry = "0x00000000000000000000000000000000000000c0";
 * const context = coverageContext({ chainId: 1, registry, deadline: 1_800_000_000n });
 * ```
 */
export function coverageContext({ chainId, registry, deadline }: CoverageContext): Field {
  if (!isAddress(registry, { strict: false })) {
    throw new BallastError("INVALID_INPUT", "The registry is not an address: write 0x and 40 hex digits.");
  }
  if (deadline < 0n || deadline >= 1n << 64n || BigInt(chainId) < 0n) {
    throw new BallastError(
      "OUT_OF_RANGE",
      "The deadline is not a 64-bit Unix time, or the chain id is negative.",
    );
  }
  const encoded = encodeAbiParameters(
    [{ type: "bytes32" }, { type: "uint256" }, { type: "address" }, { type: "uint64" }],
    [DOMAIN, BigInt(chainId), getAddress(registry), deadline],
  );
  return toField(BigInt(keccak256(encoded)) >> 3n, "context");
}
