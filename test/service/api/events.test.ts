import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiKeys } from "../../../src/service/api/keys.ts";
import { runApi } from "../../../src/service/api/listen.ts";
import { Progress } from "../../../src/service/progress/progress.ts";
import { JobQueue } from "../../../src/service/queue/queue.ts";
import { Snapshots } from "../../../src/service/snapshots/snapshots.ts";
import type { Database } from "../../../src/service/store/database.ts";
import { START, smallSnapshot } from "../../chain/system.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { ManualClock } from "../../venues/manual-clock.ts";
import { acceptedJob, apiParts, reading, stubWorker } from "../parts.ts";

const snapshot = smallSnapshot(START);
let database: Database;
let address = "";
let key: { readonly id: string };
let token = "";
let running: Promise<void>;
let ending: AbortController;

beforeEach(async () => {
  database = await emptyDatabase();
  await new Snapshots(database).add(snapshot);
  ({ key, token } = await new ApiKeys(database).add({ name: "desk", scopes: ["read"], declaredBy: "self" }));
  ending = new AbortController();
  const parts = apiParts(database, new ManualClock(BigInt(START) * 1_000n));
  address = await new Promise<string>((resolve, reject) => {
    running = runApi(parts, { port: 0, onListening: resolve }, ending.signal);
    running.catch(reject);
  });
});
afterEach(async () => {
  ending.abort();
  await running;
});

interface Told {
  readonly id?: string;
  readonly event: string;
  readonly data: { readonly kind?: string; readonly state?: string; readonly job?: string };
}

/** Reads events of a stream until there are so many, and goes away. */
async function readEvents(
  count: number,
  query: string,
  headers: Record<string, string> = {},
): Promise<Told[]> {
  const leaving = new AbortController();
  const response = await fetch(`${address}/v1/events${query}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: leaving.signal,
  });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const told: Told[] = [];
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/).slice(0, 2)));
      if (fields["event"] !== undefined) told.push({ ...fields, data: JSON.parse(fields["data"]) } as Told);
    }
    if (told.length >= count) break;
  }
  leaving.abort();
  return told.slice(0, count);
}
const said = (events: readonly Told[]) => events.map(({ event, data }) => `${event} ${data.state}`);

async function queued(account: string): Promise<void> {
  await new JobQueue(database).add([await acceptedJob(database, snapshot, reading(account, 1n, "5"))]);
}

describe("progress as server-sent events", () => {
  it("tells an account's way to its proof, and goes on where a reader stopped", async () => {
    await queued("a");
    const before = await readEvents(2, "?after=0");
    expect(said(before)).toEqual(["account accepted", "job waiting"]);
    await stubWorker(database).step();
    const rest = await readEvents(3, "", { "last-event-id": before.at(-1)?.id ?? "" });
    expect(said(rest)).toEqual(["job active", "job done", "proof proven"]);
    expect(new Set([...before, ...rest].map(({ id }) => id)).size).toBe(5);
    await queued("b");
    expect(said(await readEvents(2, "?after=0&account=b"))).toEqual(["account accepted", "job waiting"]);
    expect(JSON.stringify(await readEvents(7, "?after=0"))).not.toMatch(/"(?:a|b)"|host|quantity/);
  });

  it("misses nothing of transactions that end in another order than they began", async () => {
    const progress = new Progress(database);
    await Promise.all(Array.from({ length: 20 }, (_, i) => queued(`account-${i}`)));
    const seen: string[] = [];
    for (let place = 0n; ; ) {
      const some = await progress.after(place, 7);
      if (some.length === 0) break;
      seen.push(...some.map(({ id }) => id));
      place = BigInt(some.at(-1)?.id ?? 0);
    }
    expect(seen).toHaveLength(40);
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
  });

  it("says that something is no longer kept, and forgets it after a week", async () => {
    await queued("a");
    await queued("b");
    await readEvents(4, "?after=0");
    await database.query("update ballast.progress set at = at - interval '8 days' where place <= 3");
    expect(await new Progress(database).prune()).toBe(3);
    expect((await readEvents(2, "?after=1")).map(({ event }) => event)).toEqual(["gap", "job"]);
    expect((await readEvents(2, "?after=999")).map(({ event }) => event)).toEqual(["gap", "job"]);
  });

  it("ends with its key, and with the service", async () => {
    const open = () => fetch(`${address}/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    const first = await open();
    await new ApiKeys(database).revoke(key.id);
    expect(await first.text()).toContain("retry: 2000");
    ({ token } = await new ApiKeys(database).add({ name: "desk", scopes: ["read"], declaredBy: "self" }));
    const last = await open();
    ending.abort();
    expect(await last.text()).toContain("retry: 2000");
  });

  it("is refused with a place of another form, or by a key that may not read", async () => {
    const ask = async (query: string, by = token) =>
      (await fetch(`${address}/v1/events${query}`, { headers: { authorization: `Bearer ${by}` } })).status;
    expect(await ask("?after=x")).toBe(400);
    const other = await new ApiKeys(database).add({ name: "x", scopes: ["submit"], declaredBy: "self" });
    expect(await ask("", other.token)).toBe(403);
  });
});
