import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeribitAccountOptions, deribitAccountVenue } from "../../../src/venues/deribit/account.ts";
import { DERIBIT_LIMIT } from "../../../src/venues/deribit/options.ts";
import { RateLimit } from "../../../src/venues/rpc/rate.ts";
import type { AccountReading, Report } from "../../../src/venues/venue.ts";
import { ManualClock } from "../manual-clock.ts";
import { DeribitServer, KEY } from "./server.ts";

const NOW = 1_773_428_415_531n;
const CALL = "BTC-27MAR26-86000-C";
const INTERVAL = 60_000;
const SETTLE = 200;
const CHANGES = "user.changes.any.any.raw";
/** A recorded answer: BTC and ETH, with options' value in the equity. */
const SUMMARIES: { readonly summaries: readonly Record<string, unknown>[] } = JSON.parse(
  readFileSync(new URL("../../fixtures/wire/deribit-account-summaries.json", import.meta.url), "utf8"),
);

/** A row of `private/get_positions`, of the form that docs.deribit.com documents. */
const position = (name: string, size: number): Record<string, unknown> => ({
  instrument_name: name,
  kind: name.endsWith("-C") || name.endsWith("-P") ? "option" : "future",
  size,
  direction: size > 0 ? "buy" : size < 0 ? "sell" : "zero",
  average_price: 0.0021,
  mark_price: 0.0013,
  index_price: 71_048.7,
  total_profit_loss: -0.0012,
});

let clock: ManualClock;
let server: DeribitServer;
let ending: AbortController;
beforeEach(async () => {
  clock = new ManualClock(NOW);
  server = await DeribitServer.start(clock);
  ending = new AbortController();
  server.answers["private/get_positions"] = [position(CALL, -12.5), position("BTC-PERPETUAL", 250_000)];
  server.answers["private/get_account_summaries"] = SUMMARIES;
});
afterEach(async () => {
  ending.abort();
  await server.stop();
});

function venue(more: Partial<DeribitAccountOptions> = {}) {
  return deribitAccountVenue({
    name: "deribit",
    network: "test",
    url: server.url,
    clock,
    limit: new RateLimit(clock, DERIBIT_LIMIT),
    interval: INTERVAL,
    random: () => 0,
    credentials: KEY,
    account: "desk",
    ...more,
  });
}

type Reports = AsyncIterator<Report<AccountReading>>;
const reading = (more: Partial<DeribitAccountOptions> = {}): Reports =>
  venue(more).accounts(ending.signal)[Symbol.asyncIterator]();

/** The next report, which must be a reading. */
async function read(reports: Reports): Promise<AccountReading> {
  const { value } = await reports.next();
  if ("reading" in value) return value.reading;
  throw value.refusal.error;
}

/** The next report, which must be a refusal: its error. */
async function refused(reports: Reports) {
  const { value } = await reports.next();
  if ("refusal" in value) return value.refusal.error;
  throw new Error("a reading, and no refusal");
}

const quantities = ({ portfolio }: AccountReading): Record<string, string> =>
  Object.fromEntries(portfolio.positions.map(({ instrument, quantity }) => [instrument, quantity]));

