import type { Address } from "viem";
import type { ChainReader } from "../../chain/client.ts";
import { endOfServed } from "../../chain/coverage/clock.ts";
import { type ChallengeView, readChallenges } from "../../chain/liquidation/challenges.ts";
import { type LiquidationEvent, readEvents } from "../../chain/liquidation/events.ts";
import { phaseEnd } from "../../chain/liquidation/next.ts";
import {
  type CaseView,
  type Moment,
  readCaseCount,
  readCaseView,
  readMoment,
} from "../../chain/liquidation/read-case.ts";
import { readDisclosureKey } from "../../chain/liquidation/read-parties.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { type Field, formatField, toField } from "../../math/field.ts";
import { type Database, read } from "../store/database.ts";

/** What a look found, all at one block. */
export interface Seen extends Moment {
  /** All cases that something may be left to do in. */
  readonly cases: readonly CaseView[];
  readonly challenged: readonly {
    readonly accountId: Field;
    readonly challenges: readonly ChallengeView[];
  }[];
}

/** Follows cases, challenges and who may bid, from block to block; writes what it sees for plan, status and API. */
export class Watch {
  readonly #database: Database;
  readonly #reader: ChainReader;
  readonly #system: LiquidationSystem;
  readonly #asked = new Set<Field>();
  /** The first case for which each is listed. */
  readonly #listed = new Map<Address, bigint>();
  readonly #disclosed = new Set<string>();
  #next: bigint;

  constructor(database: Database, reader: ChainReader, system: LiquidationSystem) {
    this.#database = database;
    this.#reader = reader;
    this.#system = system;
    this.#next = system.block;
  }

  /** @throws {BallastError} CHAIN_ERROR, STORE_ERROR: the next look begins where this one did. */
  async look(): Promise<Seen> {
    const moment = await readMoment(this.#reader, this.#system);
    if (moment.block >= this.#next) {
      const range = { fromBlock: this.#next, toBlock: moment.block, sources: SOURCES };
      for (const event of (await readEvents(this.#reader, this.#system, range)).events) this.#take(event);
      this.#next = moment.block + 1n;
    }
    const cases = await this.#cases(moment);
    const challenged = await this.#challenges(moment);
    return { ...moment, cases, challenged };
  }

  /** Whether somebody may bid in a case. */
  isListed(address: Address, caseId: bigint): boolean {
    const from = this.#listed.get(lower(address));
    return from !== undefined && from <= caseId;
  }

  /** Liquidators who may bid in a case, have a key, and were not shown its account in the present version. */
  async undisclosed({ case: { caseId, version } }: CaseView): Promise<readonly Address[]> {
    const found: Address[] = [];
    for (const [address, from] of this.#listed) {
      if (from > caseId || this.#disclosed.has(`${caseId} ${version} ${address}`)) continue;
      if ((await readDisclosureKey(this.#reader, this.#system, address)) !== undefined) found.push(address);
    }
    return found;
  }

  #take({ name, args }: LiquidationEvent): void {
    if (name === "Challenged") this.#asked.add(toField(BigInt(String(args["accountId"]))));
    if (name === "LiquidatorSet") {
      const address = lower(String(args["liquidator"]) as Address);
      if (args["listed"] === true) this.#listed.set(address, BigInt(String(args["fromCase"])));
      else this.#listed.delete(address);
    }
    if (name === "Disclosed")
      this.#disclosed.add(`${args["caseId"]} ${args["version"]} ${lower(String(args["to"]) as Address)}`);
  }

  async #cases(moment: Moment): Promise<readonly CaseView[]> {
    const settled = new Set(
      (await this.#database.query("select id from ballast.cases where is_settled")).map((row) =>
        BigInt(read.text(row, "id")),
      ),
    );
    const views: CaseView[] = [];
    const count = await readCaseCount(this.#reader, this.#system);
    for (let id = 1n; id <= count; id++) {
      if (settled.has(id)) continue;
      const view = await this.#view(id, moment);
      // Opened after the look's block: the next one has it.
      if (view === undefined) break;
      await this.#write(view);
      views.push(view);
    }
    return views;
  }

  async #view(id: bigint, moment: Moment): Promise<CaseView | undefined> {
    try {
      return await readCaseView(this.#reader, this.#system, id, moment);
    } catch (error) {
      if (error instanceof BallastError && error.details["error"] === "UnknownCase") return undefined;
      throw error;
    }
  }

  async #write(view: CaseView): Promise<void> {
    const { case: found, account } = view;
    await this.#database.query(
      `insert into ballast.cases (id, account, commitment, status, outcome, tier, until, opened_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set commitment = excluded.commitment,
        status = excluded.status, outcome = excluded.outcome, tier = excluded.tier, until = excluded.until, changed_at = now()
      where (cases.commitment, cases.status, cases.outcome, cases.tier, cases.until)
        is distinct from (excluded.commitment, excluded.status, excluded.outcome, excluded.tier, excluded.until)`,
      [
        found.caseId.toString(),
        formatField(toField(found.accountId)),
        formatField(toField(account.commitment)),
        found.status,
        found.outcome,
        found.tier,
        phaseEnd(view) ?? view.time,
        found.openedAt,
      ],
    );
  }

  async #challenges(moment: Moment): Promise<Seen["challenged"]> {
    const found: Seen["challenged"][number][] = [];
    for (const accountId of this.#asked) {
      const challenges = await readChallenges(this.#reader, this.#system, accountId, moment.block);
      if (challenges.length === 0) this.#asked.delete(accountId);
      else found.push({ accountId, challenges });
    }
    await this.#database.transaction(async (sql) => {
      await sql.query("delete from ballast.challenges where account <> all($1::text[])", [
        found.map(({ accountId }) => formatField(accountId)),
      ]);
      for (const { accountId, challenges } of found) {
        const first = challenges.reduce((a, b) => (b.deadline < a.deadline ? b : a));
        await sql.query(
          `insert into ballast.challenges (account, commitment, until) values ($1, $2, $3)
          on conflict (account) do update set commitment = excluded.commitment, until = excluded.until`,
          [
            formatField(accountId),
            formatField(toField(first.commitment)),
            endOfServed(moment, first.deadline),
          ],
        );
      }
    });
    return found;
  }
}

const SOURCES = ["challenges", "auction", "sale"] as const;

function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}
