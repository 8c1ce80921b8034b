import { describe, expect, it } from "vitest";
import type { AttestedVenue } from "../../src/actions/solvency/read-attested.ts";
import type { SolvencyAttestation } from "../../src/chain/solvency/attestation.ts";
import { differences } from "../../src/web/source/compare.ts";
import { age, coverage, moment } from "../../src/web/text.ts";
import { verdictOf } from "../../src/web/venue/verdict.ts";

const ADDRESS = `0x${"a1".repeat(20)}` as const;
const HASH = `0x${"0b".repeat(32)}` as const;
const NOW = 1_774_000_000n;

function venue(changes: Partial<SolvencyAttestation> = {}, more: Partial<AttestedVenue> = {}): AttestedVenue {
  const attestation: SolvencyAttestation = {
    ...{ status: "current", venue: ADDRESS, vault: ADDRESS, runId: HASH, snapshotId: 7n, accountsRoot: 8n },
    ...{ batchCircuit: HASH, reportCircuit: HASH, snapshotTime: NOW - 600n, attestedAt: NOW - 300n },
    ...{ expiresAt: NOW + 3_000n, batches: 3 },
    result: {
      ...{ accounts: 5, tiers: [1, 1, 1, 1, 1], currentShortfall: 0n, worstScenario: 2, worstShortfall: 50n },
      ...{ cover1Scenario: 2, cover1Shortfall: 30n, cover2Scenario: 2, cover2Shortfall: 40n },
      demand: [0n, 0n, 0n, 0n, 0n, 0n],
    },
    funds: { insuranceFund: 50n, gammaReserve: 0n, coveragePpm: 1_000_000n },
    reserves: [{ instrumentId: 1, proven: 10n, held: 10n }],
    ...changes,
  };
  return { registry: ADDRESS, attestation, devKeys: false, lots: null, isGood: true, ...more };
}

const kindOf = (of: AttestedVenue): string => verdictOf(of, NOW).kind;

describe("the verdict on a venue", () => {
  it("is covered from the very ratio of one", () => {
    const of = (coveragePpm: bigint | null) =>
      venue({ funds: { ...venue().attestation.funds, coveragePpm } });
    expect(kindOf(of(1_000_000n))).toBe("covered");
    expect(kindOf(of(null))).toBe("covered");
    expect(kindOf(of(999_999n))).toBe("short");
  });

  it("is never covered where it is void or expired, whatever the funds", () => {
    expect(kindOf(venue({ status: "void" }))).toBe("void");
    expect(kindOf(venue({ status: "expired" }))).toBe("expired");
    expect(kindOf(venue({ expiresAt: NOW }))).toBe("expired");
    expect(kindOf(venue({ expiresAt: NOW + 1n }))).toBe("covered");
  });

  it("is short where the vault held a lot less, or counts in other lots", () => {
    expect(verdictOf(venue({ reserves: [{ instrumentId: 1, proven: 10n, held: 9n }] }), NOW).why).toContain(
      "1 of 1",
    );
    const lot = { asset: "USDC", instrumentId: 1, token: ADDRESS, unitsPerLot: 3n, expected: 4n, ok: false };
    expect(kindOf(venue({}, { lots: [lot] }))).toBe("short");
    expect(kindOf(venue({}, { lots: [{ ...lot, ok: true }] }))).toBe("covered");
  });
});

describe("two nodes", () => {
  it("differ by what they say, in words", () => {
    expect(differences(venue(), venue())).toEqual([]);
    expect(differences(undefined, undefined)).toEqual([]);
    expect(differences(venue(), undefined)).toEqual(["whether there is an attestation at all"]);
    expect(differences(venue(), venue({ status: "void", batches: 4 }))).toEqual([
      "whether it is current",
      "the number of proofs",
    ]);
  });
});

describe("what stands on the page", () => {
  it("is a moment in UTC, an age as people say it, a ratio rounded down", () => {
    expect(moment(1_774_000_000n)).toBe("2026-03-20 09:46:40 UTC");
    expect(moment(1n << 64n)).toBe(String(1n << 64n));
    expect([59n, 60n, 3_599n, 3_600n, 11_100n, 172_800n, 190_000n].map(age)).toEqual([
      ...["less than a minute", "1 min", "59 min", "1 h", "3 h 5 min", "2 d 0 h", "2 d 4 h"],
    ]);
    expect(coverage(999_999n)).toBe("99.99 %");
    expect(coverage(null)).toBe("no scenario leaves a shortfall");
  });
});
