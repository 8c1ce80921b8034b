import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { loadChain } from "../../src/market/load.ts";
import { sampleChain } from "../../src/market/sample.ts";
import { filterChain } from "../../src/market/shift.ts";
import { portfolioFormatter } from "../../src/portfolio/file.ts";
import type { Portfolio } from "../../src/portfolio/portfolio.ts";
import { readPortfolios } from "../../src/portfolio/stream.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { type Holding, portfolioSums, vectorIndex } from "../../src/risk/requirement.ts";
import { buildSnapshot, type Snapshot } from "../../src/risk/snapshot.ts";
import { accountStress, SolvencySums } from "../../src/risk/solvency.ts";
import { type SampleVenueOptions, sampleVenue } from "../../src/solvency/sample-venue.ts";
import { sharedData } from "../helpers/shared-data.ts";
import { failure } from "../risk/fixtures.ts";

const les = presetPolicy("les");
const SEED = 20_260_205;

function recorded(stamp: string, rows: number): Snapshot {
  const chain = loadChain(sharedData(`deribit-chains/deribit_options_snapshot_${stamp}Z.csv.gz`), {
    perpetuals: sharedData("deribit-chains/perpetual_futures_prices.csv.gz"),
    onBadQuote: "exclude",
  });
  return buildSnapshot(chain, les, { rows });
}

const bundled = buildSnapshot(sampleChain(), les);
const MARKETS: readonly (readonly [string, Snapshot])[] = [
  ["the bundled market", bundled],
  [
    "the bundled market in 120 rows, policy deribit-pm",
    buildSnapshot(sampleChain(), presetPolicy("deribit-pm"), { rows: 120 }),
  ],
  ["a recorded chain in 120 rows", recorded("20260129T042227", 120)],
  ["the chain of the crash in 240 rows", recorded("20260205T212937", 240)],
];

const draw = (snapshot: Snapshot, options: Partial<SampleVenueOptions> = {}): Portfolio[] => [
  ...sampleVenue(snapshot, { accounts: 200, seed: SEED, ...options }).accounts,
];

/** Net lots, calculated here on its own. */
function total(accounts: readonly Portfolio[]): Map<number, bigint> {
  const net = new Map<number, bigint>();
  for (const { positions } of accounts) {
    for (const { instrumentId, quantity } of positions) {
      net.set(instrumentId, (net.get(instrumentId) ?? 0n) + quantity);
    }
  }
  return net;
}

function tiersOf(snapshot: Snapshot, accounts: readonly Portfolio[]): readonly number[] {
  const vectors = vectorIndex(snapshot.rows);
  const sums = new SolvencySums(snapshot.shape);
  for (const { positions } of accounts) {
    // Throws for an account beyond 72 billion USD.
    const summed = portfolioSums(vectors, positions, snapshot.shape);
    sums.add(accountStress(summed, snapshot.policyElements, snapshot.shape));
  }
  return sums.result().tiers;
}

const magnitude = ({ quantity }: Holding): bigint => (quantity < 0n ? -quantity : quantity);
const familyOf = ({ account }: Portfolio): string => account.replace(/-\d+$/, "");

describe.each(MARKETS)("a venue over %s", (_, snapshot) => {
  const isCollateral = new Map(
    snapshot.rows.map(({ instrumentId, instrument }) => [instrumentId, instrument.kind === "collateral"]),
  );

  it.each([8, 200, 5000])("of %i accounts nets, is fully reserved, and keeps to its limits", (size) => {
    const venue = sampleVenue(snapshot, { accounts: size, seed: SEED });
    const accounts = [...venue.accounts];
    expect(accounts).toHaveLength(size);
    expect(new Set(accounts.map(({ accountId }) => accountId)).size).toBe(size);

    const net = [...total(accounts)].sort(([a], [b]) => a - b);
    expect(net.filter(([id, lots]) => isCollateral.get(id) !== true && lots !== 0n)).toEqual([]);
    expect(venue.reserves).toEqual(
      net
        .filter(([id]) => isCollateral.get(id) === true)
        .map(([instrumentId, quantity]) => ({ instrumentId, quantity })),
    );

    for (const { positions } of accounts) {
      const ids = positions.map(({ instrumentId }) => instrumentId);
      expect(positions.length).toBeLessThanOrEqual(16);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      for (const holding of positions) {
        expect(holding.quantity).not.toBe(0n);
        expect(magnitude(holding)).toBeLessThan(2n ** 34n);
        if (isCollateral.get(holding.instrumentId) === true) expect(holding.quantity).toBeGreaterThan(0n);
      }
    }
    const tiers = tiersOf(snapshot, accounts);
    expect(tiers[0]).toBeGreaterThanOrEqual(Math.floor(size * 0.85));
    if (size < 200) return;
    for (const count of tiers) expect(count).toBeGreaterThan(0);
    expect(tiers[0]).toBeGreaterThan(size * 0.9);
    expect(tiers[4]).toBeGreaterThanOrEqual(size / 150);
    expect(tiers[4]).toBeLessThanOrEqual(size / 75);
  });

  it("has all kinds of customers, and many market makers opposite them", () => {
    const accounts = draw(snapshot, { accounts: 1000 });
    const families = new Map<string, Portfolio[]>();
    for (const one of accounts) families.set(familyOf(one), [...(families.get(familyOf(one)) ?? []), one]);
    expect([...families.keys()].sort()).toEqual([
      "covered-writer",
      "market-maker",
      "put-buyer",
      "ratio-spread",
      "strangle-seller",
      "trader",
    ]);
    for (const members of families.values()) expect(members.length).toBeGreaterThan(25);
    const perpetual = snapshot.rows.find(
      ({ instrument }) => instrument.name === "BTC-PERPETUAL",
    )?.instrumentId;
    const sides = (families.get("trader") ?? []).flatMap(({ positions }) =>
      positions.filter(({ instrumentId }) => instrumentId === perpetual).map(({ quantity }) => quantity > 0n),
    );
    expect(new Set(sides)).toEqual(new Set([true, false]));
    const held = [...total(accounts).keys()];
    expect(held.length).toBeGreaterThan(40);
    expect(held).toEqual(expect.arrayContaining([1, 2, 3]));
  });
});

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
