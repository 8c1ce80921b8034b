import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { BallastError } from "../../../errors.ts";
import { PAGE_HEADERS, type PageFile, pageFiles } from "../../../node/page.ts";

/** The page at `/`: a copy of the release's, which its reader can compare. A checkout that has not built it has none. */
export const pageRoutes: FastifyPluginAsyncZod = async (app) => {
  for (const file of builtFiles()) {
    const url = file.name === "index.html" ? "/" : `/${file.name}`;
    app.get(url, { schema: { hide: true } }, async (_, reply) =>
      reply.headers(PAGE_HEADERS).type(file.type).send(file.bytes),
    );
  }
};

function builtFiles(): readonly PageFile[] {
  try {
    return pageFiles();
  } catch (error) {
    if (error instanceof BallastError && error.code === "FILE_ERROR") return [];
    throw error;
  }
}
