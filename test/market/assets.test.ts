import { describe, expect, it } from "vitest";
import { parseStablecoin, withStablecoins } from "../../src/market/collateral.ts";
import { importBallastChain } from "../../src/market/importers/ballast.ts";
import { importBookSummary } from "../../src/market/importers/deribit.ts";
import { STABLECOINS } from "../../src/market/instruments.ts";
import { lotLookup, parseLots } from "../../src/market/lots.ts";
import { createRegistry } from "../../src/market/registry.ts";
import { chosenUnderlyings } from "../../src/market/underlyings.ts";
import { type Policy, parsePolicy, presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot, decodeSnapshot, encodeSnapshot, rowByName } from "../../src/risk/snapshot.ts";

const TIME = Date.UTC(2026, 0, 30, 8, 0, 5);
const summary = (instrument_name: string, index: number, underlying_price: number) => ({
  instrument_name,
  creation_timestamp: TIME,
  mark_iv: 50,
  mark_price: 0.02,
  underlying_price,
  underlying_index: `SYN.${instrument_name.split("-").slice(0, 2).join("-")}`,
  estimated_delivery_price: index,
  bid_price: null,
  ask_price: null,
  open_interest: 5,
});
/** Deribit's USDC book and its coin books at one moment: four underlyings. */
const BOOK = [
  summary("BTC-6FEB26-84000-C", 84000, 84100),
  summary("ETH-6FEB26-2800-C", 2800, 2810),
  summary("SOL_USDC-6FEB26-120-C", 120.5, 121),
  summary("XRP_USDC-6FEB26-0d625-C", 0.62, 0.63),
];
const lots = lotLookup(parseLots("SOL=1,XRP=100"));
const withUnderlyings = (...underlyings: string[]): Policy =>
  parsePolicy({ ...presetPolicy("les"), name: "for-these", underlyings });
const names = (chain: { quotes: readonly { instrument: { name: string } }[] }) =>
  chain.quotes.map(({ instrument }) => instrument.name);

describe("a chain of other assets", () => {
  it("says of each that has no lot that it has none, and takes them when lots are given", () => {
    const { excluded } = importBookSummary([BOOK]);
    expect(excluded).toEqual([
      {
        name: "SOL_USDC-6FEB26-120-C",
        reason: "no lot is known for a linear option on SOL, and none was given",
      },
      {
        name: "XRP_USDC-6FEB26-0d625-C",
        reason: "no lot is known for a linear option on XRP, and none was given",
      },
    ]);
    const chain = importBookSummary([BOOK], { lots });
    expect(chain.excluded).toEqual([]);
    expect(names(chain)).toEqual(
      expect.arrayContaining(["SOL", "XRP", "SOL_USDC-PERPETUAL", "XRP_USDC-6FEB26-0d625-C"]),
    );
    expect(names(chain)).not.toContain("SOL-PERPETUAL");
  });

  it("keeps the snapshot's underlyings, and lists the rest with that reason", () => {
    const chain = importBookSummary([BOOK], { lots, underlyings: ["SOL", "XRP"] });
    expect(chain.underlyings.map(({ symbol }) => symbol)).toEqual(["SOL", "XRP"]);
    expect(chain.excluded.map(({ name }) => name)).toEqual(["BTC-6FEB26-84000-C", "ETH-6FEB26-2800-C"]);
    expect(chain.excluded[0]?.reason).toBe("on BTC: a snapshot has at most 2 underlyings, here SOL and XRP");
  });

  it("lists a coin of an underlying that has a lot for options but none as collateral", () => {
    const only = lotLookup(new Map([["SOL", { "linear option": (10n ** 18n) as never }]]));
    const chain = importBookSummary([BOOK], { lots: only, underlyings: ["BTC", "SOL"] });
    expect(chain.excluded).toContainEqual({
      name: "SOL",
      reason: "no lot is known for SOL as collateral, and none was given",
    });
  });

  it("makes a snapshot under a policy for its assets, which derives again", () => {
    const chain = importBookSummary([BOOK], { lots, underlyings: ["SOL", "XRP"] });
    const snapshot = buildSnapshot(chain, withUnderlyings("SOL", "XRP"), { registry: createRegistry() });
    expect(rowByName(snapshot, "SOL").instrumentId).toBe(4);
    expect(rowByName(snapshot, "XRP").instrumentId).toBe(5);
    expect(rowByName(snapshot, "XRP_USDC-6FEB26-0d625-C").vector.mark).toBeGreaterThan(0n);
    expect(decodeSnapshot(encodeSnapshot(snapshot)).snapshotId).toBe(snapshot.snapshotId);
  });

  it("gives further collateral no id that another snapshot could give to another asset", () => {
    const chain = importBookSummary([BOOK], { lots, underlyings: ["SOL", "XRP"] });
    expect(() => buildSnapshot(chain, withUnderlyings("SOL", "XRP"))).toThrowError(
      expect.objectContaining({ code: "INVALID_INPUT", inputs: ["snapshot.registry"] }),
    );
  });

  it("is refused where the policy is for others, with what the chain has", () => {
    const chain = importBookSummary([BOOK], { lots, underlyings: ["BTC", "SOL"] });
    expect(() => buildSnapshot(chain, presetPolicy("les"))).toThrowError(
      expect.objectContaining({ code: "INVALID_MARKET", hint: expect.stringContaining("BTC, SOL") }),
    );
  });
});

