import type { FastifyInstance } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { accountIdOf } from "../../../src/portfolio/format.ts";
import { versionSchema } from "../../../src/service/api/answers.ts";
import { ApiKeys, SCOPES, type Scope } from "../../../src/service/api/keys.ts";
import { apiServer } from "../../../src/service/api/server.ts";
import { Planner } from "../../../src/service/plan/planner.ts";
import { JobQueue } from "../../../src/service/queue/queue.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import { type Database, read } from "../../../src/service/store/database.ts";
import { CIRCUIT, START, smallSnapshot } from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { accountsOf, apiParts, DEPLOYMENT, keyring, reading, stubProver, stubWorker } from "../parts.ts";

let database: Database;
let clock: ManualClock;
let app: FastifyInstance;
let token = "";
const snapshot = smallSnapshot(START);

beforeEach(async () => {
  database = await emptyDatabase();
  clock = new ManualClock(BigInt(START) * 1_000n);
  await new Snapshots(database).add(snapshot);
  app = await apiServer(apiParts(database, clock));
  token = await keyWith(...SCOPES);
  for (const name of ["a", "b"]) await hold(name, 1n);
});
afterEach(() => app.close());

const hold = (name: string, version: bigint) =>
  accountsOf(database).accept(reading(name, version, String(version)), snapshot, clock.now());
