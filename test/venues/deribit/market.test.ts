import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePortfolio } from "../../../src/portfolio/format.ts";
import { presetPolicy } from "../../../src/risk/presets.ts";
import { portfolioSums, requirement } from "../../../src/risk/requirement.ts";
import { buildSnapshot } from "../../../src/risk/snapshot.ts";
import { deribitAccountVenue } from "../../../src/venues/deribit/account.ts";
import { type DeribitMarketOptions, deribitMarketSource } from "../../../src/venues/deribit/market.ts";
import { DERIBIT_LIMIT } from "../../../src/venues/deribit/options.ts";
import { RateLimit } from "../../../src/venues/rpc/rate.ts";
import type { MarketReading, Report } from "../../../src/venues/venue.ts";
import { ManualClock } from "../manual-clock.ts";
import { DeribitServer, KEY } from "./server.ts";

type Row = Readonly<Record<string, unknown>>;
const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
/** A recorded answer: all options on BTC at one moment, and when it was given. */
const RECORDED: { readonly result: readonly Row[]; readonly usOut: number } = JSON.parse(
  gunzipSync(fixture("deribit/get_book_summary_BTC_option_20260313T190015Z.json.gz")).toString(),
);
const NOW = BigInt(Math.floor(RECORDED.usOut / 1000));
const INTERVAL = 60_000;

/** A row that is like the recorded ones, of something that they lack. */
const quoted = (name: string, more: Row): Row => ({
  instrument_name: name,
  creation_timestamp: 1_773_428_415_531,
  estimated_delivery_price: 2_100.5,
  bid_price: null,
  ask_price: null,
  open_interest: 5000,
  ...more,
});
const ETH = ["ETH-27MAR26-2000-P", "ETH-27MAR26-2200-C"].map((name) =>
  quoted(name, {
    mark_iv: 70.1,
    mark_price: 0.05,
    underlying_price: 2_104.2,
    underlying_index: "ETH-27MAR26",
  }),
);
const LINEAR = [
  quoted("BTC_USDC-PERPETUAL", { mark_price: 71_052.25, estimated_delivery_price: 71_048.7 }),
  quoted("BTC_USDC", { mark_price: 71_048.7, estimated_delivery_price: 71_048.7 }),
];
/** What `public/get_instruments` says of rows, as docs.deribit.com has it. */
const listed = (rows: readonly Row[], minimum: number): Row[] =>
  rows.map(({ instrument_name }) => ({ instrument_name, min_trade_amount: minimum, is_active: true }));

let clock: ManualClock;
let server: DeribitServer;
let ending: AbortController;
beforeEach(async () => {
  clock = new ManualClock(NOW);
  server = await DeribitServer.start(clock);
  server.isTestnet = false;
  ending = new AbortController();
  const SUMMARY = "public/get_book_summary_by_currency";
  server.answers[`${SUMMARY} BTC`] = RECORDED.result;
  server.answers[`${SUMMARY} ETH`] = ETH;
  server.answers[`${SUMMARY} USDC`] = LINEAR;
  server.answers["public/get_instruments BTC"] = listed(RECORDED.result, 0.1);
  server.answers["public/get_instruments ETH"] = listed(ETH, 1);
  server.answers["public/get_instruments USDC"] = listed(LINEAR, 0.001);
});
afterEach(async () => {
  ending.abort();
  await server.stop();
});

const common = () => ({
  network: "main" as const,
  url: server.url,
  clock,
  limit: new RateLimit(clock, DERIBIT_LIMIT),
  interval: INTERVAL,
  random: () => 0,
});
const markets = (more: Partial<DeribitMarketOptions> = {}): AsyncIterator<Report<MarketReading>> =>
  deribitMarketSource({ name: "deribit", currencies: ["BTC", "ETH", "USDC"], ...common(), ...more })
    .markets(ending.signal)
    [Symbol.asyncIterator]();
async function read(reports: AsyncIterator<Report<MarketReading>>): Promise<MarketReading> {
  const { value } = await reports.next();
  if ("reading" in value) return value.reading;
  throw value.refusal.error;
}