describe("the underlyings of a snapshot", () => {
  const les = presetPolicy("les");

  it("are the policy's, in its order", () => {
    expect(chosenUnderlyings(les, undefined)).toEqual(["BTC", "ETH"]);
    expect(chosenUnderlyings(les, ["ETH", "BTC"])).toEqual(["BTC", "ETH"]);
  });

  it.each([
    ["three", ["BTC", "ETH", "SOL"], "OUT_OF_RANGE", /at most 2 underlyings, until circuits of more exist/],
    ["another than the policy's", ["BTC", "SOL"], "INVALID_POLICY", /les\S* is for BTC and ETH, not for SOL/],
  ])("are not %s", (_, asked, code, message) => {
    expect(() => chosenUnderlyings(les, asked)).toThrowError(
      expect.objectContaining({ code, shortMessage: expect.stringMatching(message) }),
    );
  });

  it("are not three of a policy", () => {
    const three = { name: "three", underlyings: ["BTC", "ETH", "SOL"] };
    expect(() => chosenUnderlyings(three, undefined)).toThrowError(
      expect.objectContaining({ code: "OUT_OF_RANGE", inputs: ["snapshot.underlyings"] }),
    );
  });
});

describe("a stablecoin", () => {
  const chain = importBookSummary([BOOK]);
  const build = (text: string) =>
    buildSnapshot(withStablecoins(chain, [parseStablecoin(text)]), presetPolicy("les"), {
      registry: createRegistry(),
    });

  it("is worth its price, moves in no scenario, and is charged the largest haircut of a coin", () => {
    const nominal = rowByName(build("USDT"), "USDT");
    expect(nominal).toMatchObject({ instrumentId: 4, instrument: { underlying: null } });
    // A cent a lot; 3.5 % of it, ETH's haircut under les, rounded up.
    expect(nominal.vector).toMatchObject({ mark: 10_000n, longCharge: 350n, shortCharge: 350n });
    expect(rowByName(build("USDT=0.98"), "USDT").vector).toMatchObject({ mark: 9_800n, longCharge: 343n });
    for (const lane of [nominal.vector.pnl, nominal.vector.delta, nominal.vector.gamma, nominal.vector.vega])
      expect(lane.every((value) => value === 0n)).toBe(true);
  });

  it("leaves the quote currency at 1 without haircut", () => {
    expect(rowByName(build("USDT"), "USDC").vector).toMatchObject({ mark: 10_000n, longCharge: 0n });
  });

  it("can't be a coin, twice in a chain, or far from a USD", () => {
    expect(() => parseStablecoin("SOL")).toThrowError(
      expect.objectContaining({ code: "UNKNOWN_INSTRUMENT" }),
    );
    expect(() => build("USDC")).toThrowError(expect.objectContaining({ code: "DUPLICATE_INSTRUMENT" }));
    expect(() => build("USDT=0.4")).toThrowError(expect.objectContaining({ code: "INVALID_MARKET" }));
    expect(STABLECOINS).not.toContain("BTC");
  });

  it("comes from Ballast's own format too", () => {
    const file = {
      format: "ballast.chain/1",
      source: "test",
      time: "2026-01-30T08:00:05.000Z",
      underlyings: [{ symbol: "BTC", indexPrice: "84000" }],
      quotes: [
        { instrument: "USDT", forward: "0.999" },
        { instrument: "BTC", forward: "84000" },
      ],
      excluded: [],
    };
    const own = importBallastChain(file);
    expect(own.quotes.find(({ instrument }) => instrument.name === "USDT")?.instrument.underlying).toBeNull();
  });
});
