import { describe, expect, it } from "vitest";
import type { Commitment } from "../../src/portfolio/commitment.ts";
import type { Tier } from "../../src/risk/requirement.ts";
import type { AccountVersion } from "../../src/service/accounts/accounts.ts";
import {
  type KnownProof,
  type LiveJob,
  type PlanInput,
  planProofs,
  URGENCIES,
} from "../../src/service/plan/plan.ts";
import { jobId, type NewJob } from "../../src/service/queue/job.ts";
import { field } from "./parts.ts";

const NOW = 1_000_000n;
const [OLD, NEW] = [field(70), field(71)];

const account = (id: number, version = 1): AccountVersion => ({
  ...{ account: field(id), version: BigInt(version), commitment: field(100 * id + version) as Commitment },
  ...{ venue: "book", declaredBy: "venue", asOf: 0n, since: BigInt(1_000 * id) },
});
const proof = (id: number, tier: Tier, more: Partial<KnownProof> = {}): KnownProof => ({
  ...{ account: field(id), commitment: field(100 * id + 1), snapshot: OLD, tier, isAttested: true },
  ...{ expiresAt: NOW + 3_000n },
  ...more,
});
const job = (id: number, more: Partial<LiveJob> = {}): LiveJob => {
  const made: NewJob = {
    ...{
      purpose: "coverage",
      account: field(id),
      version: 1n,
      commitment: field(100 * id + 1),
      snapshot: OLD,
    },
    ...{ circuit: "c", urgency: 4, deadline: NOW, reason: "" },
    ...more,
  };
  return { ...made, isActive: false, ...more, id: jobId(made) };
};
function plan(accounts: readonly AccountVersion[], tiers: readonly Tier[], more: Partial<PlanInput> = {}) {
  const byId = new Map(accounts.map(({ account: id }, i) => [id, tiers[i] ?? 0] as const));
  return planProofs({
    ...{ now: NOW, snapshot: { snapshotId: NEW, staleAt: NOW + 3_600n }, accounts, tiers: byId },
    ...{ proofs: [], live: [], circuit: "c", rules: { within: 120n, renewBefore: 600n } },
    ...more,
  });
}
const reasons = ({ wanted }: ReturnType<typeof planProofs>) =>
  wanted.map(({ account: id, reason }) => [Number(id), reason]);

describe("a plan", () => {
  it("proves a new commitment, and nothing of an account that is proven and far from stale", () => {
    expect(reasons(plan([account(1), account(2)], [0, 1], { proofs: [proof(2, 1)] }))).toEqual([
      [1, "unproven commitment"],
    ]);
  });

  it("goes by urgency: case, challenge, breach, change, new commitment, renewal", () => {
    const accounts = [1, 2, 3, 4, 5, 6].map((id) => account(id));
    const cases = new Map([
      [field(5), { kind: "challenge", until: NOW + 9n }],
      [field(6), { kind: "open case", until: NOW + 99n }],
    ] as const);
    const proofs = [proof(1, 0, { expiresAt: NOW + 500n }), proof(2, 0), proof(4, 1)];
    expect(reasons(plan(accounts, [0, 1, 0, 3, 0, 0], { proofs, cases }))).toEqual([
      [6, "open case"],
      [5, "challenge"],
      [4, "breach"],
      [2, "tier changed"],
      [3, "unproven commitment"],
      [1, "about to be stale"],
    ]);
  });

  it("takes of equal urgency the earliest deadline", () => {
    const proofs = [proof(1, 0, { expiresAt: NOW + 500n }), proof(2, 0, { expiresAt: NOW + 400n })];
    expect(reasons(plan([account(1), account(2)], [0, 0], { proofs })).map(([id]) => id)).toEqual([2, 1]);
  });

  it("takes of new commitments the one that has waited longest, whatever snapshots came since", () => {
    const order = plan([account(3), account(1), account(2)], []).wanted.map(({ account: id }) => Number(id));
    expect(order).toEqual([1, 2, 3]);
    const breaches = plan([account(9), account(8)], [3, 4]).wanted.map(({ account: id }) => Number(id));
    expect(breaches).toEqual([8, 9]);
  });

  it("asks for nothing twice: neither in the same snapshot, nor what is on its way", () => {
    expect(
      plan([account(1)], [2], { proofs: [proof(1, 2, { snapshot: NEW, isAttested: false })] }).wanted,
    ).toEqual([]);
    expect(plan([account(1)], [1], { proofs: [proof(1, 1, { isAttested: false })] }).wanted).toEqual([]);
  });

  it("takes out what waits in an old snapshot or of an old commitment, with what replaces it", () => {
    const [waiting, changed] = [job(1), job(2)];
    const { wanted, superseded } = plan([account(1), account(2, 2)], [0, 0], { live: [waiting, changed] });
    const ids = new Map(wanted.map((one) => [one.account, jobId(one)]));
    expect([...superseded]).toEqual([
      [waiting.id, ids.get(field(1))],
      [changed.id, ids.get(field(2))],
    ]);
  });

  it("lets a proof that is being made go on, unless its commitment is old or there is a breach", () => {
    const active = job(1, { isActive: true });
    expect(plan([account(1)], [0], { live: [active] })).toMatchObject({ wanted: [], superseded: new Map() });
    const breach = plan([account(1)], [3], { live: [active] });
    expect(reasons(breach)).toEqual([[1, "breach"]]);
    expect(breach.superseded.size).toBe(0);
    expect([...plan([account(1, 2)], [0], { live: [active] }).superseded.keys()]).toEqual([active.id]);
  });

  it("says of what is no longer needed that nothing replaces it", () => {
    const { superseded } = plan([account(1)], [0], { live: [job(1)], proofs: [proof(1, 0)] });
    expect([...superseded.values()]).toEqual(["nothing: it is no longer needed"]);
  });

  it("sheds renewals that there is no time for, and nothing else", () => {
    const ids = Array.from({ length: 20 }, (_, i) => i + 1);
    const proofs = ids.slice(10).map((id) => proof(id, 0, { expiresAt: NOW + 100n }));
    const { wanted, shed } = plan(
      ids.map((id) => account(id)),
      [],
      {
        proofs,
        rules: { within: 1n, renewBefore: 600n, rate: 0.15 },
      },
    );
    // At 0.15 proofs a second fifteen are done in 100 s: ten new commitments, late as they are, and five renewals.
    expect(wanted).toHaveLength(15);
    expect(wanted.filter(({ reason }) => reason === "unproven commitment")).toHaveLength(10);
    expect(shed.map(({ reason }) => reason)).toEqual(Array(5).fill("about to be stale"));
  });

  it("leaves alone what it can't value, and everything in a snapshot that is stale", () => {
    expect(plan([account(1)], [0], { tiers: new Map() }).wanted).toEqual([]);
    expect(plan([account(1)], [0], { snapshot: { snapshotId: NEW, staleAt: NOW } }).wanted).toEqual([]);
  });

  it("names the commitment that has waited longest", () => {
    const accounts = [account(3), account(2), account(1)];
    const attested = { proofs: [proof(1, 0), proof(2, 0, { isAttested: false })] };
    expect(plan(accounts, [0, 0, 0], attested).oldestUnproven?.account).toBe(field(2));
    expect(plan([account(1)], [0], attested).oldestUnproven).toBeUndefined();
  });

  it("has an urgency for each reason", () => {
    for (const { urgency, reason } of plan([account(1)], [4]).wanted) expect(URGENCIES[urgency]).toBe(reason);
  });
});
