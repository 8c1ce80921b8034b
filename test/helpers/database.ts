import type { Database } from "../../src/service/store/database.ts";
import { openEmbedded } from "../../src/service/store/embedded.ts";
import { migrate } from "../../src/service/store/migrate.ts";

let engine: Promise<Database> | undefined;

/** A database of the present schema without rows. Making one takes seconds: all suites of a process have the same, one after the other. */
export async function emptyDatabase(): Promise<Database> {
  engine ??= openEmbedded();
  const database = await engine;
  await empty(database);
  return database;
}

/** Makes the schema anew. */
export async function empty(database: Database): Promise<void> {
  await database.query("drop schema if exists ballast cascade");
  await migrate(database);
}
