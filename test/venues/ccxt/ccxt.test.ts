import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CcxtAccountOptions, ccxtAccountVenue } from "../../../src/venues/ccxt/account.ts";
import { type CcxtExchange, loadCcxtKey, openExchange } from "../../../src/venues/ccxt/exchange.ts";
import { ccxtMarketSource } from "../../../src/venues/ccxt/market.ts";
import type { Report } from "../../../src/venues/venue.ts";
import { ManualClock } from "../manual-clock.ts";

const NOW = 1_773_428_415_531n;
const INTERVAL = 60_000;
interface Made {
  readonly time: number;
  readonly positions: readonly object[];
  readonly balance: object;
  readonly chain: object;
}
/** What the library makes of Deribit's answers. */
const MADE: Made = JSON.parse(
  readFileSync(new URL("../../fixtures/wire/ccxt-deribit.json", import.meta.url), "utf8"),
);
const folder = mkdtempSync(join(tmpdir(), "ballast-ccxt-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A class of errors of the library's. */
class BaseError extends Error {}
class AuthenticationError extends BaseError {}
class NetworkError extends BaseError {}
class OnMaintenance extends NetworkError {}

class Exchange implements CcxtExchange {
  id = "deribit";
  has: Readonly<Record<string, unknown>> = { fetchTime: true };
  /** How far its clock is ahead, milliseconds. */
  ahead = 0;
  positions: (() => readonly object[])[] = [];
  balance: () => object = () => MADE.balance;
  fetchTime = async () => MADE.time + Number(clock.now() - NOW) + this.ahead;
  asked: object[] = [];
  fetchPositions = async (_: undefined, params: object) => {
    this.asked.push(params);
    return (this.positions.shift() ?? (() => MADE.positions))();
  };
  fetchBalance = async () => this.balance();
  fetchOptionChain = async (code: string) => (code === "BTC" ? MADE.chain : {});
  fetchTickers = async () => ({});
}

let clock: ManualClock;
let exchange: Exchange;
let ending: AbortController;
beforeEach(() => {
  clock = new ManualClock(NOW);
  exchange = new Exchange();
  ending = new AbortController();
});
afterEach(() => ending.abort());

const common = () => ({
  name: "ccxt",
  clock,
  interval: INTERVAL,
  random: () => 0,
  open: async () => exchange,
});
function reading(more: Partial<CcxtAccountOptions> = {}) {
  const venue = ccxtAccountVenue({ ...common(), account: "desk", ...more });
  return venue.accounts(ending.signal)[Symbol.asyncIterator]();
}
async function read<Reading>(reports: AsyncIterator<Report<Reading>>): Promise<Reading> {
  const { value } = await reports.next();
  if ("reading" in value) return value.reading;
  throw value.refusal.error;
}
async function refused(reports: AsyncIterator<Report<unknown>>) {
  const { value } = await reports.next();
  if ("refusal" in value) return value.refusal.error;
  throw new Error("a reading, and no refusal");
}

describe("an account by ccxt", () => {
  it("is what the exchange's own answers in it say, as of the exchange's time", async () => {
    const { portfolio, asOf, declaredBy } = await read(reading());
    expect([asOf, declaredBy]).toEqual([NOW, "self"]);
    expect(portfolio.positions).toEqual([
      { instrument: "BTC", quantity: "302.6272" },
      { instrument: "ETH", quantity: "100" },
      { instrument: "BTC-27MAR26-86000-C", quantity: "-12.5" },
      { instrument: "BTC-PERPETUAL", quantity: "250000" },
    ]);
  });

  it("is read again at the interval, and refused when it changed meanwhile", async () => {
    const reports = reading();
    const first = await read(reports);
    exchange.positions = [() => MADE.positions, () => MADE.positions.slice(1)];
    const next = refused(reports);
    await clock.pass(INTERVAL);
    expect(await next).toMatchObject({ code: "READINGS_APART" });
    const again = read(reports);
    await clock.pass(INTERVAL);
    expect((await again).version).toBe(first.version);
  });

  it("is not read where nobody knows what totals hold, unless somebody says so", async () => {
    exchange.id = "okx";
    await expect(reading().next()).rejects.toMatchObject({ code: "INVALID_INPUT" });
    exchange.positions = [() => [], () => [], () => [], () => []];
    const queries = [{ type: "swap" }, { type: "option" }];
    exchange.balance = () => ({ info: {}, free: { USDC: 1 }, total: { USDC: 12.5 } });
    const { portfolio, notes } = await read(reading({ trustTotals: true, queries }));
    expect(portfolio.positions).toEqual([{ instrument: "USDC", quantity: "12.5" }]);
    expect(notes).toEqual([expect.stringContaining("ccxt's totals")]);
    expect(exchange.asked).toEqual([...queries, ...queries]);
  });

  it("tells passing trouble from a key that is refused, and keeps nothing of either's text", async () => {
    const reports = reading();
    exchange.balance = () => {
      throw new OnMaintenance("deribit GET https://…?signature=5ec4e7");
    };
    const error = await refused(reports);
    expect(error).toMatchObject({
      code: "VENUE_UNAVAILABLE",
      message: expect.stringContaining("OnMaintenance"),
    });
    exchange.balance = () => MADE.balance;
    const back = read(reports);
    await clock.pass(1000);
    await back;
    exchange.balance = () => {
      throw new AuthenticationError("deribit 5ec4e7");
    };
    const fatal: unknown = await reading()
      .next()
      .catch((thrown: unknown) => thrown);
    expect(fatal).toMatchObject({ code: "VENUE_REFUSED" });
    expect(inspect([error, fatal], { depth: 9 })).not.toContain("5ec4e7");
    exchange.balance = () => {
      throw new TypeError("a bug");
    };
    await expect(reading().next()).rejects.toThrow("a bug");
  });

  it("is refused when clocks differ", async () => {
    exchange.ahead = 10_001;
    expect(await refused(reading())).toMatchObject({ code: "CLOCK_SKEWED" });
  });
});

describe("a market by ccxt", () => {
  it("is the option chains of some currencies, with the exchange's own time and volatility", async () => {
    const source = ccxtMarketSource({ ...common(), currencies: ["BTC", "ETH"] });
    const { chain, venue } = await read(source.markets(ending.signal)[Symbol.asyncIterator]());
    expect([venue, chain.source]).toEqual(["ccxt", "ccxt deribit"]);
    const option = chain.quotes.find(({ instrument }) => instrument.name === "BTC-25DEC26-100000-C");
    expect(option?.impliedVolatility).toBe(503_400_000_000_000_000n);
    clock.set(NOW + 60_100n);
    expect(await refused(source.markets(ending.signal)[Symbol.asyncIterator]())).toMatchObject({
      code: "STALE_MARKET",
    });
  });
});

describe("the library", () => {
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it("is loaded when it is needed, and its exchange opened with the key, in the network that is asked for", async () => {
    const library = write(
      "ccxt.mjs",
      `class okx { constructor(settings) { this.settings = settings; } setSandboxMode(on) { this.sandbox = on; } }
export default { okx, version: "4" };`,
    );
    const credentials = loadCcxtKey(write("key.json", `{"apiKey": "a", "secret": "b", "password": "c"}`));
    expect(await openExchange("okx", { credentials, network: "test", library })).toMatchObject({
      settings: { apiKey: "a", secret: "b", password: "c", enableRateLimit: true, verbose: false },
      sandbox: true,
    });
    expect(await openExchange("okx", { network: "main", library })).not.toHaveProperty("sandbox");
    for (const id of ["version", "nobody", "constructor", "../okx"])
      await expect(openExchange(id, { network: "main", library })).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
  });

  it("is said to be missing where it is", async () => {
    await expect(
      openExchange("okx", { network: "main", library: join(folder, "none.mjs") }),
    ).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      hint: expect.stringContaining("npm install ccxt"),
    });
  });

  it("takes no key with more in it than keys have, and quotes nothing of it", () => {
    const path = write("more.json", `{"apiKey": "5ec4e7", "margin": true}`);
    let error: unknown;
    try {
      loadCcxtKey(path);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: "INVALID_INPUT" });
    expect(inspect(error, { depth: 9 })).not.toContain("5ec4e7");
  });
});
