import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// docs/security/threat-model.md names a test for every attack: the names must stay true.

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const model = read("docs/security/threat-model.md");
const FOLDERS = "attack|circuits|portfolio|math|market|witness|risk|chain|prover";

describe("docs/security/threat-model.md", () => {
  const named = [...model.matchAll(new RegExp(`\`((?:${FOLDERS})/[\\w/-]+)\`((?: ?,? "[^"]+")*)`, "g"))];

  it("names tests that exist, by the words of their titles", () => {
    expect(named.length).toBeGreaterThan(25);
    for (const [, file = "", titles = ""] of named) {
      const path = `test/${file}.test.ts`;
      expect(existsSync(new URL(path, root)), path).toBe(true);
      for (const [, title = ""] of titles.matchAll(/"([^"]+)"/g)) {
        expect(read(path), `${path} has no test ${title}`).toContain(title);
      }
    }
  });

  it("names invariants that exist", () => {
    const properties = read("test/PROPERTIES.md");
    const ids = [...model.matchAll(/PROPERTIES ((?:[A-Z]\d+(?:, )?)+)/g)].flatMap(([, list = ""]) =>
      list.split(", "),
    );
    expect(ids.length).toBeGreaterThan(6);
    for (const id of ids) expect(properties, id).toContain(`| ${id} |`);
  });

  it("numbers its attacks without gaps, as the circuits refer to them", () => {
    const numbers = [...model.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(read("circuits/portfolio/slots.circom")).toMatch(/threat-model\.md, 1\b/);
  });
});
