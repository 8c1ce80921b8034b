import type { Address, Hex } from "viem";
import {
  bytesToHex,
  encodeAbiParameters,
  getAddress,
  hexToBytes,
  isAddress,
  isHex,
  keccak256,
  stringToBytes,
} from "viem/utils";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { formatField, parseField } from "../math/field.ts";
import { commitmentOf, type OpenAccount } from "./account.ts";
import { type DisclosureKey, sealTo } from "./disclosure-key.ts";

const DOMAIN = keccak256(stringToBytes("ballast.disclosure.v1"));
const FORMAT = "ballast.disclosure/1";
/** Messages are filled up to a multiple of this, so that their length tells little of how many positions there are. */
const BLOCK_BYTES = 1024;

/** What a disclosure belongs to: nobody else, and no other case or version of it, can be shown it. */
export interface DisclosurePlace {
  readonly chainId: number | bigint;
  /** The SealedAuction. */
  readonly auction: Address;
  readonly caseId: bigint;
  /** uint32 */
  readonly version: number;
  /** Who reads it. */
  readonly recipient: Address;
}

/** A case's account as it was disclosed. Secret. */
export interface Disclosure extends OpenAccount {
  /** Of the circuits in which its commitment was made. */
  readonly slots: number;
}

/** What the chain says of the case's account. */
export interface DisclosedAccount {
  readonly accountId: bigint;
  /** The ledger's. */
  readonly commitment: bigint;
}

const field = z.string().regex(/^0x[0-9a-f]{64}$/);
export const disclosureFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  accountId: field,
  salt: field,
  slots: z.int().min(1).max(128),
  positions: z
    .array(
      z.strictObject({
        instrumentId: z.int(),
        quantity: z
          .string()
          .regex(/^(0|-?[1-9][0-9]{0,10})$/)
          .transform(BigInt),
      }),
    )
    .max(128),
});

/** HPKE's `info`: what sender and recipient know alike. @throws {BallastError} INVALID_INPUT, OUT_OF_RANGE. */
export function disclosureInfo({
  chainId,
  auction,
  caseId,
  version,
  recipient,
}: DisclosurePlace): Uint8Array {
  if (![auction, recipient].every((address) => isAddress(address, { strict: false })))
    throw new BallastError("INVALID_INPUT", "The auction or the recipient is not an address.");
  if (BigInt(chainId) < 0n || caseId < 0n || !Number.isInteger(version) || version < 0 || version >= 2 ** 32)
    throw new BallastError("OUT_OF_RANGE", "The chain, the case or its version is out of range.");
  const types = [
    { type: "bytes32" },
    { type: "uint256" },
    { type: "address" },
    { type: "uint256" },
    { type: "uint32" },
    { type: "address" },
  ] as const;
  const values = [
    DOMAIN,
    BigInt(chainId),
    getAddress(auction),
    caseId,
    version,
    getAddress(recipient),
  ] as const;
  return hexToBytes(encodeAbiParameters(types, values));
}

/**
 * Encrypts an account's opening to one liquidator. Each call gives another ciphertext.
 *
 * @param publicKey the recipient's disclosure key on chain.
 * @param account what the chain says: what doesn't open it isn't sent.
 * @returns the bytes for `PortfolioSale.disclose`.
 * @throws {BallastError} DISCLOSURE_MISMATCH for the opening of another commitment, INVALID_KEY for an unusable key.
 */
export async function sealDisclosure(
  publicKey: Hex,
  place: DisclosurePlace,
  opening: Disclosure,
  account: DisclosedAccount,
): Promise<Hex> {
  checkDisclosed(opening, account);
  return bytesToHex(await sealTo(publicKey, disclosureInfo(place), encode(opening)));
}

/**
 * Decrypts a disclosure and checks it against the chain.
 *
 * @param ciphertext the bytes of the event.
 * @param account what the chain says of the case's account.
 * @returns the account with its positions, net, by ascending id as they were committed.
 * @throws {BallastError} DISCLOSURE_UNREADABLE when it isn't for this key, case, version and recipient, was changed, or is no
 *   opening; DISCLOSURE_MISMATCH when it is of another account or doesn't open its commitment.
 */
export async function openDisclosure(
  key: DisclosureKey,
  place: DisclosurePlace,
  ciphertext: Hex,
  account: DisclosedAccount,
): Promise<Disclosure> {
  const bytes = isHex(ciphertext) ? hexToBytes(ciphertext) : new Uint8Array();
  const opening = decode(await key.unseal(disclosureInfo(place), bytes));
  checkDisclosed(opening, account);
  return opening;
}

function checkDisclosed(opening: Disclosure, { accountId, commitment }: DisclosedAccount): void {
  if (opening.accountId !== accountId)
    throw new BallastError("DISCLOSURE_MISMATCH", "The disclosure is of another account than the case's.", {
      hint: "The venue must disclose the case's account.",
    });
  if (commits(opening, commitment)) return;
  throw new BallastError(
    "DISCLOSURE_MISMATCH",
    "The disclosure does not open the account's commitment on chain.",
    {
      hint: "Don't bid on it. The account may have changed since: have the venue disclose the case's present version.",
    },
  );
}

function commits(opening: Disclosure, commitment: bigint): boolean {
  try {
    return commitmentOf(opening, opening.slots) === commitment;
  } catch {
    return false; // positions that no circuit takes open nothing
  }
}

/** Canonical JSON: fixed order of keys, positions by ascending id, spaces up to a whole block. */
function encode({ accountId, salt, slots, positions }: Disclosure): Uint8Array {
  const held = positions
    .filter(({ quantity }) => quantity !== 0n)
    .sort((a, b) => a.instrumentId - b.instrumentId)
    .map(({ instrumentId, quantity }) => ({ instrumentId, quantity: quantity.toString() }));
  const text = JSON.stringify({
    format: FORMAT,
    accountId: formatField(accountId),
    salt: formatField(salt),
    slots,
    positions: held,
  });
  return stringToBytes(text.padEnd(Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES));
}

function decode(message: Uint8Array): Disclosure {
  try {
    const { accountId, salt, slots, positions } = disclosureFileSchema.parse(
      parseJson(new TextDecoder().decode(message), "message"),
    );
    return { accountId: parseField(accountId), salt: parseField(salt), slots, positions };
  } catch {
    // No cause: a parser's message may quote positions or the salt.
    throw new BallastError("DISCLOSURE_UNREADABLE", "What was disclosed is not an account's opening.", {
      hint: "The venue must disclose it again, with the same version of Ballast.",
    });
  }
}
