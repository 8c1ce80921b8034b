import { describe, expect, it } from "vitest";
import type { MarketChain } from "../../src/market/chain.ts";
import { rollOver } from "../../src/market/roll-over.ts";
import { parsePolicy, presetPolicy } from "../../src/risk/policy.ts";
import { checkRollOver, quotesOf, registryOf } from "../../src/risk/roll-over.ts";
import {
  buildSnapshot,
  decodeSnapshot,
  encodeSnapshot,
  rowByName,
  type Snapshot,
  tableElements,
} from "../../src/risk/snapshot.ts";
import { isSettledVector } from "../../src/risk/table.ts";
import { CHAIN, chainWith, failure, QUOTES, quote, w } from "./fixtures.ts";

const LES = presetPolicy("les");
const DAY = 86_400_000n;
/** Expires on 13 February at 08:00, five minutes before `after`. */
const PUT = "ETH-13FEB26-1800-P";
const CALL = "ETH-13FEB26-2000-C";
const TIME = 1_770_969_900_000n;
const before = buildSnapshot(CHAIN, LES);
const live: MarketChain = {
  ...CHAIN,
  time: TIME,
  quotes: QUOTES.filter(({ instrument }) => ![PUT, CALL].includes(instrument.name)),
};

function next(previous: Snapshot, chain: MarketChain, price: string, held?: readonly string[]): Snapshot {
  const deliveries = new Map([["ETH-13FEB26", w(price)]]);
  const rolled = rollOver(quotesOf(previous), chain, { deliveries, ...(held === undefined ? {} : { held }) });
  return buildSnapshot(rolled, LES, { registry: registryOf(previous) });
}

const after = next(before, live, "1712.3456");

describe("a settled row", () => {
  it("is worth what a lot is at the delivery price, to the cent, and has no risk", () => {
    // A lot is one ETH: 1800 - 1712.3456 = 87.6544.
    expect(rowByName(after, PUT).vector.mark).toBe(87_650_000n);
    expect(rowByName(after, CALL).vector.mark).toBe(0n);
    expect(rowByName(next(before, live, "2012.345"), CALL).vector.mark).toBe(12_350_000n);
    for (const name of [PUT, CALL]) {
      expect(isSettledVector(rowByName(after, name).vector)).toBe(true);
      expect(isSettledVector(rowByName(before, name).vector)).toBe(false);
    }
    const elements = tableElements(after)[after.rows.findIndex(({ instrument }) => instrument.name === PUT)];
    expect(elements?.filter((element) => element !== 0n)).toEqual([
      87_650_000n,
      BigInt(rowByName(before, PUT).instrumentId),
    ]);
  });

  it("counts the coins of a lot", () => {
    const option = { ...quote("BTC-27MAR26-64000-C", "70001.23"), settled: true as const };
    const chain = {
      ...live,
      time: TIME + 60n * DAY,
      quotes: [quote("USDC", "1"), quote("BTC", "64000"), option],
    };
    // 0.1 BTC: 600.123, and a future is worth nothing beyond its variation.
    expect(rowByName(buildSnapshot(chain, LES), "BTC-27MAR26-64000-C").vector.mark).toBe(600_120_000n);
    const future = { ...quote("BTC-27MAR26", "70001.23"), settled: true as const };
    const vector = rowByName(
      buildSnapshot({ ...chain, quotes: [...chain.quotes, future] }, LES),
      "BTC-27MAR26",
    ).vector;
    expect([vector.mark, isSettledVector(vector)]).toEqual([0n, true]);
  });

  it("stays as it is when the market moves, under its id", () => {
    const fallen = { ...live, time: TIME + DAY, underlyings: live.underlyings.map((u) => ({ ...u })) };
    const later = next(after, fallen, "1.5");
    for (const name of [PUT, CALL]) expect(rowByName(later, name)).toEqual(rowByName(after, name));
    expect(rowByName(after, PUT).instrumentId).toBe(rowByName(before, PUT).instrumentId);
  });

  it("is in the file, which derives again", () => {
    const text = encodeSnapshot(after);
    expect(text).toContain('"forward":"1712.3456","settled":true}');
    expect(decodeSnapshot(text)).toEqual(after);
    expect(failure(() => decodeSnapshot(text.replaceAll(',"settled":true', ""))).code).toBe(
      "SNAPSHOT_TAMPERED",
    );
  });

  it("is never one that lives: a row whose risks all round to nothing is charged a millionth short", () => {
    const free = parsePolicy(
      {
        ...LES,
        name: "free",
        charges: {
          ...LES.charges,
          shortOptionMinimum: ["0", "0"],
          flatOption: ["0", "0"],
          spreadMaximum: ["0", "0"],
        },
      },
      "test",
    );
    const dust = quote("ETH-13FEB26-9000-C", "1895", "0.3");
    const vector = rowByName(buildSnapshot(chainWith(dust), free), "ETH-13FEB26-9000-C").vector;
    expect({ ...vector, shortCharge: 0n }).toEqual({ ...vector, mark: 0n, longCharge: 0n, shortCharge: 0n });
    expect(vector.shortCharge).toBe(1n);
    expect(isSettledVector({ ...vector, shortCharge: 0n })).toBe(true);
  });
});

describe("checkRollOver", () => {
  const without = (snapshot: Snapshot, name: string): Snapshot => ({
    ...snapshot,
    rows: snapshot.rows.filter(({ instrument }) => instrument.name !== name),
  });
  const refusal = (a: Snapshot, b: Snapshot, held?: readonly string[]) =>
    failure(() => checkRollOver(a, b, held));

  it("passes what the builder makes, and a market without expiries", () => {
    const later = next(after, { ...live, time: TIME + DAY }, "1");
    for (const [a, b] of [
      [before, before],
      [before, after],
      [after, later],
    ] as const)
      checkRollOver(a, b);
  });

  it("refuses a row that is gone before it was settled, whoever holds it", () => {
    const message = new RegExp(`no row for ${PUT}`);
    expect(refusal(before, without(after, PUT)).message).toMatch(message);
    expect(refusal(before, without(after, PUT), []).message).toMatch(message);
  });

  it("refuses a settled row that is gone too soon, unless nobody holds it", () => {
    const later = next(after, { ...live, time: TIME + DAY }, "1", [CALL]);
    expect(refusal(after, later).message).toMatch(new RegExp(`no row for ${PUT}`));
    checkRollOver(after, later, [CALL]);
    const ethers = (snapshot: Snapshot) => without(without(snapshot, PUT), CALL);
    const settled = { ...after, rows: [rowByName(after, PUT)] };
    const at = (days: bigint) => ({ ...ethers(after), time: after.time + days * 86_400n });
    checkRollOver(settled, at(51n));
    expect(refusal(settled, at(50n)).code).toBe("INVALID_SNAPSHOT");
  });

  it("refuses another value, id or lot, and a row that still has risk", () => {
    const edited = (change: object): Snapshot => ({
      ...after,
      rows: after.rows.map((row) => (row.instrument.name === PUT ? { ...row, ...change } : row)),
    });
    const row = rowByName(after, PUT);
    for (const change of [
      { instrumentId: 4_000 },
      { vector: { ...row.vector, mark: row.vector.mark + 1n } },
      { vector: { ...row.vector, longCharge: 1n } },
      { instrument: { ...row.instrument, lotSize: w("2") } },
    ])
      expect([JSON.stringify(Object.keys(change)), refusal(after, edited(change)).code]).toEqual([
        JSON.stringify(Object.keys(change)),
        "INVALID_SNAPSHOT",
      ]);
  });
});
