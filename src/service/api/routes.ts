import { Readable } from "node:stream";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { fedPortfolioSchema } from "../../venues/files/fed.ts";
import { errorSchema, versionAnswer, versionSchema } from "./answers.ts";
import { submitLines } from "./bulk.ts";
import type { ApiKey } from "./keys.ts";
import { type SubmitParts, submit } from "./submit.ts";

const account = z.object({
  account: z.string().min(1).max(200).describe("The account's name, or its id as 0x and hex digits."),
});
/** What every route with a key may answer. */
const REFUSALS = {
  400: errorSchema,
  401: errorSchema,
  403: errorSchema,
  429: errorSchema,
  500: errorSchema,
  503: errorSchema,
};
const SECURITY = [{ key: [] }];

export const routes: FastifyPluginAsyncZod<SubmitParts> = async (app, parts) => {
  app.route({
    method: "PUT",
    url: "/v1/accounts/:account/portfolio",
    config: { scope: "submit" },
    schema: {
      summary: "Says what an account holds",
      description:
        "Idempotent by version: the same again is answered alike (200), a new version is durable when it is answered (201), one that goes back or has other content is refused (409).",
      security: SECURITY,
      params: account,
      body: fedPortfolioSchema.omit({ account: true }).required({ version: true }),
      response: {
        200: versionSchema,
        201: versionSchema,
        ...REFUSALS,
        409: errorSchema,
        413: errorSchema,
        415: errorSchema,
        422: errorSchema,
      },
    },
    handler: async (request, reply) => {
      const { version, asOf, positions } = request.body;
      const portfolio = { account: request.params.account, positions };
      const accepted = await submit(parts, keyOf(request.apiKey), { portfolio, version, asOf });
      return reply.code(accepted.isNew ? 201 : 200).send(versionAnswer(accepted.version));
    },
  });

  app.route({
    method: "POST",
    url: "/v1/portfolios",
    config: { scope: "submit" },
    schema: {
      summary: "Says what many accounts hold, a line each",
      description:
        'Takes and gives application/x-ndjson. A line is {"account", "version", "asOf", "positions"}; its answer has its number and the account\'s version, or an error. A line that is answered is durable.',
      security: SECURITY,
      consumes: ["application/x-ndjson"],
      response: {
        200: {
          description: "A line for each line.",
          content: { "application/x-ndjson": { schema: z.unknown() } },
        },
        ...REFUSALS,
      },
    },
    handler: async (request, reply) => {
      if (!(request.body instanceof Readable))
        throw new BallastError("INVALID_INPUT", "Lines are sent as application/x-ndjson.");
      const answers = submitLines(parts, keyOf(request.apiKey), request.body);
      return reply.type("application/x-ndjson").send(Readable.from(answers));
    },
  });

  app.route({
    method: "GET",
    url: "/v1/accounts/:account",
    config: { scope: "read" },
    schema: {
      summary: "An account's newest version, without what it holds",
      security: SECURITY,
      params: account,
      response: { 200: versionSchema, ...REFUSALS, 404: errorSchema },
    },
    handler: async (request) => {
      const id = accountIdOf(request.params.account);
      const version = await parts.accounts.find(id);
      if (version !== undefined) return versionAnswer(version);
      throw new BallastError("UNKNOWN_ACCOUNT", "The service has no such account.", {
        details: { account: formatField(id) },
      });
    },
  });

  app.route({
    method: "GET",
    url: "/healthz",
    schema: {
      summary: "Whether the process answers",
      response: { 200: z.object({ status: z.literal("ok") }) },
    },
    handler: async () => ({ status: "ok" as const }),
  });

  const readiness = z.object({ isReady: z.boolean(), database: z.boolean(), snapshot: z.boolean() });
  app.route({
    method: "GET",
    url: "/readyz",
    schema: {
      summary: "Whether portfolios can be taken: the database answers, and there is a snapshot",
      response: { 200: readiness, 503: readiness },
    },
    handler: async (_, reply) => {
      const found = await readinessOf(parts);
      return reply.code(found.isReady ? 200 : 503).send(found);
    },
  });

  app.get("/docs", { schema: { hide: true } }, async (_, reply) =>
    reply.type("application/json").send(JSON.stringify(app.swagger())),
  );
};

async function readinessOf({ snapshots }: SubmitParts) {
  try {
    const snapshot = (await snapshots.newest()) !== undefined;
    return { isReady: snapshot, database: true, snapshot };
  } catch (error) {
    if (!(error instanceof BallastError) || error.code !== "STORE_ERROR") throw error;
    return { isReady: false, database: false, snapshot: false };
  }
}

function keyOf(key: ApiKey | null): ApiKey {
  if (key !== null) return key;
  throw new BallastError("INTERNAL", "A route with a scope was reached without a key.");
}
