import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../../../scripts/library/doors.ts";
import { accountIdOf } from "../../../src/portfolio/format.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import { ApiKeys, type Scope } from "../../../src/service/api/keys.ts";
import { apiServer } from "../../../src/service/api/server.ts";
import type { ServiceEvent } from "../../../src/service/events.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import { type Database, read } from "../../../src/service/store/database.ts";
import { START, smallSnapshot } from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { accountsOf, apiParts } from "../parts.ts";

const RULES = { perSecond: 1, burst: 1_000, atOnce: 8 };
const AT = "/v1/accounts/desk/portfolio";
let snapshot: Snapshot;
let database: Database;
let snapshots: Snapshots;
let clock: ManualClock;
let app: FastifyInstance;
let events: ServiceEvent[];
let changes = 0;
let token = "";

/** Whether a test has broken the database, so that the next one needs another. */
let isBroken = true;

beforeAll(() => {
  snapshot = smallSnapshot(START);
});
beforeEach(async () => {
  if (isBroken) database = await emptyDatabase();
  else await database.query("truncate ballast.accounts, ballast.keys, ballast.audit cascade");
  isBroken = false;
  snapshots = new Snapshots(database);
  clock = new ManualClock(BigInt(START) * 1000n);
  events = [];
  changes = 0;
  await snapshots.add(snapshot);
  app = await serve();
  token = await keyWith("submit", "read");
});
afterEach(async () => {
  await app.close();
});

function serve(rules: Partial<typeof RULES> = {}, over: Database = database): Promise<FastifyInstance> {
  return apiServer(
    apiParts(over, clock, {
      rules: { ...RULES, ...rules },
      onChange: () => changes++,
      onEvent: (event) => events.push(event),
    }),
  );
}
async function keyWith(...scopes: Scope[]): Promise<string> {
  const added = await new ApiKeys(database).add({ name: "book", scopes, declaredBy: "self" });
  return added.token;
}
const holding = (usdc: string, version: unknown = 1, more: object = {}) => ({
  version,
  positions: [{ instrument: "USDC", quantity: usdc }],
  ...more,
});
async function ask(method: "GET" | "PUT" | "POST", url: string, body?: unknown, more: InjectOptions = {}) {
  const answer = await app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { payload: typeof body === "string" ? body : JSON.stringify(body) }),
    ...more,
  });
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: parsed(answer.body) };
}
function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe("a portfolio that is pushed", () => {
  it("is durable when it is answered, once for a version, and refused when it goes back", async () => {
    const first = await ask("PUT", AT, holding("250000", 7));
    expect(first).toMatchObject({
      status: 201,
      body: {
        version: "7",
        venue: "book",
        declaredBy: "self",
        declaration: expect.stringMatching(/^self-declared, as of 20/),
      },
    });
    expect(await accountsOf(database).find(accountIdOf("desk"))).toMatchObject({ version: 7n });
    clock.advance(5_000);
    const again = await ask("PUT", AT, holding("250000", "7"));
    expect(again).toMatchObject({ status: 200, body: { commitment: first.body.commitment } });
    expect(again.body.asOf > first.body.asOf).toBe(true);
    for (const other of [holding("250000", 6), holding("250001", 7)])
      expect(await ask("PUT", AT, other)).toMatchObject({
        status: 409,
        body: { error: { code: "VERSION_BEHIND" } },
      });
    expect(await ask("PUT", AT, holding("1", "9007199254740993"))).toMatchObject({ status: 201 });
    expect(changes).toBe(2);
  });

  it("is shown to readers without what it holds", async () => {
    await ask("PUT", AT, holding("250000"));
    const shown = await ask("GET", "/v1/accounts/desk");
    expect(shown.status).toBe(200);
    expect(Object.keys(shown.body).sort()).toEqual(
      ["account", "asOf", "commitment", "declaration", "declaredBy", "venue", "version"].sort(),
    );
    expect(shown.text).not.toContain("250000");
    const byId = await ask("GET", `/v1/accounts/${shown.body.account}`);
    expect(byId.body).toEqual(shown.body);
    expect(await ask("GET", "/v1/accounts/nobody")).toMatchObject({ status: 404 });
  });

  it.each([
    ["no version", 400, { positions: [] }],
    ["a version of another form", 400, holding("1", "1.5")],
    ["a version beyond the database's", 400, holding("1", "9223372036854775808")],
    ["another key", 400, holding("1", 1, { salt: "0x5ec4e7" })],
    ["the account twice", 400, holding("1", 1, { account: "other" })],
    [
      "a quantity that is a number",
      400,
      { version: 1, positions: [{ instrument: "USDC", quantity: 5_364_217 }] },
    ],
    ["a quantity that is none", 400, holding("5ec4e7")],
    ["an unknown instrument", 422, { version: 1, positions: [{ instrument: "SOL", quantity: "5364217" }] }],
    ["a size off the grid", 422, holding("5364217.001")],
    ["a moment in the future", 422, holding("1", 1, { asOf: "2099-01-01T00:00:00Z" })],
    ["no JSON", 400, `{"version": 1, "positions": [{"quantity": "5ec4e7"`],
    ["a key that stands twice", 400, `{"version": 1, "version": 2, "positions": []}`],
  ])("is refused with %s, and nothing of it is quoted", async (_, status, body) => {
    const refused = await ask("PUT", AT, body);
    expect(refused.status).toBe(status);
    expect(refused.body.error.code).toMatch(/^[A-Z_]+$/);
    expect(refused.text).not.toMatch(/5ec4e7|5364217/);
    expect(await accountsOf(database).find(accountIdOf("desk"))).toBeUndefined();
  });

  it("is refused when it is too long, or of another type", async () => {
    const long = `{"version": 1, "positions": [], "x": "${"x".repeat(9 << 20)}"}`;
    expect(await ask("PUT", AT, long)).toMatchObject({ status: 413 });
    const headers = { authorization: `Bearer ${token}`, "content-type": "text/plain" };
    expect(await ask("PUT", AT, "x", { headers })).toMatchObject({ status: 415 });
  });

  it("stands in the audit log by its account's id, with what came of it", async () => {
    await ask("PUT", AT, holding("250000", 2));
    await ask("PUT", AT, holding("250000", 2));
    await ask("PUT", AT, holding("250000", 1));
    const rows = await database.query("select * from ballast.audit order by id");
    expect(rows.map((row) => read.text(row, "outcome"))).toEqual(["accepted", "known", "VERSION_BEHIND"]);
    expect(inspect(rows)).not.toMatch(/desk|250000/);
  });
});

