import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { instanceOf } from "../../src/prover/circuits.ts";
import { CRASH, chainFile, DAY_BEFORE, useMadeUpMarket } from "../helpers/made-up-market.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { demoCircuits, expectDemo, hoursOf } from "./demo-suite.ts";

describe("ballast demo", { timeout: 600_000 }, () => {
  const folder = useMadeUpMarket([DAY_BEFORE, CRASH]);
  useSimulatedProofs(demoCircuits(instanceOf("coverage", "32x120")));

  it("finds the day before a crash by itself, and liquidates every breach by proof", async () => {
    const result = await expectDemo("--chain", join(folder, chainFile(CRASH)), "--instance", "32x120");
    expect(result.story).toMatch(/^recorded: .*20270303T213308Z.*, then .*20270304T212937Z/);
    expect(hoursOf(result)).toEqual(["2027-03-03T21", "2027-03-04T21"]);
  });
});
