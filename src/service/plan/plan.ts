import type { Field } from "../../math/field.ts";
import type { Tier } from "../../risk/requirement.ts";
import type { AccountVersion } from "../accounts/accounts.ts";
import { jobId, type NewJob } from "../queue/job.ts";

/** What is proven first. A job's urgency is its place here. */
export const URGENCIES = [
  "open case",
  "challenge",
  "breach",
  "asked for",
  "tier changed",
  "unproven commitment",
  "about to be stale",
  "refresh",
] as const;
export type Urgency = (typeof URGENCIES)[number];

/** The tier from which on an account is in breach: soft liquidation. */
export const BREACH: Tier = 2;

/** What is known of an account's newest commitment on chain, or on its way there. */
export interface KnownProof {
  readonly account: Field;
  readonly commitment: Field;
  readonly snapshot: Field;
  readonly tier: Tier;
  readonly isAttested: boolean;
  /** Unix seconds until which it counts. */
  readonly expiresAt: bigint;
}

/** A job that waits or is worked on. */
export interface LiveJob extends NewJob {
  readonly id: string;
  readonly isActive: boolean;
}

export interface PlanInput {
  /** Unix seconds. */
  readonly now: bigint;
  readonly snapshot: {
    readonly snapshotId: Field;
    /** Unix seconds from which on nothing proven in it is taken. */
    readonly staleAt: bigint;
  };
  readonly accounts: readonly AccountVersion[];
  /** By account id; an account without one can't be valued in this snapshot, and is left alone. */
  readonly tiers: ReadonlyMap<Field, Tier>;
  readonly proofs: readonly KnownProof[];
  readonly live: readonly LiveJob[];
  /** Accounts that a case is open about, or a challenge, and until when an answer counts, Unix seconds. */
  readonly cases?: ReadonlyMap<Field, { readonly kind: "open case" | "challenge"; readonly until: bigint }>;
  readonly circuit: string;
  readonly rules: PlanRules;
}

export interface PlanRules {
  /** Seconds within which a breach, a changed tier or a new commitment is to be proven. */
  readonly within: bigint;
  /** Seconds before an attestation ends at which it is renewed. */
  readonly renewBefore: bigint;
  /** Whether an account in breach that no case is open about is proven anew in each snapshot: what opens a case may not be old. */
  readonly breachesAnew?: boolean;
  /** Proofs a second that all workers make, as far as it is known: what can't be proven in time by it is shed. */
  readonly rate?: number;
}

export interface Plan {
  /** In the order in which it is to be proven; what is queued already too. */
  readonly wanted: readonly NewJob[];
  /** Jobs to take out, each with the id of the job that replaces it, or why none does. */
  readonly superseded: ReadonlyMap<string, string>;
  /** Wanted, and not asked for: there is no time for it. Renewals alone are shed. */
  readonly shed: readonly NewJob[];
  /** The account whose newest commitment has waited longest for its first attestation. */
  readonly oldestUnproven: AccountVersion | undefined;
}

/**
 * What must be proven, most urgent first. Pure: the same input gives the same plan.
 *
 * A proof that is being made goes on when a new snapshot comes, for it still counts; what waits is asked for again in the new one. Else
 * snapshots that come faster than proofs would keep anything from being proven.
 */
export function planProofs(input: PlanInput): Plan {
  const { accounts, live, snapshot } = input;
  const proofs = groupBy(input.proofs, ({ account, commitment }) => pair(account, commitment));
  const jobs = groupBy(live, ({ account }) => account);
  const all = accounts.flatMap((account) => {
    const own = proofs.get(pair(account.account, account.commitment)) ?? [];
    return wantedOf(input, account, own, jobs.get(account.account) ?? []) ?? [];
  });
  all.sort(
    (a, b) => a.urgency - b.urgency || Number(a.deadline - b.deadline) || (a.account < b.account ? -1 : 1),
  );
  const { wanted, shed } = split(input, all);
  const byAccount = new Map(wanted.map((job) => [job.account, job]));
  const newest = new Map(accounts.map((account) => [account.account, account]));
  const superseded = new Map<string, string>();
  for (const job of live) {
    const current = newest.get(job.account)?.commitment === job.commitment;
    if (current && (job.isActive || job.snapshot === snapshot.snapshotId)) continue;
    const by = byAccount.get(job.account);
    superseded.set(job.id, by === undefined ? "nothing: it is no longer needed" : jobId(by));
  }
  const unproven = accounts.filter(
    ({ account, commitment }) =>
      !(proofs.get(pair(account, commitment)) ?? []).some(({ isAttested }) => isAttested),
  );
  const oldestUnproven = unproven.reduce<AccountVersion | undefined>(
    (oldest, one) => (oldest === undefined || one.since < oldest.since ? one : oldest),
    undefined,
  );
  return { wanted, superseded, shed, oldestUnproven };
}

function wantedOf(
  { now, snapshot, tiers, circuit, rules, cases }: PlanInput,
  { account, version, commitment, since }: AccountVersion,
  proofs: readonly KnownProof[],
  jobs: readonly LiveJob[],
): NewJob | undefined {
  const tier = tiers.get(account);
  if (tier === undefined || now >= snapshot.staleAt) return undefined;
  const job = (urgency: Urgency, deadline: bigint): NewJob => ({
    ...{ purpose: "coverage", account, version, commitment, snapshot: snapshot.snapshotId, circuit },
    ...{ urgency: URGENCIES.indexOf(urgency), deadline, reason: urgency },
  });
  const valid = proofs.filter(({ expiresAt }) => expiresAt > now);
  if (valid.some((proof) => proof.snapshot === snapshot.snapshotId)) return undefined;
  const open = cases?.get(account);
  if (open !== undefined) return job(open.kind, open.until);
  const last = valid.reduce<KnownProof | undefined>(
    (best, one) => (best === undefined || one.expiresAt > best.expiresAt ? one : best),
    undefined,
  );
  const isBreach = tier >= BREACH && (last?.tier !== tier || rules.breachesAnew === true);
  // What is being proven of this commitment goes on first, unless it is a matter of a breach.
  if (!isBreach && jobs.some((one) => one.isActive && one.commitment === commitment)) return undefined;
  // Who was never proven has waited since its portfolio came, whatever snapshots came since: else new ones could make it wait for ever.
  const unproven = since / 1_000n + rules.within;
  const asked = jobs.find(
    (one) => one.urgency === URGENCIES.indexOf("asked for") && one.commitment === commitment,
  );
  if (isBreach) return job("breach", last === undefined ? unproven : now + rules.within);
  if (asked !== undefined) return job("asked for", asked.deadline);
  if (last === undefined) return job("unproven commitment", unproven);
  if (last.tier !== tier) return job("tier changed", now + rules.within);
  if (last.expiresAt - now <= rules.renewBefore) return job("about to be stale", last.expiresAt);
  return undefined;
}

/** Leaves out renewals that can't be made in time at the present rate: they would keep others from it. */
function split({ now, rules: { rate } }: PlanInput, all: readonly NewJob[]): Pick<Plan, "wanted" | "shed"> {
  if (rate === undefined) return { wanted: all, shed: [] };
  const wanted: NewJob[] = [];
  const shed: NewJob[] = [];
  for (const job of all) {
    const done = Number(now) + (wanted.length + 1) / rate;
    const isRenewal = job.urgency >= URGENCIES.indexOf("about to be stale");
    if (isRenewal && done > Number(job.deadline)) shed.push(job);
    else wanted.push(job);
  }
  return { wanted, shed };
}

function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function pair(account: Field, commitment: Field): string {
  return `${account} ${commitment}`;
}