describe("portfolios in bulk", () => {
  const bulk = async (lines: readonly string[]) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" };
    const answer = await ask("POST", "/v1/portfolios", lines.join("\n"), { headers });
    const lists = answer.text.trim().split("\n");
    return { status: answer.status, answers: lists.map((line) => JSON.parse(line)), text: answer.text };
  };
  const line = (account: string, usdc: string, version: number) =>
    JSON.stringify({ account, ...holding(usdc, version) });

  it("are answered line by line; a bad one stops no other", async () => {
    const { status, answers, text } = await bulk([
      line("a", "100", 1),
      line("b", "5364217.001", 1),
      "{",
      line("a", "100", 1),
      line("a", "5364217", 1),
      JSON.stringify({ account: "c", positions: [] }),
      line("c", "300", 4),
    ]);
    expect(status).toBe(200);
    expect(answers.map(({ line: n, isNew, error }) => [n, error?.code ?? isNew])).toEqual([
      [1, true],
      [2, "OFF_LOT_GRID"],
      [3, "INVALID_PORTFOLIO"],
      [4, false],
      [5, "VERSION_BEHIND"],
      [6, "INVALID_PORTFOLIO"],
      [7, true],
    ]);
    expect(text).not.toContain("5364217");
    expect(await accountsOf(database).current()).toHaveLength(2);
  });

  it("end with a line that is too long, and keep what was answered before", async () => {
    const { answers } = await bulk([line("a", "100", 1), "x".repeat(9 << 20), line("b", "100", 1)]);
    expect(answers.map(({ line: n, error }) => [n, error?.code])).toEqual([
      [1, undefined],
      [2, "INVALID_PORTFOLIO"],
    ]);
  });
});

