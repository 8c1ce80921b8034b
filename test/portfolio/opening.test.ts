import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toField } from "../../src/math/field.ts";
import { loadOpening, loadOrCreateOpening } from "../../src/portfolio/opening.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-opening-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("loadOrCreateOpening", () => {
  it("makes a fresh salt once, and finds the same one again", () => {
    const path = join(folder, "a.json");
    const made = loadOrCreateOpening(path, toField(7n));
    expect(loadOrCreateOpening(path, toField(7n))).toEqual(made);
    expect(loadOpening(path)).toEqual(made);
    expect(loadOrCreateOpening(join(folder, "b.json"), toField(7n)).salt).not.toBe(made.salt);
  });

  it("is readable by its owner only", () => {
    const path = join(folder, "a.json");
    loadOrCreateOpening(path, toField(7n));
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it("refuses another account's opening", () => {
    const path = join(folder, "a.json");
    loadOrCreateOpening(path, toField(7n));
    expect(() => loadOrCreateOpening(path, toField(8n))).toThrow(/another account/);
  });

  it("never overwrites a damaged file, and never quotes it", () => {
    const path = join(folder, "a.json");
    const { salt } = loadOrCreateOpening(path, toField(7n));
    const cut = readFileSync(path, "utf8").slice(0, -5);
    writeFileSync(path, cut);
    const error = (() => {
      try {
        loadOrCreateOpening(path, toField(7n));
      } catch (caught) {
        return caught;
      }
      return undefined;
    })();
    expect(String(error)).toMatch(/is not JSON/);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error ?? {}))).not.toContain(salt.toString(16));
    expect(readFileSync(path, "utf8")).toBe(cut);
  });

  it("says when the folder can't be written", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => loadOrCreateOpening(join(folder, "file", "a.json"), toField(7n))).toThrow(/can't be made/);
  });
});
