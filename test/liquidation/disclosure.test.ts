import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getAddress, type Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commitmentOf } from "../../src/liquidation/account.ts";
import {
  type Disclosure,
  type DisclosurePlace,
  disclosureInfo,
  openDisclosure,
  sealDisclosure,
} from "../../src/liquidation/disclosure.ts";
import { type DisclosureKey, sealTo } from "../../src/liquidation/disclosure-key.ts";
import { createDisclosureKey, loadDisclosureKey } from "../../src/liquidation/disclosure-key-file.ts";
import { toField } from "../../src/math/field.ts";
import { rejectedBy } from "./thrown.ts";

const SALT = toField(BigInt(`0x${"5e".repeat(31)}`));
const OPENING: Disclosure = {
  accountId: toField(77n),
  salt: SALT,
  slots: 4,
  positions: [
    { instrumentId: 1, quantity: 4_242_424_242n },
    { instrumentId: 64, quantity: -(1n << 36n) + 1n },
  ],
};
const ACCOUNT = { accountId: OPENING.accountId, commitment: commitmentOf(OPENING, 4) };
const PLACE: DisclosurePlace = {
  chainId: 31337,
  auction: getAddress(`0x${"a1".repeat(20)}`),
  caseId: 3n,
  version: 2,
  recipient: getAddress(`0x${"b2".repeat(20)}`),
};

