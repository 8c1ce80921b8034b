import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { Clock } from "../../clock.ts";
import type { Field } from "../../math/field.ts";
import type { Tier } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Accounts, AccountVersion, OpenVersion } from "../accounts/accounts.ts";
import { Evaluations, evaluateAll } from "../accounts/evaluate.ts";
import type { OnEvent } from "../events.ts";
import { Meters } from "../meters/meters.ts";
import { Proofs } from "../prover/proofs.ts";
import { JobQueue } from "../queue/queue.ts";
import type { Keyring } from "../secrets/keyring.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import type { Database } from "../store/database.ts";
import { type Plan, type PlanRules, planProofs } from "./plan.ts";

export interface PlannerParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly accounts: Accounts;
  readonly snapshots: Snapshots;
  readonly deployment: Pick<Deployment, "maxAge">;
  /** The instance that accounts are proven with. */
  readonly circuit: string;
  readonly rules: PlanRules;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}

/** What one look at everything came to. */
export interface Pass {
  readonly plan: Plan;
  readonly queued: number;
  readonly superseded: number;
  readonly evaluated: number;
}

/** Evaluates what has changed, and puts what must be proven into the queue. One process at a time does. */
export class Planner {
  readonly #parts: PlannerParts;
  #snapshot: Field | undefined;
  /** Tiers in that snapshot, by account, each of a version. */
  readonly #tiers = new Map<Field, { readonly version: bigint; readonly tier: Tier | undefined }>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /** @returns undefined before the first snapshot. @throws {BallastError} STORE_ERROR; SEAL_BROKEN, INVALID_KEY. */
  async pass(): Promise<Pass | undefined> {
    const { database, accounts, snapshots, deployment, circuit, rules, clock } = this.#parts;
    const snapshot = await snapshots.newest();
    if (snapshot === undefined) return undefined;
    const held = await accounts.onLedger();
    const cases = new Map(held.map((one) => [one.account, one]));
    const current = (await accounts.current()).map((one) => cases.get(one.account) ?? one);
    const evaluated = await this.#evaluate(current, snapshot);
    const live = (await new JobQueue(database).live()).map((job) => ({
      ...job,
      isActive: job.state === "active",
    }));
    const tiers = new Map<Field, Tier>();
    for (const [account, { tier }] of this.#tiers) if (tier !== undefined) tiers.set(account, tier);
    const plan = planProofs({
      now: clock.now() / 1_000n,
      snapshot: { snapshotId: snapshot.snapshotId, staleAt: snapshot.time + BigInt(deployment.maxAge) },
      ...{ accounts: current, tiers, live, circuit, rules, cases },
      proofs: await new Proofs(database).known(),
    });
    const [queued, superseded] = await database.transaction(async (sql) => {
      const queue = new JobQueue(sql);
      return [(await queue.add(plan.wanted)).length, await queue.supersede(plan.superseded)] as const;
    });
    this.#tell(plan, queued, superseded);
    return { plan, queued, superseded, evaluated };
  }

  /** All accounts in a new snapshot; in the same one, those that have changed. @returns how many. */
  async #evaluate(current: readonly AccountVersion[], snapshot: Snapshot): Promise<number> {
    const { database, keyring, onEvent } = this.#parts;
    if (this.#snapshot !== snapshot.snapshotId) this.#tiers.clear();
    const changed = current.filter(({ account, version }) => this.#tiers.get(account)?.version !== version);
    if (changed.length === 0) return 0;
    const open = changed.length === current.length ? await this.#openAll(current) : await this.#open(changed);
    const begun = performance.now();
    const { evaluations, unvalued } = evaluateAll(open, snapshot);
    const seconds = (performance.now() - begun) / 1_000;
    await new Evaluations(database, keyring).add(snapshot.snapshotId, evaluations);
    const meters = new Meters(database);
    await meters.time([{ step: "evaluate", label: "", seconds }]);
    await meters.count([{ counter: "evaluated accounts", label: "", by: evaluations.length }]);
    this.#snapshot = snapshot.snapshotId;
    for (const { account, version } of open) this.#tiers.set(account, { version, tier: undefined });
    for (const { account, version, tier } of evaluations) this.#tiers.set(account, { version, tier });
    if (unvalued.length > 0)
      onEvent({
        ...{ role: "plan", level: "warning" },
        message: "accounts can't be valued in this snapshot, and are left alone",
        facts: { accounts: unvalued.length, first: unvalued[0]?.error.code ?? "" },
      });
    return evaluations.length;
  }

  /** All at once; those that a case holds, at what the ledger has. */
  async #openAll(current: readonly AccountVersion[]): Promise<readonly OpenVersion[]> {
    const versions = new Map(current.map(({ account, version }) => [account, version]));
    const all = await this.#parts.accounts.open();
    const newest = all.filter(({ account, version }) => versions.get(account) === version);
    const known = new Set(newest.map(({ account }) => account));
    return [...newest, ...(await this.#open(current.filter(({ account }) => !known.has(account))))];
  }

  #open(changed: readonly AccountVersion[]): Promise<readonly OpenVersion[]> {
    const { accounts } = this.#parts;
    return Promise.all(changed.map(({ account, version }) => accounts.openOne(account, version)));
  }

  #tell({ shed }: Plan, queued: number, superseded: number): void {
    const { onEvent } = this.#parts;
    if (queued + superseded > 0)
      onEvent({ role: "plan", level: "info", message: "planned", facts: { queued, superseded } });
    if (shed.length > 0)
      onEvent({
        ...{ role: "plan", level: "warning" },
        message: "behind: renewals are shed",
        facts: { shed: shed.length },
      });
  }
}
