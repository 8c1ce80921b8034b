import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { recoverMessageAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DeriveAccountOptions, deriveAccountVenue } from "../../../src/venues/derive/account.ts";
import { RateLimit } from "../../../src/venues/rpc/rate.ts";
import type { AccountReading, Report } from "../../../src/venues/venue.ts";
import { ManualClock } from "../manual-clock.ts";
import { type Client, type Request, RpcServer } from "../rpc-server.ts";

const NOW = 1_735_887_937_060n;
const INTERVAL = 60_000;
const SETTLE = 200;
const SESSION_KEY = `0x${"5e".repeat(32)}` as const;
const WALLET = "0x78b009861eEBF10bC56140D4Bfa5362CA7051B54";
const ID = 130_837;
/** A recorded answer: 0.1 ETH and no position. */
const [RECORDED] = (
  JSON.parse(
    readFileSync(new URL("../../fixtures/wire/derive-portfolios.json", import.meta.url), "utf8"),
  ) as { readonly result: readonly Readonly<Record<string, unknown>>[] }
).result;
const position = (name: string, type: string, amount: string) => ({
  instrument_name: name,
  instrument_type: type,
  amount,
});

/** A server that speaks Derive's protocol as docs.derive.xyz has it: whoever logs in with the session key's signature is the wallet. */
class DeriveServer extends RpcServer {
  subaccounts: readonly number[] = [ID];

  protected override outcome(client: Client, { method, params }: Request): object {
    if (method === "public/get_time") return { result: Number(this.clock.now() + this.ahead) };
    if (method === "public/login") return { result: this.subaccounts };
    if (method === "subscribe") {
      client.channels = params["channels"] as readonly string[];
      const status = Object.fromEntries(client.channels.map((channel) => [channel, "ok"]));
      return { result: { status, current_subscriptions: client.channels } };
    }
    return this.answered(method, params);
  }
}

let clock: ManualClock;
let server: DeriveServer;
let ending: AbortController;
beforeEach(async () => {
  clock = new ManualClock(NOW);
  server = await new DeriveServer(clock).listening();
  ending = new AbortController();
  server.answers["private/get_subaccount"] = RECORDED;
});
afterEach(async () => {
  ending.abort();
  await server.stop();
});

const reading = (more: Partial<DeriveAccountOptions> = {}): AsyncIterator<Report<AccountReading>> =>
  deriveAccountVenue({
    name: "derive",
    network: "test",
    url: server.url,
    clock,
    limit: new RateLimit(clock, { perSecond: 5, burst: 100 }),
    interval: INTERVAL,
    random: () => 0,
    credentials: { wallet: WALLET, sessionKey: SESSION_KEY },
    account: "desk",
    subaccount: ID,
    ...more,
  })
    .accounts(ending.signal)
    [Symbol.asyncIterator]();
async function read(reports: AsyncIterator<Report<AccountReading>>): Promise<AccountReading> {
  const { value } = await reports.next();
  if ("reading" in value) return value.reading;
  throw value.refusal.error;
}
async function refused(reports: AsyncIterator<Report<AccountReading>>) {
  const { value } = await reports.next();
  if ("refusal" in value) return value.refusal.error;
  throw new Error("a reading, and no refusal");
}

describe("a subaccount at Derive", () => {
  it("is read in one answer, by Derive's time, and again when its balances change", async () => {
    const reports = reading();
    expect(await read(reports)).toMatchObject({
      venue: "derive",
      account: "desk",
      declaredBy: "self",
      asOf: NOW,
      portfolio: { account: "desk", positions: [{ instrument: "ETH", quantity: "0.1" }] },
    });
    const next = read(reports);
    await clock.reached(INTERVAL);
    server.answers["private/get_subaccount"] = {
      ...RECORDED,
      positions: [position("ETH-20260206-2800-C", "option", "-2.5"), position("BTC-PERP", "perp", "0")],
    };
    server.push(`${ID}.balances`, [{ name: "ETH", new_balance: "0.1" }]);
    await clock.pass(SETTLE);
    expect((await next).portfolio.positions).toEqual([
      { instrument: "ETH", quantity: "0.1" },
      { instrument: "ETH_USDC-6FEB26-2800-C", quantity: "-2.5" },
    ]);
  });

  it("signs the moment with the session key, which is never sent", async () => {
    let login: Readonly<Record<string, string>> = {};
    const key = privateKeyToAccount(SESSION_KEY);
    const sent: string[] = [];
    const outcome = server["outcome"].bind(server);
    server["outcome"] = (client: Client, request: Request) => {
      sent.push(JSON.stringify(request));
      if (request.method === "public/login") login = request.params as typeof login;
      return outcome(client, request);
    };
    await read(reading());
    const { wallet, timestamp = "", signature } = login;
    expect([wallet, timestamp]).toEqual([WALLET, NOW.toString()]);
    const address = await recoverMessageAddress({
      message: timestamp,
      signature: signature as `0x${string}`,
    });
    expect(address).toBe(key.address);
    expect(sent.join()).not.toContain(SESSION_KEY.slice(2));
  });

  it("is refused with perpetuals, whose gains no balance has, unless it is to be read without them", async () => {
    const perpetual = { ...RECORDED, positions: [position("BTC-PERP", "perp", "0.01")] };
    server.answers["private/get_subaccount"] = perpetual;
    expect(await refused(reading())).toMatchObject({ code: "INVALID_PORTFOLIO" });
    const { portfolio, notes } = await read(reading({ withUnsettled: true }));
    expect(portfolio.positions).toContainEqual({ instrument: "BTC_USDC-PERPETUAL", quantity: "0.01" });
    expect(notes).toEqual([expect.stringContaining("hasn't settled")]);
  });

  it("is refused when Derive couldn't load it, answers for another, or in another form", async () => {
    const answer = (change: object) => {
      server.answers["private/get_subaccount"] = { ...RECORDED, ...change };
      return refused(reading());
    };
    expect(await answer({ failed_to_fetch: true })).toMatchObject({ code: "VENUE_UNAVAILABLE" });
    expect(await answer({ subaccount_id: 7 })).toMatchObject({ code: "INVALID_ANSWER" });
    expect(await answer({ positions: null })).toMatchObject({ code: "INVALID_ANSWER" });
    expect(await answer({ positions: [{ ...position("X", "option", "1"), amount: null }] })).toMatchObject({
      code: "INVALID_PORTFOLIO",
    });
  });

  it("waits when it asks too much or nobody is there, and ends for good when the key may not see it", async () => {
    const reports = reading();
    server.fault("private/get_subaccount", { error: -32_000 });
    expect(await refused(reports)).toMatchObject({
      code: "VENUE_UNAVAILABLE",
      details: { venueCode: -32_000 },
    });
    const back = read(reports);
    await clock.pass(1000);
    await back;
    server.ahead = -11_000n;
    expect(await refused(reading())).toMatchObject({ code: "CLOCK_SKEWED" });
    server.ahead = 0n;
    server.subaccounts = [1, 2];
    const error: unknown = await reading()
      .next()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "VENUE_REFUSED" });
    server.fault("public/login", { error: 14_014 });
    const other: unknown = await reading()
      .next()
      .catch((thrown: unknown) => thrown);
    expect(other).toMatchObject({ code: "VENUE_REFUSED", details: { venueCode: 14_014 } });
    expect(inspect([error, other], { depth: 9 })).not.toContain(SESSION_KEY.slice(2));
  });
});
