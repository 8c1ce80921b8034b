import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadChain } from "../../src/market/chain-file.ts";
import { deliveryName, rollOver } from "../../src/market/roll-over.ts";
import { selectQuotes } from "../../src/market/select.ts";
import { presetPolicy } from "../../src/risk/policy.ts";
import { checkRollOver, quotesOf, registryOf } from "../../src/risk/roll-over.ts";
import { buildSnapshot, rowByName, type Snapshot } from "../../src/risk/snapshot.ts";
import { isSettledVector } from "../../src/risk/table.ts";
import { RECORDED, recordedData } from "./data.ts";

const FOLDER = recordedData(RECORDED.chains);
const ROWS = 240;
const LES = presetPolicy("les");
/** Each day's first recording after 08:00 UTC, when options expire: from 30 January to 9 February. */
const FILES = readdirSync(FOLDER)
  .filter((name) => /_2026\d{4}T09\d{4}Z/.test(name))
  .filter((name) => name >= "deribit_options_snapshot_20260130");

const loaded = FILES.map((file) =>
  loadChain([join(FOLDER, file)], { perpetuals: recordedData(RECORDED.perpetuals), onBadQuote: "exclude" }),
);
const [first, ...days] = loaded;
if (first === undefined) throw new Error("no recording");

/** The most traded instruments, as a venue of 240 rows has them. The recordings have no delivery prices: the index of an hour later stands for them. */
function next(before: Snapshot, chain: (typeof days)[number], held: readonly string[]): Snapshot {
  const prices = new Map(chain.underlyings.map(({ symbol, indexPrice }) => [symbol, indexPrice]));
  const deliveries = new Map(
    before.rows.flatMap(({ instrument }) => {
      const price = prices.get(instrument.underlying ?? "");
      return "expiry" in instrument && price !== undefined
        ? [[deliveryName(instrument), price] as const]
        : [];
    }),
  );
  const rolled = rollOver(quotesOf(before), chain, { deliveries, held });
  const registry = registryOf(before);
  const snapshot = buildSnapshot(selectQuotes(rolled, ROWS), LES, { registry });
  checkRollOver(before, snapshot, held);
  return snapshot;
}

describe("recorded chains over their expiries", () => {
  const held: string[] = [];
  const line: Snapshot[] = [buildSnapshot(selectQuotes(first, ROWS), LES)];
  for (const chain of days) {
    const before = line.at(-1) as Snapshot;
    const after = next(before, chain, held);
    // Of each expiry a frozen account holds the row of the most value.
    const fresh = after.rows.filter(
      ({ instrument }) => isExpired(after, instrument) && !held.includes(instrument.name),
    );
    const [most] = fresh.sort((a, b) => Number(b.vector.mark - a.vector.mark));
    if (most !== undefined) held.push(most.instrument.name);
    line.push(after);
  }

  it("settle every row that expired since, within a third of the table", () => {
    expect(line).toHaveLength(11);
    // Four days have one that is among the most traded, the week's end most: 6 February.
    expect(held).toHaveLength(4);
    expect(held.filter((name) => name.includes("-6FEB26-"))).toHaveLength(1);
    for (const after of line) {
      const settled = after.rows.filter(({ instrument }) => isExpired(after, instrument));
      expect(settled.every(({ vector }) => isSettledVector(vector))).toBe(true);
      expect(settled.length).toBeLessThanOrEqual(ROWS / 3);
      expect(after.rows.filter(({ vector }) => isSettledVector(vector))).toEqual(settled);
    }
  });

  it("keep what is held under its id and at its value, through the crash and to the end", () => {
    const last = line.at(-1) as Snapshot;
    for (const name of held) {
      const since = line.filter((snapshot) => snapshot.rows.some((row) => row.instrument.name === name));
      const values = since
        .map((snapshot) => ({ row: rowByName(snapshot, name), snapshot }))
        .filter(({ row, snapshot }) => isExpired(snapshot, row.instrument))
        .map(({ row }) => `${row.instrumentId} ${row.vector.mark}`);
      expect(new Set(values).size).toBe(1);
      expect(rowByName(last, name).vector).toEqual(rowByName(since.at(-1) as Snapshot, name).vector);
    }
    expect(held.some((name) => rowByName(last, name).vector.mark > 0n)).toBe(true);
  });
});

function isExpired({ time }: Snapshot, instrument: Snapshot["rows"][number]["instrument"]): boolean {
  return "expiry" in instrument && instrument.expiry <= time * 1_000n;
}
