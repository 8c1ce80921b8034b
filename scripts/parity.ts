import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readCsv } from "../src/market/importers/csv-records.ts";
import { decimalTextToWad } from "../src/market/importers/decimal-text.ts";
import { parityForward, type VenueRow } from "../src/market/importers/forward.ts";
import { tryInstrumentName } from "../src/market/instruments.ts";

/**
 * `tsx scripts/parity.ts FOLDER`: how far the forward by put-call parity lies from the feed's, over a folder of recorded chain
 * CSVs, and how many rows it rescues where the feed has none. By marks, then by bid and ask alone.
 */
const [folder = ""] = process.argv.slice(2);
const COLUMNS = ["instrument_name", "futures_price", "mark_price", "bid_price", "ask_price"];

for (const [how, keepMarks] of [
  ["marks", true],
  ["bid and ask", false],
] as const) {
  const distances: number[] = [];
  let [rows, missing, rescued, expiries, silent] = [0, 0, 0, 0, 0];
  for (const file of readdirSync(folder).filter((name) => /options.*\.csv\.gz$/.test(name))) {
    const groups = new Map<string, (VenueRow & { readonly feed: bigint | undefined })[]>();
    for (const record of readCsv(gunzipSync(readFileSync(join(folder, file))).toString(), "chain", COLUMNS)) {
      const instrument = tryInstrumentName(record.cell("instrument_name"));
      if (instrument?.kind !== "option") continue;
      rows++;
      const number = (column: string) => decimalTextToWad(record.cell(column));
      const [bid, ask, mark] = [
        number("bid_price"),
        number("ask_price"),
        keepMarks ? number("mark_price") : undefined,
      ];
      const quote = {
        instrument,
        ...(bid === undefined ? {} : { bid }),
        ...(ask === undefined ? {} : { ask }),
      };
      const key = `${instrument.underlying} ${instrument.settlement} ${instrument.expiry}`;
      const row = { quote, feed: number("futures_price"), ...(mark === undefined ? {} : { mark }) };
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    for (const group of groups.values()) {
      expiries++;
      const parity = parityForward(group);
      if (parity === undefined) silent++;
      for (const { feed } of group) {
        if (feed === undefined) missing++;
        if (feed === undefined && parity !== undefined) rescued++;
        if (feed !== undefined && parity !== undefined)
          distances.push(Math.abs(Number(parity.forward) / Number(feed) - 1) * 1e4);
      }
    }
  }
  distances.sort((a, b) => a - b);
  const at = (part: number) =>
    (distances[Math.floor((distances.length - 1) * part)] ?? Number.NaN).toFixed(3);
  console.log(
    `${how}: ${rows} rows, ${missing} without a forward, ${rescued} of them rescued; ${silent} of ${expiries} expiries have no pair;`,
    `distance from the feed's in basis points: median ${at(0.5)}, 99 % ${at(0.99)}, most ${at(1)}`,
  );
}
