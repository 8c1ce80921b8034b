import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Field, formatField, toField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { loadOpening, openingFor } from "../../src/portfolio/opening-file.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";

const ACCOUNT = toField(7n);
/** The commitment of one holding of so many lots. */
const holding =
  (quantity: bigint, slots = 4) =>
  (salt: Field) =>
    commit(ACCOUNT, salt, slotsOf([{ instrumentId: 3, quantity }], slots));

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-opening-"));
  path = join(folder, "a.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const open = (quantity: bigint, slots = 4) => openingFor(path, ACCOUNT, holding(quantity, slots)).salt;

describe("openingFor", () => {
  it("gives the same portfolio the same salt, so that its commitment stays", () => {
    const salt = open(1n);
    expect(open(1n)).toBe(salt);
    expect(openingFor(join(folder, "b.json"), ACCOUNT, holding(1n)).salt).not.toBe(salt);
  });

  it("says whether the salt was found, or is the account's first or a further one", () => {
    const origin = (quantity: bigint) => openingFor(path, ACCOUNT, holding(quantity)).origin;
    expect([origin(1n), origin(1n), origin(2n)]).toEqual(["first", "found", "another"]);
    // A damaged newest entry opens nothing: that is told as a further one, too.
    const text = readFileSync(path, "utf8");
    const salt = loadOpening(path).salt;
    writeFileSync(path, text.replace(formatField(salt), formatField(toField(salt + 1n))));
    expect(origin(2n)).toBe("another");
  });

  it("never gives a salt to two portfolios: another quantity, another number of slots, one that comes back", () => {
    const salts = [open(1n), open(2n), open(1n), open(1n, 16), open(2n)];
    expect(new Set(salts).size).toBe(5);
    expect(open(2n)).toBe(salts[4]);
  });

  it("keeps every salt: an older commitment can still be opened", () => {
    const salts = [1n, 2n, 3n].map((quantity) => open(quantity));
    salts.forEach((salt, index) => {
      const commitment = holding(BigInt(index + 1))(salt);
      expect(loadOpening(path, commitment)).toEqual({ accountId: ACCOUNT, salt });
    });
    expect(loadOpening(path).salt).toBe(salts[2]);
    expect(loadOpening(path, toField(5n)).salt).toBe(salts[2]);
  });

  it("reads the first format, whose salt it keeps and never uses again", () => {
    const first = {
      format: "ballast.opening/1",
      accountId: formatField(ACCOUNT),
      salt: formatField(toField(99n)),
    };
    writeFileSync(path, JSON.stringify(first));
    expect(loadOpening(path)).toEqual({ accountId: ACCOUNT, salt: 99n });
    const salt = open(1n);
    expect(salt).not.toBe(99n);
    expect(open(1n)).toBe(salt);
    expect(loadOpening(path, holding(1n)(toField(99n))).salt).toBe(99n);
    expect(loadOpening(path, holding(1n)(salt)).salt).toBe(salt);
  });

  it("is readable by its owner only, also when it grows", () => {
    for (const quantity of [1n, 2n]) {
      open(quantity);
      expect(statSync(path).mode & 0o077).toBe(0);
    }
  });

  it("writes nothing when the caller has lost its lock", () => {
    const path = join(folder, "lost.json");
    openingFor(path, ACCOUNT, holding(1n));
    const before = readFileSync(path, "utf8");
    const lost = () => {
      throw new Error("lost");
    };
    expect(() => openingFor(path, ACCOUNT, holding(2n), lost)).toThrow("lost");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  it("refuses another account's opening", () => {
    open(1n);
    expect(() => openingFor(path, toField(8n), holding(1n))).toThrow(/another account/);
  });

  it("never overwrites a damaged file, and never quotes it", () => {
    const salt = open(1n);
    const whole = readFileSync(path, "utf8");
    for (const [text, says] of [
      [whole.slice(0, -5), /is not JSON/],
      [whole.replace("ballast.opening/2", "ballast.opening/3"), /is not an opening/],
      [whole.replace(/"salt": "0x../, '"salt": "0xzz'), /is not an opening/],
    ] as const) {
      writeFileSync(path, text);
      const error = (() => {
        try {
          open(2n);
        } catch (caught) {
          return caught;
        }
        return undefined;
      })();
      expect(String(error)).toMatch(says);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error ?? {}))).not.toContain(
        salt.toString(16).slice(4),
      );
      expect(readFileSync(path, "utf8")).toBe(text);
    }
  });

  it("says when the folder can't be written", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(() => openingFor(join(file, "a.json"), ACCOUNT, holding(1n))).toThrow(/can't be (made|written)/);
  });
});
