import { parseJson } from "../json.ts";
import type { ServiceClient } from "./client.ts";
import { ApiError, checked } from "./errors.ts";
import type { components } from "./generated/api.ts";
import { linesOf } from "./lines.ts";

/** What happened; `gap` where something between is no longer kept. */
export type ProgressEvent = components["schemas"]["Progress"] | { readonly kind: "gap" };

export interface EventsOptions {
  /** One account's alone: its name or id. */
  readonly account?: string;
  /** The id up to which the reader knows; "0" for all that is kept. Default: from now on. */
  readonly after?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds before a connection that was lost is made again. Default: 2000. */
  readonly retry?: number;
}

/**
 * Progress as it comes. A connection that is lost is made again, and what came between is told; it ends with the signal.
 * @throws {ApiError} for a key that may not read, or is no longer good.
 * @example
 * ```ts
 * import { createClient, readEvents } from "ballast/client";
 * const client = createClient({ baseUrl: "http://127.0.0.1:8080", token: "ballast_…" });
 * for await (const event of readEvents(client, { account: "desk-7" }))
 *   if (event.kind === "proof" && event.state === "attested") break;
 * ```
 */
export async function* readEvents(
  client: Pick<ServiceClient, "send">,
  { account, after, signal, retry = 2_000 }: EventsOptions = {},
): AsyncGenerator<ProgressEvent> {
  let last = after;
  const query = account === undefined ? "" : `?account=${encodeURIComponent(account)}`;
  const isOver = (): boolean => signal?.aborted ?? false;
  while (!isOver()) {
    try {
      const response = await client.send(`/v1/events${query}`, {
        ...(last === undefined ? {} : { headers: { "last-event-id": last } }),
        ...(signal === undefined ? {} : { signal }),
      });
      for await (const { event, id, data } of blocksOf(await checked(response))) {
        if (event === "gap") yield { kind: "gap" };
        else if (id !== undefined) {
          yield parseJson(data, "event") as components["schemas"]["Progress"];
          last = id;
        }
      }
    } catch (error) {
      if (isOver()) return;
      // What the API refuses for now, and a connection that broke, are tried again.
      if (error instanceof ApiError && error.status !== 429 && error.status !== 503) throw error;
    }
    await pause(retry, signal);
  }
}

interface Block {
  readonly event?: string;
  readonly id?: string;
  readonly data: string;
}

/** Events of a stream, by the rules of server-sent events as far as the API uses them. */
async function* blocksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Block> {
  let block: Record<string, string> = {};
  for await (const line of linesOf(body)) {
    if (line === "") {
      if (block["data"] !== undefined) yield { ...block, data: block["data"] };
      block = {};
      continue;
    }
    const at = line.indexOf(":");
    if (at > 0) block[line.slice(0, at)] = line.slice(at + 1).replace(/^ /, "");
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    }
    signal?.addEventListener("abort", end, { once: true });
  });
}
