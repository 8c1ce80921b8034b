import fc from "fast-check";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiKey, ApiKeys, SCOPES } from "../../../src/service/api/keys.ts";
import { apiServer } from "../../../src/service/api/server.ts";
import type { ServiceEvent } from "../../../src/service/events.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../../src/service/store/database.ts";
import { START, smallSnapshot } from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { SEED } from "../../risk/fixtures.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { apiParts } from "../parts.ts";

/** What stands in requests wherever a value may be, and must stand in no answer; names of keys may, as everywhere. */
const CANARY = "5ec4e7ca4a21";

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
}
interface Operation {
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

let database: Database;
let app: FastifyInstance;
let token = "";
let key: ApiKey;
let job = "";
let operations: { readonly method: string; readonly path: string; readonly operation: Operation }[] = [];
const events: ServiceEvent[] = [];
beforeAll(async () => {
  database = await emptyDatabase();
  await new Snapshots(database).add(smallSnapshot(START));
  const clock = new ManualClock(BigInt(START) * 1000n);
  app = await apiServer(apiParts(database, clock, { onEvent: (event) => events.push(event) }));
  ({ key, token } = await new ApiKeys(database).add({ name: "fuzz", scopes: SCOPES, declaredBy: "self" }));
  const send = (method: "PUT" | "POST", url: string, payload: object) =>
    app.inject({ method, url, payload, headers: { authorization: `Bearer ${token}` } });
  const positions = [{ instrument: "USDC", quantity: "1" }];
  await send("PUT", "/v1/accounts/desk/portfolio", { version: 1, positions });
  job = (await send("POST", "/v1/accounts/desk/proofs", {})).json().id;
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
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(mixedOf));
  if (schema.format === "date-time") return fc.constantFrom("2020-01-01T00:00:00Z", "2026-02-30T00:00:00Z");
  switch (schema.type) {
    case "string":
      return schema.pattern?.includes("a-f") ? fc.stringMatching(new RegExp(schema.pattern)) : PLAIN;
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

/** What stands in an address: of what there is, of its form, or anything. */
function segmentOf(name: string, schema: Schema): fc.Arbitrary<string> {
  const known = fc.constant({ account: "desk", job, role: "sender" }[name] ?? "0".repeat(16));
  const anything = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/^[.]{1,2}$|\//.test(text));
  return fc.oneof(
    { weight: 6, arbitrary: known },
    { weight: 2, arbitrary: mixedOf(schema).map(String) },
    anything,
    fc.constantFrom(CANARY, `0x${"f".repeat(64)}`, `0x${"0".repeat(63)}7`),
  );
}

/** A request of an operation, in a form that its body has, or in none. */
function requestOf({ method, path, operation }: (typeof operations)[number]): fc.Arbitrary<InjectOptions> {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((one) => one.in === "path");
  const inQuery = parameters.filter((one) => one.in === "query");
  const record = (
    of: typeof parameters,
    arbitrary: (one: (typeof parameters)[number]) => fc.Arbitrary<string>,
  ) => Object.fromEntries(of.map((one) => [one.name, arbitrary(one)]));
  const segments = fc.record(record(inPath, ({ name, schema }) => segmentOf(name, schema)));
  const query = fc.record(
    record(inQuery, ({ schema }) => mixedOf(schema).map(String)),
    { requiredKeys: [] },
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
  const hasBody = body !== undefined || isLines;
  return fc.record({ segments, query, payload: isLines ? lines : payload }).map((made) => ({
    method: method.toUpperCase() as "GET",
    url: path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(made.segments[name] ?? "")),
    query: { ...made.query } as Record<string, string>,
    headers: {
      authorization: `Bearer ${token}`,
      ...(hasBody ? { "content-type": isLines ? "application/x-ndjson" : "application/json" } : {}),
    },
    ...(hasBody ? { payload: made.payload } : {}),
  }));
}

/** The answer; of one without end what has come. */
async function answerTo(request: InjectOptions, isStream: boolean) {
  if (!isStream) return app.inject(request);
  const response = await app.inject({ ...request, payloadAsStream: true });
  const stream = response.stream();
  let body = "";
  for await (const chunk of stream) {
    body += String(chunk);
    if (response.statusCode === 200) break;
  }
  stream.destroy();
  return { statusCode: response.statusCode, body };
}

describe("the API, asked what its own document says and what it doesn't", () => {
  it("has the routes to be asked", () => {
    expect(operations.filter(({ operation }) => operation.security !== undefined)).toHaveLength(15);
    expect(key.scopes).toEqual(SCOPES);
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
          const { statusCode, body } = await answerTo(request, one.path === "/v1/events");
          seen.add(`${one.method} ${statusCode}`);
          expect(statusCode, body).toBeLessThan(500);
          expect(Object.keys(one.operation.responses)).toContain(String(statusCode));
          // A key's name is told to those who administer keys.
          expect(body.replace(/"name":"(?:[^"\\]|\\.)*"/g, "")).not.toContain(CANARY);
        }),
        { seed: SEED, numRuns: one.path.endsWith("portfolio") ? 200 : 30 },
      );
    }
    expect(JSON.stringify(events)).toBe("[]");
    // Requests of every kind were among them: taken, known, refused by form, by instruments and by version.
    const outcomes = [
      "put 200",
      "put 201",
      "put 400",
      "put 409",
      "put 422",
      "post 200",
      "post 201",
      "post 409",
    ];
    for (const outcome of [...outcomes, "get 200", "get 400", "get 404", "delete 404"])
      expect([...seen]).toContain(outcome);
  });
});
