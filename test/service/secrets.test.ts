import { describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { Keyring, newMasterKey } from "../../src/service/secrets/keyring.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (plain: Uint8Array): string => new TextDecoder().decode(plain);
const [OLD, NEW] = ["11".repeat(32), "22".repeat(32)];

/** What version 1 sealed with the key of ones: it opens in every later version. */
const KEPT =
  "01cd20fdd50475cb1a25fb6d738be11c3da83271788c6347473ef9e167240ec087ecee7316619f6ec4e7b3a6894d503fd63b2a5edd";

describe("what is sealed", () => {
  const ring = new Keyring(OLD);

  it("opens in its own place, and nowhere else", () => {
    const sealed = ring.seal("account 1, version 1", bytes("canary"));
    expect(text(ring.open("account 1, version 1", sealed))).toBe("canary");
    expect(Buffer.from(sealed).includes("canary")).toBe(false);
    expect(() => ring.open("account 1, version 2", sealed)).toThrow(
      expect.objectContaining({ code: "SEAL_BROKEN" }),
    );
  });

  it("never looks the same twice", () => {
    const [a, b] = [ring.seal("x", bytes("same")), ring.seal("x", bytes("same"))];
    expect(Buffer.from(a).equals(b)).toBe(false);
  });

  it("doesn't open once any byte of it was changed", () => {
    const sealed = ring.seal("x", bytes("canary"));
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => ring.open("x", changed), `byte ${at}`).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(SEAL_BROKEN|INVALID_KEY)$/) }),
      );
    }
    expect(() => ring.open("x", sealed.slice(0, -1))).toThrow(
      expect.objectContaining({ code: "SEAL_BROKEN" }),
    );
    expect(() => ring.open("x", new Uint8Array())).toThrow(expect.objectContaining({ code: "SEAL_BROKEN" }));
  });

  it("opens after a rotation, as long as its key is kept behind the new one", () => {
    const sealed = ring.seal("x", bytes("canary"));
    const rotated = new Keyring(`${NEW}\n${OLD}\n`);
    expect(text(rotated.open("x", sealed))).toBe("canary");
    expect(rotated.isCurrent(sealed)).toBe(false);
    expect(rotated.isCurrent(rotated.seal("x", bytes("canary")))).toBe(true);
    expect(() => new Keyring(NEW).open("x", sealed)).toThrow(
      expect.objectContaining({ code: "INVALID_KEY", details: { keyId: ring.keyId } }),
    );
  });

  it("is of the format that databases have", () => {
    expect(text(ring.open("account 1, version 1", Buffer.from(KEPT, "hex")))).toBe("kept");
  });
});

describe("salts", () => {
  const ring = new Keyring(OLD);

  it("are made again from key, account and version, and differ in each", () => {
    const salt = ring.saltOf(toField(1n), 1n);
    expect(new Keyring(OLD).saltOf(toField(1n), 1n)).toBe(salt);
    const others = [
      ring.saltOf(toField(2n), 1n),
      ring.saltOf(toField(1n), 2n),
      new Keyring(NEW).saltOf(toField(1n), 1n),
    ];
    expect(new Set([salt, ...others]).size).toBe(4);
    expect(salt < 1n << 248n).toBe(true);
    expect(new Keyring(`${NEW} ${OLD}`).saltsOf(toField(1n), 1n)).toContain(salt);
  });
});

describe("master keys", () => {
  it.each(["", "11", `${"11".repeat(32)}zz`, `0x${"11".repeat(32)}`, `${OLD}\n${OLD}`])(
    "refuse %j, without saying it",
    (wrong) => {
      const make = () => new Keyring(wrong);
      expect(make).toThrow(expect.objectContaining({ code: "INVALID_KEY" }));
      expect(make).not.toThrow(/1111/);
    },
  );

  it("are in no JSON, and made at random", () => {
    expect(JSON.stringify({ ring: new Keyring(OLD) })).toBe('{"ring":"[master keys]"}');
    expect(newMasterKey()).not.toBe(newMasterKey());
    expect(new Keyring(newMasterKey()).keyId).toMatch(/^[0-9a-f]{16}$/);
  });
});
