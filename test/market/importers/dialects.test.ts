import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { MarketChain } from "../../../src/market/chain.ts";
import { loadChain } from "../../../src/market/chain-file.ts";
import { importChainCsv } from "../../../src/market/importers/csv.ts";
import { importBookSummary } from "../../../src/market/importers/deribit.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-dialects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function load(content: string | Uint8Array): MarketChain {
  const path = join(folder, "chain.csv");
  writeFileSync(path, content);
  return loadChain(path);
}

const HEADER =
  "timestamp,instrument_name,option_type,strike,expiry_datetime,bid_price,ask_price,futures_price,futures_instrument_name,implied_volatility,open_interest".split(
    ",",
  );
const CALL =
  "2026-01-30T08:00:05.123456+00:00,BTC-6FEB26-84000-C,call,84000.0,2026-02-06T08:00:00+00:00,0.019,0.021,84100.25,SYN,0.505,12.5".split(
    ",",
  );
const ETHER =
  "2026-01-30T08:00:05.123456+00:00,ETH-6FEB26-2800-C,call,2800.0,2026-02-06T08:00:00+00:00,0.019,,2810.5,SYN,0.505,12.5".split(
    ",",
  );
const text = (rows: readonly (readonly string[])[], delimiter = ",") =>
  `${rows.map((row) => row.join(delimiter)).join("\n")}\n`;
const changed = (row: readonly string[], column: string, value: string) =>
  row.map((cell, at) => (HEADER[at] === column ? value : cell));
const plain = load(text([HEADER, CALL, ETHER]));

describe("one market in every dialect", () => {
  it("has quotes of both coins", () => {
    expect(plain.excluded).toEqual([]);
    expect(plain.quotes.filter(({ instrument }) => instrument.kind === "option")).toHaveLength(2);
  });

  it.each<[string, string | Uint8Array]>([
    ["semicolons", text([HEADER, CALL, ETHER], ";")],
    ["tabs", text([HEADER, CALL, ETHER], "\t")],
    ["bars", text([HEADER, CALL, ETHER], "|")],
    ["spaces after commas, in the header and below", text([HEADER, CALL, ETHER], ", ")],
    ["spaces around semicolons", text([HEADER, CALL, ETHER], " ; ")],
    ["spaces in the header alone", `${HEADER.join(", ")}\n${text([CALL, ETHER])}`],
    ["a line that says what separates", `sep=;\n${text([HEADER, CALL, ETHER], ";")}`],
    [
      "that line in quotes, and CRLF",
      `"sep=\t"\r\n${text([HEADER, CALL, ETHER], "\t").replaceAll("\n", "\r\n")}`,
    ],
    ["a byte-order mark", `\ufeff${text([HEADER, CALL, ETHER])}`],
    ["a byte-order mark before that line", `\ufeffsep=;\n${text([HEADER, CALL, ETHER], ";")}`],
    ["quotes around every cell", text([HEADER, CALL, ETHER].map((row) => row.map((cell) => `"${cell}"`)))],
    [
      "quotes after spaces",
      text(
        [HEADER, CALL, ETHER].map((row) => row.map((cell) => `"${cell}"`)),
        ", ",
      ),
    ],
    [
      "a column of line numbers",
      text([HEADER, CALL, ETHER].map((row, at) => [at === 0 ? "" : String(at - 1), ...row])),
    ],
    ["empty lines", text([HEADER, CALL, ETHER]).replaceAll("\n", "\n\n")],
    [
      "times as pandas writes them",
      text([HEADER, CALL, ETHER])
        .replaceAll("T08:00:05.123456", " 08:00:05.123456")
        .replaceAll("T08:00:00", " 08:00:00"),
    ],
    ...["None", "nan", "NaN", "null", "N/A", "<NA>", "NaT"].map((none): [string, string] => [
      `${none} where there is nothing`,
      text([HEADER, CALL, changed(ETHER, "ask_price", none)]),
    ]),
  ])("%s", (_, content) => {
    expect(load(content)).toEqual(plain);
  });
});

