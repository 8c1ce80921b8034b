import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../scripts/library/doors.ts";
import { ApiKeys } from "../../src/service/api/keys.ts";
import { apiServer } from "../../src/service/api/server.ts";
import { Meters, Tally } from "../../src/service/meters/meters.ts";
import { metricsText } from "../../src/service/meters/metrics.ts";
import { Planner } from "../../src/service/plan/planner.ts";
import { Snapshots } from "../../src/service/snapshots/snapshots.ts";
import { START, smallSnapshot } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { ManualClock } from "../venues/manual-clock.ts";
import { accountsOf, apiParts, DEPLOYMENT, keyring, reading, stubWorker } from "./parts.ts";

const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const page = text("docs/operate/monitoring.md");

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}
const alerts = (parse(text("deploy/prometheus/alerts.yml")) as Rules).groups.flatMap(({ rules }) => rules);
const { panels } = JSON.parse(text("deploy/grafana/ballast.json")) as Dashboard;
const named = (expr: string): string[] => expr.match(/\bballast_[a-z_]+/g) ?? [];
const documented = [...page.matchAll(/^\| (`ballast_[^|]*)\|/gm)].flatMap(([, names = ""]) => named(names));
/** A histogram's series are said by its name. */
const base = (name: string): string => name.replace(/^(ballast_step_seconds)_(?:bucket|sum|count)$/, "$1");

async function served() {
  const database = await emptyDatabase();
  const clock = new ManualClock(BigInt(START) * 1_000n);
  const [accounts, snapshots] = [accountsOf(database), new Snapshots(database)];
  const snapshot = smallSnapshot(START);
  await snapshots.add(snapshot);
  for (const name of ["a", "b"]) await accounts.accept(reading(name, 1n, "250000"), snapshot, clock.now());
  await new Planner({
    ...{
      database,
      keyring,
      accounts,
      snapshots,
      clock,
      deployment: DEPLOYMENT,
      circuit: "coverage_4x8_s5k2",
    },
    rules: { within: 60n, renewBefore: 60n },
    onEvent: () => undefined,
  }).pass();
  await stubWorker(database).step();
  clock.advance(90_000);
  return { database, clock };
}
const valueIn = (metrics: string, series: string): number | undefined => {
  const line = metrics.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
};

describe("metrics", () => {
  it("say how the service does: freshness, queue, proofs, steps, evaluations", async () => {
    const { database, clock } = await served();
    const metrics = await metricsText({ database, clock });
    expect(valueIn(metrics, "ballast_accounts")).toBe(2);
    expect(valueIn(metrics, "ballast_accounts_fresh")).toBe(0);
    expect(valueIn(metrics, "ballast_oldest_unproven_seconds")).toBe(90);
    expect(valueIn(metrics, "ballast_snapshot_age_seconds")).toBe(90);
    expect(valueIn(metrics, 'ballast_jobs{purpose="coverage",state="waiting"}')).toBe(1);
    expect(valueIn(metrics, 'ballast_jobs{purpose="coverage",state="done"}')).toBe(1);
    expect(valueIn(metrics, 'ballast_proofs{state="proven"}')).toBe(1);
    expect(valueIn(metrics, "ballast_evaluated_accounts_total")).toBe(2);
    const step = (suffix: string, le = "") =>
      valueIn(metrics, `ballast_step_seconds${suffix}{step="prove in all",circuit="coverage_4x8_s5k2"${le}}`);
    expect([step("_count"), step("_bucket", ',le="+Inf"')]).toEqual([1, 1]);
    expect(step("_sum")).toBeGreaterThan(0);
  });

  it("count what several processes do at once, each once", async () => {
    const database = await emptyDatabase();
    const meters = new Meters(database);
    const timing = (seconds: number) => ({ step: "prove" as const, label: "c", seconds });
    await Promise.all([meters.time([timing(0.3), timing(0.4)]), meters.time([timing(0.5), timing(99_999)])]);
    expect(await meters.all()).toEqual([
      { name: "prove", label: "c", bound: 0.5, times: 3, total: 1.2 },
      { name: "prove", label: "c", bound: Infinity, times: 1, total: 99_999 },
    ]);
  });

  it("lose no count while the database is away", async () => {
    const database = await emptyDatabase();
    const tally = new Tally();
    tally.add("warnings", "feed");
    tally.add("warnings", "feed");
    const away = { query: async () => Promise.reject(new Error("away")) };
    await expect(tally.store(away)).rejects.toThrow("away");
    await tally.store(database);
    await tally.store(database);
    expect(await new Meters(database).all()).toMatchObject([{ name: "warnings", label: "feed", times: 2 }]);
  });

  it("are told to a key that may read, and to no other", async () => {
    const { database, clock } = await served();
    const tally = new Tally();
    const app = await apiServer(apiParts(database, clock, { tally }));
    const keys = new ApiKeys(database);
    const ask = async (scope: "read" | "submit") => {
      const { token } = await keys.add({ name: "prometheus", scopes: [scope], declaredBy: "self" });
      return app.inject({ url: "/metrics", headers: { authorization: `Bearer ${token}` } });
    };
    expect((await app.inject({ url: "/metrics" })).statusCode).toBe(401);
    expect((await ask("submit")).statusCode).toBe(403);
    const told = await ask("read");
    expect([told.statusCode, told.headers["content-type"]]).toEqual([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(told.body).toContain("\nballast_accounts 2\n");
    await app.close();
    await tally.store(database);
    expect(await metricsText({ database, clock })).toContain('ballast_requests_total{status="401"} 1');
  });
});

describe("dashboard, alerts and their page", () => {
  it("name metrics that there are, and the page has each", async () => {
    const { database, clock } = await served();
    const there = [...(await metricsText({ database, clock })).matchAll(/^# TYPE (\S+)/gm)].map(
      ([, name]) => name,
    );
    const used = [...alerts, ...panels.flatMap(({ targets }) => targets)].flatMap(({ expr }) => named(expr));
    expect(used.length).toBeGreaterThan(20);
    for (const name of used) expect(there).toContain(base(name));
    expect([...documented].sort()).toEqual([...there].sort());
    for (const name of there)
      expect(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => named(expr).map(base)))).toContain(
        name,
      );
  });

  it("say of each alert what to do, and of no other", () => {
    const rows = [...page.matchAll(/^\| `(Ballast[A-Za-z]+)` \| \S.{20,}\|$/gm)].map(([, alert]) => alert);
    expect(rows).toEqual(alerts.map(({ alert }) => alert));
  });
});
