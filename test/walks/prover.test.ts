import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { useWalk } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a prover operator's walk, docs/learn/first-proof.md, and a margin rule changed, docs/learn/a-policy.md", () => {
  const [proof, policy] = [walkOf("docs/learn/first-proof.md"), walkOf("docs/learn/a-policy.md")];
  const walk = { chain: undefined, steps: [...proof.steps, ...policy.steps] };
  const { file } = useWalk(walk, 6);

  it("leaves the opening for its owner alone", () => {
    expect(statSync(file("desk.opening")).mode & 0o777).toBe(0o600);
  });
});
