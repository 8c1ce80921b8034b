import { describe, expect, it } from "vitest";
import { chainOfRows } from "../../../src/market/convert/convert.ts";
import { isTardisHeader, TardisCollector } from "../../../src/market/convert/tardis.ts";
import { lotLookup, parseLots } from "../../../src/market/lots.ts";
import { formatDecimal } from "../../../src/math/decimal.ts";

const HEADER =
  "exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,open_interest,last_price,bid_price,bid_amount,bid_iv,ask_price,ask_amount,ask_iv,mark_price,mark_iv,underlying_index,underlying_price,delta,gamma,vega,theta,rho";
/** The row that Tardis' documentation shows. */
const SHOWN =
  "deribit,BTC-9JUN20-9875-P,1591574399413000,1591574400196008,put,9875,1591689600000000,0.1,0.0295,0.0205,15.0,55.91,0.0235,15.0,68.94,0.02210436,62.89,SYN.BTC-9JUN20,9756.36,-0.61752,0.00103,2.24964,-53.05655,-0.22796";
const START = Date.UTC(2026, 0, 30, 8);
const row = (
  symbol: string,
  seconds: number,
  more: Partial<Record<"iv" | "strike" | "type" | "expiration" | "forward" | "exchange", string>> = {},
) => {
  const stamp = `${START + seconds * 1000}123`;
  const [, , strike = "", right] = symbol.split("-");
  return [
    more.exchange ?? "deribit",
    symbol,
    stamp,
    stamp,
    more.type ?? (right === "C" ? "call" : "put"),
    more.strike ?? strike.replace("D", "."),
    more.expiration ?? `${Date.UTC(2026, 1, 6, 8)}000`,
    "5",
    "",
    "0.019",
    "1",
    "49",
    "",
    "",
    "",
    "0.02",
    more.iv ?? "50",
    "SYN.BTC-6FEB26",
    more.forward ?? "84100",
    ...["0", "0", "0", "0", "0"],
  ].join(",");
};
const collect = (lines: readonly string[], at?: number) => {
  const collector = new TardisCollector(HEADER, at === undefined ? undefined : BigInt(START + at * 1000));
  for (const line of lines) if (!collector.ended) collector.add(line);
  return collector;
};
const CALL = "BTC-6FEB26-84000-C";

describe("a chain from Tardis", () => {
  it("reads the documented row", () => {
    expect(isTardisHeader(HEADER)).toBe(true);
    const chain = chainOfRows(collect([SHOWN]).rows(undefined), {});
    const put = chain.quotes.find(({ instrument }) => instrument.name === "BTC-9JUN20-9875-P");
    expect(chain.time).toBe(1_591_574_399_413n);
    expect(formatDecimal(put?.impliedVolatility ?? 0n, 18)).toBe("0.6289");
    expect(formatDecimal(put?.forward ?? 0n, 18)).toBe("9756.36");
    expect(formatDecimal(put?.bid ?? 0n, 18)).toBe("0.0205");
  });

  it("keeps the last row of each symbol at the moment, and stops reading after it", () => {
    const lines = [
      row(CALL, 0, { iv: "40" }),
      row("BTC-6FEB26-90000-P", 5),
      row(CALL, 10, { iv: "45" }),
      row(CALL, 20),
    ];
    const volatility = (at?: number) => {
      const { rows } = collect(lines, at).rows(undefined);
      return rows.find(({ quote }) => quote.instrument.name === CALL)?.quote.impliedVolatility;
    };
    expect([volatility(10), volatility(19), volatility()]).toEqual([
      400_000_000_000_000_000n,
      450_000_000_000_000_000n,
      500_000_000_000_000_000n,
    ]);
    const collector = collect([...lines, row(CALL, 100)], 20);
    expect(collector.ended).toBe(true);
    expect(collect(lines, 20).ended).toBe(false);
  });

  it("leaves out what hasn't been quoted for a minute", () => {
    const { excluded, rows } = collect([row("BTC-6FEB26-90000-P", 0), row(CALL, 61)]).rows(undefined);
    expect(excluded).toEqual([{ name: "BTC-6FEB26-90000-P", reason: "its last quote is too old" }]);
    expect(rows).toHaveLength(1);
    expect(
      collect([row("BTC-6FEB26-90000-P", 0), row(CALL, 61)]).rows(undefined, 120_000n).rows,
    ).toHaveLength(2);
  });

  it("knows a decimal strike in upper case", () => {
    const line = row("XRP_USDC-6FEB26-0D625-C", 0, { forward: "0.63" }).replace("SYN.BTC", "SYN.XRP_USDC");
    const { rows } = collect([line]).rows(lotLookup(parseLots("XRP=100")));
    expect(rows[0]?.quote.instrument.name).toBe("XRP_USDC-6FEB26-0d625-C");
  });

  it.each([
    ["another strike", { strike: "85000" }, "strike is not the name's"],
    ["another right", { type: "put" }, "type is not the name's"],
    ["another expiry", { expiration: "1770364800000" }, "expiry is not the name's"],
    [
      "another exchange",
      { exchange: "okex-options" },
      "of okex-options: only Deribit's names are known here",
    ],
  ])("leaves out a row with %s", (_, more, reason) => {
    expect(collect([row(CALL, 0, more)]).rows(undefined).excluded).toEqual([{ name: CALL, reason }]);
  });

  it.each([
    ["a line that is cut off", () => collect([SHOWN.slice(0, 60)])],
    ["milliseconds", () => collect([SHOWN.replace("1591574399413000", "1591574399413")])],
    ["a header without a column", () => new TardisCollector(HEADER.replace("mark_iv", "iv"))],
    ["a moment before the file", () => collect([row(CALL, 10)], 5).rows(undefined)],
  ])("refuses %s", (_, act) => {
    expect(act).toThrowError(expect.objectContaining({ code: "INVALID_MARKET" }));
  });
});
