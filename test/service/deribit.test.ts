import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/chain/client.ts";
import { viemReader } from "../../src/chain/coverage/read.ts";
import { anvilKeys } from "../../src/chain/node/anvil.ts";
import { snapshotPoint } from "../../src/chain/snapshot/publish.ts";
import { accountIdOf } from "../../src/portfolio/format.ts";
import { buildSnapshot } from "../../src/risk/snapshot.ts";
import type { ServiceEvent } from "../../src/service/events.ts";
import { SENDER_RULES } from "../../src/service/sender/outbox.ts";
import { runService } from "../../src/service/serve.ts";
import type { Database } from "../../src/service/store/database.ts";
import { deribitAccountVenue } from "../../src/venues/deribit/account.ts";
import { deribitMarketSource } from "../../src/venues/deribit/market.ts";
import { DERIBIT_LIMIT } from "../../src/venues/deribit/options.ts";
import { firstReading } from "../../src/venues/first.ts";
import { RateLimit } from "../../src/venues/rpc/rate.ts";
import { publishWith, SMALL_POLICY, type System, startSystem } from "../chain/system.ts";
import { emptyDatabase } from "../helpers/database.ts";
import { DeribitServer, KEY } from "../venues/deribit/server.ts";
import { ManualClock } from "../venues/manual-clock.ts";
import { accountsOf, keyring } from "./parts.ts";

type Row = Readonly<Record<string, unknown>>;
const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
/** Recorded: all options on BTC of one moment, and an account's summaries. */
const BOOK: { readonly result: readonly Row[]; readonly usOut: number } = JSON.parse(
  gunzipSync(fixture("deribit/get_book_summary_BTC_option_20260313T190015Z.json.gz")).toString(),
);
const SUMMARIES: unknown = JSON.parse(fixture("wire/deribit-account-summaries.json").toString());
const NOW = BigInt(Math.floor(BOOK.usOut / 1000));
const CALL = "BTC-27MAR26-86000-C";
/** The recording has no ETH. */
const ETH: readonly Row[] = [
  {
    instrument_name: "ETH-PERPETUAL",
    creation_timestamp: 1_773_428_415_531,
    mark_price: 2_101,
    estimated_delivery_price: 2_100.5,
  },
];

let system: System;
let server: DeribitServer;
let database: Database;
const clock = new ManualClock(NOW);
const ending = new AbortController();
let running: Promise<void> = Promise.resolve();
beforeAll(async () => {
  system = await startSystem({ timestamp: NOW / 1000n + 1n });
  server = await DeribitServer.start(clock);
  database = await emptyDatabase();
  const SUMMARY = "public/get_book_summary_by_currency";
  const listed = (rows: readonly Row[], least: number) =>
    rows.map(({ instrument_name }) => ({ instrument_name, min_trade_amount: least, is_active: true }));
  Object.assign(server.answers, {
    [`${SUMMARY} BTC`]: BOOK.result,
    [`${SUMMARY} ETH`]: ETH,
    "public/get_instruments BTC": listed(BOOK.result, 0.1),
    "public/get_instruments ETH": listed(ETH, 1),
    "private/get_account_summaries": SUMMARIES,
    "private/get_positions": [
      { instrument_name: CALL, size: -12.5, direction: "sell", kind: "option" },
      { instrument_name: "BTC-PERPETUAL", size: 250_000, direction: "buy", kind: "future" },
    ],
  });
});
afterAll(async () => {
  ending.abort();
  await running;
  await server.stop();
  await system.stop();
});

describe("a recorded session at Deribit", () => {
  it("goes through the native client and the service to an attestation", async () => {
    const { deployment, circuit, key, prover, anvil } = system;
    const common = {
      ...{ network: "test" as const, url: server.url, clock, interval: 60_000, random: () => 0 },
      limit: new RateLimit(clock, DERIBIT_LIMIT),
    };
    const { chain } = await firstReading(
      deribitMarketSource({ ...common, name: "deribit", currencies: ["BTC", "ETH"] }).markets(ending.signal),
    );
    const include = ["USDC", "BTC", "ETH", CALL, "BTC-PERPETUAL"];
    const snapshot = buildSnapshot(chain, SMALL_POLICY, {
      rows: circuit.rows,
      include,
      shape: circuit.shape,
    });
    await publishWith(system, snapshot, [await snapshotPoint(circuit, key.verifyingKey, snapshot)]);

    const venue = deribitAccountVenue({
      ...{ ...common, name: "deribit", account: "desk", credentials: KEY },
      snapshot: () => snapshot,
    });
    const [, , , , sender = "0x"] = anvilKeys(5);
    const events: ServiceEvent[] = [];
    const client = await connect(anvil.rpcUrl, sender);
    const attested = new Promise<void>((resolve, reject) => {
      running = runService(
        {
          ...{ database, keyring, clock, deployment, name: "test", roles: ["feed", "prover", "sender"] },
          kits: [{ circuit, key }],
          onEvent: (event) => {
            events.push(event);
            if (event.role === "sender" && event.message.endsWith("attested")) resolve();
          },
          feed: {
            venues: [venue],
            snapshots: {
              name: "published",
              async *snapshots() {
                yield { reading: snapshot };
              },
            },
            rules: { within: 120n, renewBefore: 900n },
          },
          prover: { prover, atOnce: 1 },
          senders: [{ client, rules: { ...SENDER_RULES, confirmations: 1 } }],
        },
        ending.signal,
      );
      running.catch(reject);
    });
    await attested;
    const version = await accountsOf(database).find(accountIdOf("desk"));
    expect(version).toMatchObject({ venue: "deribit", declaredBy: "self", asOf: NOW });
    const found = await viemReader(system.client.public, deployment).readAttested(0n);
    expect(found).toMatchObject([
      {
        accountId: accountIdOf("desk"),
        commitment: version?.commitment,
        snapshotId: snapshot.snapshotId,
      },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/desk|12\.5|302\./);
  });
});
