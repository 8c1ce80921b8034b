import type { Readable } from "node:stream";
import swagger from "@fastify/swagger";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { MAX_PORTFOLIO_BYTES } from "../../portfolio/stream-file.ts";
import { decodeText } from "../../text.ts";
import type { OnEvent } from "../events.ts";
import type { Tally } from "../meters/meters.ts";
import { Admission, type AdmissionRules } from "./admission.ts";
import { type ErrorAnswer, errorAnswer, refusal } from "./answers.ts";
import { type ApiKey, ApiKeys, type Scope } from "./keys.ts";
import { routes } from "./routes/routes.ts";
import type { RouteParts } from "./routes/shared.ts";

export interface ApiParts extends Omit<RouteParts, "ending"> {
  readonly rules: AdmissionRules;
  /** Where requests are counted. Default: nowhere. */
  readonly tally?: Tally;
  readonly onEvent: OnEvent;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a key must be allowed to, one of them; left out where no key is asked for. */
    readonly scope?: Scope | readonly Scope[];
    /** Open without end: not among those that are worked on at once. */
    readonly isStream?: boolean;
  }
  interface FastifyRequest {
    /** Whose request it is, on routes with a scope. */
    apiKey: ApiKey | null;
  }
}

/** Of the interface: it changes when a route does so that a caller must. */
const API_VERSION = "1";
/** Milliseconds in which a request must have come in. */
const REQUEST_TIMEOUT = 120_000;
/** A name of an account has 200 characters, of up to nine in an address each. */
const MAX_PARAMETER = 2_000;

/** The service's HTTP interface, not yet listening. */
export async function apiServer(parts: ApiParts): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: MAX_PORTFOLIO_BYTES,
    requestTimeout: REQUEST_TIMEOUT,
    routerOptions: { maxParamLength: MAX_PARAMETER },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest("apiKey", null);
  takeBodies(app);
  guard(app, parts);
  app.addHook("onResponse", async (_, reply) => parts.tally?.add("requests", String(reply.statusCode)));
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } = answerOf(error);
    if (status === 500) {
      const facts = { method: request.method, route: request.routeOptions.url ?? "" };
      parts.onEvent({
        role: "api",
        level: "warning",
        message: "a request failed by an error of ours",
        facts,
      });
    }
    if (status === 503) reply.header("retry-after", "5");
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler(async (_, reply) =>
    reply
      .code(404)
      .send(refusal(404, "NOT_FOUND", "There is nothing here.", "GET /docs says what there is.").body),
  );
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Ballast",
        description: "The prover service: portfolios in, attestations out.",
        version: API_VERSION,
      },
      components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
  const ending = new AbortController();
  app.addHook("preClose", async () => ending.abort());
  await app.register(routes, { ...parts, ending: ending.signal });
  await app.ready();
  return app;
}

/** JSON by our own parser, which refuses a key that stands twice; lines as a stream. */
function takeBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (_: FastifyRequest, body: Buffer) => {
      const decoded = decodeText(body);
      if ("text" in decoded) return parseJson(decoded.text, "request");
      throw new BallastError("INVALID_INPUT", `The request ${decoded.problem}.`);
    },
  );
  app.addContentTypeParser("application/x-ndjson", async (_: FastifyRequest, body: Readable) => body);
}

/** Asks for a key where a route has a scope, and lets in as many as the rules say. */
function guard(app: FastifyInstance, { database, clock, rules }: ApiParts): void {
  const keys = new ApiKeys(database);
  const admission = new Admission(clock, rules);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store").header("x-content-type-options", "nosniff");
    const { scope, isStream = false } = request.routeOptions.config;
    if (scope === undefined) return;
    const needed = typeof scope === "string" ? [scope] : scope;
    const token = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
    // Whoever has no key is counted by address, before the database is asked for one that may be made up.
    const wait = admission.enter(`address ${request.ip}`);
    if (wait > 0) return limited(reply, wait);
    const key = token === undefined ? undefined : await keys.find(token).finally(() => admission.leave());
    if (token === undefined) admission.leave();
    if (key === undefined) return send(reply, refusal(401, "UNAUTHORIZED", "No key, or none that is good."));
    if (!needed.some((one) => key.scopes.includes(one)))
      return send(
        reply,
        refusal(403, "FORBIDDEN", `The key may not ${needed.join(" or ")}.`, "Use one whose scope has it."),
      );
    const again = admission.enter(key.id);
    if (again > 0) return limited(reply, again);
    request.apiKey = key;
    if (isStream) admission.leave();
    // Also where whoever asked has gone away.
    else reply.raw.once("close", () => admission.leave());
  });
}

function limited(reply: FastifyReply, seconds: number) {
  reply.header("retry-after", String(seconds));
  return send(reply, refusal(429, "TOO_MANY_REQUESTS", "Too many requests.", `Try again in ${seconds} s.`));
}

function send(reply: FastifyReply, { status, body }: ErrorAnswer) {
  return reply.code(status).send(body);
}

/** What a schema or Fastify itself refuses has a status of its own; its text may quote the request, and isn't kept. */
function answerOf(error: unknown): ErrorAnswer {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [first] = error.validation;
    const path = (first?.instancePath ?? "").slice(1).replaceAll("/", ".") || "its top";
    const what = first?.keyword ?? "invalid";
    return refusal(400, "INVALID_INPUT", `The request is not of the expected form at ${path}: ${what}.`);
  }
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (status === 413) return refusal(413, "OUT_OF_RANGE", "The request is too long.");
  if (status === 415)
    return refusal(415, "INVALID_INPUT", "The request's content type is none that is taken here.");
  if (typeof status === "number" && status >= 400 && status < 500)
    return refusal(status, "INVALID_INPUT", "The request can't be read.");
  return errorAnswer(error);
}

/** Each schema has two forms, of what is sent and of what is taken: those that nothing refers to are left out. */
function withoutUnused<Document>(document: Document): Document {
  const { components, ...rest } = document as {
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  };
  const text = JSON.stringify(rest);
  const used = Object.entries(components.schemas).filter(([name]) =>
    text.includes(`"#/components/schemas/${name}"`),
  );
  return { ...rest, components: { ...components, schemas: Object.fromEntries(used) } } as Document;
}
