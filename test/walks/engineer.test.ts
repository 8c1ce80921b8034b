import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, build, differing, type Walked } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a protocol engineer's walk, docs/integrate/solidity.md", () => {
  const walk = walkOf("docs/integrate/solidity.md");
  let built: Built;
  let walked: Walked;
  beforeAll(async () => {
    built = build();
    walked = await built.walk(walk);
  });
  afterAll(() => built.remove());

  it("begins with the chain, in a terminal of its own", () => {
    expect(walk.chain).toBe("ballast devnet dev");
  });

  it("comes to its end", () => {
    expect(walked.code, walked.all.slice(-2_000)).toBe(0);
    expect(walked.outputs).toHaveLength(walk.steps.length + 1);
  });

  it("prints what the page says: a gate that opens for a proven portfolio, and for no other", () => {
    expect(walk.steps.filter(({ prints }) => prints !== undefined).length).toBeGreaterThan(3);
    expect(differing(walk, walked)).toEqual([]);
  });
});
