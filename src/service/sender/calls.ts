import { createHash } from "node:crypto";
import type { Address, Hex } from "viem";
import { type Row, read, type Sql } from "../store/database.ts";

/** Waits, is in a transaction, is done for good, or will never be. */
export type CallState = "waiting" | "sending" | "done" | "refused";

/** A call that a key is to make once. All of it is public. */
export interface NewCall {
  /** The same id is the same call, however often it is asked for: {@link callId}. */
  readonly id: string;
  /** Whose sender makes it. */
  readonly sender: Address;
  readonly target: Address;
  readonly data: Hex;
  /** For people, in public words, e.g. "case 3: escalate". */
  readonly purpose: string;
  /** 0 comes first. */
  readonly urgency: number;
  /** Unix seconds by the chain's clock, from which on it is of no use. */
  readonly dropAfter: bigint;
  /** Gas beyond the estimate and its margin. */
  readonly spareGas: bigint;
}

export interface StoredCall extends NewCall {
  readonly state: CallState;
  /** Why it was refused: the contract's word, or why it was given up. */
  readonly reason: string | undefined;
  /** Of the transaction that is in a block, once it is done. */
  readonly hash: Hex | undefined;
}

/** A call's id: SHA-256 over what makes it the one that it is. */
export function callId(...parts: readonly (string | bigint | number)[]): string {
  return createHash("sha256")
    .update(["ballast.call/1", ...parts].join("\n"))
    .digest("hex");
}

/** The calls of the database. */
export class Calls {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Durable when it returns; what was asked for before stays as it is. */
  async add(call: NewCall): Promise<void> {
    const { id, sender, target, data, purpose, urgency, dropAfter, spareGas } = call;
    await this.#sql.query(
      `insert into ballast.calls (id, sender, target, data, purpose, urgency, drop_after, spare_gas)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
      [id, sender, target, data, purpose, urgency, dropAfter, spareGas],
    );
  }

  async get(id: string): Promise<StoredCall | undefined> {
    const [row] = await this.#sql.query("select * from ballast.calls where id = $1", [id]);
    return row === undefined ? undefined : callOf(row);
  }

  /** The next one that a key is to make. */
  async next(sender: Address): Promise<StoredCall | undefined> {
    const [row] = await this.#sql.query(
      "select * from ballast.calls where sender = $1 and state = 'waiting' order by urgency, number limit 1",
      [sender],
    );
    return row === undefined ? undefined : callOf(row);
  }

  async sending(id: string, transaction: string): Promise<void> {
    await this.#sql.query(
      "update ballast.calls set state = 'sending', transaction = $2, changed_at = now() where id = $1",
      [id, transaction],
    );
  }

  /** @returns what a transaction that is final did. */
  async done(transaction: string, hash: Hex): Promise<readonly string[]> {
    const rows = await this.#sql.query(
      `update ballast.calls set state = 'done', hash = $2, reason = null, changed_at = now()
      where transaction = $1 returning purpose`,
      [transaction, hash],
    );
    return rows.map((row) => read.text(row, "purpose"));
  }

  /** To be sent again: what it was sent with will never be mined. */
  async unsend(transaction: string): Promise<void> {
    await this.#sql.query(
      `update ballast.calls set state = 'waiting', transaction = null, hash = null, changed_at = now()
      where transaction = $1`,
      [transaction],
    );
  }

  /** A block that had its transaction is gone: it is on its way again. */
  async undo(transaction: string): Promise<void> {
    await this.#sql.query(
      "update ballast.calls set state = 'sending', hash = null, changed_at = now() where transaction = $1",
      [transaction],
    );
  }

  /** @param reason in public words. */
  async refused(id: string, reason: string): Promise<void> {
    await this.#sql.query(
      "update ballast.calls set state = 'refused', reason = $2, changed_at = now() where id = $1",
      [id, reason],
    );
  }

  /** How many there are of each state. */
  async counts(): Promise<Readonly<Record<CallState, number>>> {
    const counts = { waiting: 0, sending: 0, done: 0, refused: 0 };
    for (const row of await this.#sql.query(
      "select state, count(*) as calls from ballast.calls group by state",
    ))
      counts[read.text(row, "state") as CallState] = read.number(row, "calls");
    return counts;
  }
}

function callOf(row: Row): StoredCall {
  return {
    id: read.text(row, "id"),
    sender: read.text(row, "sender") as Address,
    target: read.text(row, "target") as Address,
    data: read.text(row, "data") as Hex,
    purpose: read.text(row, "purpose"),
    urgency: read.number(row, "urgency"),
    dropAfter: read.bigint(row, "drop_after"),
    spareGas: read.bigint(row, "spare_gas"),
    state: read.text(row, "state") as CallState,
    reason: read.textOrNull(row, "reason") ?? undefined,
    hash: (read.textOrNull(row, "hash") ?? undefined) as Hex | undefined,
  };
}
