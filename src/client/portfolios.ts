import { parseJson } from "../json.ts";
import type { ServiceClient } from "./client.ts";
import { checked } from "./errors.ts";
import type { components, paths } from "./generated/api.ts";
import { linesOf } from "./lines.ts";

type Body = paths["/v1/accounts/{account}/portfolio"]["put"]["requestBody"]["content"]["application/json"];

/** What one account holds. */
export type PortfolioLine = Body & { readonly account: string };

/** What became of a line: the account's version, or why it was refused. Lines are counted from 1. */
export type PortfolioAnswer = { readonly line: number } & (
  | (components["schemas"]["AccountVersion"] & { readonly isNew: boolean; readonly error?: never })
  | components["schemas"]["Error"]
);

/**
 * Says what many accounts hold, in one request; answers come in their order, and what is answered is durable. At most 100,000 lines, of 8 MiB
 * each; the request's body is made before it is sent, for browsers send no streams.
 * @throws {ApiError} where the request itself is refused.
 * @example
 * ```ts
 * import { createClient, submitPortfolios } from "ballast/client";
 * const client = createClient({ baseUrl: "http://127.0.0.1:8080", token: "ballast_…" });
 * const lines = [{ account: "desk-7", version: 1, positions: [{ instrument: "USDC", quantity: "5" }] }];
 * for await (const answer of submitPortfolios(client, lines))
 *   if (answer.error !== undefined) console.log(answer.line, answer.error.message);
 * ```
 */
export async function* submitPortfolios(
  client: Pick<ServiceClient, "send">,
  lines: Iterable<PortfolioLine>,
  signal?: AbortSignal,
): AsyncGenerator<PortfolioAnswer> {
  const body = [...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
  const response = await client.send("/v1/portfolios", {
    ...{ method: "POST", body, headers: { "content-type": "application/x-ndjson" } },
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const line of linesOf(await checked(response)))
    if (line !== "") yield parseJson(line, "answer") as PortfolioAnswer;
}
