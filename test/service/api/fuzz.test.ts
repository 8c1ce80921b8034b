import fc from "fast-check";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiKey, ApiKeys } from "../../../src/service/api/keys.ts";
import { apiServer } from "../../../src/service/api/server.ts";
import type { ServiceEvent } from "../../../src/service/events.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../../src/service/store/database.ts";
import { START, smallSnapshot } from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { SEED } from "../../risk/fixtures.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { accountsOf } from "../parts.ts";

/** What stands in requests wherever a value may be, and must stand in no answer; names of keys may, as everywhere. */
const CANARY = "5ec4e7ca4a21";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly format?: string;
}
interface Operation {
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

let database: Database;
let app: FastifyInstance;
let token = "";
let key: ApiKey;
let operations: { readonly method: string; readonly path: string; readonly operation: Operation }[] = [];
const events: ServiceEvent[] = [];
beforeAll(async () => {
  database = await emptyDatabase();
  const snapshots = new Snapshots(database);
  await snapshots.add(smallSnapshot(START));
  app = await apiServer({
    ...{ database, snapshots, accounts: accountsOf(database), clock: new ManualClock(BigInt(START) * 1000n) },
    rules: { perSecond: 1, burst: 1_000_000, atOnce: 8 },
    onChange: () => undefined,
    onEvent: (event) => events.push(event),
  });
  ({ key, token } = await new ApiKeys(database).add({
    name: "fuzz",
    scopes: ["submit", "read"],
    declaredBy: "self",
  }));
  const document = (await app.inject({ url: "/docs" })).json() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
});
afterAll(async () => {
  await app.close();
});

/** Anything, the canary among it. */
const junk = fc.oneof(
  fc.constant(CANARY),
  fc.constant(`1${CANARY}`),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.bigInt().map(String),
);
/** What instruments, quantities and versions are where they are right: else hardly any request would be. */
const PLAIN = fc.constantFrom("USDC", "BTC", "1", "250000", "-0.5", "0.0001", "7", "9223372036854775807");

/** What a schema of the document describes, and now and then something else in each place. */
function mixedOf(schema: Schema): fc.Arbitrary<unknown> {
  const right = rightOf(schema);
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: junk });
}

function rightOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(mixedOf));
  if (schema.format === "date-time") return fc.constantFrom("2020-01-01T00:00:00Z", "2026-02-30T00:00:00Z");
  switch (schema.type) {
    case "string":
      return PLAIN;
    case "integer":
    case "number":
      return fc.oneof(fc.integer({ min: 0, max: 20 }), fc.maxSafeInteger());
    case "array":
      return fc.array(mixedOf(schema.items ?? {}), { maxLength: 4 });
    case "object": {
      const properties = Object.entries(schema.properties ?? {});
      const known = fc.record(Object.fromEntries(properties.map(([name, one]) => [name, mixedOf(one)])), {
        requiredKeys: [...(schema.required ?? [])],
      });
      const more = fc.dictionary(fc.constantFrom("salt", "__proto__", "account"), junk, {
        maxKeys: 1,
      });
      return fc.oneof(
        { weight: 12, arbitrary: known },
        { weight: 1, arbitrary: fc.tuple(known, more).map(([one, other]) => ({ ...one, ...other })) },
      );
    }
    default:
      return junk;
  }
}

/** A request of an operation, in a form that its body has, or in none. */
function requestOf({ method, path, operation }: (typeof operations)[number]): fc.Arbitrary<InjectOptions> {
  const segment = fc.oneof(
    { weight: 8, arbitrary: fc.constant("desk") },
    fc.constantFrom("desk-2", `0x${"0".repeat(63)}7`),
    fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/^[.]{1,2}$|\//.test(text)),
    fc.constant(`0x${"f".repeat(64)}`),
  );
  const body = operation.requestBody?.content["application/json"]?.schema;
  const json = body === undefined ? junk : mixedOf(body);
  const payload = fc.oneof(
    { weight: 8, arbitrary: json.map((value) => JSON.stringify(value) ?? "") },
    { weight: 1, arbitrary: json.map((value) => (JSON.stringify(value) ?? "").slice(0, -2)) },
    { weight: 1, arbitrary: fc.constant(`{"version": "${CANARY}", "version": "1"}`) },
  );
  const lines = fc.array(payload, { maxLength: 3 }).map((texts) => texts.join("\n"));
  const isLines = path.endsWith("portfolios");
  return fc.record({ name: segment, payload: isLines ? lines : payload }).map(({ name, payload: sent }) => ({
    method: method.toUpperCase() as "GET",
    url: path.replace("{account}", encodeURIComponent(name)),
    headers: {
      authorization: `Bearer ${token}`,
      ...(method === "get" ? {} : { "content-type": isLines ? "application/x-ndjson" : "application/json" }),
    },
    ...(method === "get" ? {} : { payload: sent }),
  }));
}

describe("the API, asked what its own document says and what it doesn't", () => {
  it("has the routes to be asked", () => {
    expect(operations.filter(({ operation }) => operation.security !== undefined)).toHaveLength(4);
    expect(key.scopes).toContain("submit");
  });

  it("tells lines from errors in its document", () => {
    const bulk = operations.find(({ path }) => path.endsWith("portfolios"))?.operation.responses;
    const types = (status: string) => Object.keys(bulk?.[status]?.content ?? {});
    expect([types("200"), types("400")]).toEqual([["application/x-ndjson"], ["application/json"]]);
  });

  it("answers as documented, never with an error of its own, and leaks nothing", async () => {
    const seen = new Set<string>();
    for (const one of operations) {
      await fc.assert(
        fc.asyncProperty(requestOf(one), async (request) => {
          const { statusCode, body } = await app.inject(request);
          seen.add(`${one.method} ${statusCode}`);
          expect(statusCode, body).toBeLessThan(500);
          expect(Object.keys(one.operation.responses)).toContain(String(statusCode));
          expect(body).not.toContain(CANARY);
        }),
        { seed: SEED, numRuns: one.operation.requestBody === undefined ? 40 : 250 },
      );
    }
    expect(JSON.stringify(events)).toBe("[]");
    // Requests of every kind were among them: taken, known, refused by form, by instruments and by version.
    for (const outcome of ["put 201", "put 400", "put 409", "put 422", "post 200", "get 200", "get 404"])
      expect([...seen]).toContain(outcome);
  });
});
