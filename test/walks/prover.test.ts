import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, build, differing, type Walked } from "./built.ts";
import { walkOf } from "./page.ts";

describe("a prover operator's walk, docs/learn/first-proof.md, and a margin rule changed, docs/learn/a-policy.md", () => {
  const [proof, policy] = [walkOf("docs/learn/first-proof.md"), walkOf("docs/learn/a-policy.md")];
  const walk = { chain: undefined, steps: [...proof.steps, ...policy.steps] };
  let built: Built;
  let walked: Walked;
  beforeAll(async () => {
    built = build();
    walked = await built.walk(walk);
  });
  afterAll(() => built.remove());

  it("comes to its end", () => {
    expect(walked.code, walked.all.slice(-2_000)).toBe(0);
    expect(walked.outputs).toHaveLength(walk.steps.length + 1);
  });

  it("prints what the pages say", () => {
    expect(walk.steps.filter(({ prints }) => prints !== undefined).length).toBeGreaterThan(5);
    expect(differing(walk, walked)).toEqual([]);
  });

  it("leaves the opening for its owner alone", () => {
    expect(statSync(join(built.folder, "desk.opening")).mode & 0o777).toBe(0o600);
  });
});
