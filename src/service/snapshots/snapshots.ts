import { type Field, formatField } from "../../math/field.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import { read, type Sql } from "../store/database.ts";

/** Published snapshots, whole for a day at least: each is derivable, and its proofs checkable. */
export class Snapshots {
  readonly #sql: Sql;
  /** The last ones that were derived: that takes a good part of a second. */
  readonly #known = new Map<Field, Snapshot>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @returns whether it is new. */
  async add(snapshot: Snapshot): Promise<boolean> {
    this.#remember(snapshot);
    const rows = await this.#sql.query(
      "insert into ballast.snapshots (id, time, content) values ($1, $2, $3) on conflict (id) do nothing returning id",
      [formatField(snapshot.snapshotId), snapshot.time, encodeSnapshot(snapshot)],
    );
    return rows.length === 1;
  }

  /** The one of the latest market, or undefined before the first. @throws {BallastError} SNAPSHOT_TAMPERED. */
  async newest(): Promise<Snapshot | undefined> {
    const [row] = await this.#sql.query("select id from ballast.snapshots order by time desc, id limit 1");
    return row === undefined ? undefined : this.#load(read.text(row, "id"));
  }

  /** @throws {BallastError} SNAPSHOT_TAMPERED. */
  async get(id: Field): Promise<Snapshot | undefined> {
    return this.#known.get(id) ?? this.#load(formatField(id));
  }

  async #load(id: string): Promise<Snapshot | undefined> {
    const known = this.#known.get(BigInt(id) as Field);
    if (known !== undefined) return known;
    const [row] = await this.#sql.query("select content from ballast.snapshots where id = $1", [id]);
    const content = row === undefined ? null : read.textOrNull(row, "content");
    // An old one's id alone is kept.
    if (content === null) return undefined;
    const snapshot = decodeSnapshot(content);
    this.#remember(snapshot);
    return snapshot;
  }

  #remember(snapshot: Snapshot): void {
    this.#known.set(snapshot.snapshotId, snapshot);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KEPT && oldest !== undefined) this.#known.delete(oldest);
  }
}

const KEPT = 4;
