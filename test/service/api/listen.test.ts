import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiKeys } from "../../../src/service/api/keys.ts";
import { runApi } from "../../../src/service/api/listen.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../../src/service/store/database.ts";
import { START, smallSnapshot } from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { accountsOf, apiParts } from "../parts.ts";

let database: Database;
let address = "";
const ending = new AbortController();
let running: Promise<void>;
const parts = () => apiParts(database, new ManualClock(BigInt(START) * 1000n));
beforeAll(async () => {
  database = await emptyDatabase();
  await new Snapshots(database).add(smallSnapshot(START));
  await new Promise<void>((resolve, reject) => {
    const onListening = (found: string): void => {
      address = found;
      resolve();
    };
    running = runApi(parts(), { port: 0, onListening }, ending.signal);
    running.catch(reject);
  });
});
afterAll(async () => {
  ending.abort();
  await running;
});

describe("the API over HTTP", () => {
  it("takes a stream of lines, and answers each before the next comes", async () => {
    const { token } = await new ApiKeys(database).add({
      name: "book",
      scopes: ["submit"],
      declaredBy: "venue",
    });
    const line = (account: string) =>
      `${JSON.stringify({ account, version: 1, positions: [{ instrument: "USDC", quantity: "100" }] })}\n`;
    let send: (text: string | undefined) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        send = (text) =>
          text === undefined ? controller.close() : controller.enqueue(new TextEncoder().encode(text));
      },
    });
    send(line("a"));
    const response = await fetch(`${address}/v1/portfolios`, {
      ...{ method: "POST", body, duplex: "half" },
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    });
    expect(response.status).toBe(200);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => JSON.parse((await reader?.read())?.value ?? "null");
    expect(await next()).toMatchObject({ line: 1, isNew: true, declaredBy: "venue" });
    expect(await accountsOf(database).current()).toHaveLength(1);
    send(line("b"));
    expect(await next()).toMatchObject({ line: 2, isNew: true });
    send(undefined);
    expect(await next()).toBeNull();
  });

  it("says when its address is taken", async () => {
    const port = Number(new URL(address).port);
    await expect(runApi(parts(), { port }, ending.signal)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});
