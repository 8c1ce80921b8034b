import { encodeFunctionData, zeroAddress } from "viem";
import { findAccount } from "../../actions/liquidation/ledger-state.ts";
import { refusalNow } from "../../actions/liquidation/update.ts";
import { portfolioLedgerAbi as abi } from "../../chain/generated/portfolio-ledger.ts";
import type { AccountChange } from "../../chain/liquidation/ledger.ts";
import { type Field, formatField, parseField, toField } from "../../math/field.ts";
import { Calls, callId, type NewCall } from "../sender/calls.ts";
import { read } from "../store/database.ts";
import type { KeeperParts } from "./parts.ts";

/** After cases' steps, and before attestations. */
const URGENCY = 2;
/** Accounts that are looked at, and sent, at once. */
const AT_ONCE = 64;
/** Seconds after which a call of it is of no use. */
const GOOD_FOR = 86_400n;
/** How often the same is asked for again after a refusal. */
const MOST_TRIES = 5;

interface Wanted {
  readonly account: Field;
  readonly commitment: Field;
  /** As of when the venue told it last; Unix milliseconds. */
  readonly asOf: bigint;
}

/** The venue's word about its accounts: each that trades made another is set on the ledger, new ones are added. */
export class LedgerSync {
  readonly #parts: KeeperParts;
  /** What the next one waits for. */
  #open: readonly string[] = [];

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /**
   * Asks for what differs; what a case or a challenge keeps, or its owner, stays as it is, and so does what others made of an account
   * (a customer's deposit, an award), until the venue tells of it again: what it told before doesn't know.
   * @param busy accounts that steps are worked on with, which a change would spoil.
   */
  async pass(now: bigint, busy: ReadonlySet<Field>): Promise<void> {
    const { client, system } = this.#parts;
    if (!(await this.#isFree())) return;
    const updates: AccountChange[] = [];
    const calls: string[] = [];
    for (const wanted of await this.#wanted()) {
      if (busy.has(wanted.account)) continue;
      const found = await findAccount({ client, system }, wanted.account);
      if (found === undefined) calls.push(...(await this.#register(wanted, now)));
      else if (found.commitment === wanted.commitment) await this.#is(wanted);
      else if ((await refusalNow({ client, system }, found)) !== undefined)
        await this.#is({ account: wanted.account, commitment: toField(found.commitment) });
      else if (await this.#isToldSince(wanted, toField(found.commitment)))
        updates.push({ accountId: wanted.account, commitment: wanted.commitment, nonce: found.nonce });
    }
    if (updates.length > 0) calls.push(...(await this.#update(updates, now)));
    this.#open = calls;
  }

  /** Accounts whose newest version is not what the ledger was last read to have, and that no case or challenge keeps. */
  async #wanted(): Promise<readonly Wanted[]> {
    const rows = await this.#parts.database.query(
      `select v.account, v.commitment, v.as_of from ballast.accounts a
      join ballast.versions v on v.account = a.id and v.version = a.version
      left join ballast.ledger l on l.account = a.id
      where v.declared_by = 'venue' and l.commitment is distinct from v.commitment
        and not exists (select 1 from ballast.cases c where c.account = a.id and c.status <> 'closed')
        and not exists (select 1 from ballast.challenges c where c.account = a.id)
      order by v.since limit $1`,
      [AT_ONCE],
    );
    return rows.map((row) => ({
      account: parseField(read.text(row, "account")),
      commitment: parseField(read.text(row, "commitment")),
      asOf: read.bigint(row, "as_of"),
    }));
  }

  /** Whether the venue has told of an account since the ledger has what it has: what it told itself, or what somebody else made of it. */
  async #isToldSince({ account, asOf }: Wanted, onLedger: Field): Promise<boolean> {
    const key = [formatField(account), formatField(onLedger)] as const;
    const [row] = await this.#parts.database.query(
      `insert into ballast.ledger as l (account, commitment, seen_as_of)
      select $1::text, $2::text, case when exists (select 1 from ballast.versions where account = $1 and commitment = $2)
        then null else $3::bigint end
      on conflict (account) do update set commitment = excluded.commitment,
        seen_as_of = case when l.commitment = excluded.commitment and l.seen_as_of is not null
          then least(l.seen_as_of, excluded.seen_as_of) else excluded.seen_as_of end
      returning seen_as_of is null or seen_as_of < $3 as is_told`,
      [...key, asOf],
    );
    return row?.["is_told"] === true;
  }

  #register({ account, commitment }: Wanted, now: bigint): Promise<readonly string[]> {
    const args = [account, commitment, zeroAddress, false] as const;
    const data = encodeFunctionData({ abi, functionName: "register", args });
    return this.#ask(["register", account, commitment], data, "a new account on the ledger", now);
  }

  /** Each in a group of its own: the feed doesn't tell who traded with whom. */
  #update(updates: readonly AccountChange[], now: bigint): Promise<readonly string[]> {
    const groups = updates.map((update) => [update]);
    const data = encodeFunctionData({ abi, functionName: "update", args: [groups] });
    const what = `accounts on the ledger: ${updates.length}`;
    const key = updates.flatMap(({ accountId, commitment, nonce }) => [accountId, commitment, BigInt(nonce)]);
    return this.#ask(["update", ...key], data, what, now);
  }

  /** One call for the same word, and another after a refusal. @returns what waits. */
  async #ask(
    key: readonly (string | bigint)[],
    data: NewCall["data"],
    purpose: string,
    now: bigint,
  ): Promise<readonly string[]> {
    const { database, client, system } = this.#parts;
    const calls = new Calls(database);
    for (let n = 0; n < MOST_TRIES; n++) {
      const id = callId("ledger", system.chainId, system.ledger, ...key, n);
      const found = await calls.get(id);
      if (found?.state === "refused" || found?.state === "done") continue;
      if (found === undefined)
        await calls.add({
          ...{ id, sender: client.account.address, target: system.ledger, data, purpose },
          ...{ urgency: URGENCY, dropAfter: now + GOOD_FOR, spareGas: 0n },
        });
      return [id];
    }
    return [];
  }

  async #isFree(): Promise<boolean> {
    const calls = new Calls(this.#parts.database);
    for (const id of this.#open) {
      const found = await calls.get(id);
      if (found?.state === "waiting" || found?.state === "sending") return false;
    }
    return true;
  }

  async #is({ account, commitment }: Pick<Wanted, "account" | "commitment">): Promise<void> {
    await this.#parts.database.query(
      `insert into ballast.ledger as l (account, commitment) values ($1, $2)
      on conflict (account) do update set commitment = excluded.commitment,
        seen_as_of = case when l.commitment = excluded.commitment then l.seen_as_of end`,
      [formatField(account), formatField(commitment)],
    );
  }
}
