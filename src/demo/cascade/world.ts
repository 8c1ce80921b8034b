import type { TransactionReceipt } from "viem";
import type { Desk, Kits, LedgerContext } from "../../actions/liquidation/context.ts";
import { sendStep } from "../../actions/liquidation/context.ts";
import { MemoryAccounts } from "../../actions/liquidation/store.ts";
import type { Progress } from "../../actions/progress.ts";
import { BallastError } from "../../errors.ts";
import { accountText, commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import {
  LIQUIDATION_STATEMENTS,
  type LiquidationCircuits,
  type LiquidationKeys,
  type LiquidationStatement,
} from "../../liquidation/circuits.ts";
import type { Field } from "../../math/field.ts";
import type { Prover } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { publish, type Theatre } from "../theatre.ts";
import type { RunKits } from "./anchor.ts";
import type { CascadePlan } from "./plan.ts";
import type { Person, Stage } from "./stage.ts";

/** How long before the snapshot is too old the proofs' deadline is, seconds. */
const DEADLINE = 10_000n;

/** What it took. */
export interface Effort {
  readonly proofs: number;
  readonly proveMs: number;
  readonly transactions: number;
  readonly gas: bigint;
}

const NOTHING: Effort = { proofs: 0, proveMs: 0, transactions: 0, gas: 0n };

export interface WorldSetting {
  readonly stage: Stage;
  readonly circuits: LiquidationCircuits;
  readonly keys: LiquidationKeys;
  /** What runs are proven with. */
  readonly runs: RunKits;
  readonly prover: Prover;
  readonly progress: Progress;
  readonly plan: CascadePlan;
  /** Where snapshots are published. */
  readonly theatre: Theatre;
  /** The fallen market at another time, Unix seconds. */
  readonly later: (time: bigint) => Snapshot;
}

/** All accounts' openings, which in life the venue and its customers have, the newest snapshot, and what was done so far. */
export class World {
  readonly stage: Stage;
  readonly plan: CascadePlan;
  readonly progress: Progress;
  readonly #setting: WorldSetting;
  readonly #kits: Kits<LiquidationStatement>;
  /** What runs are proven with, and what counts each proof. */
  readonly runs: RunKits;
  readonly prover: Prover;
  readonly #store = new MemoryAccounts();
  readonly #names = new Map<bigint, string>();
  #snapshot: Snapshot | undefined;
  #market: Snapshot | undefined;
  readonly #efforts = new Map<string, Effort>();
  #path = "";

  constructor(setting: WorldSetting) {
    this.#setting = setting;
    ({ stage: this.stage, plan: this.plan, progress: this.progress } = setting);
    const { circuits, keys } = setting;
    const prover = this.#counting(setting.prover);
    this.runs = setting.runs;
    this.prover = prover;
    this.#kits = Object.fromEntries(
      LIQUIDATION_STATEMENTS.map((statement) => [
        statement,
        { circuit: circuits[statement], key: keys[statement], prover },
      ]),
    ) as unknown as Kits<LiquidationStatement>;
  }

  get slots(): number {
    return this.#setting.circuits.transfer.slots;
  }

  /** The newest published one. */
  get snapshot(): Snapshot {
    return this.#published(this.#snapshot);
  }
  set snapshot(snapshot: Snapshot) {
    this.#market ??= snapshot;
    this.#snapshot = snapshot;
  }

  /** The first of the fallen market: what all amounts are counted at. */
  get market(): Snapshot {
    return this.#published(this.#market);
  }

  #published(snapshot: Snapshot | undefined): Snapshot {
    if (snapshot !== undefined) return snapshot;
    throw new BallastError("INTERNAL", "The demo has published no snapshot yet.");
  }

  /** Publishes the fallen market as of another time, which makes it the newest. */
  async publishAgain(time: bigint): Promise<void> {
    const { later, theatre } = this.#setting;
    await this.progress.step("the oracles publish the next snapshot: the market stands still", async () => {
      const snapshot = later(time);
      await publish(theatre, snapshot);
      this.snapshot = snapshot;
    });
  }

  /** From now on, what is proven and sent is for this path. */
  begin(path: string): void {
    this.#path = path;
  }

  /** What was proven and sent for a path. */
  effortOf(path: string): Effort {
    return this.#efforts.get(path) ?? NOTHING;
  }

  #count({ proofs = 0, proveMs = 0, transactions = 0, gas = 0n }: Partial<Effort>): void {
    const until = this.effortOf(this.#path);
    this.#efforts.set(this.#path, {
      proofs: until.proofs + proofs,
      proveMs: until.proveMs + proveMs,
      transactions: until.transactions + transactions,
      gas: until.gas + gas,
    });
  }

  /** Names and openings, in the order of registration. */
  get accounts(): readonly (readonly [name: string, account: OpenAccount])[] {
    return [...this.#names].map(([accountId, name]) => [name, this.#opening(accountId, name)]);
  }

  /** Says what an account is called, before it is registered. */
  name(name: string, { accountId }: OpenAccount): void {
    this.#names.set(accountId, name);
  }

  get(name: string): OpenAccount {
    const [accountId] = [...this.#names].find(([, known]) => known === name) ?? [];
    return this.#opening(accountId ?? 0n, name);
  }

  #opening(accountId: bigint, name: string): OpenAccount {
    const found = this.#store.get(accountId);
    if (found !== undefined) return found;
    throw new BallastError("INTERNAL", `The demo has no account ${name}.`);
  }

  nameOf(accountId: bigint): string {
    return this.#names.get(accountId) ?? accountText(accountId);
  }

  /** Says what a case left to its account. */
  left(account: OpenAccount): void {
    this.#store.set(account);
  }

  commitmentOf(account: OpenAccount): Field {
    return commitmentOf(account, this.slots);
  }

  /** Somebody who acts without proofs. */
  ledger(person: Person): LedgerContext {
    const { people, deployment, system } = this.stage;
    const { progress } = this;
    return {
      ...{ deployment, system, slots: this.slots, store: this.#store },
      client: people[person],
      progress: { ...progress, step: (title, work) => progress.step(`${person}: ${title}`, work) },
      nameOf: (accountId) => this.nameOf(accountId),
      onSent: (receipt) => this.sent(receipt),
    };
  }

  /** Somebody who proves in the newest snapshot and acts. */
  desk(person: Person): Desk<LiquidationStatement> {
    const { snapshot } = this;
    return { ...this.ledger(person), snapshot, kits: this.#kits, deadline: snapshot.time + DEADLINE };
  }

  /** Counts a transaction that was sent. */
  sent({ gasUsed }: TransactionReceipt): void {
    this.#count({ transactions: 1, gas: gasUsed });
  }

  /** Sends something that is no act, and counts what it cost. */
  send<Sent extends TransactionReceipt | { readonly receipt: TransactionReceipt }>(
    person: Person,
    title: string,
    work: () => Promise<Sent>,
  ): Promise<Sent> {
    return sendStep(this.ledger(person), title, work);
  }

  /** The prover, whose proofs are steps that are counted. */
  #counting(prover: Prover): Prover {
    return {
      get backend() {
        return prover.backend;
      },
      close: () => prover.close(),
      prove: async (request, onProgress) => {
        const start = performance.now();
        const proof = await this.progress.step(`proving ${request.circuit.name}`, () =>
          prover.prove(request, onProgress),
        );
        this.#count({ proofs: 1, proveMs: performance.now() - start });
        return proof;
      },
    };
  }
}
