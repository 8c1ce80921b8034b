import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

const HOURS = 24;
const HOUR_MS = 3_600_000;

/** Closing prices by hour since 1970. */
export type HourlyPrices = ReadonlyMap<number, number>;

/** How far two prices came apart within a day: |return of one - return of the other|, over all hourly starts. */
export interface Divergence {
  readonly windows: number;
  /** Months of the first and last hour, "2020-01". */
  readonly from: string;
  readonly to: string;
  /** Percent, two decimals: what 99.5 % of the windows don't exceed, and the worst. */
  readonly usual995: string;
  readonly worst: string;
}

/**
 * Reads hourly closes of BTC and ETH: `BTCUSDT_1h_*.csv.gz` and `ETHUSDT_1h_*.csv.gz`, with a column of UTC times (`Date` or `timestamp`)
 * and one of closes.
 * @returns null where there are none.
 */
export function divergence(folder: string): Divergence | null {
  if (!existsSync(folder)) return null;
  return divergenceOf(closes(folder, "BTCUSDT_1h_"), closes(folder, "ETHUSDT_1h_"));
}

/** Of two series. Windows that lack an end are left out; null when none is left. */
export function divergenceOf(a: HourlyPrices, b: HourlyPrices): Divergence | null {
  const hours = [...a.keys()].filter((hour) => b.has(hour)).sort((x, y) => x - y);
  const apart = hours.flatMap((start) => {
    const [gainA, gainB] = [gain(a, start), gain(b, start)];
    return gainA === undefined || gainB === undefined ? [] : [Math.abs(gainA - gainB)];
  });
  apart.sort((x, y) => x - y);
  const [first, last] = [hours[0], hours.at(-1)];
  if (apart.length === 0 || first === undefined || last === undefined) return null;
  const month = (hour: number) => new Date(hour * HOUR_MS).toISOString().slice(0, 7);
  const percent = (at: number) => `${((apart[at] ?? 0) * 100).toFixed(2)} %`;
  return {
    windows: apart.length,
    from: month(first),
    to: month(last),
    usual995: percent(Math.ceil(apart.length * 0.995) - 1),
    worst: percent(apart.length - 1),
  };
}

function gain(prices: HourlyPrices, start: number): number | undefined {
  const [before, after] = [prices.get(start), prices.get(start + HOURS)];
  return before === undefined || after === undefined ? undefined : after / before - 1;
}

function closes(folder: string, prefix: string): HourlyPrices {
  const series = new Map<number, number>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.startsWith(prefix) || !name.endsWith(".csv.gz")) continue;
    const rows: Record<string, string>[] = parse(gunzipSync(readFileSync(join(folder, name))), {
      columns: (header: string[]) => header.map((column) => column.toLowerCase()),
      skip_empty_lines: true,
    });
    for (const row of rows) {
      const time = (row["date"] ?? row["timestamp"] ?? "").slice(0, 19).replace(" ", "T");
      const close = Number(row["close"]);
      const hour = Date.parse(`${time}Z`) / HOUR_MS;
      if (Number.isFinite(hour) && close > 0) series.set(hour, close);
    }
  }
  return series;
}
