import { join } from "node:path";
import type { PGlite, Transaction } from "@electric-sql/pglite";
import { BallastError } from "../../errors.ts";
import { makeFolder } from "../../node/files.ts";
import { withLock } from "../../node/lock.ts";
import { type Database, parameters, type Row, type Sql, storeError, type Value } from "./database.ts";

/** Milliseconds for which another process that has the folder is waited for: one that is ending needs a moment. */
const PATIENCE = 3_000;

/**
 * PostgreSQL inside this process, its data in a folder that one process at a time has. A process that is killed loses nothing that was
 * acknowledged; a machine that loses power may lose the last moments, for the embedded database does not wait for the disk.
 * @param folder absent: in memory, for tests.
 * @throws {BallastError} LOCKED where another process has the folder; BACKEND_UNAVAILABLE without the package; FILE_ERROR.
 */
export async function openEmbedded(folder?: string): Promise<Database> {
  const lock = folder === undefined ? undefined : await hold(join(folder, "database.lock"));
  try {
    if (folder !== undefined) makeFolder(folder, 0o700);
    const { PGlite } = await load();
    const engine = await PGlite.create(folder === undefined ? {} : { dataDir: join(folder, "database") });
    return databaseOf(engine, lock);
  } catch (cause) {
    lock?.release();
    throw cause instanceof BallastError ? cause : damaged(cause);
  }
}

function databaseOf(engine: PGlite, lock: Held | undefined): Database {
  const run = async (on: PGlite | Transaction, text: string, values: readonly Value[] = []) => {
    try {
      return (await on.query<Row>(text, parameters(values))).rows;
    } catch (error) {
      throw storeError(error);
    }
  };
  return {
    kind: "embedded",
    query: (text, values) => run(engine, text, values),
    transaction: (work) =>
      engine.transaction((transaction) => {
        const sql: Sql = { query: (text, values) => run(transaction, text, values) };
        return work(sql);
      }),
    close: async () => {
      try {
        await engine.close();
      } finally {
        lock?.release();
      }
    },
  };
}

async function load(): Promise<typeof import("@electric-sql/pglite")> {
  try {
    return await import("@electric-sql/pglite");
  } catch (cause) {
    throw new BallastError("BACKEND_UNAVAILABLE", "The embedded database is not installed.", {
      hint: "Run `npm install @electric-sql/pglite`, or give DATABASE_URL.",
      cause,
    });
  }
}

function damaged(cause: unknown): BallastError {
  return new BallastError("STORE_ERROR", "The embedded database can't be opened.", {
    hint: "Is the disk full, or the folder another version's? Restore a backup in its place.",
    cause,
  });
}

interface Held {
  release(): void;
}

/** Holds a lock file until it is released. @throws {BallastError} LOCKED, FILE_ERROR. */
function hold(path: string): Promise<Held> {
  return new Promise((resolve, reject) => {
    const work = () => new Promise<void>((end) => resolve({ release: end }));
    withLock(path, work, { limit: PATIENCE }).catch(reject);
  });
}
