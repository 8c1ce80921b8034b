import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BallastError } from "../../src/errors.ts";
import {
  compareInstruments,
  DEFAULT_LOTS,
  formatExpiry,
  parseInstrumentName,
} from "../../src/market/instruments.ts";
import { wad } from "../../src/math/wad.ts";

const WAD = 10n ** 18n;
const expiry = BigInt(Date.UTC(2026, 2, 27, 8));
const btc = { underlying: "BTC", settlement: "inverse" };
const btcLinear = { underlying: "BTC", settlement: "linear" };
const eth = { underlying: "ETH", settlement: "inverse" };
const ethLinear = { underlying: "ETH", settlement: "linear" };

/** Name, then everything that it means. */
const GOLDEN = [
  {
    name: "BTC-27MAR26-100000-C",
    kind: "option",
    ...btc,
    expiry,
    strike: 100_000n * WAD,
    right: "call",
    lotSize: WAD / 10n,
  },
  {
    name: "ETH-6FEB26-2750-P",
    kind: "option",
    ...eth,
    expiry: BigInt(Date.UTC(2026, 1, 6, 8)),
    strike: 2_750n * WAD,
    right: "put",
    lotSize: WAD,
  },
  {
    name: "BTC_USDC-27MAR26-100000-C",
    kind: "option",
    ...btcLinear,
    expiry,
    strike: 100_000n * WAD,
    right: "call",
    lotSize: WAD / 100n,
  },
  {
    name: "ETH_USDC-27MAR26-0d625-P",
    kind: "option",
    ...ethLinear,
    expiry,
    strike: (625n * WAD) / 1000n,
    right: "put",
    lotSize: WAD / 10n,
  },
  { name: "BTC-27MAR26", kind: "future", ...btc, expiry, lotSize: 10n * WAD },
  { name: "ETH-27MAR26", kind: "future", ...eth, expiry, lotSize: WAD },
  { name: "BTC_USDC-27MAR26", kind: "future", ...btcLinear, expiry, lotSize: WAD / 1000n },
  { name: "BTC-PERPETUAL", kind: "perpetual", ...btc, lotSize: 10n * WAD },
  { name: "ETH-PERPETUAL", kind: "perpetual", ...eth, lotSize: WAD },
  { name: "BTC_USDC-PERPETUAL", kind: "perpetual", ...btcLinear, lotSize: WAD / 1000n },
  { name: "ETH_USDC-PERPETUAL", kind: "perpetual", ...ethLinear, lotSize: WAD / 100n },
  { name: "USDC", kind: "collateral", underlying: null, lotSize: WAD / 100n },
  { name: "BTC", kind: "collateral", underlying: "BTC", lotSize: WAD / 10_000n },
  { name: "ETH", kind: "collateral", underlying: "ETH", lotSize: WAD / 1000n },
];

const REFUSED = [
  "",
  "btc-27MAR26-100000-C",
  " BTC",
  "BTC\n",
  "DOGE",
  "BTC_USDC",
  "USDC-PERPETUAL",
  "USDC-27MAR26",
  "SOL_USDC-PERPETUAL",
  "BTC_USDT-PERPETUAL",
  "BTC-PERPETUAL-100-C",
  "BTC-27MAR2026-100000-C",
  "BTC-06FEB26-100000-C",
  "BTC-31FEB26-100000-C",
  "BTC-0FEB26",
  "BTC-27MAI26",
  "BTC-27MAR26-0-C",
  "BTC-27MAR26-0d0-C",
  "BTC-27MAR26-0100-C",
  "BTC-27MAR26-1d50-C",
  "BTC-27MAR26-1.5-C",
  "BTC-27MAR26-1e5-C",
  "BTC-27MAR26--5-C",
  "BTC-27MAR26-100000",
  "BTC-27MAR26-100000-X",
  "BTC-FS-27MAR26_PERP",
  "SYN.BTC-3APR26",
];

describe("parseInstrumentName", () => {
  it.each(GOLDEN)("knows $name", (instrument) => {
    expect(parseInstrumentName(instrument.name)).toEqual(instrument);
  });

  it.each(REFUSED)("refuses %j", (name) => {
    expect(() => parseInstrumentName(name)).toThrowError(
      expect.objectContaining({ code: "UNKNOWN_INSTRUMENT" }),
    );
  });

  it("takes another lot, and with it an asset that has no default", () => {
    const lot = wad(WAD / 1000n);
    expect(parseInstrumentName("BTC-27MAR26-100000-C", lot).lotSize).toBe(lot);
    expect(parseInstrumentName("SOL_USDC-PERPETUAL", lot)).toMatchObject({
      underlying: "SOL",
      settlement: "linear",
    });
  });

  it("quotes at most 60 characters of a wrong name", () => {
    try {
      parseInstrumentName("x".repeat(10_000));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(BallastError);
      expect((error as BallastError).message.length).toBeLessThan(200);
    }
  });

  it("reads back every expiry that formatExpiry writes, from 2000 to 2099", () => {
    const days = fc.integer({ min: 10957, max: 47481 });
    fc.assert(
      fc.property(days, (day) => {
        const time = BigInt(day * 86_400_000 + 8 * 3_600_000);
        expect(parseInstrumentName(`BTC-${formatExpiry(time)}`)).toMatchObject({ expiry: time });
      }),
    );
  });
});

describe("compareInstruments", () => {
  it("puts collateral, perpetuals, then expiries with the future first", () => {
    const ordered = [
      "USDC",
      "BTC",
      "ETH",
      "BTC-PERPETUAL",
      "ETH-PERPETUAL",
      "BTC_USDC-PERPETUAL",
      "ETH_USDC-PERPETUAL",
      "BTC-6FEB26",
      "BTC-6FEB26-90000-C",
      "BTC-6FEB26-90000-P",
      "BTC_USDC-6FEB26-90000-P",
      "BTC-6FEB26-100000-C",
      "BTC-27FEB26",
      "ETH-6FEB26",
    ];
    const instruments = ordered.map((name) => parseInstrumentName(name));
    const sorted = [...instruments].reverse().sort(compareInstruments);
    expect(sorted.map(({ name }) => name)).toEqual(ordered);
  });
});

describe("the lots", () => {
  it("are in docs/reference/market-data.md as they are in the code", async () => {
    const { readFile } = await import("node:fs/promises");
    const docs = await readFile(new URL("../../docs/reference/market-data.md", import.meta.url), "utf8");
    for (const [asset, lots] of Object.entries(DEFAULT_LOTS)) {
      const cells = ["inverse option", "linear option", "inverse future", "linear future", "collateral"].map(
        (kind) => lots[kind as keyof typeof lots] ?? "–",
      );
      expect(docs).toContain(`| ${asset} | ${cells.join(" | ")} |`);
    }
  });
});
