import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { connectReader } from "../../src/chain/client.ts";
import { chainError } from "../../src/chain/errors.ts";
import { nodeTroubleOf } from "../../src/chain/node-errors.ts";
import { BallastError } from "../../src/errors.ts";

/** For a node that answers, however busy the machine is, and for one that never will. */
const PATIENCE = { timeout: 60_000, retryCount: 0 };
const IMPATIENCE = { ...PATIENCE, timeout: 250 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A real server that answers so, and its URL. */
async function serverThat(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/key-that-is-secret`;
}

const json = (value: unknown, status = 200): RequestListener => {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
};
const status = (code: number, text = "no"): RequestListener => {
  return (_, response) => {
    response.writeHead(code, { "content-type": "text/plain" });
    response.end(text);
  };
};
const rpc = (result: unknown) => json({ jsonrpc: "2.0", id: 1, result });

async function failureAt(url: string, patience = PATIENCE): Promise<BallastError> {
  const error = await connectReader(url, patience).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BallastError)) throw new Error("It connected.");
  return error;
}

describe("a node that can't be asked", () => {
  it.each([
    ["demands a key", status(401), "unauthorized", /demands a key.*\(HTTP 401\)/, /key in the RPC URL/],
    ["forbids", status(403), "unauthorized", /HTTP 403/, /key in the RPC URL/],
    ["has no such path", status(404), "not found", /no node at this path/, /path/],
    ["limits requests by status", status(429), "too many requests", /HTTP 429/, /Wait a minute/],
    [
      "limits requests by code",
      json({ jsonrpc: "2.0", id: 1, error: { code: -32_005, message: "limit" } }),
      "too many requests",
      /too many requests/,
      /Wait a minute/,
    ],
    ["breaks", status(500), "server error", /failed by itself \(HTTP 500\)/, /log or use another/],
    ["is a gateway without a node", status(502), "server error", /HTTP 502/, /Try again/],
    ["refuses otherwise", status(418), "http error", /HTTP 418/, /RPC URL/],
    [
      "is a web page",
      status(200, "<!doctype html><p>Hello"),
      "not JSON",
      /does not speak JSON/,
      /web page or a proxy/,
    ],
    [
      "says that it is JSON, and is not",
      ((_, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end("{");
      }) as RequestListener,
      "not JSON",
      /does not speak JSON/,
      /web page/,
    ],
    ["speaks JSON, and no JSON-RPC", json({ hello: 1 }), "not a node", /Ethereum node/, /another service/],
    ["knows no number", rpc("mainnet"), "not a node", /Ethereum node/, /another service/],
    ["has no chain", rpc("0x0"), "not a node", /Ethereum node/, /another service/],
    ["drops the connection", (request) => request.socket.destroy(), "dropped", /dropped/, /Try again/],
    ["never answers", () => {}, "timeout", /in time \(0\.25 s\)/, /host and port/],
  ] as readonly (readonly [string, RequestListener, string, RegExp, RegExp])[])(
    "%s: told apart, with what to do",
    async (_, answer, kind, says, hint) => {
      const error = await failureAt(await serverThat(answer), kind === "timeout" ? IMPATIENCE : PATIENCE);
      expect(error.details).toEqual({ node: kind });
      expect(error.code).toBe("CHAIN_ERROR");
      expect(error.shortMessage).toMatch(/^Failed while connecting to the node: /);
      expect(error.shortMessage).toMatch(says);
      expect(error.hint).toMatch(hint);
      expect(error.message, "a URL may hold a key").not.toContain("secret");
    },
  );

  it("isn't there: refused", async () => {
    const url = await serverThat(rpc("0x1"));
    for (const close of closers.splice(0)) await close();
    const error = await failureAt(url);
    expect(error.details).toEqual({ node: "refused" });
    expect(error.hint).toMatch(/RPC URL.*running/);
  });

  it.each(["", "localhost:8545", "ws://127.0.0.1:1", "http://", "not a url"])(
    "has no http URL: %j",
    async (url) => {
      expect((await failureAt(url)).details).toEqual({ node: "url" });
    },
  );

  it("and one that can be is connected to", async () => {
    expect(await connectReader(await serverThat(rpc("0x7a69")), PATIENCE)).toMatchObject({ chainId: 31_337 });
  });
});

describe("what kept a node from answering", () => {
  it("is found below other errors, and among several", () => {
    const refused = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    const several = new AggregateError([refused, new Error("other")]);
    const below = new Error("a", { cause: new TypeError("fetch failed", { cause: several }) });
    expect(nodeTroubleOf(below)?.kind).toBe("refused");
    expect(chainError(below, "attesting")).toMatchObject({
      shortMessage: "Failed while attesting: the node refuses the connection.",
      details: { node: "refused" },
    });
  });

  it.each([
    ["ENOTFOUND", "unknown host"],
    ["EAI_AGAIN", "unknown host"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
    ["CERT_HAS_EXPIRED", "certificate"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
    ["EHOSTUNREACH", "timeout"],
  ])("is, by %s, %s", (code, kind) => {
    expect(nodeTroubleOf(Object.assign(new Error("no"), { code }))?.kind).toBe(kind);
  });

  it("is nothing where the node did answer", () => {
    expect(nodeTroubleOf(new Error("execution reverted"))).toBeUndefined();
    expect(nodeTroubleOf(undefined)).toBeUndefined();
    expect(nodeTroubleOf(Object.assign(new Error("x"), { code: -32_000 }))).toBeUndefined();
  });
});
