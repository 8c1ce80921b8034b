import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planCascade } from "../../../src/demo/cascade/plan.ts";
import { CRASH, chainFile, DAY_BEFORE, useMadeUpMarket } from "../../helpers/made-up-market.ts";
import { describePlan, stage } from "./plan-suite.ts";

describePlan("the bundled sample");
describePlan("a made-up crash", join(useMadeUpMarket([DAY_BEFORE, CRASH]), chainFile(CRASH)));

describe("planCascade", () => {
  it.each([["deribit-pm"], ["span-16"]])("has the same paths under %s", (policy) => {
    expect(stage(undefined, policy).plan.put.short).toBe(300n);
  });

  it("says what a market lacks", () => {
    const { markets, accounts } = stage();
    const calm = { before: markets.before, after: markets.before };
    expect(() => planCascade(calm, accounts, () => ({}))).toThrow(/need birch in tier 2/);
  });
});
