import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/service/store/database.ts";
import { isGone } from "../../src/service/store/database.ts";
import { openPostgres } from "../../src/service/store/postgres.ts";
import { startPostgres, type TestPostgres } from "../helpers/postgres.ts";
import { describeQueue } from "./queue-suite.ts";

let server: TestPostgres;
let database: Database;
beforeAll(async () => {
  server = await startPostgres();
  database = await openPostgres(server.url);
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

describeQueue(async () => database);

describe("a server that goes away", () => {
  it("is an error that says so, in and out of a transaction, and is used again when it is back", async () => {
    await database.query("create table kept (n integer)");
    const cut = database.transaction(async (sql) => {
      await sql.query("insert into kept values (1)");
      await server.crash();
      await sql.query("insert into kept values (2)");
    });
    const error = await cut.catch((thrown: unknown) => thrown);
    expect(isGone(error)).toBe(true);
    const away = await database.query("select 1").catch((thrown: unknown) => thrown);
    expect(isGone(away)).toBe(true);
    expect(String(away)).not.toContain("postgres://");
    await server.start();
    expect(await database.query("select n from kept")).toEqual([]);
    await database.query("drop table kept");
  });
});
