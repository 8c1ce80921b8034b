import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { loadChain } from "../../src/market/chain-file.ts";
import { exportBallastChain } from "../../src/market/importers/ballast.ts";
import { sampleChain } from "../../src/market/sample.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-load-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const sample = exportBallastChain(sampleChain());
const summary = (name: string, price: number) =>
  JSON.stringify({
    result: [
      {
        instrument_name: name,
        creation_timestamp: Date.UTC(2026, 0, 30),
        mark_iv: 50,
        underlying_price: price,
        estimated_delivery_price: price,
      },
    ],
  });
const btc = write("btc.json", summary("BTC-27MAR26-100000-C", 84_000));
const eth = write("eth.json.gz", gzipSync(summary("ETH-27MAR26-3000-C", 2_750)));
const csv = write(
  "chain.csv",
  [
    "timestamp,instrument_name,option_type,strike,expiry_datetime,bid_price,ask_price,futures_price,futures_instrument_name,implied_volatility,open_interest",
    "2026-01-30T08:00:00+00:00,BTC-27MAR26-100000-C,call,100000.0,2026-03-27T08:00:00+00:00,,,84579.95,BTC-27MAR26,0.4,1.0",
  ].join("\n"),
);
const prices = write(
  "perpetuals.csv",
  `snapshot_timestamp_ms,coin,candle_price_used,accepted_under_max_gap\n${Date.UTC(2026, 0, 30, 8)},BTC,84011.5,True`,
);
const invalid = expect.objectContaining({ code: "INVALID_MARKET" });
const unreadable = expect.objectContaining({ code: "FILE_ERROR" });

describe("loadChain", () => {
  it("knows its own format, packed or not, with a byte order mark or not", () => {
    expect(loadChain(write("a.json", sample))).toEqual(sampleChain());
    expect(loadChain(write("b.gz", gzipSync(sample)))).toEqual(sampleChain());
    expect(loadChain(write("c.json", `\uFEFF${sample}`))).toEqual(sampleChain());
  });

  it("makes one chain of book summaries, and names its files but not their folder", () => {
    const chain = loadChain([btc, eth]);
    expect(chain.underlyings.map(({ symbol }) => symbol)).toEqual(["BTC", "ETH"]);
    expect(chain.source).toBe("btc.json, eth.json.gz");
  });

  it("knows a CSV, with prices of perpetuals or without", () => {
    expect(loadChain(csv).quotes).toHaveLength(6);
    const perpetual = loadChain(csv, { perpetuals: prices }).quotes.find(
      ({ instrument }) => instrument.kind === "perpetual",
    );
    expect(perpetual?.forward).toBe(84_011_500_000_000_000_000_000n);
  });

  it("hands its options on", () => {
    const now = BigInt(Date.UTC(2026, 0, 31));
    expect(() => loadChain(btc, { now, maxAge: 1n })).toThrowError(
      expect.objectContaining({ code: "STALE_MARKET" }),
    );
    const bad = write("bad.json", summary("BTC-29JAN26-100000-C", 84_000));
    expect(loadChain([btc, bad]).excluded).toHaveLength(1);
    expect(() => loadChain([btc, bad], { onBadQuote: "error" })).toThrowError(
      "BTC-29JAN26-100000-C: expired",
    );
  });

  it.each([
    ["a file that isn't there", join(folder, "none.csv")],
    ["a folder", folder],
    ["a packed file that is cut off", write("cut.gz", gzipSync(sample).subarray(0, 2_000))],
    ["bytes that are no text", write("bytes.csv", Buffer.from([0x80, 0xff, 0xfe]))],
  ])("can't read %s", (_, path) => {
    expect(() => loadChain(path)).toThrowError(unreadable);
  });

  it.each([
    ["an empty file", write("empty", "")],
    ["other text", write("other.txt", "hello")],
    ["another CSV", prices],
    ["JSON that is cut off", write("cut.json", sample.slice(0, 2_000))],
    ["other JSON", write("other.json", '{"hello": 1}')],
    ["another format of Ballast", write("proof.json", '{"format": "ballast.proof/1"}')],
  ])("refuses %s", (_, path) => {
    expect(() => loadChain(path)).toThrowError(invalid);
  });

  it("refuses files that don't belong together", () => {
    expect(() => loadChain([csv, csv])).toThrowError(invalid);
    expect(() => loadChain([btc, csv])).toThrowError(invalid);
    expect(() => loadChain([btc, write("d.json", sample)])).toThrowError(invalid);
    expect(() => loadChain(btc, { perpetuals: prices })).toThrowError(invalid);
    expect(() => loadChain([])).toThrowError(expect.objectContaining({ code: "INVALID_INPUT" }));
  });
});
