import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { BallastError } from "../../errors.ts";
import type { DeclaredBy } from "../../venues/venue.ts";
import { type Row, read, type Sql } from "../store/database.ts";

/** What a key may do. */
export const SCOPES = ["submit", "read", "prove", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A key as the service knows it. */
export interface ApiKey {
  /** Public: names it in logs. */
  readonly id: string;
  /** Whose it is, for people; the source's name of what it submits. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Who answers for the accounts that it submits. */
  readonly declaredBy: DeclaredBy;
}

const ID_BYTES = 8;
const SECRET_BYTES = 32;
const TOKEN = /^ballast_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** Keys of the API. Their secrets are 256 random bits, of which the database has a SHA-256 alone. */
export class ApiKeys {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @returns the key, and the token that it is used by: it is told this once, and kept nowhere. */
  async add(key: Omit<ApiKey, "id">): Promise<{ readonly key: ApiKey; readonly token: string }> {
    const id = randomBytes(ID_BYTES).toString("hex");
    const secret = randomBytes(SECRET_BYTES).toString("hex");
    const { name, scopes, declaredBy } = key;
    await this.#sql.query(
      "insert into ballast.keys (id, name, hash, scopes, declared_by) values ($1, $2, $3, $4, $5)",
      [id, name, hashOf(secret), scopes.join(" "), declaredBy],
    );
    return { key: { ...key, id }, token: `ballast_${id}_${secret}` };
  }

  /** A key that is revoked is good for nothing from now on. @throws {BallastError} INVALID_KEY for one that isn't there, or was revoked. */
  async revoke(id: string): Promise<void> {
    const rows = await this.#sql.query(
      "update ballast.keys set revoked_at = now() where id = $1 and revoked_at is null returning id",
      [id],
    );
    if (rows.length === 0)
      throw new BallastError("INVALID_KEY", "There is no such key that could be revoked.");
  }

  /** Whether a key has not been revoked. */
  async isGood(id: string): Promise<boolean> {
    return (
      (await this.#sql.query("select 1 from ballast.keys where id = $1 and revoked_at is null", [id]))
        .length > 0
    );
  }

  /** The keys that are good. */
  async list(): Promise<readonly ApiKey[]> {
    const rows = await this.#sql.query(
      "select * from ballast.keys where revoked_at is null order by created_at, id",
    );
    return rows.map(keyOf);
  }

  /** The key whose token it is; undefined for any other text, and for one that was revoked. */
  async find(token: string): Promise<ApiKey | undefined> {
    const [, id = "", secret = ""] = TOKEN.exec(token) ?? [];
    if (id === "") return undefined;
    const [row] = await this.#sql.query("select * from ballast.keys where id = $1 and revoked_at is null", [
      id,
    ]);
    if (row === undefined || !timingSafeEqual(read.bytes(row, "hash"), hashOf(secret))) return undefined;
    return keyOf(row);
  }
}

function hashOf(secret: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(secret).digest());
}

function keyOf(row: Row): ApiKey {
  const scopes = read.text(row, "scopes").split(" ");
  return {
    id: read.text(row, "id"),
    name: read.text(row, "name"),
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    declaredBy: read.text(row, "declared_by") as DeclaredBy,
  };
}
