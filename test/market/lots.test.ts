import { describe, expect, it } from "vitest";
import { DEFAULT_LOTS, parseInstrumentName, readInstrumentName } from "../../src/market/instruments.ts";
import { LOT_KINDS, LOTS_FORMAT, lotLookup, parseLots, readLots } from "../../src/market/lots.ts";
import { formatDecimal } from "../../src/math/decimal.ts";

const lotOf = (name: string, lots?: Parameters<typeof parseInstrumentName>[2]) =>
  formatDecimal(parseInstrumentName(name, undefined, lots).lotSize, 18);

describe("lots", () => {
  const lots = lotLookup(parseLots("SOL=0.1,XRP=10"));

  it("are given for whatever counts coins", () => {
    for (const name of ["SOL_USDC-6FEB26-120-C", "SOL_USDC-6FEB26", "SOL_USDC-PERPETUAL", "SOL"])
      expect(lotOf(name, lots)).toBe("0.1");
    expect(lotOf("XRP_USDC-6FEB26-0d625-P", lots)).toBe("10");
    expect(readInstrumentName("SOL-PERPETUAL", lots)).toMatchObject({
      reason: expect.stringContaining("no lot is known for an inverse future on SOL"),
    });
  });

  it("go before the default ones, and leave those of other assets", () => {
    expect(lotOf("BTC-6FEB26-90000-C", lotLookup(parseLots("BTC=0.5")))).toBe("0.5");
    expect(lotOf("BTC-PERPETUAL", lotLookup(parseLots("BTC=0.5")))).toBe(
      DEFAULT_LOTS["BTC"]?.["inverse future"],
    );
    expect(lotOf("ETH-6FEB26-2000-C", lots)).toBe("1");
  });

  it("come from a file by kind, the first list first", () => {
    const file = readLots({
      format: LOTS_FORMAT,
      lots: { SOL: { "linear option": "1", collateral: "0.01", "inverse future": "5" }, XRP: "100" },
    });
    const both = lotLookup(parseLots("XRP=10"), file);
    expect(["SOL_USDC-6FEB26-120-C", "SOL", "SOL-PERPETUAL"].map((name) => lotOf(name, both))).toEqual([
      "1",
      "0.01",
      "5",
    ]);
    expect(lotOf("XRP", both)).toBe("10");
    expect(readInstrumentName("SOL_USDC-PERPETUAL", both)).toHaveProperty("reason");
  });

  it.each([
    ["no size", () => parseLots("SOL"), "INVALID_INPUT"],
    ["an asset twice", () => parseLots("SOL=1,SOL=2"), "INVALID_INPUT"],
    ["a lower-case asset", () => parseLots("sol=1"), "INVALID_INPUT"],
    ["a lot of zero", () => parseLots("SOL=0"), "OUT_OF_RANGE"],
    ["a negative lot", () => parseLots("SOL=-1"), "OUT_OF_RANGE"],
    ["19 decimals", () => parseLots("SOL=0.0000000000000000001"), "INVALID_DECIMAL"],
    ["another format", () => readLots({ format: "ballast.lots/2", lots: {} }), "INVALID_INPUT"],
    [
      "an unknown kind",
      () => readLots({ format: LOTS_FORMAT, lots: { SOL: { option: "1" } } }),
      "INVALID_INPUT",
    ],
    ["a number for text", () => readLots({ format: LOTS_FORMAT, lots: { SOL: 1 } }), "INVALID_INPUT"],
  ])("refuses %s", (_, act, code) => {
    expect(act).toThrowError(expect.objectContaining({ code }));
  });
});

describe("the reason for a name that is refused", () => {
  it.each([
    ["SOL_USDC-6FEB26-120-C", "no lot is known for a linear option on SOL, and none was given"],
    ["DOGE", "no lot is known for DOGE as collateral, and none was given"],
    ["BTC_USDC", "a currency pair is no instrument"],
    ["BTC-30FEB26-90000-C", "there is no date 30FEB26"],
    ["BTC-6FEB26-0-C", "a strike is above zero"],
    ["XRP_USDC-6FEB26-0d50-C", "a strike has no leading zeros, and no trailing ones after its d"],
    ["BTC-FS-27MAR26_PERP", "not the name of an instrument, which looks like BTC-27MAR26-100000-C"],
  ])("%s: %s", (name, reason) => {
    expect(readInstrumentName(name)).toEqual({ code: "UNKNOWN_INSTRUMENT", reason });
  });

  it("names every kind that has a lot", () => {
    const kinds = new Set(Object.values(DEFAULT_LOTS).flatMap((lots) => Object.keys(lots)));
    expect([...kinds].sort()).toEqual([...LOT_KINDS].sort());
  });
});
