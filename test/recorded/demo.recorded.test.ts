import { describe, expect, it } from "vitest";
import { marginReport } from "../../src/risk/report.ts";
import { stage } from "../demo/cascade/plan-suite.ts";
import { TIERS } from "../integration/demo-suite.ts";
import { RECORDED, recordedData } from "./data.ts";

// What the demo would prove. That it proves it, to the last cent, hold test/integration/demo.test.ts over a made-up market and
// test/integration/demo-recorded.deep.test.ts over the bundled sample; plan.recorded.test.ts has the liquidations' amounts.
describe("the demo over the recorded crash", () => {
  const { markets, accounts } = stage(recordedData(RECORDED.crash));
  const { before, after, story } = markets;

  it("finds the day before by itself", () => {
    expect(story).toMatch(/^recorded: .*20260204T213308Z.*, then .*20260205T212937Z/);
    const hours = [before, after].map(({ time }) => new Date(Number(time) * 1000).toISOString().slice(0, 13));
    expect(hours).toEqual(["2026-02-04T21", "2026-02-05T21"]);
  });

  it("moves each account to the tier that its path begins in", () => {
    const tier = (snapshot: typeof before, { positions }: (typeof accounts)[number]["portfolio"]) =>
      marginReport(snapshot, positions).tier;
    expect(
      accounts.map(({ portfolio }) => [portfolio.account, tier(before, portfolio), tier(after, portfolio)]),
    ).toEqual(TIERS);
  });
});
