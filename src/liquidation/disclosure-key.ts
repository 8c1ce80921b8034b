import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import type { Hex } from "viem";
import { bytesToHex, concat, hexToBytes } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../errors.ts";

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

/** A fresh key, and the text of its file. Secret. */
export async function newDisclosureKey(): Promise<{ readonly key: DisclosureKey; readonly text: string }> {
  const pair = await suite.kem.generateKeyPair();
  const publicKey = bytesToHex(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)));
  const privateKey = bytesToHex(new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)));
  const text = `${JSON.stringify({ format: FORMAT, publicKey, privateKey }, null, 2)}\n`;
  return { key: keyOf(publicKey, privateKey), text };
}

/**
 * Reads a key file's JSON.
 * @throws {BallastError} INVALID_KEY when it is no key or its halves don't belong together; nothing of it is quoted.
 */
export async function parseDisclosureKey(json: unknown): Promise<DisclosureKey> {
  const parsed = disclosureKeyFileSchema.safeParse(json);
  const key = parsed.success ? keyOf(parsed.data.publicKey, parsed.data.privateKey) : undefined;
  if (key !== undefined && (await isPair(key))) return key;
  // No cause: a parser's message may quote the key.
  throw new BallastError("INVALID_KEY", "This is not a disclosure key.", {
    hint: "Make a new one and set it on chain; what was disclosed to a lost key must be disclosed again.",
  });
}

/** Whether what is sealed to the public half opens with the private one. */
async function isPair({ publicKey, unseal }: DisclosureKey): Promise<boolean> {
  const nothing = new Uint8Array();
  try {
    await unseal(nothing, await sealTo(publicKey, nothing, nothing));
    return true;
  } catch {
    return false;
  }
}

/**
 * Seals a message to a key.
 * @returns the encapsulated key, then the ciphertext: 48 bytes more than the message.
 * @throws {BallastError} INVALID_KEY for a public key that is no point to encrypt to.
 */
export async function sealTo(publicKey: Hex, info: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(hexToBytes(publicKey));
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, message);
    return concat([new Uint8Array(enc), new Uint8Array(ct)]);
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
        const recipientKey = await suite.kem.deserializePrivateKey(hexToBytes(privateKey));
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
