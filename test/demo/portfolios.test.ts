import { describe, expect, it } from "vitest";
import { demoAccounts } from "../../src/demo/portfolios.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { filterChain, shiftChain } from "../../src/market/shift.ts";
import { WAD, wad } from "../../src/math/wad.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { marginReport } from "../../src/risk/report.ts";
import { buildSnapshot } from "../../src/risk/snapshot.ts";

const policy = presetPolicy("les");
const before = buildSnapshot(sampleChain(), policy);
const crash = { spot: wad((-15n * WAD) / 100n), vol: wad((6n * WAD) / 10n) };
const after = buildSnapshot(shiftChain(sampleChain(), crash, 86_400_000n), policy);

describe("demoAccounts", () => {
  it("tells its stories in tiers: healthy ones hold, writers and sellers break, the overdue goes bankrupt", () => {
    const tiers = demoAccounts({ before, after }).map(({ portfolio }) => [
      portfolio.account,
      marginReport(before, portfolio.positions).tier,
      marginReport(after, portfolio.positions).tier,
    ]);
    expect(tiers).toEqual([
      ["atlas", 0, 0],
      ["birch", 0, 2],
      ["cedar", 0, 3],
      ["dune", 0, 3],
      ["ember", 3, 4],
      ["fjord", 0, 0],
      ["grove", 0, 0],
    ]);
  });

  it("fits every portfolio into 64 slots, each instrument once", () => {
    for (const { portfolio } of demoAccounts({ before, after })) {
      const ids = portfolio.positions.map(({ instrumentId }) => instrumentId);
      expect(ids.length).toBeLessThanOrEqual(64);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("says what a market without options lacks", () => {
    const bare = buildSnapshot(
      filterChain(sampleChain(), (name) => !/-[CP]$/.test(name)),
      policy,
    );
    expect(() => demoAccounts({ before: bare, after: bare })).toThrow(/needs BTC options/);
  });
});
