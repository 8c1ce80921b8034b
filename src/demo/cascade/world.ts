import type { Address, Hex, TransactionReceipt } from "viem";
import type { Progress } from "../../actions/progress.ts";
import { attest } from "../../chain/coverage/attest.ts";
import { coverageContext } from "../../chain/coverage/context.ts";
import { readCase } from "../../chain/liquidation/read-case.ts";
import { readTransferTarget } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import { commitmentOf, type OpenAccount } from "../../liquidation/account.ts";
import type {
  LiquidationCircuits,
  LiquidationKeys,
  LiquidationStatement,
} from "../../liquidation/circuits.ts";
import {
  type AttestableClaim,
  type EquityClaim,
  type ProofKit,
  type ProvenClosing,
  type ProvenTransfer,
  proveDeleverage,
  proveEquity,
  proveReduction,
  proveTier,
  proveTransfer,
  type ReductionClaim,
} from "../../liquidation/claims.ts";
import { type CaseAction, casePurpose } from "../../liquidation/purpose.ts";
import type { TransferPlan } from "../../liquidation/transfers.ts";
import type { Field } from "../../math/field.ts";
import type { CircuitInstance } from "../../prover/circuits.ts";
import type { Prover } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { ClosingTerms } from "../../risk/transfer.ts";
import { SETTLEMENT_ID } from "./parameters.ts";
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
  readonly prover: Prover;
  readonly progress: Progress;
  readonly plan: CascadePlan;
}

/** All accounts' openings, which in life the venue and its customers have, the newest snapshot, and what was done so far. */
export class World {
  readonly stage: Stage;
  readonly plan: CascadePlan;
  readonly progress: Progress;
  readonly #setting: WorldSetting;
  readonly #accounts = new Map<string, OpenAccount>();
  #snapshot: Snapshot | undefined;
  readonly #efforts = new Map<string, Effort>();
  #path = "";

  constructor(setting: WorldSetting) {
    this.#setting = setting;
    ({ stage: this.stage, plan: this.plan, progress: this.progress } = setting);
  }

  get slots(): number {
    return this.#setting.circuits.transfer.slots;
  }

  /** The newest published one. */
  get snapshot(): Snapshot {
    if (this.#snapshot !== undefined) return this.#snapshot;
    throw new BallastError("INTERNAL", "The demo has published no snapshot yet.");
  }
  set snapshot(snapshot: Snapshot) {
    this.#snapshot = snapshot;
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
    return [...this.#accounts];
  }

  add(name: string, account: OpenAccount): void {
    this.#accounts.set(name, account);
  }

  get(name: string): OpenAccount {
    const found = this.#accounts.get(name);
    if (found !== undefined) return found;
    throw new BallastError("INTERNAL", `The demo has no account ${name}.`);
  }

  /** Keeps what accounts are after something was sent. */
  keep(...changed: readonly (OpenAccount | undefined)[]): void {
    for (const account of changed) {
      const found = this.accounts.find(([, { accountId }]) => accountId === account?.accountId);
      if (found !== undefined && account !== undefined) this.#accounts.set(found[0], account);
    }
  }

  commitmentOf(account: OpenAccount): Field {
    return commitmentOf(account, this.slots);
  }

  /** Sends something and counts what it cost. */
  async send<Sent extends TransactionReceipt | { readonly receipt: TransactionReceipt }>(
    title: string,
    work: () => Promise<Sent>,
  ): Promise<Sent> {
    const sent = await this.progress.step(title, work);
    const { gasUsed } = "receipt" in sent ? sent.receipt : sent;
    this.#count({ transactions: 1, gas: gasUsed });
    return sent;
  }

  /** The case's version, which proofs and bids name. */
  async versionOf(caseId: bigint): Promise<number> {
    return (await readCase(this.stage.people.owner, this.stage.system, caseId)).version;
  }

  /** What a proof for a case is made for. @param actor who acts: a person, or the clearing house. */
  async purpose(action: CaseAction, caseId: bigint, actor: Person | "clearing house"): Promise<Hex> {
    const { people, system } = this.stage;
    const address: Address =
      actor === "clearing house" ? system.clearingHouse : people[actor].account.address;
    return casePurpose({ action, caseId, version: await this.versionOf(caseId), actor: address });
  }

  /** Proves and attests an account's tier, as it is or as it will be. */
  async attest(name: string, account: OpenAccount): Promise<AttestableClaim> {
    const { system, deployment, people } = this.stage;
    const deadline = this.#deadline;
    const context = coverageContext({ chainId: system.chainId, registry: system.coverageRegistry, deadline });
    const claim = await this.#prove(`coverage of ${name}`, () =>
      proveTier(this.#kit("coverage"), this.snapshot, account, { context, deadline }),
    );
    await this.send(`attesting ${name}: tier ${claim.tier}`, () => attest(people.owner, deployment, claim));
    return claim;
  }

  equity(name: string, account: OpenAccount): Promise<EquityClaim> {
    return this.#prove(`equity of ${name}`, () =>
      proveEquity(this.#kit("equity"), this.snapshot, account, this.#place),
    );
  }

  reduction(before: OpenAccount, after: OpenAccount, maxPenalty: bigint): Promise<ReductionClaim> {
    return this.#prove("that the account is no riskier after the slice", () =>
      proveReduction(this.#kit("reduction"), this.snapshot, before, after, maxPenalty, this.#place),
    );
  }

  closing(title: string, account: OpenAccount, newSalt: Field, terms: ClosingTerms): Promise<ProvenClosing> {
    return this.#prove(title, () =>
      proveDeleverage(this.#kit("deleverage"), account, newSalt, terms, this.#place),
    );
  }

  /** Proves a transfer between accounts as the ledger has them now. */
  async transfer(
    title: string,
    purpose: Hex,
    plan: Pick<TransferPlan, "a"> & Partial<TransferPlan>,
  ): Promise<ProvenTransfer> {
    const { people, system } = this.stage;
    const target = await readTransferTarget(people.owner, system, {
      accountA: plan.a.accountId,
      ...(plan.b === undefined ? {} : { accountB: plan.b.accountId }),
      purpose,
      deadline: this.#deadline,
    });
    const terms = { settlementId: SETTLEMENT_ID, cash: 0n, funding: 0n, whole: false };
    return this.#prove(`transfer: ${title}`, () =>
      proveTransfer(this.#kit("transfer"), { ...terms, ...plan }, target),
    );
  }

  get #deadline(): bigint {
    return this.snapshot.time + DEADLINE;
  }

  get #place() {
    const { chainId, ledger } = this.stage.system;
    return { chainId, ledger, deadline: this.#deadline };
  }

  #kit<Statement extends LiquidationStatement>(
    statement: Statement,
  ): ProofKit<LiquidationCircuits[Statement]> {
    const { circuits, keys, prover } = this.#setting;
    return { circuit: circuits[statement], key: keys[statement], prover } as ProofKit<
      LiquidationCircuits[Statement] & CircuitInstance
    >;
  }

  async #prove<Proven>(title: string, work: () => Promise<Proven>): Promise<Proven> {
    const start = performance.now();
    const proven = await this.progress.step(`proving ${title}`, work);
    this.#count({ proofs: 1, proveMs: performance.now() - start });
    return proven;
  }
}
