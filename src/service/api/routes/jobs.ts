import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BallastError } from "../../../errors.ts";
import { parseField } from "../../../math/field.ts";
import { accountIdOf } from "../../../portfolio/format.ts";
import { findJob, listJobs } from "../../queue/job-facts.ts";
import { JobQueue } from "../../queue/queue.ts";
import { errorSchema } from "../answers.ts";
import { askForProof } from "../ask.ts";
import { accountParameter, audited, hex32, keyOf, REFUSALS, type RouteParts, SECURITY } from "./shared.ts";

const STATES = ["waiting", "active", "done", "superseded", "dead"] as const;
/** Of a list, and of those that are tried again at once. */
const MOST = 1_000;

const jobParameter = z.string().regex(/^[0-9a-f]{64}$/);
/** What of a job is told; who works on it is not. */
const jobSchema = z
  .object({
    id: z.string(),
    purpose: z.string(),
    state: z.enum(STATES),
    account: z.string(),
    version: z.string(),
    commitment: z.string(),
    snapshot: z.string(),
    circuit: z.string(),
    reason: z.string(),
    tries: z.int(),
    failure: z.string().nullable().describe("Why the last try failed."),
    supersededBy: z.string().nullable().describe("The job that replaces it, or why none does."),
    proof: z.string().nullable().describe("proven, sending, attested or refused; null before there is one."),
  })
  .meta({ id: "Job" });

/** Proofs that are asked for, and what became of jobs. */
export const jobRoutes: FastifyPluginAsyncZod<RouteParts> = async (app, parts) => {
  app.route({
    method: "POST",
    url: "/v1/accounts/:account/proofs",
    config: { scope: "prove" },
    schema: {
      operationId: "askForProof",
      summary: "Asks for a proof of an account's newest commitment now",
      description:
        "In the newest snapshot, ahead of new accounts and renewals. A new job is durable when it is answered (202); the same again is the same job (200). A commitment that is not the newest is refused (409).",
      security: SECURITY,
      params: accountParameter,
      body: z.strictObject({ commitment: hex32.optional() }),
      response: {
        200: jobSchema,
        202: jobSchema,
        ...{ ...REFUSALS, 404: errorSchema, 409: errorSchema, 413: errorSchema, 415: errorSchema },
      },
    },
    handler: async (request, reply) => {
      const { commitment } = request.body;
      const { job, isNew } = await askForProof(
        parts,
        keyOf(request.apiKey),
        accountIdOf(request.params.account),
        commitment === undefined ? undefined : parseField(commitment),
      );
      return reply.code(isNew ? 202 : 200).send(job);
    },
  });

  app.route({
    method: "GET",
    url: "/v1/jobs/:job",
    config: { scope: ["read", "prove"] },
    schema: {
      operationId: "getJob",
      summary: "What became of a job",
      security: SECURITY,
      params: z.object({ job: jobParameter }),
      response: { 200: jobSchema, ...REFUSALS, 404: errorSchema },
    },
    handler: async (request) => {
      const job = await findJob(parts.database, request.params.job);
      if (job !== undefined) return job;
      throw new BallastError("UNKNOWN_ACCOUNT", "The service has no such job.");
    },
  });

  app.route({
    method: "GET",
    url: "/v1/jobs",
    config: { scope: "read" },
    schema: {
      operationId: "listJobs",
      summary: "Jobs of a state, those that changed last first",
      security: SECURITY,
      querystring: z.strictObject({
        state: z.enum(STATES).default("dead"),
        limit: z.coerce.number().int().min(1).max(MOST).default(100),
      }),
      response: { 200: z.object({ jobs: z.array(jobSchema) }), ...REFUSALS },
    },
    handler: async ({ query: { state, limit } }) => ({
      jobs: [...(await listJobs(parts.database, state, limit))],
    }),
  });

  app.route({
    method: "POST",
    url: "/v1/jobs/retry",
    config: { scope: "admin" },
    schema: {
      operationId: "retryJobs",
      summary: "Lets dead jobs be tried again",
      security: SECURITY,
      body: z.strictObject({ jobs: z.array(jobParameter).min(1).max(MOST) }),
      response: {
        200: z.object({ retried: z.int().describe("How many of them were dead.") }),
        ...{ ...REFUSALS, 413: errorSchema, 415: errorSchema },
      },
    },
    handler: async (request) => {
      const { jobs } = request.body;
      return parts.database.transaction(async (sql) => {
        const retried = await new JobQueue(sql).retry(jobs);
        await audited(sql, keyOf(request.apiKey), "retry", `${retried} of ${jobs.length}`);
        return { retried };
      });
    },
  });
};
