import type { Address, Hex } from "viem";
import { bytesToHex, encodeAbiParameters, getAddress, isAddress, keccak256, stringToBytes } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { LOT_LIMIT } from "../risk/shape.ts";

const DOMAIN = keccak256(stringToBytes("ballast.bid.v1"));

/** A sealed bid. Secret until it is revealed: cash and salt are in no message and no log. */
export interface Bid {
  readonly chainId: bigint;
  /** The SealedAuction. */
  readonly auction: Address;
  readonly caseId: bigint;
  /** The case's version that was bid for; uint32. */
  readonly version: number;
  readonly bidder: Address;
  /** Lots of the settlement asset left to the account for its whole portfolio, 0 <= cash < 2^36. */
  readonly cash: bigint;
  /** 32 random bytes. */
  readonly salt: Hex;
}

const FORMAT = "ballast.bid/1";
const decimal = (limit: bigint) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]{0,77})$/)
    .transform(BigInt)
    .refine((value) => value < limit);
const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }))
  .transform((text): Address => getAddress(text));
export const bidFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  chainId: decimal(1n << 256n),
  auction: address,
  caseId: decimal(1n << 256n),
  version: z
    .int()
    .nonnegative()
    .max(2 ** 32 - 1),
  bidder: address,
  cash: decimal(LOT_LIMIT),
  salt: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]),
});

/** A fresh salt of 32 random bytes. */
export function randomBidSalt(): Hex {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * What is committed on chain, as `SealedAuction.bidHashOf`.
 * @throws {BallastError} OUT_OF_RANGE for cash outside 0..2^36-1 lots, a version outside 32 bits or a negative number;
 *   INVALID_INPUT for malformed addresses or salt.
 */
export function bidHash(bid: Bid): Hex {
  const { chainId, auction, caseId, version, bidder, cash, salt } = checkBid(bid);
  const types = [
    { type: "bytes32" },
    { type: "uint256" },
    { type: "address" },
    { type: "uint256" },
    { type: "uint32" },
    { type: "address" },
    { type: "uint64" },
    { type: "bytes32" },
  ] as const;
  return keccak256(
    encodeAbiParameters(types, [DOMAIN, chainId, auction, caseId, version, bidder, cash, salt]),
  );
}

/** The text of a bid's file. @throws {BallastError} OUT_OF_RANGE, INVALID_INPUT as {@link bidHash}. */
export function encodeBid(bid: Bid): string {
  const { chainId, auction, caseId, version, bidder, cash, salt } = checkBid(bid);
  const json = {
    format: FORMAT,
    chainId: chainId.toString(),
    auction,
    caseId: caseId.toString(),
    version,
    bidder,
    cash: cash.toString(),
    salt,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Reads a bid file's JSON. @throws {BallastError} INVALID_INPUT when it is no bid; nothing of it is quoted. */
export function parseBid(json: unknown): Bid {
  const parsed = bidFileSchema.safeParse(json);
  // No cause: a parser's message may quote the salt.
  if (!parsed.success) throw new BallastError("INVALID_INPUT", "This is not a bid.");
  const { format: _, ...bid } = parsed.data;
  return bid;
}

/**
 * Checks that a bid is the one that was committed, before it is revealed.
 * @param committed the hash on chain; undefined when there is none.
 * @throws {BallastError} BID_MISMATCH.
 */
export function checkCommitted(bid: Bid, committed: Hex | undefined): void {
  const { bidder, caseId } = bid;
  if (committed === undefined || BigInt(committed) === 0n)
    throw new BallastError("BID_MISMATCH", `${bidder} has committed no bid for case ${caseId}.`, {
      hint: "Commit it first, or give the file of another case.",
    });
  if (committed.toLowerCase() === bidHash(bid)) return;
  throw new BallastError("BID_MISMATCH", `The file's bid is not the one that ${bidder} committed.`, {
    hint: "Give the file that was written when this bid was committed: chain, auction, case, version, cash and salt must be the same.",
  });
}

function checkBid(bid: Bid): Bid {
  const { chainId, caseId, version, cash, salt } = bid;
  if (cash < 0n || cash >= LOT_LIMIT)
    throw new BallastError("OUT_OF_RANGE", "A bid is 0 to 2^36 - 1 lots of the settlement asset.", {
      hint: "Bid what is to be left to the account for its whole portfolio.",
    });
  const numbers = Number.isInteger(version) && version >= 0 && version < 2 ** 32;
  if (!numbers || chainId < 0n || caseId < 0n || chainId >= 1n << 256n || caseId >= 1n << 256n)
    throw new BallastError("OUT_OF_RANGE", "The bid's chain, case or version is out of range.");
  if (!isAddress(bid.auction, { strict: false }) || !isAddress(bid.bidder, { strict: false }))
    throw new BallastError("INVALID_INPUT", "The auction or the bidder is not an address.");
  if (!/^0x[0-9a-fA-F]{64}$/.test(salt))
    throw new BallastError("INVALID_INPUT", "A bid's salt is 0x and 64 hex digits.");
  return {
    ...bid,
    auction: getAddress(bid.auction),
    bidder: getAddress(bid.bidder),
    salt: salt.toLowerCase() as Hex,
  };
}
