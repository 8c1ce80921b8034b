import { readClock } from "../../chain/coverage/clock.ts";
import { guarded } from "../../chain/guarded.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import { readParameters } from "../../chain/liquidation/read-parties.ts";
import { readSettlement } from "../../chain/liquidation/settlement.ts";
import { type Field, toField } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { callId } from "../sender/calls.ts";
import type { StepSubject } from "./acts.ts";
import { adoptOutcomes } from "./adopt.ts";
import { keepDisclosed, publishKey } from "./disclosed.ts";
import { type DueStep, stepsDue } from "./due.ts";
import { breaches, factsOf } from "./facts.ts";
import { LedgerSync } from "./ledger-sync.ts";
import { Openings } from "./openings.ts";
import type { KeeperParts } from "./parts.ts";
import { nameOf, Runner } from "./runner.ts";
import { type NewStep, Steps } from "./steps.ts";
import { type Seen, Watch } from "./watch.ts";
import { objection, type Prices, worthOf } from "./worth.ts";

/** Steps that are worked on at once, each of another case. */
const AT_ONCE = 4;
/** Acts that change an account which others may be changing too: one of them at a time. */
const SHARED: ReadonlySet<string> = new Set(["reduce", "settle", "buy", "take-over"]);

/** Does what is due in a venue's cases, as its rules say. All that it knows is in the database and on the chain. */
export class Keeper {
  readonly #parts: KeeperParts;
  readonly #openings: Openings;
  readonly #watch: Watch;
  readonly #runner: Runner;
  readonly #steps: Steps;
  readonly #sync: LedgerSync;
  /** By what each works on. */
  readonly #running = new Map<
    string,
    { readonly act: string; readonly accountId: Field; readonly ended: Promise<void> }
  >();
  #failure: unknown;
  #isPrepared = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    const { database, keyring, accounts, kits, client, system } = parts;
    const { slots } = kits.transfer.circuit;
    this.#openings = new Openings({ database, keyring, accounts, slots });
    this.#watch = new Watch(database, client, system);
    this.#runner = new Runner(parts, this.#openings);
    this.#steps = new Steps(database);
    this.#sync = new LedgerSync(parts);
  }

  /**
   * Looks once, and begins what is due; a step may take longer than the look.
   * @throws {BallastError} CHAIN_ERROR, STORE_ERROR: nothing is lost; what a step threw that is a fault of the program's.
   */
  async pass(signal: AbortSignal): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { rules, clock } = this.#parts;
    const seen = await this.#watch.look();
    const snapshot = await this.#newest();
    if (snapshot === undefined) return;
    await this.#prepare(snapshot, signal);
    await adoptOutcomes(this.#parts, this.#openings, snapshot, seen);
    const prices = await this.#prices();
    for (const view of seen.cases) await this.#inCase(view, snapshot, prices, signal);
    await this.#answers(seen, snapshot, prices, signal);
    if (rules.roles.includes("anyone")) await this.#open(snapshot, prices, signal);
    if (rules.roles.includes("venue") && !rules.dryRun)
      await this.#sync.pass(clock.now() / 1_000n, this.#busy());
  }

  /** Once: openings that are in files, and the key that venues disclose to. */
  async #prepare(snapshot: Snapshot, signal: AbortSignal): Promise<void> {
    if (this.#isPrepared) return;
    const { files, rules } = this.#parts;
    for (const account of files?.(snapshot) ?? []) await this.#openings.keep("file", account);
    this.#isPrepared = true;
    if (!rules.roles.includes("liquidator") || rules.dryRun) return;
    const nobody = toField(0n);
    this.#work(nobody, "key", publishKey(this.#parts, signal));
  }

  /** Accounts that steps are worked on with. */
  #busy(): ReadonlySet<Field> {
    const { takers, taker } = this.#parts.rules;
    const busy = new Set([...this.#running.values()].map(({ accountId }) => accountId));
    if ([...this.#running.values()].some(({ act }) => SHARED.has(act)))
      for (const name of [...takers, ...(taker === undefined ? [] : [taker])])
        busy.add(toField(accountIdOf(name)));
    return busy;
  }

  /** Waits for what was begun. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #inCase(view: CaseView, snapshot: Snapshot, prices: Prices, signal: AbortSignal): Promise<void> {
    const { client, database, rules } = this.#parts;
    const { caseId, accountId, version, status } = view.case;
    await keepDisclosed(this.#parts, this.#openings, view);
    const facts = await factsOf(this.#parts, this.#openings, this.#watch, snapshot, view);
    const due = stepsDue(view, { address: client.account.address, rules }, facts);
    if (status === "closed" && due.length === 0 && view.sale.hold === undefined)
      await database.query("update ballast.cases set is_settled = true where id = $1", [caseId.toString()]);
    const subject = { accountId: toField(accountId), view, lots: facts.worth?.lots ?? 0n };
    for (const step of due) {
      const place = ["case", caseId, version, ...whenOf(step, snapshot, view)];
      if (await this.#begin(step, place, subject, snapshot, prices, signal)) return;
    }
  }

  /** Ends challenges that have come to a verdict. */
  async #answers(
    { challenged }: Seen,
    snapshot: Snapshot,
    prices: Prices,
    signal: AbortSignal,
  ): Promise<void> {
    const { roles } = this.#parts.rules;
    const role = roles.includes("venue") ? "venue" : "anyone";
    if (!roles.includes(role)) return;
    for (const { accountId, challenges } of challenged)
      for (const { index, challengedAt, verdict, reward } of challenges) {
        if (verdict === "pending") continue;
        const subject = { accountId, view: undefined, lots: 0n };
        const place = ["challenge", accountId, index, challengedAt];
        await this.#begin(
          { act: "settle-challenge", role },
          place,
          subject,
          snapshot,
          prices,
          signal,
          reward,
        );
      }
  }

  async #open(snapshot: Snapshot, prices: Prices, signal: AbortSignal): Promise<void> {
    const { clock, client, system } = this.#parts;
    const { engine } = await readParameters(client, system);
    const step: DueStep = { act: "open", role: "anyone" };
    for (const breach of await breaches(this.#parts, clock.now() / 1_000n, engine.openAge)) {
      const { accountId, commitment } = breach;
      const place = ["breach", accountId, commitment, breach.snapshot];
      await this.#begin(step, place, { accountId, view: undefined, lots: 0n }, snapshot, prices, signal);
    }
  }

  /** @returns whether the step, or another on the same case, is being worked on. */
  async #begin(
    step: DueStep,
    place: readonly (string | bigint | number)[],
    subject: StepSubject,
    snapshot: Snapshot,
    prices: Prices,
    signal: AbortSignal,
    reward = 0n,
  ): Promise<boolean> {
    const { rules, clock, client, system, onEvent } = this.#parts;
    const { accountId, view, lots } = subject;
    const on = String(accountId);
    const acts = [...this.#running.values()].map(({ act }) => act);
    if (this.#running.has(on) || acts.length >= AT_ONCE) return true;
    if (SHARED.has(step.act) && acts.some((act) => SHARED.has(act))) return true;
    const caseId = view?.case.caseId;
    const worth = worthOf(step, prices, rules, { reward, lots, ...(view === undefined ? {} : { view }) });
    const id = callId("step", system.chainId, system.ledger, client.account.address, step.act, ...place);
    const made: NewStep = { ...step, id, caseId, accountId, worth };
    const against = rules.dryRun ? "dry run" : objection(step, worth, rules);
    if (against !== undefined) {
      if (await this.#steps.held(made, against))
        onEvent({ role: "keeper", level: "warning", message: `${nameOf(made)}: left: ${against}` });
      return false;
    }
    if (!(await this.#steps.begin(made, clock.now()))) return false;
    onEvent({ role: "keeper", level: "info", message: `${nameOf(made)}: begins, ${costText(made)}` });
    this.#work(accountId, step.act, this.#runner.run(made, subject, snapshot, signal));
    return true;
  }

  #work(accountId: Field, act: string, work: Promise<unknown>): void {
    const on = String(accountId);
    const ended = work
      .then(
        () => undefined,
        (error: unknown) => {
          this.#failure = error;
        },
      )
      .finally(() => this.#running.delete(on));
    this.#running.set(on, { act, accountId, ended });
  }

  /** The newest snapshot of the chain's, where it is sound and here. */
  async #newest(): Promise<Snapshot | undefined> {
    const { client, system, snapshots } = this.#parts;
    const { newest } = await readClock(client, system.clock);
    return newest === undefined || newest.isVoid ? undefined : snapshots.get(newest.snapshotId);
  }

  async #prices(): Promise<Prices> {
    const { client, system } = this.#parts;
    const [{ baseFeePerGas }, tip] = await guarded("reading gas prices", () =>
      Promise.all([client.public.getBlock(), client.public.estimateMaxPriorityFeePerGas()]),
    );
    const { unitsPerLot } = await readSettlement(client, system);
    return { gas: (baseFeePerGas ?? 0n) + tip, unitsPerLot };
  }
}

/** What makes a step of a case's version another one: whose bond, or by which prices. */
function whenOf({ act, whom }: DueStep, snapshot: Snapshot, view: CaseView): readonly (string | bigint)[] {
  if (whom !== undefined) return [whom];
  if (act === "cure") return [view.attestation?.snapshotTime ?? 0n];
  return PROVING.has(act) ? [snapshot.snapshotId] : [];
}

const PROVING: ReadonlySet<string> = new Set([
  "reduce",
  "show-equity",
  "settle",
  "leave",
  "buy",
  "take-over",
]);

function costText({ worth: { cost, bond, pays } }: NewStep): string {
  const ether = `${cost / 10n ** 18n}.${((cost / 10n ** 12n) % 1_000_000n).toString().padStart(6, "0")}`;
  const more = [bond > 0n ? `bond ${bond}` : "", pays > 0n ? `pays ${pays}` : ""].filter(
    (text) => text !== "",
  );
  return [`gas of ${ether} ether at most`, ...more].join(", ");
}
