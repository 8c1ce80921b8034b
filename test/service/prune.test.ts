import { expect, it } from "vitest";
import { KEEP, prune } from "../../src/service/prune.ts";
import { Proposals } from "../../src/service/signer/proposals.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { acceptedJob, reading } from "./parts.ts";

const DAY = 86_400n;

it("a day's snapshots stay whole, an older one's id for as long as evaluations are of it, and the newest always", async () => {
  const database = await emptyDatabase();
  const snapshots = new Snapshots(database);
  const [first, second, third] = [0n, 10_000n, 20_000n].map((after) => smallSnapshot(START + after));
  if (first === undefined || second === undefined || third === undefined) throw new Error("no snapshots");
  for (const one of [first, second, third]) await snapshots.add(one);
  await new Proposals(database).add(
    first.snapshotId,
    { time: first.time, publishBy: 0n, content: "" },
    "test",
  );
  await database.query("update ballast.proposals set state = 'published'");
  await acceptedJob(database, first, reading("desk", 1n, "5"));
  await database.query(
    `insert into ballast.evaluations (account, version, snapshot, tier, sealed)
    select id, version, (select id from ballast.snapshots order by time limit 1), 0, '' from ballast.accounts`,
  );
  // As another process has it, which remembers none.
  const whole = async () =>
    Promise.all(
      [first, second, third].map(
        async (one) => (await new Snapshots(database).get(one.snapshotId)) !== undefined,
      ),
    );
  const left = async () =>
    Promise.all(
      ["snapshots", "evaluations", "proposals"].map(
        async (table) => (await database.query(`select 1 from ballast.${table}`)).length,
      ),
    );
  expect(await prune(database, START + DAY - 1n, 3_600n)).toBe(0);
  expect([await whole(), await left()]).toEqual([
    [true, true, true],
    [3, 1, 1],
  ]);
  expect(await prune(database, START + DAY + 10_001n, 3_600n)).toBe(2);
  expect([await whole(), await left()]).toEqual([
    [false, false, true],
    [2, 1, 0],
  ]);
  expect(await prune(database, START + KEEP.history + 1n, 3_600n)).toBe(0);
  expect([await whole(), await left()]).toEqual([
    [false, false, true],
    [1, 0, 0],
  ]);
});