describe("what isn't read is said, with its line", () => {
  const gone = (column: string) =>
    [HEADER, CALL, ETHER].map((row) => row.filter((_, at) => HEADER[at] !== column));

  it.each<[string, string, RegExp]>([
    [
      "a column twice",
      text([
        [...HEADER, "strike"],
        [...CALL, "1"],
      ]),
      /has the column "strike" twice\. Which is meant/,
    ],
    [
      "an unused column twice",
      text([
        [...HEADER, "delta", "delta"],
        [...CALL, "1", "2"],
      ]),
      /has the column "delta" twice/,
    ],
    [
      "no volatility",
      text(gone("implied_volatility"), ";"),
      /no column implied_volatility\. .*10 cells separated by semicolons/,
    ],
    [
      "a line cut off",
      text([HEADER, CALL, ETHER.slice(0, 4)]),
      /can't be read at line 3\. Every line must have as many cells/,
    ],
    [
      "the same after a sep= line",
      `sep=,\n${text([HEADER, CALL, ETHER.slice(0, 4)])}`,
      /can't be read at line 4/,
    ],
    [
      "30 February",
      text([HEADER, changed(CALL, "timestamp", "2026-02-30T08:00:05Z")]),
      /Line 2: the timestamp "2026-02-30T08:00:05Z" is not a UTC time\. Expected/,
    ],
    [
      "a time without a zone",
      text([HEADER, CALL, changed(ETHER, "timestamp", "2026-01-30 08:00:05")]),
      /Line 3: the timestamp "2026-01-30 08:00:05" is not/,
    ],
    [
      "a time in milliseconds",
      text([HEADER, changed(CALL, "timestamp", "1769760005123")]),
      /Line 2: the timestamp "1769760005123" is not/,
    ],
    ["UTF-16", "", /UTF-16/],
  ])("%s", (name, content, says) => {
    expect(() =>
      load(name === "UTF-16" ? Buffer.from(`\ufeff${text([HEADER, CALL])}`, "utf16le") : content),
    ).toThrow(says);
  });

  it.each([
    ["option_type", "C", "option_type is not the name's (call or put) (2, e.g. BTC-6FEB26-84000-C)"],
    ["futures_price", "84100,25", "forward has a decimal comma, not a point (2, e.g. BTC-6FEB26-84000-C)"],
    ["implied_volatility", "None", "implied volatility missing (2, e.g. BTC-6FEB26-84000-C)"],
    [
      "expiry_datetime",
      "2026-02-30 08:00:00+00:00",
      "expiry_datetime is not a UTC time (2, e.g. BTC-6FEB26-84000-C)",
    ],
    ["expiry_datetime", "2026-02-07 08:00:00+00:00", "expiry is not the name's (2, e.g. BTC-6FEB26-84000-C)"],
  ])("%s of %s in every row: the commonest reason, with an example", (column, value, says) => {
    const rows = [HEADER, changed(CALL, column, value), changed(ETHER, column, value)];
    expect(() => importChainCsv(text(rows, ";"))).toThrow(
      `The market has no usable quote. Left out: ${says}.`,
    );
  });

  it("gives the commonest reasons first, three at most, and counts no collateral that it would add", () => {
    const names = ["80000", "82000", "86000", "88000", "90000", "92000", "94000"];
    const bad = names.map((strike, at) => {
      const row = changed(
        changed(CALL, "instrument_name", `BTC-6FEB26-${strike}-C`),
        "strike",
        `${strike}.0`,
      );
      const [column, value] = [
        ["implied_volatility", ""],
        ["implied_volatility", ""],
        ["implied_volatility", ""],
        ["option_type", "put"],
        ["option_type", "put"],
        ["strike", "1"],
        ["ask_price", "x"],
      ][at] ?? ["", ""];
      return changed(row, column ?? "", value ?? "");
    });
    expect(() => importChainCsv(text([HEADER, ...bad]))).toThrow(
      "The market has no usable quote. Left out: implied volatility missing (3, e.g. BTC-6FEB26-80000-C); " +
        "option_type is not the name's (call or put) (2, e.g. BTC-6FEB26-88000-C); strike is not the name's (1, e.g. BTC-6FEB26-92000-C).",
    );
  });
});

describe("answers of Deribit of another kind or unit", () => {
  const summary = (time: number) => ({
    instrument_name: "BTC-6FEB26-84000-C",
    creation_timestamp: time,
    mark_iv: 50,
    mark_price: 0.02,
    underlying_price: 84_100,
    estimated_delivery_price: 84_000,
  });
  const time = Date.UTC(2026, 0, 30, 8);

  it.each([
    ["microseconds", time * 1000],
    ["seconds", time / 1000],
    ["nanoseconds", time * 1e6],
  ])("times in %s", (unit, value) => {
    expect(() => importBookSummary([[summary(value)]])).toThrow(`The market's time counts ${unit}`);
    expect(() => importBookSummary([[summary(time)], [summary(value)]])).toThrow(`counts ${unit}`);
  });

  it("a time that is no whole number, or a key of another type: the row and the key", () => {
    expect(() => importBookSummary([[summary(time), summary(time + 0.5)]])).toThrow(
      /In row 1, creation_timestamp: /,
    );
    expect(() => importBookSummary([{ result: [{ ...summary(time), mark_iv: "50" }] }])).toThrow(
      /In row 0, mark_iv: /,
    );
  });

  it("a list of instruments has no prices", () => {
    const { instrument_name } = summary(time);
    const listing = {
      instrument_name,
      creation_timestamp: time,
      expiration_timestamp: time + 1,
      kind: "option",
    };
    expect(() => importBookSummary([{ jsonrpc: "2.0", result: [listing] }])).toThrow(
      "This is an answer of get_instruments: it has no prices.",
    );
  });

  it("an hour of a market without a usable row: the reason", () => {
    const { underlying_price: _, ...without } = summary(time);
    expect(() => importBookSummary([[without]])).toThrow(
      "Left out: forward price missing, and no call and put of its expiry give one (1, e.g. BTC-6FEB26-84000-C).",
    );
  });
});
