import type { Hex } from "viem";
import { parseJson } from "../../json.ts";
import { formatField, parseField } from "../../math/field.ts";
import { encodeProofFile, type ProofFile, parseProofFile } from "../../prover/proof-format.ts";
import type { Tier } from "../../risk/requirement.ts";
import { Meters } from "../meters/meters.ts";
import type { KnownProof } from "../plan/plan.ts";
import type { LeasedJob } from "../queue/job.ts";
import { type Row, read, type Sql } from "../store/database.ts";

/** Proven, then in a transaction, then what came of it. */
export type ProofState = "proven" | "sending" | "attested" | "refused";

/** A proof that is to be sent, or is on its way. */
export interface StoredProof {
  /** Of the job that made it. */
  readonly id: string;
  readonly urgency: number;
  readonly state: ProofState;
  readonly file: ProofFile;
}

/** The proofs of the database. All of it is public. */
export class Proofs {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Keeps what a worker made. One proof at most is kept for each account, commitment and snapshot. */
  async add(job: LeasedJob, file: ProofFile): Promise<void> {
    const { accountId, commitment, tier } = file.signals;
    await this.#sql.query(
      `insert into ballast.proofs (id, account, commitment, snapshot, circuit, urgency, tier, deadline, content)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
      [
        job.id,
        formatField(accountId),
        formatField(commitment),
        formatField(file.snapshotId),
        file.circuit,
        job.urgency,
        tier,
        file.deadline,
        encodeProofFile(file),
      ],
    );
  }

  /** What waits to be sent, most urgent first. */
  async unsent(atMost: number): Promise<readonly StoredProof[]> {
    const rows = await this.#sql.query(
      "select * from ballast.proofs where state = 'proven' order by urgency, deadline, id limit $1",
      [atMost],
    );
    return rows.map(proofOf);
  }

  /** The proofs of a transaction. */
  async in(transaction: string): Promise<readonly StoredProof[]> {
    const rows = await this.#sql.query("select * from ballast.proofs where transaction = $1 order by id", [
      transaction,
    ]);
    return rows.map(proofOf);
  }

  async sending(ids: readonly string[], transaction: string): Promise<void> {
    await this.#sql.query(
      "update ballast.proofs set state = 'sending', transaction = $2, changed_at = now() where id = any($1::text[])",
      [ids, transaction],
    );
  }

  /** To be sent again: what they were sent with will never be mined. */
  async unsend(transaction: string): Promise<void> {
    await this.#sql.query(
      `update ballast.proofs set state = 'proven', transaction = null, expires_at = null, changed_at = now()
      where transaction = $1`,
      [transaction],
    );
  }

  /** A block that had their transaction is gone: they are on their way again. */
  async undo(transaction: string): Promise<void> {
    await this.#sql.query(
      "update ballast.proofs set state = 'sending', expires_at = null, changed_at = now() where transaction = $1",
      [transaction],
    );
  }

  /** @param expiresAt Unix seconds. */
  async attested(id: string, expiresAt: bigint): Promise<void> {
    const rows = await this.#sql.query(
      `update ballast.proofs set state = 'attested', expires_at = $2, reason = null, changed_at = now() where id = $1
      returning circuit, extract(epoch from clock_timestamp() - created_at) as seconds`,
      [id, expiresAt],
    );
    const timings = rows.map((row) => ({
      ...{ step: "send" as const, label: read.text(row, "circuit"), seconds: read.number(row, "seconds") },
    }));
    await new Meters(this.#sql).time(timings);
  }

  /** @param reason in public words. */
  async refused(id: string, reason: string): Promise<void> {
    await this.#sql.query(
      "update ballast.proofs set state = 'refused', reason = $2, changed_at = now() where id = $1",
      [id, reason],
    );
  }

  /** All that count, or may come to count, for accounts' newest commitments, and for what cases and challenges hold on the ledger. */
  async known(): Promise<readonly KnownProof[]> {
    const rows = await this.#sql.query(
      `select p.account, p.commitment, p.snapshot, p.tier, p.state, coalesce(p.expires_at, p.deadline) as expires_at
      from ballast.proofs p join (
        select v.account, v.commitment from ballast.accounts a
          join ballast.versions v on v.account = a.id and v.version = a.version
        union select account, commitment from ballast.cases where status <> 'closed'
        union select account, commitment from ballast.challenges) c
      on c.account = p.account and c.commitment = p.commitment where p.state <> 'refused'`,
    );
    return rows.map((row) => ({
      account: parseField(read.text(row, "account")),
      commitment: parseField(read.text(row, "commitment")),
      snapshot: parseField(read.text(row, "snapshot")),
      tier: read.number(row, "tier") as Tier,
      isAttested: read.text(row, "state") === "attested",
      expiresAt: read.bigint(row, "expires_at"),
    }));
  }

  /** How many there are of each state. */
  async counts(): Promise<Readonly<Record<ProofState, number>>> {
    const counts = { proven: 0, sending: 0, attested: 0, refused: 0 };
    for (const row of await this.#sql.query(
      "select state, count(*) as proofs from ballast.proofs group by state",
    ))
      counts[read.text(row, "state") as ProofState] = read.number(row, "proofs");
    return counts;
  }
}

function proofOf(row: Row): StoredProof {
  return {
    id: read.text(row, "id"),
    urgency: read.number(row, "urgency"),
    state: read.text(row, "state") as ProofState,
    file: parseProofFile(parseJson(read.text(row, "content"), "stored proof")),
  };
}

/** Where and until when a service's proofs count: as long as their snapshot is fresh, so that those of one snapshot share a transaction. */
export function destinationOf(
  deployment: { readonly chainId: number; readonly coverageRegistry: Hex; readonly maxAge: number },
  snapshot: { readonly time: bigint },
): { readonly chainId: bigint; readonly registry: Hex; readonly deadline: bigint } {
  return {
    chainId: BigInt(deployment.chainId),
    registry: deployment.coverageRegistry,
    deadline: snapshot.time + BigInt(deployment.maxAge),
  };
}
