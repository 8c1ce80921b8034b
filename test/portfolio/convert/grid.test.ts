import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleChain } from "../../../src/market/sample.ts";
import { parseDecimal } from "../../../src/math/decimal.ts";
import type { VenueAccount, VenueHolding } from "../../../src/portfolio/convert/account.ts";
import { gridEffect } from "../../../src/portfolio/convert/effect.ts";
import { type GridHolding, type LotOrReason, toGrid } from "../../../src/portfolio/convert/grid.ts";
import { presetPolicy } from "../../../src/risk/policy.ts";
import { marginReport } from "../../../src/risk/report.ts";
import { buildSnapshot, rowByName } from "../../../src/risk/snapshot.ts";

const wad = (text: string): bigint => parseDecimal(text, 18, "amount");
const LOTS: Readonly<Record<string, string>> = {
  BTC: "0.0001",
  USDC: "0.01",
  "BTC-PERPETUAL": "10",
  "ETH-27MAR26-2800-C": "1",
};
const lotOf = (name: string): LotOrReason =>
  LOTS[name] === undefined ? { reason: "not in the snapshot" } : { lot: wad(LOTS[name]) };
const holding = (instrument: string, amount: string, isExact = true): VenueHolding => ({
  instrument,
  amount: { value: wad(amount), isExact },
});
const account = (
  positions: readonly VenueHolding[],
  balances: readonly VenueHolding[] = [],
): VenueAccount => ({
  account: undefined,
  positions,
  balances,
  notes: [],
});

describe("holdings on the lot grid", () => {
  it("rounds balances down, debts too, so never in the account's favour", () => {
    const { balances } = toGrid(
      account([], [holding("USDC", "250000.123456"), holding("BTC", "-1.23456789")]),
      { lotOf },
    );
    expect(balances.map(({ held, kept }) => [held, kept])).toEqual([
      [wad("250000.123456"), wad("250000.12")],
      [wad("-1.23456789"), wad("-1.2346")],
    ]);
  });

  it("loses less than a lot of any balance, and nothing of whole lots", () => {
    const lot = wad("0.0001");
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (value) => {
        const balance = { instrument: "BTC", amount: { value, isExact: true } };
        const [found] = toGrid(account([], [balance]), { lotOf }).balances;
        const kept = found?.kept ?? 0n;
        expect(kept % lot).toBe(0n);
        expect(value - kept >= 0n && value - kept < lot).toBe(true);
      }),
    );
  });

  it("refuses positions off the grid by name, unless told to round", () => {
    const positions = [
      holding("BTC-PERPETUAL", "25"),
      holding("ETH-27MAR26-2800-C", "-3.5"),
      holding("BTC", "1"),
    ];
    expect(() => toGrid(account(positions), { lotOf })).toThrowError(
      expect.objectContaining({
        code: "OFF_LOT_GRID",
        message: expect.stringMatching(
          /^(?=.*BTC-PERPETUAL, ETH-27MAR26-2800-C)(?=.*round to the nearest lot)(?!.*(?:25|3\.5))/,
        ),
      }),
    );
    const rounded = toGrid(account(positions), { lotOf, round: true }).positions;
    expect(rounded.map(({ kept }) => kept)).toEqual([wad("30"), wad("-4"), wad("1")]);
  });

  it("refuses a position that 18 decimals don't hold, though what is left of it is a whole lot", () => {
    expect(() => toGrid(account([holding("BTC", "1", false)]), { lotOf })).toThrowError(
      expect.objectContaining({ code: "OFF_LOT_GRID" }),
    );
  });

  it("lists assets that can't be used where they are held, and refuses them where they are owed", () => {
    const paxg = toGrid(account([], [holding("PAXG", "2"), holding("EURR", "0")]), { lotOf });
    expect(paxg).toMatchObject({ balances: [], leftOut: [{ name: "PAXG", reason: "not in the snapshot" }] });
    expect(() => toGrid(account([], [holding("PAXG", "-0.1")]), { lotOf })).toThrowError(
      expect.objectContaining({
        code: "UNKNOWN_INSTRUMENT",
        message: expect.stringContaining("PAXG (not in the snapshot)"),
      }),
    );
  });

  it("leaves out no position but on purpose", () => {
    const positions = [holding("DOGE_USDC-PERPETUAL", "5")];
    expect(() => toGrid(account(positions), { lotOf })).toThrowError(
      expect.objectContaining({
        code: "UNKNOWN_INSTRUMENT",
        inputs: ["snapshot.include", "accounts.leaveOut"],
      }),
    );
    expect(toGrid(account(positions), { lotOf, leaveOut: ["DOGE_USDC-PERPETUAL"] }).leftOut).toEqual([
      { name: "DOGE_USDC-PERPETUAL", reason: "left out on purpose" },
    ]);
  });

  it.each([
    ["a position twice", account([holding("BTC", "1"), holding("BTC", "1")]), "DUPLICATE_INSTRUMENT"],
    ["a balance twice", account([], [holding("BTC", "1"), holding("BTC", "1")]), "DUPLICATE_INSTRUMENT"],
    ["2^36 lots", account([], [holding("USDC", "687194767.36")]), "LOT_OVERFLOW"],
  ])("refuses %s", (_, bad, code) => {
    expect(() => toGrid(bad, { lotOf })).toThrowError(expect.objectContaining({ code }));
  });
});

describe("what whole lots change", () => {
  const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"), { rows: 60 });
  const option = snapshot.rows.find(({ instrument }) => instrument.kind === "option")?.instrument;
  const held = (name: string, lots: bigint, part: bigint): GridHolding => {
    const lot = rowByName(snapshot, name).instrument.lotSize;
    return { instrument: name, lot, held: lots * lot + (lot * part) / 10n, kept: lots * lot };
  };

  it("is nothing for whole lots: the requirement is that of `margin`", () => {
    const holdings = [held("BTC", 5000n, 0n), held(option?.name ?? "", -30n, 0n)];
    const report = marginReport(
      snapshot,
      holdings.map(({ instrument, kept, lot }) => ({
        instrumentId: rowByName(snapshot, instrument).instrumentId,
        quantity: kept / lot,
      })),
    );
    const effect = gridEffect(snapshot, holdings);
    expect(effect.equity).toEqual({ held: report.equity, kept: report.equity, change: "0" });
    expect(effect.requirement.change).toBe("0");
    expect(effect.initialRequirement.change).toBe("0");
    expect(effect.tier).toEqual({ held: report.tier, kept: report.tier });
    expect(Math.abs(Number(effect.requirement.kept) - Number(report.requirement))).toBeLessThanOrEqual(1e-6);
  });

  it("is the difference of the fractions, in equity and requirement", () => {
    const effect = gridEffect(snapshot, [held("USDC", 100n, 5n), held(option?.name ?? "", -30n, -3n)]);
    // Less of a short option is owed: equity rises, the requirement falls.
    expect(Number(effect.equity.change)).toBeGreaterThan(0);
    expect(Number(effect.requirement.change)).toBeLessThan(0);
    const ratio = Number(effect.requirement.held) / Number(effect.requirement.kept);
    expect(ratio).toBeGreaterThan(1.009);
    expect(ratio).toBeLessThan(1.011);
  });

  it("is refused for what the snapshot doesn't have", () => {
    expect(() => gridEffect(snapshot, [{ instrument: "DOGE", lot: 1n, held: 1n, kept: 1n }])).toThrowError(
      expect.objectContaining({ code: "UNKNOWN_INSTRUMENT" }),
    );
  });
});
