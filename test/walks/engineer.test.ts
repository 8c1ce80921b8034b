import { describe, expect, it } from "vitest";
import { useWalk } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a protocol engineer's walk, docs/integrate/solidity.md, and a proof attested, docs/operate/proving.md", () => {
  const [gate, proving] = [walkOf("docs/integrate/solidity.md"), walkOf("docs/operate/proving.md")];
  const walk = { chain: gate.chain, steps: [...gate.steps, ...proving.steps] };
  useWalk(walk, 6);

  it("begins with the chain, in a terminal of its own", () => {
    expect(gate.chain).toBe("ballast devnet dev");
    expect(proving.steps).toHaveLength(2);
  });
});
