import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { commit } from "../../src/portfolio/commitment.ts";
import { accountIdOf } from "../../src/portfolio/format.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { marginReport } from "../../src/risk/report.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { Evaluations, evaluateAll } from "../../src/service/accounts/evaluate.ts";
import { Keyring } from "../../src/service/secrets/keyring.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../src/service/store/database.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { accountsOf, keyring, reading, SLOTS } from "./parts.ts";

let database: Database;
let snapshot: Snapshot;
beforeAll(() => {
  snapshot = smallSnapshot(START);
});
beforeEach(async () => {
  database = await emptyDatabase();
});
const accept = (account: string, version: bigint, usdc: string, asOf = 1_000n * version) =>
  accountsOf(database).accept(reading(account, version, usdc, { asOf }), snapshot, asOf);

describe("accounts", () => {
  it("are durable with what opens their commitment", async () => {
    const { version, isNew } = await accept("desk", 1n, "250000");
    expect(isNew).toBe(true);
    const { opening } = await accountsOf(database).openOne(version.account, 1n);
    expect(opening.portfolio.account).toBe("desk");
    expect(opening.salt).toBe(keyring.saltOf(accountIdOf("desk"), 1n));
    const { accountId, positions } = opening.portfolio;
    expect(version.commitment).toBe(commit(accountId, opening.salt, slotsOf(positions, SLOTS)));
  });

  it("take a version once, and the same again as of later", async () => {
    const first = await accept("desk", 1n, "250000");
    const again = await accept("desk", 1n, "250000", 9_000n);
    expect(again).toEqual({ version: { ...first.version, asOf: 9_000n }, isNew: false });
    expect(await accountsOf(database).current()).toEqual([again.version]);
    expect((await accept("desk", 1n, "250000", 5_000n)).version.asOf).toBe(9_000n);
  });

  it("refuse a version that goes back, or that has other content", async () => {
    await accept("desk", 7n, "250000");
    for (const [version, usdc] of [
      [6n, "250000"],
      [7n, "250001"],
    ] as const) {
      const refused = accept("desk", version, usdc);
      await expect(refused).rejects.toMatchObject({ code: "VERSION_BEHIND" });
      await expect(refused).rejects.not.toThrow(/25000/);
    }
    expect((await accountsOf(database).current()).map(({ version }) => version)).toEqual([7n]);
  });

  it("keep every version: what was committed before can be opened after", async () => {
    const old = await accept("desk", 1n, "250000");
    const now = await accept("desk", 2n, "250001");
    expect(now.version.commitment).not.toBe(old.version.commitment);
    expect((await accountsOf(database).openOne(old.version.account, 1n)).commitment).toBe(
      old.version.commitment,
    );
    expect((await accountsOf(database).open()).map(({ version }) => version)).toEqual([2n]);
  });

  it("open after a backup from before their last change was restored: the feed says it again, the key makes the same salt", async () => {
    await accept("desk", 1n, "250000");
    const committed = (await accept("desk", 2n, "90000")).version.commitment;
    await database.query("update ballast.accounts set version = 1");
    await database.query("delete from ballast.versions where version = 2");
    expect((await accept("desk", 2n, "90000")).version.commitment).toBe(committed);
  });

  it("stay what they are through a rotation of the master key, and are sealed anew by the new one", async () => {
    const { version } = await accept("desk", 1n, "250000");
    const rotated = new Keyring(`${"22".repeat(32)} ${"11".repeat(32)}`);
    const again = await accountsOf(database, rotated).accept(reading("desk", 1n, "250000"), snapshot, 0n);
    expect(again).toEqual({ version, isNew: false });
    expect(await accountsOf(database, rotated).reseal()).toBe(1);
    expect(await accountsOf(database, rotated).reseal()).toBe(0);
    const alone = new Keyring("22".repeat(32));
    expect((await accountsOf(database, alone).openOne(version.account, 1n)).commitment).toBe(
      version.commitment,
    );
  });

  it("are refused without being changed where something is not in the snapshot", async () => {
    const positions = [{ instrument: "DOGE-PERPETUAL", quantity: "1" }];
    const odd = reading("desk", 1n, "0", { portfolio: { account: "desk", positions } });
    await expect(accountsOf(database).accept(odd, snapshot, 0n)).rejects.toMatchObject({
      code: "UNKNOWN_INSTRUMENT",
    });
    expect(await accountsOf(database).current()).toEqual([]);
  });
});