describe("Deribit's market", () => {
  it("is one chain of all currencies, inverse and linear, with Deribit's lots", async () => {
    const { chain, venue } = await read(markets());
    expect([venue, chain.source, chain.time]).toEqual(["deribit", "deribit main", 1_773_428_415_542n]);
    expect(chain.underlyings.map(({ symbol }) => symbol)).toEqual(["BTC", "ETH"]);
    const named = new Map(chain.quotes.map((quote) => [quote.instrument.name, quote]));
    expect(named.get("BTC-25DEC26-100000-C")).toMatchObject({
      impliedVolatility: 503_400_000_000_000_000n,
      instrument: { settlement: "inverse", lotSize: 10n ** 17n },
    });
    expect(named.get("BTC_USDC-PERPETUAL")).toMatchObject({
      forward: 71_052_250_000_000_000_000_000n,
      instrument: { settlement: "linear", lotSize: 10n ** 15n },
    });
    expect(chain.excluded.map(({ name }) => name)).toEqual(["BTC_USDC"]);
  });

  it("asks for instruments again when a summary names one that it doesn't know, or after ten minutes", async () => {
    const reports = markets({ currencies: ["ETH"] });
    await read(reports);
    const asked = () => server.asked.filter((method) => method === "public/get_instruments").length;
    const again = async (rows: readonly Row[], milliseconds = 0): Promise<number> => {
      const now = Number(clock.now()) + INTERVAL + milliseconds;
      server.answers["public/get_book_summary_by_currency"] = undefined;
      server.answers["public/get_book_summary_by_currency ETH"] = rows.map((row) => ({
        ...row,
        creation_timestamp: now,
      }));
      const next = read(reports);
      await clock.reached(INTERVAL);
      clock.advance(INTERVAL + milliseconds);
      await next;
      return asked();
    };
    expect(await again(ETH)).toBe(1);
    const more = [...ETH, quoted("ETH-PERPETUAL", { mark_price: 2_101 })];
    server.answers["public/get_instruments ETH"] = listed(more, 1);
    expect(await again(more)).toBe(2);
    expect(await again(more)).toBe(2);
    expect(await again(more, 20_000)).toBe(2);
    for (let minute = 0; minute < 8; minute++) await again(more);
    expect(asked()).toBe(3);
  });

  it("is refused when it is old, or has nothing that can be used, and is asked for again", async () => {
    server.ahead = 0n;
    const reports = markets({ currencies: ["BTC", "ETH"] });
    await read(reports);
    const stale = reports.next();
    await clock.reached(INTERVAL);
    clock.advance(INTERVAL); // and the same summaries again
    expect((await stale).value).toMatchObject({
      refusal: { error: { code: "STALE_MARKET" }, venue: "deribit" },
    });
    server.answers["public/get_book_summary_by_currency BTC"] = [];
    server.answers["public/get_book_summary_by_currency ETH"] = [];
    const empty = reports.next();
    await clock.pass(INTERVAL);
    expect((await empty).value).toMatchObject({ refusal: { error: { code: "INVALID_MARKET" } } });
    expect(server.connections).toBe(1);
  });

  it("goes with a recorded account into a requirement", async () => {
    const { chain } = await read(markets());
    const call = "BTC-27MAR26-86000-C";
    const snapshot = buildSnapshot(chain, presetPolicy("les"), { rows: 12, include: [call] });
    server.answers["private/get_positions"] = [
      { instrument_name: call, size: -12.5, direction: "sell", kind: "option" },
      { instrument_name: "BTC-PERPETUAL", size: 250_000, direction: "buy", kind: "future" },
    ];
    server.answers["private/get_account_summaries"] = JSON.parse(
      fixture("wire/deribit-account-summaries.json").toString(),
    );
    const venue = deribitAccountVenue({
      name: "deribit",
      account: "desk",
      credentials: KEY,
      snapshot: () => snapshot,
      ...common(),
    });
    const { value } = await venue.accounts(ending.signal)[Symbol.asyncIterator]().next();
    if (!("reading" in value)) throw value.refusal.error;
    const { positions } = parsePortfolio(value.reading.portfolio, snapshot);
    expect(positions).toHaveLength(4);
    const { shape, policyElements } = snapshot;
    const { equity, tier } = requirement(
      portfolioSums(snapshot.rows, positions, shape),
      policyElements,
      shape,
    );
    // 302.6272 BTC at 71,048.7 and 100 ETH at 2,100.5, less 12.5 calls at Black-76.
    expect(Number(equity) / 1e6).toBeCloseTo(
      302.6272 * 71_048.7 + 100 * 2_100.5 - 12.5 * 0.00127377 * 71_101.4,
      -3,
    );
    expect(tier).toBe(0);
  });
});
