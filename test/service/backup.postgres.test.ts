import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiKeys } from "../../src/service/api/keys.ts";
import { Progress } from "../../src/service/progress/progress.ts";
import { progressStream } from "../../src/service/progress/stream.ts";
import { JobQueue } from "../../src/service/queue/queue.ts";
import { Keyring } from "../../src/service/secrets/keyring.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import { migrate, SCHEMA_VERSION } from "../../src/service/store/migrate.ts";
import { openPostgres } from "../../src/service/store/postgres.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { startPostgres, type TestPostgres } from "../helpers/postgres.ts";
import { acceptedJob, accountsOf, keyring, reading, stubWorker } from "./parts.ts";

const snapshot = smallSnapshot(START);
const NEW_KEY = "22".repeat(32);
const ROTATED = new Keyring(`${NEW_KEY}\n${"11".repeat(32)}`);
let server: TestPostgres;
let original: Database;
let restored: Database;
let token = "";
/** What a backup of the first version is: plain SQL, by the page's own command. */
let backup = "";
const urlOf = (name: string) => server.url.replace(/\/postgres$/, `/${name}`);
const hold = (database: Database, version: bigint, ring = keyring) =>
  accountsOf(database, ring).accept(reading("desk", version, String(version)), snapshot, 1_000n * version);

beforeAll(async () => {
  server = await startPostgres();
  original = await openPostgres(server.url);
  await migrate(original);
  await new Snapshots(original).add(snapshot);
  ({ token } = await new ApiKeys(original).add({ name: "desk", scopes: ["read"], declaredBy: "self" }));
  await new JobQueue(original).add([await acceptedJob(original, snapshot, reading("desk", 1n, "1"))]);
  backup = server.run("pg_dump", ["--no-owner", "--schema=ballast", server.url]);
});
afterAll(async () => {
  await original.close();
  await restored.close();
  await server.stop();
});

describe("a backup that is restored", () => {
  it("opens an account that has changed after it, once its feed says it again: the commitment is the one that was sent", async () => {
    const { version: sent } = await hold(original, 2n);
    server.run("createdb", ["--maintenance-db", server.url, "restored"]);
    server.run("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-d", urlOf("restored")], backup);
    restored = await openPostgres(urlOf("restored"));
    expect(await migrate(restored)).toBe(SCHEMA_VERSION);
    expect((await accountsOf(restored).current()).map(({ version }) => version)).toEqual([1n]);
    const { version: again, isNew } = await hold(restored, 2n);
    expect(isNew).toBe(true);
    expect(again.commitment).toBe(sent.commitment);
    const { opening } = await accountsOf(restored).openOne(sent.account, 2n);
    expect(opening.salt).toBe((await accountsOf(original).openOne(sent.account, 2n)).opening.salt);
  });

  it("has its keys, goes on with its jobs, and tells readers of what came after it that there is a gap", async () => {
    expect(await new ApiKeys(restored).find(token)).toMatchObject({ name: "desk" });
    expect(await stubWorker(restored).step()).toBe("proven");
    const progress = new Progress(restored);
    const stream = progressStream(
      progress,
      { after: 1_000n },
      async () => true,
      new AbortController().signal,
    );
    await stream.next();
    expect((await stream.next()).value).toBe("event: gap\ndata: {}\n\n");
    expect((await stream.next()).value).toContain('"kind":"account"');
    await stream.return(undefined);
  });

  it("is of no use without the master key, and holds what it seals in no other form", async () => {
    const other = accountsOf(restored, new Keyring("33".repeat(32)));
    await expect(other.open()).rejects.toMatchObject({ code: "INVALID_KEY" });
    const [{ opening } = { opening: undefined }] = await accountsOf(restored).open();
    expect(opening?.portfolio.account).toBe("desk");
    expect(backup).not.toMatch(/\bdesk"|USDC", "quantity/);
    expect(backup).not.toContain(token.split("_")[2]);
    expect(backup).not.toContain(opening?.salt.toString(16) ?? "none");
  });

  it("from before a new master key opens an account that changed after both, with its old key behind the new one", async () => {
    const before = await accountsOf(original, ROTATED).reseal();
    expect(before).toBe(2);
    // Sealed anew, an old version keeps its salt; a restored backup derives that of version 2 by the newest key where it isn't there yet.
    const known = await accountsOf(original, ROTATED).open();
    expect(known[0]?.commitment).toBe((await accountsOf(restored).open())[0]?.commitment);
    await hold(original, 3n, ROTATED);
    server.run("createdb", ["--maintenance-db", server.url, "older"]);
    server.run("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-d", urlOf("older")], backup);
    const older = await openPostgres(urlOf("older"));
    const again = await hold(older, 3n, ROTATED);
    const [last] = await accountsOf(original, ROTATED).current();
    expect(again.version.commitment).toBe(last?.commitment);
    await older.close();
  });
});
