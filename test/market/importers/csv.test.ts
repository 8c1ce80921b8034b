import { describe, expect, it } from "vitest";
import { importChainCsv } from "../../../src/market/importers/csv.ts";

const COLUMNS = {
  timestamp: "2026-01-30T04:25:15.531973+00:00",
  instrument_name: "BTC-27MAR26-100000-C",
  option_type: "call",
  strike: "100000.0",
  expiry_datetime: "2026-03-27T08:00:00+00:00",
  bid_price: "0.01",
  ask_price: "0.011",
  futures_price: "84579.95",
  futures_instrument_name: "BTC-27MAR26",
  implied_volatility: "0.40940000000000004",
  open_interest: "4615.0",
  index_price: "1.0",
};
type Row = typeof COLUMNS;
const put: Row = {
  ...COLUMNS,
  instrument_name: "BTC-27MAR26-80000-P",
  option_type: "put",
  strike: "80000.0",
  futures_price: "84579.97",
  bid_price: "",
  open_interest: "0.0",
};
const near: Row = {
  ...COLUMNS,
  instrument_name: "BTC-31JAN26-84000-C",
  strike: "84000.0",
  expiry_datetime: "2026-01-31T08:00:00+00:00",
  futures_price: "84005.25",
  futures_instrument_name: "SYN.BTC-31JAN26",
};

function csv(...rows: Row[]): string {
  return [Object.keys(COLUMNS), ...rows.map((row) => Object.values(row))]
    .map((row) => row.join(","))
    .join("\n");
}
const names = (text: string, options = {}) =>
  importChainCsv(text, options).quotes.map(({ instrument }) => instrument.name);
const nano = 10n ** 9n;

/** The only option of its expiry. */
const lone = {
  instrument_name: "BTC-26JUN26-100000-C",
  expiry_datetime: "2026-06-26T08:00:00+00:00",
  futures_instrument_name: "SYN.BTC-26JUN26",
};

const BAD: readonly (readonly [string, Partial<Row>, string])[] = [
  ["no implied volatility", { implied_volatility: "" }, "implied volatility missing"],
  ["nan for implied volatility", { implied_volatility: "nan" }, "implied volatility missing"],
  ["zero implied volatility", { implied_volatility: "0.0" }, "implied volatility outside"],
  ["absurd implied volatility", { implied_volatility: "43.2" }, "implied volatility outside"],
  ["text for implied volatility", { implied_volatility: "high" }, "impliedVolatility is not a number"],
  ["no forward", { ...lone, futures_price: "" }, "forward price missing"],
  ["a forward of zero", { futures_price: "0.0" }, "forward price not above zero"],
  ["a negative forward", { futures_price: "-84000.0" }, "forward price not above zero"],
  ["the forward of another expiry", { futures_instrument_name: "BTC-26JUN26" }, "forward of another expiry"],
  ["the forward of another coin", { futures_instrument_name: "ETH-27MAR26" }, "forward of another expiry"],
  ["an ETH price on a BTC row", { futures_price: "2750.0" }, "half of the index"],
  ["crossed quotes", { bid_price: "0.012" }, "crossed"],
  ["another strike than its name", { strike: "10000.0" }, "strike is not the name's"],
  ["another right than its name", { option_type: "put" }, "option_type is not the name's"],
  [
    "another expiry than its name",
    { expiry_datetime: "2026-03-28T08:00:00+00:00" },
    "expiry is not the name's",
  ],
  ["a strike of zero", { instrument_name: "BTC-27MAR26-0-C", strike: "0" }, "a strike is above zero"],
  ["an unknown name", { instrument_name: "BTC-27MAR26-100000-X" }, "not the name of an instrument"],
  ["the name of a future", { instrument_name: "BTC-27MAR26" }, "not the name of an option"],
  [
    "an expired option",
    {
      instrument_name: "BTC-29JAN26-100000-C",
      expiry_datetime: "2026-01-29T08:00:00+00:00",
      futures_instrument_name: "SYN.BTC-29JAN26",
    },
    "expired",
  ],
];

