import type { Address, Hex } from "viem";
import { type Row, read, type Sql } from "../store/database.ts";
import type { Fee } from "./fees.ts";

/** `sent` until it is in a block, `mined` until enough blocks are above that. `lost`: its number went to something else, it never will be. */
export type TransactionState = "sent" | "mined" | "confirmed" | "reverted" | "lost";

/** What was signed under a transaction's number. One of them at most is mined. */
export interface Attempt extends Fee {
  readonly hash: Hex;
  readonly raw: Hex;
  /** Moves nothing: it only takes the number. */
  readonly isNoop: boolean;
  /** Unix milliseconds. */
  readonly at: bigint;
}

export interface StoredTransaction {
  readonly id: string;
  readonly target: Address;
  readonly data: Hex;
  readonly gas: bigint;
  readonly nonce: number;
  /** Unix seconds by the chain's clock, from which on it is of no use. */
  readonly dropAfter: bigint;
  readonly state: TransactionState;
  readonly blockHash: string | undefined;
  /** Oldest first; at least one. */
  readonly attempts: readonly Attempt[];
}

export type NewTransaction = Omit<StoredTransaction, "state" | "blockHash" | "attempts">;

/** The transactions of one key. */
export class Transactions {
  readonly #sql: Sql;
  readonly #sender: Address;

  constructor(sql: Sql, sender: Address) {
    this.#sql = sql;
    this.#sender = sender;
  }

  /** Durable before it is sent: what was signed may be mined from then on. */
  async add({ id, target, data, gas, nonce, dropAfter }: NewTransaction, attempt: Attempt): Promise<void> {
    await this.#sql.query(
      `insert into ballast.transactions (id, sender, target, data, gas, nonce, drop_after, sent_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, this.#sender, target, data, gas, nonce, dropAfter, attempt.at],
    );
    await this.attempt(id, attempt);
  }

  async attempt(id: string, { hash, raw, fee, tip, isNoop, at }: Attempt): Promise<void> {
    await this.#sql.query(
      `insert into ballast.attempts (hash, transaction, raw, fee, tip, is_noop, at)
      values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [hash, id, raw, fee, tip, isNoop, at],
    );
  }

  /** Those that are not settled for good, and confirmed ones whose number the chain says is free again. */
  async open(nonce: number): Promise<readonly StoredTransaction[]> {
    const rows = await this.#sql.query(
      `select * from ballast.transactions where sender = $1
      and (state in ('sent', 'mined') or (state in ('confirmed', 'reverted') and nonce >= $2)) order by nonce`,
      [this.#sender, nonce],
    );
    if (rows.length === 0) return [];
    const attempts = await this.#sql.query(
      "select * from ballast.attempts where transaction = any($1::text[]) order by fee, at",
      [rows.map((row) => read.text(row, "id"))],
    );
    return rows.map((row) => transactionOf(row, attempts));
  }

  async settled(
    id: string,
    state: TransactionState,
    block?: {
      readonly number: bigint;
      readonly hash: Hex;
      readonly transaction: Hex;
      readonly spent: bigint;
    },
  ): Promise<void> {
    await this.#sql.query(
      `update ballast.transactions set state = $2, block = $3, block_hash = $4, hash = $5, spent = $6, changed_at = now()
      where id = $1`,
      [id, state, block?.number ?? null, block?.hash ?? null, block?.transaction ?? null, block?.spent ?? 0n],
    );
  }

  /** The first number above all that were used. */
  async nextNonce(): Promise<number> {
    const [row] = await this.#sql.query(
      "select coalesce(max(nonce) + 1, 0) as next from ballast.transactions where sender = $1 and state <> 'lost'",
      [this.#sender],
    );
    return row === undefined ? 0 : read.number(row, "next");
  }

  /** Wei that were spent on what was sent since a moment. */
  async spentSince(moment: bigint): Promise<bigint> {
    const [row] = await this.#sql.query(
      "select coalesce(sum(spent), 0) as spent from ballast.transactions where sender = $1 and sent_at >= $2",
      [this.#sender, moment],
    );
    return row === undefined ? 0n : read.bigint(row, "spent");
  }
}

function transactionOf(row: Row, attempts: readonly Row[]): StoredTransaction {
  const id = read.text(row, "id");
  return {
    id,
    target: read.text(row, "target") as Address,
    data: read.text(row, "data") as Hex,
    gas: read.bigint(row, "gas"),
    nonce: read.number(row, "nonce"),
    dropAfter: read.bigint(row, "drop_after"),
    state: read.text(row, "state") as TransactionState,
    blockHash: read.textOrNull(row, "block_hash") ?? undefined,
    attempts: attempts.filter((attempt) => read.text(attempt, "transaction") === id).map(attemptOf),
  };
}

function attemptOf(row: Row): Attempt {
  return {
    hash: read.text(row, "hash") as Hex,
    raw: read.text(row, "raw") as Hex,
    fee: read.bigint(row, "fee"),
    tip: read.bigint(row, "tip"),
    isNoop: row["is_noop"] === true,
    at: read.bigint(row, "at"),
  };
}