async function keyWith(...scopes: Scope[]): Promise<string> {
  return (await new ApiKeys(database).add({ name: "desk", scopes, declaredBy: "self" })).token;
}
async function ask(method: "GET" | "POST" | "PUT" | "DELETE", url: string, payload?: object, by = token) {
  const answer = await app.inject({
    ...{ method, url, headers: { authorization: `Bearer ${by}` } },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}
const plan = (snapshots = new Snapshots(database)) =>
  new Planner({
    ...{ database, keyring, snapshots, clock, deployment: DEPLOYMENT, circuit: CIRCUIT },
    accounts: accountsOf(database),
    rules: { within: 120n, renewBefore: 60n },
    onEvent: () => undefined,
  }).pass();
const outcomes = async () =>
  (await database.query("select action, outcome from ballast.audit order by id")).map((row) => [
    read.text(row, "action"),
    read.text(row, "outcome"),
  ]);

describe("a proof that is asked for", () => {
  it("is one job, before new accounts, which whoever asked follows to its proof", async () => {
    await plan();
    const asked = await ask("POST", "/v1/accounts/b/proofs", {});
    expect(asked).toMatchObject({ status: 200, body: { state: "waiting", reason: "asked for", tries: 0 } });
    const again = await ask("POST", "/v1/accounts/b/proofs", { commitment: asked.body.commitment });
    expect(again.body.id).toBe(asked.body.id);
    expect(await stubWorker(database).step()).toBe("proven");
    const url = `/v1/jobs/${asked.body.id}`;
    const by = await keyWith("prove");
    expect(await ask("GET", url, undefined, by)).toMatchObject({
      status: 200,
      body: { state: "done", proof: "proven", supersededBy: null },
    });
    expect((await ask("GET", url, undefined, await keyWith("submit"))).status).toBe(403);
    expect((await ask("GET", `/v1/jobs/${"0".repeat(64)}`)).status).toBe(404);
    expect(await outcomes()).toEqual([
      ["prove", "known"],
      ["prove", "known"],
    ]);
  });

  it("is new before anything is planned, and asked for anew in a newer snapshot while it waits", async () => {
    const asked = await ask("POST", "/v1/accounts/b/proofs", {});
    expect(asked.status).toBe(202);
    clock.advance(60_000);
    const snapshots = new Snapshots(database);
    await snapshots.add(smallSnapshot(START + 60n));
    await plan(snapshots);
    const [first] = await new JobQueue(database).live();
    expect(first).toMatchObject({ account: accountIdOf("b"), reason: "asked for" });
    expect((await ask("GET", `/v1/jobs/${asked.body.id}`)).body).toMatchObject({
      state: "superseded",
      supersededBy: first?.id,
    });
  });

  it("is refused for an account or a commitment that is not the newest, and before the first snapshot", async () => {
    const before = (await ask("GET", "/v1/accounts/a")).body.commitment;
    await hold("a", 2n);
    expect((await ask("POST", "/v1/accounts/a/proofs", { commitment: before })).status).toBe(409);
    expect((await ask("POST", "/v1/accounts/nobody/proofs", {})).status).toBe(404);
    await database.query("truncate ballast.snapshots cascade");
    expect((await ask("POST", "/v1/accounts/a/proofs", {})).status).toBe(503);
    expect(await new JobQueue(database).live()).toEqual([]);
  });
});

describe("dead letters", () => {
  it("are listed with why, and tried again when an administrator says so", async () => {
    const { id } = (await ask("POST", "/v1/accounts/a/proofs", {})).body;
    const [job] = await new JobQueue(database).take({ name: "w", circuits: [CIRCUIT] });
    if (job === undefined) throw new Error("no job");
    await new JobQueue(database).fail(job, "the key is damaged", true);
    const dead = await ask("GET", "/v1/jobs");
    expect(dead.body.jobs).toMatchObject([{ id, state: "dead", failure: "the key is damaged" }]);
    const jobs = [id, "0".repeat(64)];
    expect((await ask("POST", "/v1/jobs/retry", { jobs }, await keyWith("read"))).status).toBe(403);
    expect(await ask("POST", "/v1/jobs/retry", { jobs })).toMatchObject({
      status: 200,
      body: { retried: 1 },
    });
    expect((await ask("GET", "/v1/jobs?state=waiting")).body.jobs).toMatchObject([{ id, tries: 0 }]);
    expect((await outcomes()).at(-1)).toEqual(["retry", "1 of 2"]);
  });
});

describe("keys over the API", () => {
  it("are made with a token that is told once, and revoked", async () => {
    const body = { name: "book", scopes: ["submit", "submit"], declaredBy: "venue" };
    const { status, body: made } = await ask("POST", "/v1/keys", body);
    expect([status, made.scopes]).toEqual([201, ["submit"]]);
    const put = () => ask("PUT", "/v1/accounts/c/portfolio", { version: 1, positions: [] }, made.token);
    expect((await put()).status).toBe(201);
    const listed = await ask("GET", "/v1/keys");
    expect(listed.body.keys).toHaveLength(2);
    expect(JSON.stringify(listed.body)).not.toContain(made.token.split("_")[2]);
    expect((await ask("DELETE", `/v1/keys/${made.id}`)).body).toEqual({ revoked: made.id });
    expect((await put()).status).toBe(401);
    expect((await ask("DELETE", `/v1/keys/${made.id}`)).status).toBe(404);
    expect((await outcomes()).filter(([action]) => action?.startsWith("key"))).toEqual([
      ["key add", made.id],
      ["key revoke", made.id],
    ]);
  });

  it("are an administrator's alone", async () => {
    const by = await keyWith("submit", "read", "prove");
    for (const [method, url, body] of [
      ["GET", "/v1/keys", undefined],
      ["POST", "/v1/keys", { name: "x", scopes: ["admin"] }],
      ["DELETE", `/v1/keys/${"0".repeat(16)}`, undefined],
      ["PUT", "/v1/roles/sender", { isPaused: true }],
    ] as const)
      expect((await ask(method, url, body, by)).status).toBe(403);
  });
});

describe("a role that is held", () => {
  it("takes no job until it is let go on, in all processes", async () => {
    await plan();
    expect((await ask("PUT", "/v1/roles/prover", { isPaused: true })).body).toEqual({
      role: "prover",
      isPaused: true,
    });
    expect(await stubWorker(database).step()).toBeUndefined();
    const { roles } = (await ask("GET", "/v1/roles")).body;
    const held = roles.filter(({ isPaused }: { readonly isPaused: boolean }) => isPaused);
    expect([roles.length, held]).toMatchObject([5, [{ role: "prover" }]]);
    await ask("PUT", "/v1/roles/prover", { isPaused: false });
    expect(await stubWorker(database, { prover: stubProver() }).step()).toBe("proven");
    expect((await ask("PUT", "/v1/roles/api", { isPaused: true })).status).toBe(400);
  });
});

describe("answers", () => {
  it("say how the service does, with the oldest unproven commitment", async () => {
    await plan();
    expect((await ask("GET", "/v1/status")).body).toMatchObject({
      ...{ accounts: 2, fresh: 0, oldestUnproven: String(clock.now()), jobs: { waiting: 2 } },
    });
  });

  it("have what is declared of them, and drop all else", async () => {
    const { id } = (await ask("POST", "/v1/accounts/a/proofs", {})).body;
    await new JobQueue(database).take({ name: "host-7/worker", circuits: [CIRCUIT] });
    const { body } = await ask("GET", `/v1/jobs/${id}`);
    expect(body.state).toBe("active");
    expect(JSON.stringify(body)).not.toContain("host-7");
    const answer = (await ask("GET", "/v1/accounts/a")).body;
    const serialise = serializerCompiler({ schema: versionSchema, method: "GET", url: "/" } as never);
    expect(JSON.parse(serialise({ ...answer, salt: "5ec4e7", opening: { positions: [1] } }))).toEqual(answer);
    const document = (await app.inject({ url: "/docs" })).json();
    const objects: { readonly additionalProperties?: unknown }[] = [];
    const collect = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      if ("properties" in value) objects.push(value as (typeof objects)[number]);
      for (const one of Object.values(value)) collect(one);
    };
    for (const methods of Object.values<Record<string, { readonly responses: object }>>(document.paths))
      for (const { responses } of Object.values(methods)) collect(responses);
    collect(document.components.schemas);
    expect(objects.length).toBeGreaterThan(15);
    // A schema that lets other fields through would say so.
    expect(objects.filter(({ additionalProperties }) => additionalProperties !== false)).toEqual([]);
  });
});
