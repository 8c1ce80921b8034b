import { describe, expect, it } from "vitest";
import { useWalk } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a protocol engineer's walk, docs/integrate/solidity.md: a gate that opens for a proven portfolio, and for no other", () => {
  const walk = walkOf("docs/integrate/solidity.md");
  useWalk(walk, 4);

  it("begins with the chain, in a terminal of its own", () => {
    expect(walk.chain).toBe("ballast devnet dev");
  });
});
