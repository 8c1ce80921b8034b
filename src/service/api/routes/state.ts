import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { Registry } from "prom-client";
import * as z from "zod";
import { systemClock } from "../../../clock.ts";
import { BallastError } from "../../../errors.ts";
import { metricsText } from "../../meters/metrics.ts";
import { readStatus } from "../../status.ts";
import { statusJson, statusSchema } from "../../status-file.ts";
import { REFUSALS, type RouteParts, SECURITY } from "./shared.ts";

/** Whether the service is there, and how it does. */
export const stateRoutes: FastifyPluginAsyncZod<RouteParts> = async (app, parts) => {
  app.route({
    method: "GET",
    url: "/healthz",
    schema: {
      operationId: "getHealth",
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
      operationId: "getReadiness",
      summary: "Whether portfolios can be taken: the database answers, and there is a snapshot",
      response: { 200: readiness, 503: readiness },
    },
    handler: async (_, reply) => {
      const found = await readinessOf(parts);
      return reply.code(found.isReady ? 200 : 503).send(found);
    },
  });

  app.route({
    method: "GET",
    url: "/v1/status",
    config: { scope: "read" },
    schema: {
      operationId: "getStatus",
      summary:
        "How the service does: accounts by tier, freshness, oldest unproven commitment, queue, spending",
      security: SECURITY,
      response: { 200: statusSchema, ...REFUSALS },
    },
    handler: async () => {
      const [now, wall] = [parts.clock.now(), systemClock.now()];
      return statusJson(await readStatus(parts.database, now / 1_000n, wall), wall);
    },
  });

  app.route({
    method: "GET",
    url: "/metrics",
    config: { scope: "read" },
    schema: {
      operationId: "getMetrics",
      summary: "Figures of all processes, for Prometheus",
      security: SECURITY,
      response: {
        200: { description: "Prometheus' text format.", content: { "text/plain": { schema: z.string() } } },
        ...REFUSALS,
      },
    },
    handler: async (_, reply) => reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await metricsText(parts)),
  });

  app.get("/docs", { schema: { hide: true } }, async (_, reply) =>
    reply.type("application/json").send(JSON.stringify(app.swagger())),
  );
};

async function readinessOf({ snapshots }: RouteParts) {
  try {
    const snapshot = (await snapshots.newest()) !== undefined;
    return { isReady: snapshot, database: true, snapshot };
  } catch (error) {
    if (!(error instanceof BallastError) || error.code !== "STORE_ERROR") throw error;
    return { isReady: false, database: false, snapshot: false };
  }
}
