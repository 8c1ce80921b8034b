import { describe, expect, it } from "vitest";
import { demoOf, recordedDemo } from "../../scripts/drawings/demo.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { useSimulatedProofs } from "../helpers/simulated-proofs.ts";
import { demoCircuits, expectDemo } from "./demo-suite.ts";

describe("the demo over the bundled sample, the first proof with each key made for real", {
  timeout: 900_000,
}, () => {
  useSimulatedProofs(demoCircuits(instanceOf("coverage", "64x240")), { firstReal: true });

  it("comes to the numbers of README.md and docs/drawings, to the cent", async () => {
    expect(demoOf(await expectDemo())).toEqual(recordedDemo());
  });
});