describe("evaluation", () => {
  it("gives the reference model's tier of every account, and how far each tier is", async () => {
    await accept("rich", 1n, "250000");
    await accept("empty", 1n, "0");
    const open = await accountsOf(database).open();
    const { evaluations, unvalued } = evaluateAll(open, snapshot);
    expect(unvalued).toEqual([]);
    for (const [i, { opening }] of open.entries())
      expect(evaluations[i]?.tier).toBe(marginReport(snapshot, opening.portfolio.positions).tier);
    const rich = evaluations.find(({ account }) => account === accountIdOf("rich"));
    // Dollars have no requirement: every tier is as far as the equity.
    expect(rich?.distances).toEqual([250_000_000_000n, 250_000_000_000n, 250_000_000_000n]);
  });

  it("refuses an account whose instrument has another id's name, and values the others", async () => {
    await accept("a", 1n, "250000");
    await accept("b", 1n, "0");
    const rows = snapshot.rows.map((row) =>
      row.instrument.name === "USDC" ? { ...row, instrument: { ...row.instrument, name: "USDT" } } : row,
    ) as Snapshot["rows"];
    const { evaluations, unvalued } = evaluateAll(await accountsOf(database).open(), { ...snapshot, rows });
    expect(evaluations.map(({ account }) => account)).toEqual([accountIdOf("b")]);
    expect(unvalued).toMatchObject([{ account: accountIdOf("a"), error: { code: "UNKNOWN_INSTRUMENT" } }]);
  });

  it("is kept as history, distances sealed", async () => {
    const { version } = await accept("desk", 1n, "250000");
    const { evaluations } = evaluateAll(await accountsOf(database).open(), snapshot);
    await new Snapshots(database).add(snapshot);
    const history = new Evaluations(database, keyring);
    await history.add(snapshot.snapshotId, evaluations);
    await history.add(snapshot.snapshotId, evaluations);
    expect(await history.of(version.account)).toEqual([
      { ...evaluations[0], snapshotId: snapshot.snapshotId },
    ]);
  });
});

describe("snapshots", () => {
  it("come back whole, the newest by its market's time", async () => {
    const store = new Snapshots(database);
    const later = smallSnapshot(START + 60n);
    expect(await store.newest()).toBeUndefined();
    expect(await store.add(later)).toBe(true);
    expect(await store.add(snapshot)).toBe(true);
    expect(await store.add(snapshot)).toBe(false);
    expect((await new Snapshots(database).newest())?.snapshotId).toBe(later.snapshotId);
    expect(await new Snapshots(database).get(snapshot.snapshotId)).toEqual(snapshot);
  });
});

describe("secrets in the database", () => {
  it("are in no table in the clear", async () => {
    const canary = "canary-desk-7f3a";
    await accept(canary, 1n, "271828.18");
    const { evaluations } = evaluateAll(await accountsOf(database).open(), snapshot);
    await new Snapshots(database).add(snapshot);
    await new Evaluations(database, keyring).add(snapshot.snapshotId, evaluations);
    const tables = await database.query(
      "select table_name as name from information_schema.tables where table_schema = 'ballast'",
    );
    const lots = (await accountsOf(database).open())[0]?.opening.portfolio.positions[0]?.quantity ?? 0n;
    const salt = keyring.saltOf(accountIdOf(canary), 1n);
    const secrets = [canary, "271828", lots.toString(), salt.toString(), salt.toString(16)];
    for (const { name } of tables as { name: string }[]) {
      const rows = await database.query(
        `select t::text as row, encode(convert_to(t::text, 'UTF8'), 'hex') as hex from ballast.${name} t`,
      );
      for (const secret of secrets) {
        expect(JSON.stringify(rows), `${name} has ${secret}`).not.toContain(secret);
        // Bytes are shown as hex digits.
        expect(JSON.stringify(rows), `${name} has ${secret}`).not.toContain(
          Buffer.from(secret).toString("hex"),
        );
      }
    }
  });
});
