/**
 * Writes what follows from the API's routes: its OpenAPI document, and the types of the client.
 *
 *   tsx scripts/client.ts [--check]
 */
import { fileURLToPath } from "node:url";
import { type ApiParts, apiServer } from "../src/service/api/server.ts";
import { type OpenApi, typesOf } from "./client/types.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

/** What the routes would work with: none of them is asked anything. */
const parts = { database: {}, rules: { perSecond: 1, burst: 1, atOnce: 1 }, circuit: "" } as ApiParts;
const app = await apiServer(parts);
const document = app.swagger() as unknown as OpenApi;
await app.close();

writeOrCheck(
  fileURLToPath(new URL("../", import.meta.url)),
  {
    "docs/reference/openapi.json": `${JSON.stringify(document, null, 2)}\n`,
    "src/client/generated/api.ts": typesOf(document),
  },
  process.argv.includes("--check"),
  "npm run generate",
);
