import createFetchClient, { type Client } from "openapi-fetch";
import type { paths } from "./generated/api.ts";

export interface ClientOptions {
  /** Where the API is, e.g. `http://127.0.0.1:8080`. */
  readonly baseUrl: string;
  /** The key's token. */
  readonly token: string;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

/** Routes by method and path: `GET`, `PUT`, `POST` and `DELETE` answer `{ data, error, response }`, and never throw for what the API refuses. */
export interface ServiceClient extends Pick<Client<paths>, "GET" | "PUT" | "POST" | "DELETE"> {
  /** Asks for what no route's type can say: streams. */
  readonly send: (path: string, init?: RequestInit & { readonly duplex?: "half" }) => Promise<Response>;
}

/**
 * A client of a service's API. Its types are made from the API's document.
 * @example
 * ```ts
 * import { createClient, orThrow } from "ballast/client";
 * const client = createClient({ baseUrl: "http://127.0.0.1:8080", token: "ballast_…" });
 * const version = orThrow(
 *   await client.PUT("/v1/accounts/{account}/portfolio", {
 *     params: { path: { account: "desk-7" } },
 *     body: { version: 12, positions: [{ instrument: "USDC", quantity: "250000" }] },
 *   }),
 * );
 * console.log(version.commitment);
 * ```
 */
export function createClient({ baseUrl, token, fetch: given }: ClientOptions): ServiceClient {
  const base = baseUrl.replace(/\/+$/, "");
  const authorization = `Bearer ${token}`;
  const platform = given ?? globalThis.fetch;
  const client = createFetchClient<paths>({
    baseUrl: base,
    headers: { authorization },
    fetch: (request) => platform(request),
  });
  const { GET, PUT, POST, DELETE } = client;
  const send: ServiceClient["send"] = (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", authorization);
    return platform(`${base}${path}`, { ...init, headers });
  };
  return { GET, PUT, POST, DELETE, send };
}
