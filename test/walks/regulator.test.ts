import { describe, expect, it } from "vitest";
import { useWalk } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a regulator's walk: docs/learn/a-venue.md, docs/regulators/five-minutes.md, docs/regulators/sample-page.md", () => {
  const venue = walkOf("docs/learn/a-venue.md");
  const regulator = walkOf("docs/regulators/five-minutes.md");
  const sample = walkOf("docs/regulators/sample-page.md");
  const walk = { chain: venue.chain, steps: [...venue.steps, ...regulator.steps, ...sample.steps] };
  useWalk(walk, regulator.steps.length);

  it("begins with the chain, in a terminal of its own", () => {
    expect(venue.chain).toBe("ballast devnet dev");
    expect(regulator.chain).toBeUndefined();
    expect(regulator.steps.every(({ prints }) => prints !== undefined)).toBe(true);
  });
});