describe("an account at Deribit", () => {
  it("is read with a signature, in whole lots, as of the earliest of its answers", async () => {
    const first = await read(reading());
    expect(quantities(first)).toEqual({
      // 302.61869214 + 0.0086 of options that are worth less than nothing, rounded down to a ten-thousandth.
      BTC: "302.6272",
      ETH: "100",
      [CALL]: "-12.5",
      "BTC-PERPETUAL": "250000",
    });
    expect(first).toMatchObject({
      venue: "deribit",
      account: "desk",
      declaredBy: "self",
      asOf: NOW,
      parts: [],
    });
    expect(first.notes).toEqual(["rounded down to whole lots: BTC"]);
    expect(first.version / 1000n).toBe(NOW);
    expect(server.asked).toEqual([
      "public/get_time",
      "public/auth",
      "public/set_heartbeat",
      "private/subscribe",
      "private/get_positions",
      "private/get_account_summaries",
      "private/get_positions",
    ]);
  });

  it("is read again when a change is told, swarms of them once, and keeps its version where nothing differs", async () => {
    const reports = reading();
    const first = await read(reports);
    const second = read(reports);
    await clock.reached(INTERVAL);
    server.answers["private/get_positions"] = [position(CALL, -13)];
    for (let fill = 0; fill < 5; fill++) server.push(CHANGES, { positions: [position(CALL, -13)] });
    await clock.pass(SETTLE);
    const changed = await second;
    expect(quantities(changed)).toMatchObject({ [CALL]: "-13" });
    expect(changed.version).toBeGreaterThan(first.version);
    expect(server.asked.filter((method) => method === "private/get_account_summaries")).toHaveLength(2);

    const third = read(reports);
    await clock.pass(INTERVAL);
    await clock.pass(SETTLE);
    const same = await third;
    expect([same.version, same.asOf]).toEqual([changed.version, NOW + 60_400n]);
  });

  it("finds by the next full reading what a lost notification would have told", async () => {
    const reports = reading();
    await read(reports);
    server.answers["private/get_positions"] = []; // all is closed, and nothing comes
    const next = read(reports);
    await clock.pass(INTERVAL);
    await clock.pass(SETTLE);
    expect(quantities(await next)).toEqual({ BTC: "302.6272", ETH: "100" });
  });

  it("is read once more when it changes between positions and balances", async () => {
    const trade = { meanwhile: () => (server.answers["private/get_positions"] = [position(CALL, -20)]) };
    server.fault("private/get_account_summaries", trade);
    expect(quantities(await read(reading()))).toMatchObject({ [CALL]: "-20" });
    // A trade and its opposite leave the positions as they were, but are told.
    const other = reading();
    server.asked.length = 0;
    server.fault("private/get_account_summaries", { meanwhile: () => server.push(CHANGES, {}) });
    await read(other);
    expect(server.asked.filter((method) => method === "private/get_positions")).toHaveLength(4);
  });

  it("is refused when it changes under every reading, or its parts are read too far apart", async () => {
    let size = 0;
    server.answers["private/get_positions"] = () => [position(CALL, ++size)];
    const reports = reading();
    expect(await refused(reports)).toMatchObject({ code: "READINGS_APART" });
    server.answers["private/get_positions"] = [];
    server.answers["private/get_account_summaries"] = () => {
      clock.set(clock.now() + 1001n);
      return SUMMARIES;
    };
    const next = refused(reports);
    await clock.pass(INTERVAL);
    await clock.pass(SETTLE);
    expect(await next).toMatchObject({ code: "READINGS_APART", details: { apartMilliseconds: 1001 } });
    expect(server.connections).toBe(1);
  });

  it("is refused with a position or an asset that the snapshot lacks, or off the grid, and goes on", async () => {
    const reports = reading({ leaveOut: ["ETH"], snapshot: undefined as never });
    await read(reports);
    const refuse = async (positions: unknown[], summaries: unknown): Promise<string> => {
      server.answers["private/get_positions"] = positions;
      server.answers["private/get_account_summaries"] = summaries;
      const next = refused(reports);
      await clock.pass(INTERVAL);
      await clock.pass(SETTLE);
      const { code, message } = await next;
      return `${code} ${message}`;
    };
    expect(await refuse([position("SOL_USDC-PERPETUAL", 7)], SUMMARIES)).toMatch(
      /^UNKNOWN_INSTRUMENT .*SOL_USDC/,
    );
    expect(await refuse([position(CALL, 0.05)], SUMMARIES)).toMatch(/^OFF_LOT_GRID .*BTC-27MAR26/);
    const owed = { summaries: [{ currency: "XRP", equity: -1, balance: -1, options_value: 0 }] };
    expect(await refuse([], owed)).toMatch(/^UNKNOWN_INSTRUMENT .*XRP/);
    const had = { summaries: [{ currency: "XRP", equity: 1, balance: 1 }] };
    expect(await refuse([], had)).toMatch(/^UNKNOWN_INSTRUMENT .*XRP/);
    expect(server.connections).toBe(1);
  });
});