describe("keys", () => {
  it("are asked for, and each may do what its scopes say", async () => {
    const asked = async (authorization: string | undefined) =>
      (
        await ask("PUT", AT, holding("1"), {
          headers: { "content-type": "application/json", ...(authorization && { authorization }) },
        })
      ).status;
    expect(await asked(undefined)).toBe(401);
    expect(await asked("Bearer nothing")).toBe(401);
    const [, id = ""] = /^ballast_([0-9a-f]+)_/.exec(token) ?? [];
    expect(await asked(`Bearer ballast_${id}_${"0".repeat(64)}`)).toBe(401);
    expect(await asked(`Bearer ${await keyWith("read", "prove", "admin")}`)).toBe(403);
    expect(await asked(`Bearer ${await keyWith("submit")}`)).toBe(201);
  });

  it("are stored as hashes, listed without them, and void once revoked", async () => {
    const keys = new ApiKeys(database);
    const [key] = await keys.list();
    expect(key).toMatchObject({ name: "book", scopes: ["submit", "read"], declaredBy: "self" });
    const secret = token.split("_")[2] ?? "";
    const rows = await database.query(
      "select id, name, encode(hash, 'hex') as hash, scopes from ballast.keys",
    );
    expect(inspect(rows)).not.toContain(secret.slice(0, 16));
    await keys.revoke(key?.id ?? "");
    expect(await ask("GET", "/v1/accounts/desk")).toMatchObject({ status: 401 });
    await expect(keys.revoke(key?.id ?? "")).rejects.toMatchObject({ code: "INVALID_KEY" });
  });

  it("have so many requests a second each, and no answer makes another wait", async () => {
    await app.close();
    app = await serve({ burst: 3 });
    const status = async () => (await ask("GET", "/v1/accounts/desk")).status;
    expect([await status(), await status(), await status()]).toEqual([404, 404, 404]);
    const limited = await ask("GET", "/v1/accounts/desk");
    expect([limited.status, limited.headers["retry-after"]]).toEqual([429, "1"]);
    clock.advance(1_000);
    expect(await status()).toBe(404);
    expect((await ask("GET", "/healthz")).status).toBe(200);
  });

  it("are let in again at once where the machine's clock was set back", async () => {
    await app.close();
    app = await serve({ burst: 2 });
    const status = async () => (await ask("GET", "/v1/accounts/desk")).status;
    expect([await status(), await status(), await status()]).toEqual([404, 404, 429]);
    clock.advance(-3_600_000);
    expect([await status(), await status(), await status()]).toEqual([404, 404, 429]);
  });

  it("are let in so many at once", async () => {
    await app.close();
    app = await serve({ atOnce: 1 });
    const both = await Promise.all([ask("PUT", AT, holding("1")), ask("PUT", AT, holding("1"))]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 429]);
    expect((await ask("PUT", AT, holding("1"))).status).toBe(200);
  });
});

describe("the service's state and document", () => {
  it("is alive, and ready once there are database and snapshot", async () => {
    expect(await ask("GET", "/healthz")).toMatchObject({ status: 200, body: { status: "ok" } });
    expect(await ask("GET", "/readyz")).toMatchObject({ status: 200, body: { isReady: true } });
    await database.query("delete from ballast.snapshots");
    expect(await ask("GET", "/readyz")).toMatchObject({
      status: 503,
      body: { database: true, snapshot: false },
    });
    const early = await ask("PUT", AT, holding("1"));
    expect([early.status, early.headers["retry-after"]]).toEqual([503, "5"]);
  });

  it("says that the database is away, and tells nothing of an error of its own", async () => {
    isBroken = true;
    await database.query("drop table ballast.snapshots cascade");
    expect(await ask("GET", "/readyz")).toMatchObject({
      status: 503,
      body: { isReady: false, database: false },
    });
    expect(await ask("PUT", AT, holding("1"))).toMatchObject({
      status: 503,
      body: { error: { code: "STORE_ERROR" } },
    });
    const broken = {
      ...database,
      query: async () => Promise.reject(new TypeError("5ec4e7")),
    } as unknown as Database;
    await app.close();
    app = await serve({}, broken);
    const failed = await ask("GET", "/v1/accounts/desk");
    expect(failed).toMatchObject({ status: 500, body: { error: { code: "INTERNAL" } } });
    expect(`${failed.text}${inspect(events)}`).not.toContain("5ec4e7");
    expect(events).toHaveLength(1);
  });

  it("is described in OpenAPI 3.1, with every route that has a scope under the key", async () => {
    const { status, body } = await ask("GET", "/docs");
    expect([status, body.openapi, body.info.version]).toEqual([200, "3.1.0", "1"]);
    const routes = Object.entries<Record<string, { readonly security?: object[] }>>(body.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, one]) => ({ route: `${method} ${path}`, one })),
    );
    const open = routes.filter(({ one }) => one.security === undefined).map(({ route }) => route);
    expect(open.sort()).toEqual(["get /healthz", "get /readyz"]);
    const page = readFileSync(join(ROOT, "docs/operate/api.md"), "utf8");
    const documented = [...page.matchAll(/^\| `([A-Z]+ \/[^`?]*)/gm)].map(([, route = ""]) =>
      route.toLowerCase(),
    );
    expect(documented.filter((route) => route !== "get /docs").sort()).toEqual(
      routes.map(({ route }) => route.toLowerCase()).sort(),
    );
    const put = body.paths["/v1/accounts/{account}/portfolio"].put;
    expect(put.security).toEqual([{ key: [] }]);
    expect(put.requestBody.content["application/json"].schema.required.sort()).toEqual([
      "positions",
      "version",
    ]);
    expect(Object.keys(put.responses)).toContain("409");
  });

  it("has nothing anywhere else", async () => {
    expect(await ask("GET", "/v1/accounts/desk/portfolio")).toMatchObject({ status: 404 });
    expect(await ask("GET", "/%ff")).toMatchObject({ status: 400 });
  });
});
