import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { PAUSABLE, Pauses } from "../../pauses.ts";
import { errorSchema } from "../answers.ts";
import { ApiKeys, SCOPES } from "../keys.ts";
import { audited, keyOf, REFUSALS, type RouteParts, SECURITY } from "./shared.ts";

const name = z.string().min(1).max(100).describe("Whose it is: the source's name of what it submits.");
const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  declaredBy: z.enum(["venue", "self"]),
});
const BODY = { ...REFUSALS, 413: errorSchema, 415: errorSchema };

const roleSchema = z.object({
  role: z.enum(PAUSABLE),
  isPaused: z.boolean(),
  since: z.string().optional().describe("UTC."),
  by: z.string().optional().describe("The key's id."),
});

/** What an operator does without a shell: keys, and roles that are held. All of it is audited. */
export const adminRoutes: FastifyPluginAsyncZod<RouteParts> = async (app, { database }) => {
  app.route({
    method: "GET",
    url: "/v1/keys",
    config: { scope: "admin" },
    schema: {
      operationId: "listKeys",
      summary: "The keys that are good, without their tokens",
      security: SECURITY,
      response: { 200: z.object({ keys: z.array(keySchema) }), ...REFUSALS },
    },
    handler: async () => ({
      keys: (await new ApiKeys(database).list()).map((key) => ({ ...key, scopes: [...key.scopes] })),
    }),
  });

  app.route({
    method: "POST",
    url: "/v1/keys",
    config: { scope: "admin" },
    schema: {
      operationId: "addKey",
      summary: "Makes a key; its token is told this once",
      security: SECURITY,
      body: z.strictObject({
        name,
        scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
        declaredBy: z.enum(["venue", "self"]).default("self"),
      }),
      response: { 201: keySchema.extend({ token: z.string() }), ...BODY },
    },
    handler: async (request, reply) => {
      const { scopes, ...rest } = request.body;
      const made = await database.transaction(async (sql) => {
        const added = await new ApiKeys(sql).add({ ...rest, scopes: [...new Set(scopes)] });
        await audited(sql, keyOf(request.apiKey), "key add", added.key.id);
        return added;
      });
      return reply.code(201).send({ ...made.key, scopes: [...made.key.scopes], token: made.token });
    },
  });

  app.route({
    method: "DELETE",
    url: "/v1/keys/:key",
    config: { scope: "admin" },
    schema: {
      operationId: "revokeKey",
      summary: "Makes a key good for nothing, from now on",
      security: SECURITY,
      params: z.object({ key: z.string().regex(/^[0-9a-f]{16}$/) }),
      response: { 200: z.object({ revoked: z.string() }), ...REFUSALS, 404: errorSchema },
    },
    handler: async (request) => {
      const { key } = request.params;
      await database.transaction(async (sql) => {
        await new ApiKeys(sql).revoke(key);
        await audited(sql, keyOf(request.apiKey), "key revoke", key);
      });
      return { revoked: key };
    },
  });

  app.route({
    method: "GET",
    url: "/v1/roles",
    config: { scope: ["read", "admin"] },
    schema: {
      operationId: "listRoles",
      summary: "Which roles are held",
      security: SECURITY,
      response: { 200: z.object({ roles: z.array(roleSchema) }), ...REFUSALS },
    },
    handler: async () => {
      const pauses = await new Pauses(database).all();
      return {
        roles: PAUSABLE.map((role) => {
          const pause = pauses.find((one) => one.role === role);
          return { role, isPaused: pause !== undefined, ...pause };
        }),
      };
    },
  });

  app.route({
    method: "PUT",
    url: "/v1/roles/:role",
    config: { scope: "admin" },
    schema: {
      operationId: "setRole",
      summary: "Holds a role in all processes, or lets it go on",
      description:
        "feed: nothing is planned, accounts and snapshots still come in. prover: no job is taken, those in hand are finished. sender: nothing new is sent, what is out is followed. keeper: no step is begun, those in hand go on.",
      security: SECURITY,
      params: z.object({ role: z.enum(PAUSABLE) }),
      body: z.strictObject({ isPaused: z.boolean() }),
      response: { 200: z.object({ role: z.enum(PAUSABLE), isPaused: z.boolean() }), ...BODY },
    },
    handler: async (request) => {
      const { role } = request.params;
      const { isPaused } = request.body;
      const key = keyOf(request.apiKey);
      await database.transaction(async (sql) => {
        if (isPaused) await new Pauses(sql).pause(role, key.id);
        else await new Pauses(sql).resume(role);
        await audited(sql, key, isPaused ? "pause" : "resume", role);
      });
      return { role, isPaused };
    },
  });
};