describe("a connection to Deribit", () => {
  it("takes answers in any order", async () => {
    server.fault("private/get_positions", "later");
    expect(quantities(await read(reading()))).toMatchObject({ [CALL]: "-12.5" });
  });

  it("is made anew after longer and longer waits, and reads on where it was", async () => {
    const reports = reading();
    const first = await read(reports);
    const lost = refused(reports);
    await clock.reached(INTERVAL);
    server.disconnect();
    expect(await lost).toMatchObject({ code: "VENUE_UNAVAILABLE" });
    server.fault("public/auth", "close", "half", "silence");
    const codes: string[] = [];
    for (const wait of [1000, 2000, 4000]) {
      const next = refused(reports);
      await clock.pass(wait);
      if (wait === 4000) {
        await server.reached("public/auth", 4);
        clock.advance(20_000);
      }
      codes.push((await next).code);
    }
    expect(codes).toEqual(["VENUE_UNAVAILABLE", "INVALID_ANSWER", "VENUE_UNAVAILABLE"]);
    const back = read(reports);
    await clock.pass(8000);
    expect((await back).version).toBe(first.version);
    expect(server.connections).toBe(5);
    // A reading ends the row: the next wait is a second again.
    const again = refused(reports);
    await clock.reached(INTERVAL);
    server.send(`{"jsonrpc": "2.0", "method": "subscr`);
    expect(await again).toMatchObject({ code: "INVALID_ANSWER" });
    const last = read(reports);
    await clock.pass(1000);
    await last;
  });

  it("answers heartbeats, and ends when nothing is heard any more", async () => {
    const reports = reading();
    await read(reports);
    const next = refused(reports);
    await clock.reached(INTERVAL);
    server.asked.length = 0;
    server.send(JSON.stringify({ jsonrpc: "2.0", method: "heartbeat", params: { type: "test_request" } }));
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(server.asked).toEqual(["public/test"]);
    await clock.quiet(2);
    server.fault("private/get_positions", "silence", "silence");
    await clock.pass(INTERVAL);
    await clock.pass(SETTLE);
    await server.reached("private/get_positions", 2);
    await clock.pass(20_000);
    expect(await next).toMatchObject({ code: "VENUE_UNAVAILABLE" });
  });

  it("waits as long as Deribit says when it asks too much", async () => {
    const reports = reading();
    server.fault("private/get_account_summaries", { error: 10028, data: { wait: 45 } });
    expect(await refused(reports)).toMatchObject({
      code: "VENUE_UNAVAILABLE",
      details: { venueCode: 10028, waitSeconds: 45 },
    });
    const next = read(reports);
    await clock.pass(45_000);
    await next;
  });

  it("asks five times a second at most, after a burst", async () => {
    const reports = reading({ limit: new RateLimit(clock, { perSecond: 5, burst: 4 }) });
    const first = read(reports);
    for (const wait of [200, 400, 600]) await clock.reached(wait);
    expect(server.asked).toHaveLength(4);
    clock.advance(600);
    await first;
  });

  it("waits for the end of a maintenance", async () => {
    const reports = reading();
    server.fault("public/get_time", { error: 11051 }, { error: 11051 });
    expect((await refused(reports)).message).toContain("maintenance");
    for (const wait of [1000, 2000]) {
      const next = wait === 1000 ? refused(reports) : read(reports);
      await clock.pass(wait);
      await next;
    }
  });

  it("renews its token in time, and gets one anew when it isn't good any more", async () => {
    const reports = reading();
    await read(reports);
    for (let minute = 1; minute <= 12; minute++) {
      const next = read(reports);
      await clock.pass(INTERVAL);
      await clock.pass(SETTLE);
      await next;
      const signedIn = server.asked.filter((method) => method === "public/auth");
      // Of its 15 minutes, 12 are over with the last reading.
      expect(signedIn, `in minute ${minute}`).toHaveLength(minute < 12 ? 1 : 2);
    }
    expect(server.connections).toBe(1);
    server.revoke();
    const next = read(reports);
    await clock.reached(INTERVAL);
    server.push(CHANGES, {});
    await clock.pass(SETTLE);
    await next;
    // The refresh token is void too: signed in with the key.
    expect(server.asked.filter((method) => method === "public/auth")).toHaveLength(4);
  });

  it("ends for good with a key that Deribit refuses, and says nothing of it", async () => {
    const secret = "not-the-secret-of-it";
    const reports = reading({ credentials: { ...KEY, clientSecret: secret } });
    const error: unknown = await reports.next().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "VENUE_REFUSED", details: { venueCode: 13004 } });
    expect(inspect(error, { depth: 9 })).not.toMatch(/not-the-secret|fo7WAPRm4P/);
  });

  it("is refused when clocks differ, in either direction, and when answers don't say when", async () => {
    for (const ahead of [10_001n, -10_001n]) {
      server.ahead = ahead;
      const reports = reading();
      expect(await refused(reports)).toMatchObject({ code: "CLOCK_SKEWED" });
      server.ahead = 0n;
      const next = read(reports);
      await clock.pass(1000);
      await next;
    }
    server.fault("public/get_time", { change: ({ usOut: _, ...rest }) => rest });
    expect(await refused(reading())).toMatchObject({ code: "INVALID_ANSWER" });
  });

  it("is refused with answers of the other network, and with forms that aren't known", async () => {
    server.isTestnet = false;
    expect((await refused(reading())).message).toContain("other network");
    server.isTestnet = true;
    for (const method of ["private/get_positions", "private/get_account_summaries"]) {
      server.fault(method, { change: (message) => ({ ...message, result: { summaries: [{ size: 1 }] } }) });
      expect(await refused(reading())).toMatchObject({ code: "INVALID_ANSWER" });
    }
  });

  it("doesn't take an older reading for a newer one", async () => {
    const reports = reading();
    await read(reports);
    const next = refused(reports);
    await clock.reached(INTERVAL);
    server.ahead = -9000n; // another server of theirs answers
    server.push(CHANGES, {});
    await clock.pass(SETTLE);
    expect(await next).toMatchObject({ code: "STALE_READING" });
  });

  it("is none without encryption, but to this machine", async () => {
    const error: unknown = await reading({ url: "ws://www.deribit.com/ws/api/v2" })
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("closes when it is told to", async () => {
    const reports = reading();
    await read(reports);
    const last = reports.next();
    await clock.reached(INTERVAL);
    ending.abort();
    expect(await last).toEqual({ done: true, value: undefined });
    expect(clock.sleeping).toBe(0);
  });
});
