import { describe, expect, it } from "vitest";
import { ApiError, createClient, orThrow, readEvents, submitPortfolios } from "../../src/client/index.ts";

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A client of an API that answers so, and what it was asked. */
function clientOf(...answers: readonly (Response | Error)[]) {
  const asked: Asked[] = [];
  const waiting = [...answers];
  const platform = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { url, method, headers } = request;
    asked.push({ url, method, headers, body: await request.text() });
    const answer = waiting.shift();
    if (answer === undefined) throw new TypeError("fetch failed");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = createClient({ baseUrl: "http://service:8080/", token: "ballast_t", fetch: platform });
  return { client, asked };
}
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
const refused = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(status, { error: { code, message: "No.", hint: "Ask otherwise." } }, headers);
/** A stream whose chunks end anywhere. */
const stream = (text: string, size = 7) =>
  new Response(
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    }),
  );
const event = (id: number, account = "0xé") =>
  `id: ${id}\nevent: job\ndata: ${JSON.stringify({ id: String(id), kind: "job", state: "done", account })}\n\n`;

describe("the client", () => {
  it("asks with its key, and puts names into addresses safely", async () => {
    const { client, asked } = clientOf(json(200, { commitment: "0x1" }));
    const params = { path: { account: "a/b?c" } };
    const { data } = await client.GET("/v1/accounts/{account}", { params });
    expect(data?.commitment).toBe("0x1");
    expect(asked[0]).toMatchObject({ url: "http://service:8080/v1/accounts/a%2Fb%3Fc", method: "GET" });
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer ballast_t");
  });

  it("makes an error of what is refused, with code, hint, and when to try again", async () => {
    const { client } = clientOf(
      refused(429, "TOO_MANY_REQUESTS", { "retry-after": "3" }),
      new Response("<html>", { status: 502 }),
    );
    const first = await client
      .GET("/v1/status")
      .then(orThrow)
      .catch((error: unknown) => error);
    expect(first).toBeInstanceOf(ApiError);
    expect(first).toMatchObject({
      status: 429,
      code: "TOO_MANY_REQUESTS",
      hint: "Ask otherwise.",
      retryAfter: 3,
    });
    const second = await client
      .GET("/v1/status")
      .then(orThrow)
      .catch((error: unknown) => error);
    expect(second).toMatchObject({ status: 502, code: "UNREADABLE" });
  });

  it("sends portfolios as lines, and tells each answer", async () => {
    const answers = [
      { line: 1, version: "1", isNew: true },
      { line: 2, error: { code: "X", message: "m" } },
    ];
    const { client, asked } = clientOf(stream(answers.map((one) => `${JSON.stringify(one)}\n`).join("")));
    const told: unknown[] = [];
    const lines = [1, 2].map((version) => ({ account: "a", version, positions: [] }));
    for await (const answer of submitPortfolios(client, lines)) told.push(answer);
    expect(told).toEqual(answers);
    expect(asked[0]?.body.split("\n")).toHaveLength(3);
    expect(asked[0]?.headers.get("content-type")).toBe("application/x-ndjson");
  });
});

describe("events", () => {
  const read = async (client: ReturnType<typeof clientOf>["client"], count: number) => {
    const ids: string[] = [];
    for await (const one of readEvents(client, { after: "0", retry: 1 })) {
      ids.push(one.kind === "gap" ? "gap" : one.id);
      if (ids.length === count) break;
    }
    return ids;
  };

  it("go on after a connection that ended, broke, or was refused for now, from the last that was read", async () => {
    const { client, asked } = clientOf(
      stream(`: hello\n\n${event(1)}${event(4)}id: 5\nevent: job\nda`),
      new TypeError("fetch failed"),
      refused(503, "STORE_ERROR"),
      stream(`event: gap\ndata: {}\n\n${event(5)}`),
    );
    expect(await read(client, 4)).toEqual(["1", "4", "gap", "5"]);
    expect(asked.map(({ headers }) => headers.get("last-event-id"))).toEqual(["0", "4", "4", "4"]);
  });

  it("end with a key that is no longer good, and with the signal", async () => {
    const { client } = clientOf(stream(event(1)), refused(401, "UNAUTHORIZED"));
    await expect(read(client, 2)).rejects.toMatchObject({ status: 401 });
    const leaving = new AbortController();
    leaving.abort();
    for await (const one of readEvents(clientOf().client, { signal: leaving.signal }))
      expect(one).toBeUndefined();
  });
});
