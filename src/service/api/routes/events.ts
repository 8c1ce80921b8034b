import { Readable } from "node:stream";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BallastError } from "../../../errors.ts";
import { given } from "../../../given.ts";
import { accountIdOf } from "../../../portfolio/format.ts";
import { Progress, progressSchema } from "../../progress/progress.ts";
import { progressStream } from "../../progress/stream.ts";
import { ApiKeys } from "../keys.ts";
import { keyOf, REFUSALS, type RouteParts, SECURITY } from "./shared.ts";

/** Streams at once: each asks the database twice a second. */
const MOST_STREAMS = 32;
/** Of each event's data; what is sent is a stream of them. */
const data: z.ZodType<unknown> = progressSchema;
const place = z.string().regex(/^(0|[1-9][0-9]{0,18})$/);

/** Progress as it comes. */
export const eventRoutes: FastifyPluginAsyncZod<RouteParts> = async (app, { database, ending, streams }) => {
  const progress = new Progress(database);
  const keys = new ApiKeys(database);
  let open = 0;
  app.route({
    method: "GET",
    url: "/v1/events",
    config: { scope: "read", isStream: true },
    schema: {
      operationId: "events",
      summary: "Progress as server-sent events: accounts, jobs, proofs",
      description:
        "From now on, or from what came after the header Last-Event-ID or `after` (0: all that is kept, a week). An event `gap` says that something between is no longer kept. Each event's data is of this schema.",
      security: SECURITY,
      querystring: z.strictObject({
        account: z.string().min(1).max(200).optional(),
        after: place.optional(),
      }),
      headers: z.object({ "last-event-id": place.optional() }),
      response: {
        200: {
          description: "Events without end.",
          content: { "text/event-stream": { schema: data } },
        },
        ...REFUSALS,
      },
    },
    handler: async (request, reply) => {
      if (open >= MOST_STREAMS)
        throw new BallastError("VENUE_UNAVAILABLE", "Too many streams are open.", {
          hint: "Close one, or share it.",
        });
      const { account, after = undefined } = request.query;
      const from = request.headers["last-event-id"] ?? after;
      const key = keyOf(request.apiKey);
      const closed = new AbortController();
      open++;
      reply.raw.once("close", () => {
        open--;
        closed.abort();
      });
      const question = given({
        after: from === undefined ? undefined : BigInt(from),
        account: account === undefined ? undefined : accountIdOf(account),
      });
      const events = progressStream(
        progress,
        question,
        () => keys.isGood(key.id),
        AbortSignal.any([ending, closed.signal]),
        streams,
      );
      // Else the connection of a stream that has ended would be held open for a next request, and the server with it.
      return reply.header("connection", "close").type("text/event-stream").send(Readable.from(events));
    },
  });
};
