import type { components } from "./generated/api.ts";

/** What the API refuses, as it says it. */
export class ApiError extends Error {
  /** As in docs/reference/error-codes.md, or the API's own. */
  readonly code: string;
  readonly hint: string | undefined;
  /** Of HTTP. */
  readonly status: number;
  /** Seconds after which it is worth another try, where the API says so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: unknown, retryAfter: string | null) {
    const { code, message, hint } = told(body) ?? {
      code: "UNREADABLE",
      message: "The answer can't be read.",
    };
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.hint = hint;
    this.status = status;
    this.retryAfter = retryAfter === null ? undefined : Number(retryAfter);
  }
}

type Told = components["schemas"]["Error"]["error"];

/** What stands between may answer too, e.g. with a page. */
function told(body: unknown): Told | undefined {
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("code" in error && "message" in error))
    return undefined;
  return error as Told;
}

/**
 * The data of an answer.
 * @throws {ApiError} for what the API refused.
 * @example
 * ```ts
 * import { ApiError, createClient, orThrow } from "ballast/client";
 * const client = createClient({ baseUrl: "http://127.0.0.1:8080", token: "ballast_…" });
 * try {
 *   console.log(orThrow(await client.GET("/v1/status")).oldestUnproven);
 * } catch (error) {
 *   if (error instanceof ApiError && error.retryAfter !== undefined) console.log("later");
 *   else throw error;
 * }
 * ```
 */
export function orThrow<Data>(answer: {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}): NonNullable<Data> {
  const { data, error, response } = answer;
  if (response.ok && data !== undefined && data !== null) return data;
  throw new ApiError(response.status, error, response.headers.get("retry-after"));
}

/** The same for an answer that is no route's. @throws {ApiError}. */
export async function checked(response: Response): Promise<ReadableStream<Uint8Array>> {
  if (response.ok && response.body !== null) return response.body;
  const body: unknown = await response.json().catch(() => undefined);
  throw new ApiError(response.status, body, response.headers.get("retry-after"));
}
