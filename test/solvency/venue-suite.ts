import { describe, expect, it } from "vitest";
import { loadChain } from "../../src/market/chain-file.ts";
import type { Portfolio } from "../../src/portfolio/portfolio.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { type Holding, portfolioSums, vectorIndex } from "../../src/risk/requirement.ts";
import { buildSnapshot, type Snapshot } from "../../src/risk/snapshot.ts";
import { accountStress, SolvencySums } from "../../src/risk/solvency.ts";
import { type SampleVenueOptions, sampleVenue } from "../../src/solvency/sample-venue.ts";

const SEED = 20_260_205;

/** The snapshot under `les` of a chain file. */
export function snapshotOf(chain: string, perpetuals: string, rows: number): Snapshot {
  const market = loadChain(chain, { perpetuals, onBadQuote: "exclude" });
  return buildSnapshot(market, presetPolicy("les"), { rows });
}

/** A venue's accounts. Default: 200. */
export const draw = (snapshot: Snapshot, options: Partial<SampleVenueOptions> = {}): Portfolio[] => [
  ...sampleVenue(snapshot, { accounts: 200, seed: SEED, ...options }).accounts,
];

/** Net lots, calculated here on its own. */
export function total(accounts: readonly Portfolio[]): Map<number, bigint> {
  const net = new Map<number, bigint>();
  for (const { positions } of accounts) {
    for (const { instrumentId, quantity } of positions) {
      net.set(instrumentId, (net.get(instrumentId) ?? 0n) + quantity);
    }
  }
  return net;
}

/** How many accounts are in each tier. */
export function tiersOf(snapshot: Snapshot, accounts: readonly Portfolio[]): readonly number[] {
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

/** What must hold of a made-up venue, over whatever market. */
export function describeVenue(what: string, snapshot: Snapshot): void {
  describe(`a venue over ${what}`, () => {
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
        positions
          .filter(({ instrumentId }) => instrumentId === perpetual)
          .map(({ quantity }) => quantity > 0n),
      );
      expect(new Set(sides)).toEqual(new Set([true, false]));
      const held = [...total(accounts).keys()];
      expect(held.length).toBeGreaterThan(40);
      expect(held).toEqual(expect.arrayContaining([1, 2, 3]));
    });
  });
}
