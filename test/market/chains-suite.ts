import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { MarketChain } from "../../src/market/chain.ts";
import { loadChain } from "../../src/market/chain-file.ts";
import { exportBallastChain, importBallastChain } from "../../src/market/importers/ballast.ts";
import { importChainCsv } from "../../src/market/importers/csv.ts";
import { black76 } from "../../src/math/black76.ts";
import { wad } from "../../src/math/wad.ts";

const DAY = 86_400_000n;
export const YEAR_365 = 365n * DAY;
const YEAR_365_25 = (1461n * DAY) / 4n;

const rowsSchema = z.array(
  z.object({
    instrument_name: z.string(),
    mark_price: z.coerce.number(),
    futures_instrument_name: z.string(),
  }),
);
type Rows = z.output<typeof rowsSchema>;

function rawRows(path: string): Rows {
  return rowsSchema.parse(parse(gunzipSync(readFileSync(path)), { columns: true }));
}

/** |Black-76 / forward - mark|, in coin, of every option by underlying. */
export function markErrors(chain: MarketChain, marks: ReadonlyMap<string, number>, year: bigint) {
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

export function median(values: readonly number[] | undefined): number {
  const sorted = [...(values ?? [])].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const marksOf = (rows: Rows) => new Map(rows.map((row) => [row.instrument_name, row.mark_price]));

/** What is known of a folder of chain files, recorded or made up. */
export interface ChainFolder {
  readonly folder: string;
  /** The prices of the perpetuals. */
  readonly perpetuals: string;
  /** The file of the crash. */
  readonly crash: string;
  readonly files: number;
  /** Options of all files. */
  readonly options: number;
  /** What half of the marks are nearer to Black-76 than, in coin. */
  readonly median: Readonly<Record<"BTC" | "ETH", number>>;
}

/** What must hold of chains in files. */
export function describeChains(what: string, known: ChainFolder): void {
  const { folder } = known;
  const files = readdirSync(folder).filter((name) => name.startsWith("deribit_options_snapshot_"));
  const crash = join(folder, known.crash);

  describe(what, () => {
    it(`are ${known.files}`, () => {
      expect(files).toHaveLength(known.files);
    });

    it.each(files)(
      "%s: every row becomes a quote, plus collateral, perpetuals and listed futures",
      (file) => {
        const rows = rawRows(join(folder, file));
        const chain = loadChain(join(folder, file), { onBadQuote: "error", perpetuals: known.perpetuals });
        const futures = new Set(
          rows.map((row) => row.futures_instrument_name).filter((name) => !name.startsWith("SYN.")),
        );
        const count = (kind: string) =>
          chain.quotes.filter(({ instrument }) => instrument.kind === kind).length;
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
      },
    );

    it("have marks that Black-76 reproduces, with a median error of 1e-5 coin", () => {
      const all = new Map<string, number[]>([
        ["BTC", []],
        ["ETH", []],
      ]);
      for (const file of files) {
        const errors = markErrors(
          loadChain(join(folder, file)),
          marksOf(rawRows(join(folder, file))),
          YEAR_365,
        );
        for (const [symbol, list] of errors) all.get(symbol)?.push(...list);
      }
      expect((all.get("BTC")?.length ?? 0) + (all.get("ETH")?.length ?? 0)).toBe(known.options);
      expect(median(all.get("BTC"))).toBeLessThan(known.median.BTC);
      expect(median(all.get("ETH"))).toBeLessThan(known.median.ETH);
    });

    it("count a year as 365 days: a year of 365.25 reproduces the marks of the crash less well", () => {
      const chain = loadChain(crash);
      const marks = marksOf(rawRows(crash));
      const [short, long] = [YEAR_365, YEAR_365_25].map((year) => markErrors(chain, marks, year));
      for (const symbol of ["BTC", "ETH"]) {
        expect(median(short?.get(symbol))).toBeLessThan(median(long?.get(symbol)));
      }
    });

    it.each([files[0] ?? "", known.crash])(
      "%s without a forward: parity gives all of them, near the feed's",
      (file) => {
        const path = join(folder, file);
        const [header = [], ...rows] = parse(gunzipSync(readFileSync(path)));
        const at = header.indexOf("futures_price");
        const bare = rows.map((row) => row.map((cell, column) => (column === at ? "" : cell)));
        const chain = importChainCsv([header, ...bare].map((row) => row.join(",")).join("\n"));
        const full = new Map(loadChain(path).quotes.map((quote) => [quote.instrument.name, quote]));
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
      const chain = loadChain(crash);
      expect(chain.source).toBe(known.crash);
      expect(importBallastChain(JSON.parse(exportBallastChain(chain)))).toEqual(chain);
    });
  });
}
