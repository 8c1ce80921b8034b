import { createPrivateKey, createPublicKey } from "node:crypto";
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import type { Hex } from "viem";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { readJsonFile, writeNewFile } from "../node/files.ts";

/** HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. */
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});
/** Bytes of the encapsulated key, which stands before the ciphertext. */
const ENCAPSULATED = 32;
/** Bytes of the authentication tag, at its end. */
const TAG = 16;

/** A liquidator's key for disclosures. The private key is in no property: it can't be printed by mistake. */
export interface DisclosureKey {
  /** X25519, 32 bytes; what `setDisclosureKey` takes. */
  readonly publicKey: Hex;
  /**
   * Opens a sealed message.
   * @param info what both sides know; another info than the sender's opens nothing.
   * @throws {BallastError} DISCLOSURE_UNREADABLE for anything that wasn't sealed to this key with this info, or was changed.
   */
  unseal(info: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>;
}

const FORMAT = "ballast.disclosure-key/1";
const bytes32 = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);
export const disclosureKeyFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  publicKey: bytes32,
  privateKey: bytes32,
});

/**
 * Makes a key and writes its file, readable by its owner only; a file that exists is never overwritten.
 * @throws {BallastError} FILE_ERROR when it exists or can't be written.
 */
export async function createDisclosureKey(path: string): Promise<DisclosureKey> {
  const pair = await suite.kem.generateKeyPair();
  const publicKey = hex(await suite.kem.serializePublicKey(pair.publicKey));
  const privateKey = hex(await suite.kem.serializePrivateKey(pair.privateKey));
  writeNewFile(path, `${JSON.stringify({ format: FORMAT, publicKey, privateKey }, null, 2)}\n`, 0o600);
  return keyOf(publicKey, privateKey);
}

/**
 * Reads a key's file.
 * @throws {BallastError} FILE_ERROR when it can't be read, INVALID_KEY when it is no key or its halves don't belong together;
 *   nothing of the file is quoted.
 */
export function loadDisclosureKey(path: string): DisclosureKey {
  const parsed = disclosureKeyFileSchema.safeParse(readJsonFile(path, "disclosure key"));
  // No cause: a parser's message may quote the key.
  if (!parsed.success || publicKeyOf(parsed.data.privateKey) !== parsed.data.publicKey)
    throw new BallastError("INVALID_KEY", `The file ${path} is not a disclosure key.`, {
      hint: "Make a new one and set it on chain; what was disclosed to a lost key must be disclosed again.",
    });
  return keyOf(parsed.data.publicKey, parsed.data.privateKey);
}

/**
 * Seals a message to a key.
 * @returns the encapsulated key, then the ciphertext: 48 bytes more than the message.
 * @throws {BallastError} INVALID_KEY for a public key that is no point to encrypt to.
 */
export async function sealTo(publicKey: Hex, info: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(publicKey));
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, message);
    return Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]);
  } catch {
    throw new BallastError("INVALID_KEY", "Nothing can be encrypted to this disclosure key.", {
      hint: "Its owner must set an X25519 public key, as `ballast liquidate key` does.",
    });
  }
}

function keyOf(publicKey: Hex, privateKey: Hex): DisclosureKey {
  return {
    publicKey,
    unseal: async (info, sealed) => {
      if (sealed.length < ENCAPSULATED + TAG) throw unreadable();
      const enc = sealed.slice(0, ENCAPSULATED);
      try {
        const recipientKey = await suite.kem.deserializePrivateKey(bytesOf(privateKey));
        return new Uint8Array(await suite.open({ recipientKey, enc, info }, sealed.slice(ENCAPSULATED)));
      } catch {
        // No cause: whatever failed, a forger learns nothing of where.
        throw unreadable();
      }
    },
  };
}

function unreadable(): BallastError {
  return new BallastError("DISCLOSURE_UNREADABLE", "The disclosure can't be decrypted with this key.", {
    hint: "It was changed, or sealed to another key, case, version or recipient: set your key on chain and have the venue disclose again.",
  });
}

/** The public half of an X25519 key (RFC 8410's encoding around the raw bytes). */
function publicKeyOf(privateKey: Hex): Hex {
  const prefix = Buffer.from("302e020100300506032b656e04220420", "hex");
  const key = createPrivateKey({
    key: Buffer.concat([prefix, bytesOf(privateKey)]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return hex(spki.subarray(spki.length - 32));
}

function bytesOf(value: Hex): Uint8Array {
  return new Uint8Array(Buffer.from(value.slice(2), "hex"));
}

function hex(bytes: ArrayBuffer | Uint8Array): Hex {
  return `0x${Buffer.from(new Uint8Array(bytes)).toString("hex")}`;
}
