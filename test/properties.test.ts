import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

describe("PROPERTIES.md", () => {
  const suites = readdirSync(new URL("contracts", import.meta.url), {
    encoding: "utf8",
    recursive: true,
  }).filter((name) => name.endsWith(".t.sol"));
  const source = suites.map((name) => read(`contracts/${name}`)).join("\n");
  const text = read("PROPERTIES.md");

  it("names forge tests that exist", () => {
    // A name that ends in … stands for all that start like it.
    const named = [...text.matchAll(/\b(test(?:Fuzz)?_\w+)(…?)/g)].map(([, name = "", all]) =>
      all === "" ? `function ${name}(` : `function ${name}`,
    );
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((name) => !source.includes(name))).toEqual([]);
  });

  it("numbers its invariants without gaps", () => {
    const numbers = new Map<string, number[]>();
    for (const [, letter = "", number] of text.matchAll(/^\| ([A-Z]+)(\d+) \|/gm))
      numbers.set(letter, [...(numbers.get(letter) ?? []), Number(number)]);
    expect(numbers.size).toBeGreaterThan(5);
    for (const [letter, found] of numbers) expect(found, letter).toEqual(found.map((_, i) => i + 1));
  });
});
