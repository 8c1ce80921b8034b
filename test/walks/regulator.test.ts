import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, build, differing, type Walked } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a regulator's walk: docs/learn/a-venue.md, docs/regulators/five-minutes.md, docs/regulators/sample-page.md", () => {
  const venue = walkOf("docs/learn/a-venue.md");
  const regulator = walkOf("docs/regulators/five-minutes.md");
  const sample = walkOf("docs/regulators/sample-page.md");
  const walk = { chain: venue.chain, steps: [...venue.steps, ...regulator.steps, ...sample.steps] };
  let built: Built;
  let walked: Walked;
  beforeAll(async () => {
    built = build();
    walked = await built.walk(walk);
  });
  afterAll(() => built.remove());

  it("begins with the chain, in a terminal of its own", () => {
    expect(venue.chain).toBe("ballast devnet dev");
    expect(regulator.chain).toBeUndefined();
  });

  it("comes to its end", () => {
    expect(walked.code, walked.all.slice(-2_000)).toBe(0);
    expect(walked.outputs).toHaveLength(walk.steps.length + 1);
  });

  it("prints what the pages say", () => {
    expect(regulator.steps.every(({ prints }) => prints !== undefined)).toBe(true);
    expect(differing(walk, walked)).toEqual([]);
  });
});
