import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { MarketChain } from "../../src/market/chain.ts";
import { exportBallastChain, importBallastChain } from "../../src/market/importers/ballast.ts";
import { importChainCsv } from "../../src/market/importers/csv.ts";
import { loadChain } from "../../src/market/load.ts";
import { black76 } from "../../src/math/black76.ts";
import { wad } from "../../src/math/wad.ts";
import { sharedData } from "../helpers/shared-data.ts";

const FOLDER = sharedData("deribit-chains");
const FILES = readdirSync(FOLDER).filter((name) => name.startsWith("deribit_options_snapshot_"));
const PERPETUALS = sharedData("deribit-chains/perpetual_futures_prices.csv.gz");
const CRASH = "deribit_options_snapshot_20260205T212937Z.csv.gz";
const WIRE = sharedData("deribit-wire/deribit_get_book_summary_BTC_option_2026-03-13T190015Z.json");

const DAY = 86_400_000n;
const YEAR_365 = 365n * DAY;
const YEAR_365_25 = (1461n * DAY) / 4n;

const rowsSchema = z.array(
  z.object({
    instrument_name: z.string(),
    mark_price: z.coerce.number(),
    futures_instrument_name: z.string(),
  }),
);
type Rows = z.output<typeof rowsSchema>;

function rawRows(file: string): Rows {
  return rowsSchema.parse(parse(gunzipSync(readFileSync(`${FOLDER}/${file}`)), { columns: true }));
}

/** |Black-76 / forward - mark|, in coin, of every option by underlying. */
function markErrors(chain: MarketChain, marks: ReadonlyMap<string, number>, year: bigint) {
  const errors = new Map<string, number[]>();
  for (const { instrument, forward, impliedVolatility } of chain.quotes) {
    if (instrument.kind !== "option" || impliedVolatility === undefined) continue;
    const time = wad(((instrument.expiry - chain.time) * 10n ** 18n) / year);
    const { strike, right, underlying } = instrument;
    const { price } = black76({ forward, strike, volatility: impliedVolatility, time, right });
    const mark = marks.get(instrument.name) ?? Number.NaN;
    const list = errors.get(underlying) ?? [];
    list.push(Math.abs(Number(price) / Number(forward) - mark));
    errors.set(underlying, list);
  }
  return errors;
}

