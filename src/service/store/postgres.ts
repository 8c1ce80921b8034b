import type { Pool, PoolClient } from "pg";
import { BallastError } from "../../errors.ts";
import { type Database, parameters, type Row, storeError, type Value } from "./database.ts";

/** Connections of one process. */
const CONNECTIONS = 8;
/** Milliseconds until a server that doesn't answer is given up. */
const PATIENCE = 10_000;

/**
 * A PostgreSQL server, which many processes share. Sessions are made when they are needed, and again after the server was away.
 * @param url `postgres://…`; it may hold a password, and is in no error.
 * @throws {BallastError} BACKEND_UNAVAILABLE without the package; STORE_ERROR where no server answers.
 */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await load();
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE,
    application_name: "ballast",
  });
  // A session that the server ends while nobody uses it: the next statement opens another one.
  pool.on("error", () => {});
  const database = databaseOf(pool);
  try {
    await database.query("select 1");
    return database;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function databaseOf(pool: Pool): Database {
  const run = async (on: Pool | PoolClient, text: string, values: readonly Value[] = []) => {
    try {
      return (await on.query<Row>(text, parameters(values))).rows;
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    kind: "postgres",
    query: (text, values) => run(pool, text, values),
    transaction: async (work) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw storeError(error);
      });
      // Whoever ends the session meanwhile makes the next statement fail, which says so.
      const onError = () => {};
      client.on("error", onError);
      let broken = false;
      try {
        await run(client, "begin");
        const result = await work({ query: (text, values) => run(client, text, values) });
        await run(client, "commit");
        return result;
      } catch (error) {
        await run(client, "rollback").catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.off("error", onError);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

async function load(): Promise<typeof import("pg")> {
  try {
    return await import("pg");
  } catch (cause) {
    throw new BallastError("BACKEND_UNAVAILABLE", "The PostgreSQL client is not installed.", {
      hint: "Run `npm install pg`, or leave out DATABASE_URL to use the embedded database.",
      cause,
    });
  }
}
