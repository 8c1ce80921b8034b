import { Readable } from "node:stream";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BallastError } from "../../../errors.ts";
import { formatField } from "../../../math/field.ts";
import { accountIdOf } from "../../../portfolio/format.ts";
import { fedPortfolioSchema } from "../../../venues/files/fed.ts";
import { errorSchema, versionAnswer, versionSchema } from "../answers.ts";
import { submitLines } from "../bulk.ts";
import { submit } from "../submit.ts";
import { accountParameter, keyOf, REFUSALS, type RouteParts, SECURITY } from "./shared.ts";

/** Portfolios in, and what became of an account. */
export const portfolioRoutes: FastifyPluginAsyncZod<RouteParts> = async (app, parts) => {
  app.route({
    method: "PUT",
    url: "/v1/accounts/:account/portfolio",
    config: { scope: "submit" },
    schema: {
      operationId: "submitPortfolio",
      summary: "Says what an account holds",
      description:
        "Idempotent by version: the same again is answered alike (200), a new version is durable when it is answered (201), one that goes back or has other content is refused (409).",
      security: SECURITY,
      params: accountParameter,
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
      operationId: "submitPortfolios",
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
      operationId: "getAccount",
      summary: "An account's newest version, without what it holds",
      security: SECURITY,
      params: accountParameter,
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
};