function median(values: readonly number[] | undefined): number {
  const sorted = [...(values ?? [])].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const marksOf = (rows: Rows) => new Map(rows.map((row) => [row.instrument_name, row.mark_price]));

describe("the recorded chains", () => {
  it("are 47", () => {
    expect(FILES).toHaveLength(47);
  });

  it.each(FILES)("%s: every row becomes a quote, plus collateral, perpetuals and listed futures", (file) => {
    const rows = rawRows(file);
    const chain = loadChain(`${FOLDER}/${file}`, { onBadQuote: "error", perpetuals: PERPETUALS });
    const futures = new Set(
      rows.map((row) => row.futures_instrument_name).filter((name) => !name.startsWith("SYN.")),
    );
    const count = (kind: string) => chain.quotes.filter(({ instrument }) => instrument.kind === kind).length;
    expect(chain.excluded).toEqual([]);
    expect(count("option")).toBe(rows.length);
    expect(count("future")).toBe(futures.size);
    expect(futures.size).toBeGreaterThan(10);
    expect(count("perpetual")).toBe(4);
    expect(count("collateral")).toBe(3);
    expect(chain.underlyings.map(({ symbol }) => symbol)).toEqual(["BTC", "ETH"]);
    // A perpetual's price is a candle's, up to half a minute away: within 1 % of the index even in the crash.
    for (const { instrument, forward } of chain.quotes) {
      const index = chain.underlyings.find(({ symbol }) => symbol === instrument.underlying)?.indexPrice;
      if (instrument.kind !== "perpetual" || index === undefined) continue;
      expect(Math.abs(Number(forward) / Number(index) - 1)).toBeLessThan(0.01);
    }
  });

  it("have marks that Black-76 reproduces, with a median error of 1e-5 coin", () => {
    const all = new Map<string, number[]>([
      ["BTC", []],
      ["ETH", []],
    ]);
    for (const file of FILES) {
      const errors = markErrors(loadChain(`${FOLDER}/${file}`), marksOf(rawRows(file)), YEAR_365);
      for (const [symbol, list] of errors) all.get(symbol)?.push(...list);
    }
    expect((all.get("BTC")?.length ?? 0) + (all.get("ETH")?.length ?? 0)).toBe(75_748);
    expect(median(all.get("BTC"))).toBeLessThan(6e-6);
    expect(median(all.get("ETH"))).toBeLessThan(1e-5);
  });

  it("count a year as 365 days: a year of 365.25 reproduces the marks of the crash less well", () => {
    const chain = loadChain(`${FOLDER}/${CRASH}`);
    const marks = marksOf(rawRows(CRASH));
    const [short, long] = [YEAR_365, YEAR_365_25].map((year) => markErrors(chain, marks, year));
    for (const symbol of ["BTC", "ETH"]) {
      expect(median(short?.get(symbol))).toBeLessThan(median(long?.get(symbol)));
    }
  });

  it.each([FILES[0] ?? "", CRASH])(
    "%s without a forward: parity gives all of them, near the feed's",
    (file) => {
      const [header = [], ...rows] = parse(gunzipSync(readFileSync(`${FOLDER}/${file}`)));
      const at = header.indexOf("futures_price");
      const bare = rows.map((row) => row.map((cell, column) => (column === at ? "" : cell)));
      const chain = importChainCsv([header, ...bare].map((row) => row.join(",")).join("\n"));
      const full = new Map(
        loadChain(`${FOLDER}/${file}`).quotes.map((quote) => [quote.instrument.name, quote]),
      );
      const options = chain.quotes.filter(({ instrument }) => instrument.kind === "option");
      expect(options).toHaveLength(rows.length);
      expect(chain.notes?.every((note) => note.endsWith("put-call parity at 5 strikes"))).toBe(true);
      const distances = options.map(({ instrument, forward }) =>
        Math.abs(Number(forward) / Number(full.get(instrument.name)?.forward) - 1),
      );
      expect(median(distances)).toBeLessThan(1e-4);
      expect(Math.max(...distances)).toBeLessThan(5e-3);
    },
  );

  it("survive Ballast's own format", () => {
    const chain = loadChain(`${FOLDER}/${CRASH}`);
    expect(chain.source).toBe(CRASH);
    expect(importBallastChain(JSON.parse(exportBallastChain(chain)))).toEqual(chain);
  });
});

describe("the recorded answer of the venue", () => {
  const chain = loadChain(WIRE, { onBadQuote: "error" });

  it("has 964 options over 12 expiries, and 6 listed futures", () => {
    const options = chain.quotes.flatMap(({ instrument }) =>
      instrument.kind === "option" ? [instrument] : [],
    );
    expect(options).toHaveLength(964);
    expect(new Set(options.map(({ expiry }) => expiry)).size).toBe(12);
    const futures = chain.quotes.filter(({ instrument }) => instrument.kind === "future");
    expect(futures.map(({ instrument }) => instrument.name)).toEqual([
      "BTC-20MAR26",
      "BTC-27MAR26",
      "BTC-24APR26",
      "BTC-26JUN26",
      "BTC-25SEP26",
      "BTC-25DEC26",
    ]);
    expect(chain.excluded).toEqual([]);
    expect(chain.underlyings).toEqual([{ symbol: "BTC", indexPrice: 710_487n * 10n ** 17n }]);
    expect(chain.time).toBe(1_773_428_415_542n);
  });

  it("has marks that Black-76 reproduces, with a median error of 6e-5 coin", () => {
    const schema = z.object({
      result: z.array(z.object({ instrument_name: z.string(), mark_price: z.number() })),
    });
    const { result } = schema.parse(JSON.parse(readFileSync(WIRE, "utf8")));
    const marks = new Map(result.map((row) => [row.instrument_name, row.mark_price]));
    const errors = markErrors(chain, marks, YEAR_365).get("BTC");
    expect(errors).toHaveLength(964);
    expect(median(errors)).toBeLessThan(6e-5);
  });
});
