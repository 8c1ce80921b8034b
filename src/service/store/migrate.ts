import { BallastError } from "../../errors.ts";
import { type Database, only, read } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

/** The schema's version that this code works with. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** One process at a time migrates: "ballast", as a number. */
const LOCK = 7_093_009_341n;

/**
 * Brings the schema `ballast` up to date, all in one transaction.
 * @returns the version that was found.
 * @throws {BallastError} STORE_ERROR where a newer Ballast made the schema: an older one must not write into it.
 */
export function migrate(database: Database): Promise<number> {
  return database.transaction(async (sql) => {
    await sql.query("select pg_advisory_xact_lock($1)", [LOCK]);
    if (!(await hasSchema(sql))) {
      await sql.query("create schema if not exists ballast");
      await sql.query(`create table ballast.migrations (
        version integer primary key, name text not null, applied_at timestamptz not null default now())`);
    }
    const found = read.number(
      only(await sql.query("select coalesce(max(version), 0) as version from ballast.migrations")),
      "version",
    );
    if (found > SCHEMA_VERSION) throw newer(found);
    for (const [index, { name, statements }] of MIGRATIONS.entries()) {
      if (index < found) continue;
      for (const statement of statements) await sql.query(statement);
      await sql.query("insert into ballast.migrations (version, name) values ($1, $2)", [index + 1, name]);
    }
    return found;
  });
}

/** Refuses a schema of another version, which it leaves as it is. @throws {BallastError} STORE_ERROR. */
export async function checkSchema(database: Database): Promise<void> {
  const rows = (await hasSchema(database))
    ? await database.query("select max(version) as version from ballast.migrations")
    : [];
  const found = rows.length === 0 ? 0 : read.number(only(rows), "version");
  if (found > SCHEMA_VERSION) throw newer(found);
  if (found < SCHEMA_VERSION)
    throw new BallastError(
      "STORE_ERROR",
      `The database's schema has version ${found}, not ${SCHEMA_VERSION}.`,
      {
        hint: "Start `ballast serve` of this version first: it brings the schema up to date.",
      },
    );
}

/**
 * Whether the schema is there. Read from the catalogue: `if not exists` and `to_regclass` ask a session's own
 * cache of names, which doesn't hear of another session's schema when an advisory lock is taken.
 */
export async function hasSchema(sql: Pick<Database, "query">): Promise<boolean> {
  const found = await sql.query(
    "select 1 from pg_catalog.pg_tables where schemaname = 'ballast' and tablename = 'migrations'",
  );
  return found.length > 0;
}

function newer(found: number): BallastError {
  return new BallastError(
    "STORE_ERROR",
    `The database's schema has version ${found}: this Ballast knows ${SCHEMA_VERSION}.`,
    {
      hint: "Use the version of Ballast that made it, or a newer one.",
    },
  );
}
