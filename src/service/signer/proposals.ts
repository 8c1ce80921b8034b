import type { Address, Hex } from "viem";
import { type Field, formatField } from "../../math/field.ts";
import { type Row, read, type Sql } from "../store/database.ts";
import type { Tolerances } from "./compare.ts";

/** `open` until enough have signed it, and then published; `lapsed`: too few did, or the chain refused it. */
export type ProposalState = "open" | "published" | "lapsed";

/** A snapshot that is to be signed. All of it is public. */
export interface Proposal {
  /** The snapshot's id, as it is written. */
  readonly id: string;
  /** Of its market, as the feed says it, Unix seconds. */
  readonly time: bigint;
  /** Unix seconds until which it may be published. */
  readonly publishBy: bigint;
  /** The snapshot's file. Whoever reads it derives it again. */
  readonly content: string;
}

/** What a signer said. */
export interface Verdict {
  readonly signer: Address;
  /** Undefined: it refused. */
  readonly signature: Hex | undefined;
  readonly reason: string | undefined;
}

/** Proposed snapshots and what signers say of them: in the database that feed and signers share. */
export class Proposals {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Durable when it returns; a second time changes nothing. @param why the schedule, or what moved. */
  async add(
    snapshotId: Field,
    { time, publishBy, content }: Omit<Proposal, "id">,
    why: string,
  ): Promise<void> {
    await this.#sql.query(
      `insert into ballast.proposals (id, time, publish_by, why, content) values ($1, $2, $3, $4, $5)
      on conflict (id) do nothing`,
      [formatField(snapshotId), time, publishBy, why, content],
    );
  }

  /** The newest one that is open; undefined where none is. */
  async open(): Promise<Proposal | undefined> {
    const [row] = await this.#sql.query(
      "select id, time, publish_by, content from ballast.proposals where state = 'open' order by time desc, id limit 1",
    );
    return row === undefined ? undefined : proposalOf(row);
  }

  /** The newest of all, whatever became of it. */
  async last(): Promise<Proposal | undefined> {
    const [row] = await this.#sql.query(
      "select id, time, publish_by, content from ballast.proposals order by time desc, id limit 1",
    );
    return row === undefined ? undefined : proposalOf(row);
  }

  /** Those that are open and that a signer has said nothing of, the newest first. */
  async unsigned(signer: Address): Promise<readonly Proposal[]> {
    const rows = await this.#sql.query(
      `select id, time, publish_by, content from ballast.proposals p where state = 'open'
        and not exists (select 1 from ballast.signatures s where s.proposal = p.id and s.signer = $1 and s.said_by = current_user)
      order by time desc, id`,
      [signer],
    );
    return rows.map(proposalOf);
  }

  /** A signer's word is one: what it said first stays. @returns whether it is new. */
  async say(proposal: string, { signer, signature, reason }: Verdict): Promise<boolean> {
    const rows = await this.#sql.query(
      `insert into ballast.signatures (proposal, signer, signature, reason) values ($1, $2, $3, $4)
      on conflict (proposal, signer, said_by) do nothing returning signer`,
      [proposal, signer, signature ?? null, reason ?? null],
    );
    return rows.length === 1;
  }

  async verdicts(proposal: string): Promise<readonly Verdict[]> {
    const rows = await this.#sql.query(
      "select signer, signature, reason from ballast.signatures where proposal = $1 order by signer",
      [proposal],
    );
    return rows.map((row) => ({
      signer: read.text(row, "signer") as Address,
      signature: (read.textOrNull(row, "signature") ?? undefined) as Hex | undefined,
      reason: read.textOrNull(row, "reason") ?? undefined,
    }));
  }

  /** @param reason in public words. */
  async ended(proposal: string, state: Exclude<ProposalState, "open">, reason: string): Promise<void> {
    await this.#sql.query(
      "update ballast.proposals set state = $2, reason = $3, changed_at = now() where id = $1 and state = 'open'",
      [proposal, state, reason],
    );
  }

  /** The last snapshot's file that a signer signed, by its market's time. */
  async lastSigned(signer: Address): Promise<string | undefined> {
    const [row] = await this.#sql.query(
      `select p.content from ballast.proposals p join ballast.signatures s on s.proposal = p.id
      where s.signer = $1 and s.said_by = current_user and s.signature is not null order by p.time desc limit 1`,
      [signer],
    );
    return row === undefined ? undefined : read.text(row, "content");
  }

  /** Publishes by what a signer judges. */
  async announce(signer: Address, tolerances: Tolerances): Promise<void> {
    await this.#sql.query(
      `insert into ballast.signers (address, tolerances, seen_at) values ($1, $2, clock_timestamp())
      on conflict (address) do update set tolerances = excluded.tolerances, seen_at = excluded.seen_at`,
      [signer, JSON.stringify(tolerances)],
    );
  }

  /** How many there are of each state. */
  async counts(): Promise<Readonly<Record<ProposalState, number>>> {
    const counts = { open: 0, published: 0, lapsed: 0 };
    for (const row of await this.#sql.query(
      "select state, count(*) as n from ballast.proposals group by state",
    ))
      counts[read.text(row, "state") as ProposalState] = read.number(row, "n");
    return counts;
  }
}

function proposalOf(row: Row): Proposal {
  return {
    id: read.text(row, "id"),
    time: read.bigint(row, "time"),
    publishBy: read.bigint(row, "publish_by"),
    content: read.text(row, "content"),
  };
}
