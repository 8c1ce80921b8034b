import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { liquidationCircuits } from "../../src/liquidation/circuits.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { runCircuits } from "../../src/solvency/circuits.ts";
import { CRASH, chainFile, DAY_BEFORE, useMadeUpMarket } from "../helpers/made-up-market.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { expectDemo, hoursOf } from "./demo-suite.ts";

const CIRCUIT = instanceOf("coverage", "32x120");

// demo-recorded.deep.test.ts makes every proof of a demo for real.
describe("ballast demo", { timeout: 600_000 }, () => {
  const folder = useMadeUpMarket([DAY_BEFORE, CRASH]);
  useSimulatedProofs([
    ...Object.values(liquidationCircuits(CIRCUIT.name)),
    ...Object.values(runCircuits(CIRCUIT)),
  ]);

  it("finds the day before a crash by itself, and liquidates every breach by proof", async () => {
    const result = await expectDemo("--chain", join(folder, chainFile(CRASH)), "--instance", "32x120");
    expect(result.story).toMatch(/^recorded: .*20270303T213308Z.*, then .*20270304T212937Z/);
    expect(hoursOf(result)).toEqual(["2027-03-03T21", "2027-03-04T21"]);
  });
});
