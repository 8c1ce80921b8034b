import type { ChainClient } from "../../../src/chain/client.ts";
import { registerAccount } from "../../../src/chain/liquidation/ledger.ts";
import { toField } from "../../../src/math/field.ts";
import { accountIdOf, portfolioFormatter } from "../../../src/portfolio/format.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import { Accounts } from "../../../src/service/accounts/accounts.ts";
import type { ServiceEvent } from "../../../src/service/events.ts";
import { Keeper } from "../../../src/service/keeper/keeper.ts";
import type { KeeperParts } from "../../../src/service/keeper/parts.ts";
import { KEEPER_RULES, type KeeperRules } from "../../../src/service/keeper/rules.ts";
import { Planner } from "../../../src/service/plan/planner.ts";
import { ProverWorker } from "../../../src/service/prover/worker.ts";
import { SENDER_RULES } from "../../../src/service/sender/outbox.ts";
import { Sender } from "../../../src/service/sender/sender.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../../src/service/store/database.ts";
import { type Person, SLOTS, usd, type World } from "../../chain/liquidation/stage.ts";
import { keyring } from "../parts.ts";

/** A venue's service over a world, step by step: what its loops do, in one order, with a block between two rounds. */
export class Venue {
  readonly world: World;
  readonly database: Database;
  readonly events: ServiceEvent[] = [];
  readonly accounts: Accounts;
  readonly #stop = new AbortController();
  #time = 0n;
  #version = 1n;

  constructor(world: World, database: Database) {
    this.world = world;
    this.database = database;
    this.accounts = new Accounts(database, keyring, SLOTS);
  }

  get clock() {
    return { now: () => this.#time * 1_000n, sleep: () => Promise.resolve() };
  }

  /** What a venue says of an account. */
  async tell(account: string, positions: readonly Holding[]): Promise<void> {
    this.#time = await this.world.now();
    const portfolio = portfolioFormatter(this.world.snapshot)({ account, positions });
    const version = this.#version++;
    const asOf = this.#time * 1_000n;
    const reading = {
      venue: "book",
      account,
      version,
      asOf,
      portfolio,
      declaredBy: "venue",
      notes: [],
      parts: [],
    };
    await this.accounts.accept({ ...reading, declaredBy: "venue" }, this.world.snapshot, asOf);
  }

  /** The market at another level, published as the newest and taken into the database. */
  async market(spot?: string, after = 60n): Promise<void> {
    await this.world.publish((await this.world.now()) + after, spot);
    await new Snapshots(this.database).add(this.world.snapshot);
  }

  /** A keeper that was started just now. */
  keeper(
    person: Person,
    rules: Partial<KeeperRules>,
    database = this.database,
    more: Partial<KeeperParts> = {},
  ): Keeper {
    const { deployment, system, kits, people } = this.world.stage;
    const parts: KeeperParts = {
      ...{ database, keyring, deployment, system, kits, clock: this.clock },
      accounts: new Accounts(database, keyring, SLOTS),
      snapshots: new Snapshots(database),
      client: people[person],
      rules: { ...KEEPER_RULES, costOfStep: 10n ** 18n, bondOfStep: usd(10_000n), ...rules },
      onEvent: (event) => this.events.push(event),
      ...more,
    };
    return new Keeper(parts);
  }

  /** Plans, proves and sends once, and makes a block. */
  async turn(...senders: readonly Person[]): Promise<void> {
    const { stage } = this.world;
    const { kits, deployment, people } = stage;
    const { database, accounts, clock } = this;
    const onEvent = (event: ServiceEvent) => this.events.push(event);
    this.#time = await this.world.now();
    const snapshots = new Snapshots(database);
    const rules = { within: 60n, renewBefore: 60n, breachesAnew: true };
    const circuit = kits.coverage.circuit.name;
    await new Planner({
      database,
      keyring,
      accounts,
      snapshots,
      deployment,
      circuit,
      rules,
      clock,
      onEvent,
    }).pass();
    const worker = new ProverWorker({
      ...{ database, keyring, accounts, snapshots, deployment, onEvent, name: "worker" },
      ...{ prover: kits.coverage.prover, kits: [kits.coverage] },
      statements: [kits.coverage, kits.equity, kits.ceiling, kits.reduction, kits.transfer],
    });
    while ((await worker.step()) !== undefined);
    for (const person of ["venue", ...senders] as const)
      await this.#sender(people[person], person === "venue").step();
    // Not at a time of ours: the node may still be making a block of what was sent.
    await people.owner.public.request({ method: "evm_mine" } as never);
  }

  /** Sends once, and makes a block. */
  async send(person: Person): Promise<void> {
    const { people } = this.world.stage;
    await this.#sender(people[person], true).step();
    await people.owner.public.request({ method: "evm_mine" } as never);
  }

  #sender(client: ChainClient, attests: boolean): Sender {
    const { deployment } = this.world.stage;
    const onEvent = (event: ServiceEvent) => this.events.push(event);
    const rules = { ...SENDER_RULES, confirmations: 1, spendADay: 10n ** 20n };
    return new Sender({ database: this.database, client, deployment, rules, onEvent, attests });
  }

  /** Turns, with looks of the keepers between them, until something holds. */
  async until(
    holds: () => Promise<boolean>,
    keepers: readonly Keeper[],
    ...senders: readonly Person[]
  ): Promise<void> {
    for (let n = 0; n < 200; n++) {
      if (await holds()) return;
      for (const keeper of keepers) await keeper.pass(this.#stop.signal);
      await this.turn(...senders);
    }
    throw new Error(`never: ${this.said().join("\n")}`);
  }

  /** An account whose owner acts for it on chain, told and registered. */
  async own(account: string, owner: Person, positions: readonly Holding[]): Promise<void> {
    const { people, system } = this.world.stage;
    await this.tell(account, positions);
    const version = await this.accounts.find(idOf(account));
    if (version === undefined) throw new Error("not told");
    const { commitment } = version;
    await registerAccount(people.venue, system, {
      accountId: idOf(account),
      commitment,
      owner: people[owner].account.address,
    });
  }

  said(role = "keeper"): readonly string[] {
    return this.events.filter((event) => event.role === role).map(({ message }) => message);
  }

  /** How many rows of a table hold. */
  async count(table: string, holds: string): Promise<number> {
    const [row] = await this.database.query(`select count(*)::int as n from ballast.${table} where ${holds}`);
    return Number(row?.["n"]);
  }
}

export const idOf = (name: string) => toField(accountIdOf(name));
