import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parseInstrumentName } from "../../../src/market/instruments.ts";
import type { SnapshotRow } from "../../../src/risk/snapshot.ts";
import { type FileVenueOptions, fileVenue } from "../../../src/venues/files/file-venue.ts";
import type { AccountReading, Report } from "../../../src/venues/venue.ts";
import { ManualClock } from "../manual-clock.ts";

const NOW = 1_773_428_415_531n;
const root = mkdtempSync(join(tmpdir(), "ballast-feed-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = "";
let clock = new ManualClock(NOW);
beforeEach(() => {
  folder = mkdtempSync(join(root, "case-"));
  clock = new ManualClock(NOW);
});

const fed = (account: string, quantity: string, extra: object = {}): string =>
  JSON.stringify({ account, positions: [{ instrument: "USDC", quantity }], ...extra });
/** Writes a file as of some seconds before now. */
const put = (name: string, text: string, before = 100): string => {
  const path = join(folder, name);
  writeFileSync(`${path}.part`, text);
  const at = Number(NOW / 1000n) - before;
  utimesSync(`${path}.part`, at, at);
  renameSync(`${path}.part`, path);
  return path;
};
/** Appends to a file as of some seconds before now. */
const append = (path: string, text: string, before: number): void => {
  appendFileSync(path, text);
  const at = Number(NOW / 1000n) - before;
  utimesSync(path, at, at);
};
const venueAt = (path: string, more: Partial<FileVenueOptions> = {}) =>
  fileVenue({ name: "feed", path, declaredBy: "venue", clock, watch: false, ...more });

async function all(path: string, more: Partial<FileVenueOptions> = {}): Promise<Report<AccountReading>[]> {
  const reports: Report<AccountReading>[] = [];
  for await (const report of venueAt(path, more).accounts(new AbortController().signal)) reports.push(report);
  return reports;
}

/** A report in short: `desk 7 = 250`, or the code of the refusal and whose it is. */
function short(report: Report<AccountReading> | undefined): string {
  if (report === undefined) return "the end";
  if ("refusal" in report) return `${report.refusal.error.code} ${report.refusal.account ?? "-"}`;
  const { account, version, portfolio } = report.reading;
  return `${account} ${version} = ${portfolio.positions.map(({ quantity }) => quantity).join()}`;
}

/** Reads a path that is watched: each call gives the next report, letting time pass until there is one. */
function watching(path: string, more: Partial<FileVenueOptions> = {}) {
  const ending = new AbortController();
  const reports = venueAt(path, { watch: true, ...more })
    .accounts(ending.signal)
    [Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    let done = false;
    const report = reports.next().finally(() => {
      done = true;
    });
    while (!done) {
      if (clock.sleeping > 0) await clock.next();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { value } = await report;
    return short(value as Report<AccountReading> | undefined);
  };
  return { next, ending };
}

describe("accounts in files", () => {
  it("are read from a file, from lines and from a folder of both", async () => {
    const asOf = "2026-03-13T18:00:00Z";
    const file = put("b.json", fed("b", "2", { version: 7, asOf }));
    const lines = put("a.jsonl", `${fed("a", "1", { version: "3" })}\n${fed("c", "5", { version: 4 })}`);
    put("notes.txt", "not read");
    expect((await all(file)).map(short)).toEqual(["b 7 = 2"]);
    expect((await all(lines)).map(short)).toEqual(["a 3 = 1", "c 4 = 5"]);
    const [, , last] = await all(folder);
    expect(last).toEqual({
      reading: {
        venue: "feed",
        account: "b",
        version: 7n,
        asOf: BigInt(Date.parse(asOf)),
        portfolio: { account: "b", positions: [{ instrument: "USDC", quantity: "2" }] },
        declaredBy: "venue",
        notes: [],
        parts: [],
      },
    });
  });

  it("have the time at which their file was written as version and moment, where they give none", async () => {
    const [report] = await all(put("a.json", fed("a", "1"), 50));
    const written = NOW / 1000n - 50n;
    expect(report).toMatchObject({ reading: { version: written * 10n ** 9n, asOf: written * 1000n } });
  });

  it("come in their last state from a file of lines, each line being checked", async () => {
    const path = put(
      "log.jsonl",
      [
        fed("a", "1", { version: 1 }),
        fed("b", "1", { version: 5 }),
        fed("a", "2", { version: 2 }),
        fed("b", "2", { version: 4 }),
        fed("b", "3", { version: 5 }),
        "{",
      ].join("\n"),
    );
    const reports = await all(path);
    expect(reports.map(short)).toEqual([
      "a 2 = 2",
      "b 5 = 1",
      "VERSION_BEHIND b",
      "VERSION_BEHIND b",
      "INVALID_PORTFOLIO -",
    ]);
    expect(inspect(reports[4], { depth: 9 })).toContain("Line 6 of");
  });

  it("are refused one by one, and nothing of them is quoted", async () => {
    put("a.json", fed("a", "1", { salt: "0x5ec4e7" }));
    put("b.json", JSON.stringify({ account: "b", positions: [{ instrument: "USDC", quantity: 987654321 }] }));
    put("c.json", `{"account": "c", "positions": [{"instrument": "USDC", "quantity": "5ec4e7`);
    put("d.json", fed("d", "1", { version: "9223372036854775808" }));
    put("e.json", fed("e", "1", { asOf: "2026-03-13T19:05:00Z" }));
    put("f.json", fed("g", "1"));
    put("g.json", fed("g", "2"));
    put("h.json", fed("h", "1", { asOf: "yesterday" }));
    const reports = await all(folder);
    expect(reports.map(short)).toEqual([
      "INVALID_PORTFOLIO -",
      "INVALID_PORTFOLIO -",
      "INVALID_PORTFOLIO -",
      "INVALID_PORTFOLIO -",
      "CLOCK_SKEWED e",
      `g ${(NOW / 1000n - 100n) * 10n ** 9n} = 1`,
      "DUPLICATE_ACCOUNT g",
      "INVALID_PORTFOLIO -",
    ]);
    const refused = reports.filter((report) => "refusal" in report);
    expect(inspect(refused, { depth: 9 })).not.toMatch(/5ec4e7|987654321/);
    expect(refused[0]?.refusal.error.message).toContain("a.json");
  });

  it("are held against the snapshot of the moment", async () => {
    const vector = { mark: 0n, pnl: [], delta: [], gamma: [], vega: [], longCharge: 0n, shortCharge: 0n };
    const rows = ["USDC"].map((name, n): SnapshotRow => {
      const instrumentId = n + 1;
      return {
        instrument: parseInstrumentName(name),
        instrumentId,
        vector: { ...vector, instrumentId },
      };
    });
    put("a.json", fed("a", "1.01"));
    put("b.json", fed("b", "1.001"));
    put("c.json", JSON.stringify({ account: "c", positions: [{ instrument: "BTC", quantity: "1" }] }));
    const reports = await all(folder, { snapshot: () => ({ rows }) });
    expect(reports.slice(1).map(short)).toEqual(["OFF_LOT_GRID b", "UNKNOWN_INSTRUMENT c"]);
    expect(await all(folder, { snapshot: () => undefined })).toHaveLength(3);
  });

  it("come again when their file changes, and are missed when it goes", async () => {
    put("a.json", fed("a", "1", { version: 1 }));
    put("b.json", fed("b", "1", { version: 1 }));
    const { next, ending } = watching(folder);
    expect([await next(), await next()]).toEqual(["a 1 = 1", "b 1 = 1"]);
    put("b.json", fed("b", "2", { version: 2 }), 90);
    expect(await next()).toBe("b 2 = 2");
    put("a.json", `{"account": "a"`, 80); // somebody writes in place
    expect(await next()).toBe("INVALID_PORTFOLIO -");
    put("a.json", fed("a", "1.5", { version: 2 }), 70);
    expect(await next()).toBe("a 2 = 1.5");
    put("a.json", fed("a", "1", { version: 1 }), 60); // a backup is put back
    expect(await next()).toBe("VERSION_BEHIND a");
    rmSync(join(folder, "b.json"));
    expect(await next()).toBe("FILE_ERROR b");
    put("b.json", fed("b", "3", { version: 3 }), 50);
    expect(await next()).toBe("b 3 = 3");
    rmSync(folder, { recursive: true });
    expect(await next()).toBe("FILE_ERROR -");
    const last = next();
    ending.abort();
    expect(await last).toBe("the end");
  });

  it("are told as unchanged, under the old version, when their file was only touched", async () => {
    put("a.json", fed("a", "1"), 100);
    const { next, ending } = watching(folder);
    const first = await next();
    put("a.json", fed("a", "1"), 50);
    expect(await next()).toBe(first);
    put("a.json", fed("a", "2"), 40);
    expect(await next()).toBe(`a ${(NOW / 1000n - 40n) * 10n ** 9n} = 2`);
    put("a.json", fed("a", "3"), 45);
    expect(await next()).toBe("STALE_READING a");
    ending.abort();
  });

  it("come from lines as they are appended, once a line ends", async () => {
    const path = put("log.jsonl", `${fed("a", "1", { version: 1 })}\n`);
    const { next, ending } = watching(path);
    expect(await next()).toBe("a 1 = 1");
    const [head, tail] = [
      fed("a", "2", { version: 2 }).slice(0, 20),
      fed("a", "2", { version: 2 }).slice(20),
    ];
    append(path, `${fed("b", "1", { version: 1 })}\r\n${head}`, 90);
    expect(await next()).toBe("b 1 = 1");
    append(path, `${tail}\n`, 80);
    expect(await next()).toBe("a 2 = 2");
    // Another file takes its place: it is read from the beginning.
    put("log.jsonl", `${fed("c", "1", { version: 1 })}\n`, 10);
    expect(await next()).toBe("c 1 = 1");
    ending.abort();
  });
});