describe("importChainCsv", () => {
  it("reads every number to its last digit", () => {
    const chain = importChainCsv(csv(put, COLUMNS, near));
    expect(chain.time).toBe(BigInt(Date.UTC(2026, 0, 30, 4, 25, 15, 531)));
    expect(chain.excluded).toEqual([]);
    expect(chain.quotes.find(({ instrument }) => instrument.name === COLUMNS.instrument_name)).toMatchObject({
      forward: 84_579_950_000_000n * nano,
      impliedVolatility: 409_400_000_000_000_040n,
      bid: 10_000_000n * nano,
      ask: 11_000_000n * nano,
      openInterest: 4_615_000_000_000n * nano,
    });
    const other = chain.quotes.find(({ instrument }) => instrument.name === put.instrument_name);
    expect(other).not.toHaveProperty("bid");
    expect(other).toMatchObject({ openInterest: 0n });
  });

  it("adds collateral, perpetuals and listed futures, and takes the nearest forward for the index", () => {
    const chain = importChainCsv(csv(put, COLUMNS, near));
    const index = 84_005_250_000_000n * nano;
    expect(chain.underlyings).toEqual([{ symbol: "BTC", indexPrice: index }]);
    expect(chain.quotes.map(({ instrument, forward }) => [instrument.name, forward / nano])).toEqual([
      ["USDC", 1_000_000_000n],
      ["BTC", 84_005_250_000_000n],
      ["BTC-PERPETUAL", 84_005_250_000_000n],
      ["BTC_USDC-PERPETUAL", 84_005_250_000_000n],
      ["BTC-31JAN26-84000-C", 84_005_250_000_000n],
      ["BTC-27MAR26", 84_579_950_000_000n],
      ["BTC-27MAR26-80000-P", 84_579_970_000_000n],
      ["BTC-27MAR26-100000-C", 84_579_950_000_000n],
    ]);
  });

  it.each(BAD)("excludes and lists a row with %s", (_, change, reason) => {
    const bad = { ...COLUMNS, ...change };
    const { quotes, excluded } = importChainCsv(csv(put, near, bad));
    expect(excluded).toEqual([{ name: bad.instrument_name, reason: expect.stringContaining(reason) }]);
    const options = quotes.filter(({ instrument }) => instrument.kind === "option");
    expect(options.map(({ instrument }) => instrument.name)).toEqual([
      near.instrument_name,
      put.instrument_name,
    ]);
  });

  it.each(BAD)("fails on a row with %s when told to", (_, change, reason) => {
    const bad = { ...COLUMNS, ...change };
    expect(() => importChainCsv(csv(put, near, bad), { onBadQuote: "error" })).toThrowError(
      expect.objectContaining({
        code: expect.stringMatching(/^(INVALID_MARKET|UNKNOWN_INSTRUMENT)$/),
        message: expect.stringContaining(reason),
        details: { instrument: bad.instrument_name },
      }),
    );
  });

  it("trusts no row of a name that comes twice", () => {
    const text = csv(put, near, COLUMNS, { ...COLUMNS, implied_volatility: "0.5" });
    expect(importChainCsv(text).excluded).toEqual([
      { name: COLUMNS.instrument_name, reason: "listed 2 times" },
      { name: COLUMNS.instrument_name, reason: "listed 2 times" },
    ]);
    expect(() => importChainCsv(text, { onBadQuote: "error" })).toThrowError(
      expect.objectContaining({ code: "DUPLICATE_INSTRUMENT" }),
    );
  });

  it("takes the latest time, and refuses rows of different moments", () => {
    const later = (timestamp: string) => csv(near, { ...COLUMNS, timestamp });
    expect(importChainCsv(later("2026-01-30T04:26:15.531Z")).time).toBe(
      BigInt(Date.UTC(2026, 0, 30, 4, 26, 15, 531)),
    );
    expect(() => importChainCsv(later("2026-01-30T04:26:15.532Z"))).toThrowError("not of one moment");
    expect(names(later("2026-01-30T05:25:15Z"), { maxTimeSpread: 3_600_000n })).toContain(
      near.instrument_name,
    );
    for (const wrong of [
      "",
      "2026-01-30",
      "2026-01-30T04:25:15",
      "2026-01-30T04:25:15+01:00",
      "2026-13-30T04:25:15Z",
    ]) {
      expect(() => importChainCsv(later(wrong))).toThrowError("not a UTC time");
    }
  });

  it("refuses a stale market", () => {
    const now = BigInt(Date.UTC(2026, 0, 30, 5));
    expect(() => importChainCsv(csv(near), { now, maxAge: 60_000n })).toThrowError(
      expect.objectContaining({ code: "STALE_MARKET" }),
    );
  });

  it.each([
    ["empty", ""],
    ["without rows", csv()],
    ["without a column that it needs", csv(COLUMNS).replace("implied_volatility", "iv")],
    ["cut off in a line", csv(near, COLUMNS).slice(0, -20)],
    ["with an open quote", `${csv(near)}\n"2026`],
    ["with nothing but bad rows", csv({ ...COLUMNS, implied_volatility: "" })],
  ])("refuses a CSV that is %s", (_, text) => {
    expect(() => importChainCsv(text)).toThrowError(expect.objectContaining({ code: "INVALID_MARKET" }));
  });

  it("takes prices of the perpetuals at the same moment", () => {
    const time = Date.UTC(2026, 0, 30, 4, 25, 15, 531);
    const prices = (moment: number, accepted: string) =>
      `snapshot_timestamp_ms,coin,candle_price_used,accepted_under_max_gap\n${moment},BTC,84011.5,${accepted}`;
    const chain = importChainCsv(csv(near, COLUMNS), { perpetuals: prices(time, "True") });
    const forwards = chain.quotes
      .filter(({ instrument }) => instrument.kind === "perpetual")
      .map(({ forward }) => forward / nano);
    expect(forwards).toEqual([84_011_500_000_000n, 84_011_500_000_000n]);
    expect(chain.underlyings[0]?.indexPrice).toBe(84_005_250_000_000n * nano);
    const again = `${prices(time, "True")}\n${time},BTC,84011.50,true`;
    expect(importChainCsv(csv(near, COLUMNS), { perpetuals: again })).toEqual(chain);
    expect(() =>
      importChainCsv(csv(near, COLUMNS), { perpetuals: again.replace("84011.50", "42005") }),
    ).toThrowError('Line 3: a second price of "BTC"\'s perpetual');
    for (const perpetuals of [prices(time + 1, "True"), prices(time, "False")]) {
      expect(() => importChainCsv(csv(near, COLUMNS), { perpetuals })).toThrowError(
        "No price of the BTC perpetual",
      );
    }
  });
});
