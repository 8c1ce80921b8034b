import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { xchacha20poly1305 } from "@noble/ciphers/chacha";
import { BallastError } from "../../errors.ts";
import { type Field, formatField, toField } from "../../math/field.ts";

const FORMAT = 1;
const KEY_BYTES = 32;
const ID_BYTES = 8;
const NONCE_BYTES = 24;
const HEADER_BYTES = 1 + ID_BYTES;
/** 248 bits, as a random salt has. */
const SALT_BYTES = 31;

interface MasterKey {
  readonly id: Uint8Array;
  readonly seal: Uint8Array;
  readonly salt: Uint8Array;
}

/**
 * The service's master keys. Sealed bytes: `1 ‖ key id (8) ‖ nonce (24) ‖ XChaCha20-Poly1305`, bound to the place that they are for.
 * The first key seals, and every one opens what it sealed, so that a key is rotated by putting a new one before it.
 */
export class Keyring {
  readonly #keys: readonly [MasterKey, ...MasterKey[]];

  /** @param text keys of 64 hex digits, the newest first, one a line. @throws {BallastError} INVALID_KEY, without the text in it. */
  constructor(text: string) {
    const words = text.split(/[\s,]+/).filter((word) => word !== "");
    const [first, ...others] = words.map(masterKey);
    if (first === undefined) throw malformed();
    this.#keys = [first, ...others];
    if (new Set(words.map((word) => word.toLowerCase())).size !== words.length)
      throw new BallastError("INVALID_KEY", "A master key stands twice.");
  }

  /** Of the key that seals, hex: names it, and tells nothing of it. */
  get keyId(): string {
    return hex(this.#keys[0].id);
  }

  /** @param place what the bytes are of, e.g. `account 0x…, version 7`: elsewhere they don't open. */
  seal(place: string, plain: Uint8Array): Uint8Array {
    const [key] = this.#keys;
    const nonce = randomBytes(NONCE_BYTES);
    const header = Uint8Array.of(FORMAT, ...key.id);
    const sealed = xchacha20poly1305(key.seal, nonce, bound(header, place)).encrypt(plain);
    return concat(header, nonce, sealed);
  }

  /** @throws {BallastError} INVALID_KEY where no key is that of the bytes; SEAL_BROKEN where they were changed, or are of another place. */
  open(place: string, sealed: Uint8Array): Uint8Array {
    const header = sealed.subarray(0, HEADER_BYTES);
    const id = hex(header.subarray(1));
    const key = this.#keys.find((one) => hex(one.id) === id);
    if (header[0] !== FORMAT) throw broken();
    if (key === undefined)
      throw new BallastError("INVALID_KEY", "A master key is missing that something was sealed with.", {
        hint: "Put it behind the newest key, until everything is sealed anew.",
        details: { keyId: id },
      });
    const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    try {
      const cipher = xchacha20poly1305(key.seal, nonce, bound(header, place));
      return cipher.decrypt(sealed.subarray(HEADER_BYTES + NONCE_BYTES));
    } catch {
      // What the library says is of no use to anybody.
      throw broken();
    }
  }

  /** Whether the newest key sealed it. */
  isCurrent(sealed: Uint8Array): boolean {
    return hex(sealed.subarray(1, HEADER_BYTES)) === this.keyId;
  }

  /** The salt of an account's version, by the newest key: whoever has the key can make it again. */
  saltOf(account: Field, version: bigint): Field {
    return deriveSalt(this.#keys[0], account, version);
  }

  /** The same by each key, the newest first: for what was committed before a rotation. */
  saltsOf(account: Field, version: bigint): readonly Field[] {
    return this.#keys.map((key) => deriveSalt(key, account, version));
  }

  /** The salt of what a step makes of an account: the same step makes the same, also after its process was killed. */
  saltFor(account: Field, step: string): Field {
    const bytes = derive(this.#keys[0].salt, `${formatField(account)} step ${step}`, SALT_BYTES);
    return toField(BigInt(`0x${hex(bytes)}`));
  }

  toJSON(): string {
    return "[master keys]";
  }
}

/** A fresh master key, as {@link Keyring} reads it. */
export function newMasterKey(): string {
  return randomBytes(KEY_BYTES).toString("hex");
}

function masterKey(word: string): MasterKey {
  if (!/^[0-9a-fA-F]{64}$/.test(word)) throw malformed();
  const key = Buffer.from(word, "hex");
  return {
    id: createHash("sha256")
      .update("ballast.master-key/1")
      .update(derive(key, "id", KEY_BYTES))
      .digest()
      .subarray(0, ID_BYTES),
    seal: derive(key, "seal", KEY_BYTES),
    salt: derive(key, "salt", KEY_BYTES),
  };
}

function deriveSalt({ salt }: MasterKey, account: Field, version: bigint): Field {
  const bytes = derive(salt, `${formatField(account)} ${version}`, SALT_BYTES);
  return toField(BigInt(`0x${hex(bytes)}`));
}

/** HKDF with SHA-256. */
function derive(key: Uint8Array, purpose: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, "ballast.service/1", purpose, length));
}

function bound(header: Uint8Array, place: string): Uint8Array {
  return concat(header, Buffer.from(place, "utf8"));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function malformed(): BallastError {
  return new BallastError("INVALID_KEY", "The master key is malformed.", {
    hint: "It is 64 hex digits; `ballast init` makes one. Several stand on a line each, the newest first.",
  });
}

function broken(): BallastError {
  return new BallastError(
    "SEAL_BROKEN",
    "Something sealed in the database was changed, or is of another place.",
    {
      hint: "Restore a backup. Nothing of it is used.",
    },
  );
}