let folder: string;
let key: DisclosureKey;
let other: DisclosureKey;
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ballast-disclosure-"));
  key = await createDisclosureKey(path("key.json"));
  other = await createDisclosureKey(path("other.json"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const seal = (place = PLACE, to = key) => sealDisclosure(to.publicKey, place, OPENING, ACCOUNT);
const secrets = (error: object) => JSON.stringify(error, Object.getOwnPropertyNames(error));

describe("a disclosure", () => {
  it("is read by whom it is for", async () => {
    expect(await openDisclosure(key, PLACE, await seal(), ACCOUNT)).toEqual(OPENING);
  });

  it("is read without the library too: RFC 9180 from its parts", async () => {
    const { privateKey } = JSON.parse(readFileSync(path("key.json"), "utf8")) as { privateKey: Hex };
    const message = rfc9180Open(privateKey, await seal(), disclosureInfo(PLACE));
    expect(JSON.parse(message.toString("utf8"))).toMatchObject({
      format: "ballast.disclosure/1",
      slots: 4,
      positions: [
        { instrumentId: 1, quantity: "4242424242" },
        { instrumentId: 64, quantity: "-68719476735" },
      ],
    });
  });

  it("looks different each time, and as long for many positions as for few", async () => {
    const [one, two] = [await seal(), await seal()];
    expect(one).not.toBe(two);
    const none = { ...OPENING, positions: [] };
    const account = { ...ACCOUNT, commitment: commitmentOf(none, 4) };
    expect((await sealDisclosure(key.publicKey, PLACE, none, account)).length).toBe(one.length);
    expect(one.length).toBe(2 + 2 * (1024 + 48));
  });

  it.each([
    ["another chain", { chainId: 1 }],
    ["another auction", { auction: PLACE.recipient }],
    ["another case", { caseId: 4n }],
    ["another version", { version: 3 }],
    ["another recipient", { recipient: PLACE.auction }],
  ])("is not read as %s's", async (_, change) => {
    const error = await rejectedBy(openDisclosure(key, { ...PLACE, ...change }, await seal(), ACCOUNT));
    expect(error).toMatchObject({
      code: "DISCLOSURE_UNREADABLE",
      hint: expect.stringContaining("another key, case, version or recipient"),
    });
  });

  it("is not read with another key, nor after any change, nor cut off", async () => {
    const sealed = await seal();
    const flip = (at: number) =>
      `${sealed.slice(0, at)}${sealed[at] === "0" ? "1" : "0"}${sealed.slice(at + 1)}`;
    const wrong = [
      flip(5),
      flip(100),
      flip(sealed.length - 1),
      sealed.slice(0, -2),
      sealed.slice(0, 40),
      "0x",
      `${sealed}00`,
    ];
    for (const ciphertext of wrong)
      expect(await rejectedBy(openDisclosure(key, PLACE, ciphertext as Hex, ACCOUNT))).toMatchObject({
        code: "DISCLOSURE_UNREADABLE",
      });
    const error = await rejectedBy(openDisclosure(other, PLACE, sealed, ACCOUNT));
    expect(error).toMatchObject({ code: "DISCLOSURE_UNREADABLE" });
    expect(secrets(error)).not.toMatch(/5e5e|4242424242/);
  });

  it("of something else than the account on chain is neither sent nor believed", async () => {
    const lie = { ...OPENING, positions: [{ instrumentId: 1, quantity: 4_242_424_243n }] };
    const account = { ...ACCOUNT, commitment: commitmentOf(lie, 4) };
    const sealed = await sealDisclosure(key.publicKey, PLACE, lie, account);
    const errors = [
      await rejectedBy(openDisclosure(key, PLACE, sealed, ACCOUNT)),
      await rejectedBy(openDisclosure(key, PLACE, sealed, { ...account, accountId: 78n })),
      await rejectedBy(sealDisclosure(key.publicKey, PLACE, lie, ACCOUNT)),
      await rejectedBy(sealDisclosure(key.publicKey, PLACE, { ...OPENING, slots: 8 }, ACCOUNT)),
    ];
    for (const error of errors) {
      expect(error).toMatchObject({ code: "DISCLOSURE_MISMATCH" });
      expect(secrets(error)).not.toMatch(/5e5e|424242424/);
    }
  });

  it.each([
    ["no JSON", "salt 5e5e5e"],
    ["no opening", JSON.stringify({ format: "ballast.disclosure/1", salt: "5e5e5e" })],
    ["more than an opening", JSON.stringify({ ...disclosed(), more: "5e5e5e" })],
    [
      "an opening with a salt out of the field",
      JSON.stringify({ ...disclosed(), salt: `0x${"f5".repeat(32)}` }),
    ],
    ["an opening with a position twice", JSON.stringify(disclosed([1, 1]))],
    ["an opening with an id of none", JSON.stringify(disclosed([-1]))],
  ])("that is %s is refused, and not quoted", async (_, text) => {
    const sealed = await sealTo(key.publicKey, disclosureInfo(PLACE), Buffer.from(text));
    const ciphertext: Hex = `0x${Buffer.from(sealed).toString("hex")}`;
    const error = await rejectedBy(openDisclosure(key, PLACE, ciphertext, ACCOUNT));
    expect(error).toMatchObject({ code: expect.stringMatching(/^DISCLOSURE_(UNREADABLE|MISMATCH)$/) });
    expect(secrets(error)).not.toMatch(/5e5e|f5f5/);
  });

  it("can't be sealed to what is no key", async () => {
    for (const publicKey of [`0x${"00".repeat(32)}`, "0x12", `0x01${"00".repeat(31)}`] as Hex[])
      expect(await rejectedBy(sealDisclosure(publicKey, PLACE, OPENING, ACCOUNT))).toMatchObject({
        code: "INVALID_KEY",
      });
  });
});

describe("a disclosure key's file", () => {
  it("opens what was sealed to it before, is its owner's only, and is never overwritten", async () => {
    const sealed = await seal();
    const loaded = await loadDisclosureKey(path("key.json"));
    expect(loaded.publicKey).toBe(key.publicKey);
    expect(await openDisclosure(loaded, PLACE, sealed, ACCOUNT)).toEqual(OPENING);
    expect(statSync(path("key.json")).mode & 0o077).toBe(0);
    expect(await rejectedBy(createDisclosureKey(path("key.json")))).toMatchObject({ code: "FILE_ERROR" });
    expect((await loadDisclosureKey(path("key.json"))).publicKey).toBe(key.publicKey);
  });

  it("has nothing to print but the public key", () => {
    expect(JSON.stringify(key)).toBe(JSON.stringify({ publicKey: key.publicKey }));
  });

  it("is refused when damaged or mixed from two keys, and not quoted", async () => {
    const json = JSON.parse(readFileSync(path("key.json"), "utf8"));
    const wrong = [
      { ...json, publicKey: other.publicKey },
      { ...json, privateKey: json.privateKey.slice(0, -2) },
      { ...json, format: "ballast.opening/1" },
    ];
    for (const [index, file] of wrong.entries()) {
      writeFileSync(path(`wrong-${index}.json`), JSON.stringify(file));
      const error = await rejectedBy(loadDisclosureKey(path(`wrong-${index}.json`)));
      expect(error).toMatchObject({ code: "INVALID_KEY" });
      expect(secrets(error)).not.toContain(json.privateKey.slice(4, 40));
    }
  });
});

/** What a venue sends, with the given ids. */
function disclosed(ids: readonly number[] = [1]) {
  const word = (value: bigint) => `0x${value.toString(16).padStart(64, "0")}`;
  return {
    format: "ballast.disclosure/1",
    accountId: word(77n),
    salt: word(SALT),
    slots: 4,
    positions: ids.map((instrumentId) => ({ instrumentId, quantity: "5" })),
  };
}

/** HPKE's base mode with node's primitives alone: KEM 0x0020, KDF 0x0001, AEAD 0x0003. */
function rfc9180Open(privateKey: Hex, sealed: Hex, info: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.slice(2), "hex");
  const [enc, ciphertext] = [bytes.subarray(0, 32), bytes.subarray(32)];
  const pkcs8 = Buffer.from(`302e020100300506032b656e04220420${privateKey.slice(2)}`, "hex");
  const recipient = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const publicRaw = createPublicKey(recipient).export({ format: "der", type: "spki" }).subarray(-32);
  const spki = Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), enc]);
  const dh = diffieHellman({
    privateKey: recipient,
    publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
  });
  const hmac = (salt: Uint8Array, data: Uint8Array) => createHmac("sha256", salt).update(data).digest();
  const extract = (suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array) =>
    hmac(salt, Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), ikm]));
  const expand = (suite: Buffer, prk: Uint8Array, label: string, more: Uint8Array, length: number) => {
    const head = Buffer.from([length >> 8, length & 255]);
    const text = Buffer.concat([
      head,
      Buffer.from("HPKE-v1"),
      suite,
      Buffer.from(label),
      more,
      Buffer.from([1]),
    ]);
    return hmac(prk, text).subarray(0, length);
  };
  const kem = Buffer.concat([Buffer.from("KEM"), Buffer.from([0, 0x20])]);
  const none = Buffer.alloc(0);
  const shared = expand(
    kem,
    extract(kem, none, "eae_prk", dh),
    "shared_secret",
    Buffer.concat([enc, publicRaw]),
    32,
  );
  const hpke = Buffer.concat([Buffer.from("HPKE"), Buffer.from([0, 0x20, 0, 1, 0, 3])]);
  const context = Buffer.concat([
    Buffer.from([0]),
    extract(hpke, none, "psk_id_hash", none),
    extract(hpke, none, "info_hash", info),
  ]);
  const secret = extract(hpke, shared, "secret", none);
  const nonce = expand(hpke, secret, "base_nonce", context, 12);
  const options = { authTagLength: 16 };
  const decipher = createDecipheriv(
    "chacha20-poly1305",
    expand(hpke, secret, "key", context, 32),
    nonce,
    options,
  );
  decipher.setAuthTag(ciphertext.subarray(-16));
  return Buffer.concat([decipher.update(ciphertext.subarray(0, -16)), decipher.final()]);
}
