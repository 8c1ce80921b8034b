import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import { migrate } from "../../src/service/store/migrate.ts";
import { openPostgres } from "../../src/service/store/postgres.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { startPostgres, type TestPostgres } from "../helpers/postgres.ts";
import { accountsOf, keyring, reading } from "./parts.ts";

/** Megabytes: an empty server takes some fifty. */
const SIZE = 128;
const snapshot = smallSnapshot(START);
const disk = mkdtempSync(join(tmpdir(), "ballast-disk-"));
const { TMPDIR: before } = process.env;
let server: TestPostgres;
let database: Database;

beforeAll(async () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}m,mode=777`, "tmpfs", disk]);
  process.env["TMPDIR"] = disk;
  server = await startPostgres().finally(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });
  database = await openPostgres(server.url);
  await migrate(database);
  await new Snapshots(database).add(snapshot);
});
afterAll(async () => {
  await database.close();
  await server.stop();
  execFileSync("umount", [disk]);
  rmSync(disk, { recursive: true });
});

/** Takes all that is left of the disk. */
function fill(): string {
  const path = join(disk, "filler");
  const file = openSync(path, "w");
  for (let size = 1 << 20; size >= 512; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
  return path;
}

const hold = (n: number) =>
  accountsOf(database).accept(reading(`desk-${n}`, 1n, String(n)), snapshot, BigInt(n) * 1_000n);

describe("a disk that is full", () => {
  it("takes nothing that it says it took not, says so, and goes on once there is room", async () => {
    for (let n = 0; n < 20; n++) await hold(n);
    const filler = fill();
    const taken: number[] = [];
    const refused: unknown[] = [];
    for (let n = 20; n < 400 && refused.length < 3; n++)
      await hold(n).then(
        () => taken.push(n),
        (error: unknown) => refused.push(error),
      );
    expect(refused).toHaveLength(3);
    for (const error of refused) {
      expect(error).toBeInstanceOf(BallastError);
      expect(error).toMatchObject({ code: "STORE_ERROR", details: { gone: true } });
      expect(JSON.stringify(error)).not.toContain("desk-");
    }
    rmSync(filler);
    // A server that ended for want of room is started again, as its own supervisor does.
    await server.crash();
    await server.start();
    const names = (await accountsOf(database, keyring).open()).map(
      ({ opening }) => opening.portfolio.account,
    );
    expect(names.sort()).toEqual(
      [...Array.from({ length: 20 }, (_, n) => n), ...taken].map((n) => `desk-${n}`).sort(),
    );
    expect((await hold(500)).isNew).toBe(true);
  });
});
