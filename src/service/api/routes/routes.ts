import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { adminRoutes } from "./admin.ts";
import { eventRoutes } from "./events.ts";
import { jobRoutes } from "./jobs.ts";
import { pageRoutes } from "./page.ts";
import { portfolioRoutes } from "./portfolios.ts";
import type { RouteParts } from "./shared.ts";
import { stateRoutes } from "./state.ts";

/** All that the API has. */
export const routes: FastifyPluginAsyncZod<RouteParts> = async (app, parts) => {
  await app.register(portfolioRoutes, parts);
  await app.register(jobRoutes, parts);
  await app.register(eventRoutes, parts);
  await app.register(adminRoutes, parts);
  await app.register(stateRoutes, parts);
  await app.register(pageRoutes);
};
