import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { sampleChain } from "../../src/market/sample.ts";
import { filterChain } from "../../src/market/shift.ts";
import { portfolioFormatter } from "../../src/portfolio/format.ts";
import type { Portfolio } from "../../src/portfolio/portfolio.ts";
import { readPortfolios } from "../../src/portfolio/stream-file.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot, type Snapshot } from "../../src/risk/snapshot.ts";
import { sampleVenue } from "../../src/solvency/sample-venue.ts";
import { CRASH, chainFile, DAY_BEFORE, PERPETUALS_FILE, useMadeUpMarket } from "../helpers/made-up-market.ts";
import { failure } from "../risk/fixtures.ts";
import { describeVenue, draw, snapshotOf, tiersOf, total } from "./venue-suite.ts";

const les = presetPolicy("les");
const bundled = buildSnapshot(sampleChain(), les);
const folder = useMadeUpMarket([DAY_BEFORE, CRASH]);
const madeUp = (stamp: string, rows: number): Snapshot =>
  snapshotOf(join(folder, chainFile(stamp)), join(folder, PERPETUALS_FILE), rows);

describeVenue("the bundled market", bundled);
describeVenue(
  "the bundled market in 120 rows, policy deribit-pm",
  buildSnapshot(sampleChain(), presetPolicy("deribit-pm"), { rows: 120 }),
);
describeVenue("a made-up chain in 120 rows", madeUp(DAY_BEFORE, 120));
describeVenue("a made-up chain of a crash in 240 rows", madeUp(CRASH, 240));

describe("a sample venue", () => {
  it("is the same each time it is taken, and another for another seed", () => {
    const venue = sampleVenue(bundled, { accounts: 250, seed: 7 });
    const [first, second] = [[...venue.accounts], [...venue.accounts]];
    expect(second).toEqual(first);
    expect(draw(bundled, { accounts: 250, seed: 7 })).toEqual(first);
    expect(draw(bundled, { accounts: 250, seed: 8 })).not.toEqual(first);
  });

  it("knows its reserves before, during and after its accounts are taken", () => {
    const options = { accounts: 230, seed: 3 };
    const before = sampleVenue(bundled, options);
    const { reserves } = before;
    expect(reserves.map(({ instrumentId }) => instrumentId)).toEqual([1, 2, 3]);
    const during = sampleVenue(bundled, options);
    for (const _ of during.accounts) {
      expect(during.reserves).toEqual(reserves);
      break;
    }
    const after = sampleVenue(bundled, options);
    expect([...after.accounts]).toHaveLength(230);
    expect(after.reserves).toEqual(reserves);
  });

  it("makes accounts as they are taken", () => {
    const names: string[] = [];
    for (const { account } of sampleVenue(bundled, { accounts: 2 ** 26, seed: 1 }).accounts) {
      names.push(account);
      if (names.length === 3) break;
    }
    expect(names.map((name) => name.slice(-8))).toEqual(["-0000001", "-0000002", "-0000003"]);
  });

  it("nets in every size and for every room", () => {
    for (let accounts = 2; accounts <= 160; accounts += accounts < 30 ? 1 : 13) {
      for (const maxPositions of [4, 5, 7, 16, 64]) {
        const all = draw(bundled, { accounts, maxPositions, seed: accounts });
        expect(all).toHaveLength(accounts);
        expect(Math.max(...all.map(({ positions }) => positions.length))).toBeLessThanOrEqual(maxPositions);
        const open = [...total(all)].filter(([, lots]) => lots !== 0n).map(([id]) => id);
        expect(open.filter((id) => id > 3)).toEqual([]);
      }
    }
  });

  it("has an account in each tier from about twenty accounts on", () => {
    for (let seed = 0; seed < 20; seed++) {
      for (const accounts of [20, 50, 99]) {
        const tiers = tiersOf(bundled, draw(bundled, { accounts, seed }));
        for (const count of tiers) expect(count).toBeGreaterThan(0);
      }
    }
  });

  it("can be written and read again", async () => {
    const accounts = draw(bundled, { accounts: 60 });
    const format = portfolioFormatter(bundled);
    const lines = accounts.map((account) => `${JSON.stringify(format(account))}\n`);
    const again: Portfolio[] = [];
    for await (const { portfolio } of readPortfolios("-", bundled, { input: Readable.from(lines) })) {
      again.push(portfolio);
    }
    expect(again).toEqual(accounts);
  });

  it("does with what a market lists", () => {
    const only = (accept: (name: string) => boolean): Snapshot =>
      buildSnapshot(
        filterChain(sampleChain(), (name) => name === "USDC" || accept(name)),
        les,
      );
    const futures = only((name) => !/-[CP]$/.test(name));
    // Without options nobody owes anything: the bankrupt are only near it.
    expect(tiersOf(futures, draw(futures))).toEqual([186, 6, 4, 4, 0]);
    for (const market of [
      only((name) => /^BTC.*-C$/.test(name)),
      only((name) => name === "ETH-6FEB26-2500-P"),
      only((name) => name === "BTC_USDC-PERPETUAL"),
    ]) {
      const accounts = draw(market);
      expect([...total(accounts)].filter(([, lots]) => lots !== 0n).map(([id]) => id)).toEqual([1]);
      for (const [tier, count] of tiersOf(market, accounts).entries()) {
        if (tier < 4) expect(count, `tier ${tier}`).toBeGreaterThan(0);
      }
    }
    expect(failure(() => draw(only(() => false))).code).toBe("INVALID_MARKET");
    const penniless = buildSnapshot(
      filterChain(sampleChain(), (name) => name !== "USDC"),
      les,
    );
    expect(failure(() => draw(penniless)).code).toBe("INVALID_MARKET");
    const charges = { ...les.charges, quoteHaircut: "0.02" };
    const haircut = buildSnapshot(sampleChain(), { ...les, charges });
    expect(tiersOf(haircut, draw(haircut))).toEqual([186, 6, 4, 2, 2]);
  });

  it.each([
    { accounts: 1 },
    { accounts: 8.5 },
    { accounts: 2 ** 26 + 1 },
    { maxPositions: 3 },
    { seed: -1 },
    { seed: 2 ** 32 },
    { seed: Number.NaN },
  ])("refuses %o", (options) => {
    expect(failure(() => draw(bundled, options)).code).toBe("OUT_OF_RANGE");
  });
});
