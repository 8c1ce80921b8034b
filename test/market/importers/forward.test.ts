import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importBookSummary } from "../../../src/market/importers/deribit.ts";
import { completeForwards, parityForward, type VenueRow } from "../../../src/market/importers/forward.ts";
import { parseInstrumentName } from "../../../src/market/instruments.ts";
import { sampleChain } from "../../../src/market/sample.ts";
import { black76 } from "../../../src/math/black76.ts";
import { WAD, type Wad, wad } from "../../../src/math/wad.ts";

type Side = { readonly mark?: Wad; readonly bid?: Wad; readonly ask?: Wad; readonly forward?: Wad };
const amount = (number: number): Wad => wad(BigInt(Math.round(number * 1e9)) * 10n ** 9n);

function row(name: string, { mark, ...quote }: Side): VenueRow {
  const instrument = parseInstrumentName(name);
  return { quote: { instrument, ...quote }, ...(mark === undefined ? {} : { mark }) };
}
/** A call and a put at a strike, worth what parity says around 0.05 coin (inverse) or 5 % of the strike. */
function pair(
  strike: number,
  forward: number,
  linear = false,
  side = (value: number): Side => ({ mark: amount(value) }),
) {
  const pairOf = linear ? "BTC_USDC" : "BTC";
  const apart = linear ? forward - strike : 1 - strike / forward;
  const base = (linear ? strike : 1) * 0.05 + Math.max(0, -apart);
  return [
    row(`${pairOf}-27MAR26-${strike}-C`, side(base + apart)),
    row(`${pairOf}-27MAR26-${strike}-P`, side(base)),
  ];
}
const relative = (forward: Wad | undefined, truth: number) =>
  Math.abs(Number(forward ?? 0n) / 1e18 / truth - 1);

describe("parityForward", () => {
  it("finds the forward that the prices were made of, in coin and in USD", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 20_000, max: 300_000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 40_000, max: 150_000 }),
        fc.boolean(),
        (strikes, forward, linear) => {
          const found = parityForward(strikes.flatMap((strike) => pair(strike, forward, linear)));
          expect(found?.strikes).toBe(Math.min(5, strikes.length));
          expect(relative(found?.forward, forward)).toBeLessThan(1e-7);
        },
      ),
    );
  });

  it("is exact in integers", () => {
    // 1 - (0.12 - 0.02) = 0.9: 90,000 / 0.9; in USD 90,000 + 2,500.
    const [call, put] = ["BTC-27MAR26-90000-C", "BTC-27MAR26-90000-P"] as const;
    const inverse = [row(call, { mark: amount(0.12) }), row(put, { mark: amount(0.02) })];
    expect(parityForward(inverse)).toEqual({ forward: 100_000n * WAD, strikes: 1 });
    const linear = [
      row("BTC_USDC-27MAR26-90000-C", { mark: amount(4_000) }),
      row("BTC_USDC-27MAR26-90000-P", { mark: amount(1_500) }),
    ];
    expect(parityForward(linear)).toEqual({ forward: 92_500n * WAD, strikes: 1 });
  });

  it("agrees with Black-76 on the sample's options, of two expiries and both coins", () => {
    const chain = sampleChain();
    for (const [term, future] of [
      ["BTC-27MAR26", "BTC-27MAR26"],
      ["ETH-25SEP26", "ETH-25SEP26"],
    ] as const) {
      const rows = chain.quotes.flatMap(({ instrument, forward, impliedVolatility }) => {
        if (instrument.kind !== "option" || !instrument.name.startsWith(`${term}-`)) return [];
        const time = wad(((instrument.expiry - chain.time) * WAD) / (365n * 86_400_000n));
        const volatility = impliedVolatility ?? wad(0n);
        const { price } = black76({
          forward,
          strike: instrument.strike,
          volatility,
          time,
          right: instrument.right,
        });
        return [{ quote: { instrument }, mark: wad((price * WAD) / forward) }];
      });
      const truth = chain.quotes.find(({ instrument }) => instrument.name === future)?.forward ?? 0n;
      expect(relative(parityForward(rows)?.forward, Number(truth) / 1e18)).toBeLessThan(1e-12);
    }
  });

  it("is not led astray by a wrong pair, nor by what is far from the money", () => {
    const good = [80_000, 82_000, 84_000, 86_000].flatMap((strike) => pair(strike, 84_500));
    const wrong = pair(83_000, 120_000);
    expect(relative(parityForward([...good, ...wrong])?.forward, 84_500)).toBeLessThan(1e-7);
    const far = [20_000, 25_000, 200_000].flatMap((strike) => pair(strike, 90_000));
    const near = [82_000, 83_000, 84_000, 85_000, 86_000].flatMap((strike) => pair(strike, 84_500));
    expect(relative(parityForward([...far, ...near])?.forward, 84_500)).toBeLessThan(1e-7);
  });

  it("takes the middle of bid and ask where marks are missing, if both sides are there and narrow", () => {
    const quoted = (width: number) => (value: number) => ({
      bid: amount(value - width / 2),
      ask: amount(value + width / 2),
    });
    expect(relative(parityForward(pair(84_000, 84_500, false, quoted(0.002)))?.forward, 84_500)).toBeLessThan(
      1e-7,
    );
    expect(parityForward(pair(84_000, 84_500, false, quoted(0.03)))).toBeUndefined();
    expect(relative(parityForward(pair(84_000, 84_500, true, quoted(100)))?.forward, 84_500)).toBeLessThan(
      1e-7,
    );
    expect(parityForward(pair(84_000, 84_500, true, quoted(2_000)))).toBeUndefined();
    const crossed = (value: number) => ({ bid: amount(value + 0.001), ask: amount(value) });
    expect(parityForward(pair(84_000, 84_500, false, crossed))).toBeUndefined();
    expect(parityForward(pair(84_000, 84_500, false, (value) => ({ ask: amount(value) })))).toBeUndefined();
  });

  it("says nothing without a pair, or of prices that no forward has", () => {
    const [call, put] = pair(84_000, 84_500);
    expect(parityForward([])).toBeUndefined();
    expect(parityForward(call === undefined ? [] : [call])).toBeUndefined();
    expect(parityForward([...(call ? [call] : []), ...pair(85_000, 84_500).slice(1)])).toBeUndefined();
    const [again] = pair(84_000, 200_000);
    expect(parityForward([...pair(84_000, 84_500), ...(again ? [again] : [])])).toBeUndefined();
    const absurd = [
      row("BTC-27MAR26-84000-C", { mark: wad(WAD + 1n) }),
      row("BTC-27MAR26-84000-P", { mark: wad(1n) }),
    ];
    expect(parityForward(absurd)).toBeUndefined();
    expect(put).toBeDefined();
  });
});

describe("completeForwards", () => {
  it("takes the expiry's other rows first, parity where there are none, and says which", () => {
    const has = { forward: amount(84_510), mark: amount(0.01) };
    const rows = [
      row("BTC-27MAR26-100000-C", has),
      row("BTC-27MAR26-110000-C", has),
      row("BTC-27MAR26-120000-C", has),
      row("BTC-27MAR26-90000-C", { mark: amount(0.02) }),
      ...[82_000, 84_000, 86_000].flatMap((strike) => pair(strike, 84_700, true)),
      row("BTC-26JUN26-90000-C", { mark: amount(0.02) }),
    ];
    const { rows: full, without, notes } = completeForwards(rows);
    expect(full.map(({ quote }) => [quote.instrument.name, Number(quote.forward / 10n ** 18n)])).toEqual([
      ["BTC-27MAR26-100000-C", 84_510],
      ["BTC-27MAR26-110000-C", 84_510],
      ["BTC-27MAR26-120000-C", 84_510],
      ["BTC-27MAR26-90000-C", 84_510],
      ["BTC_USDC-27MAR26-82000-C", 84_700],
      ["BTC_USDC-27MAR26-82000-P", 84_700],
      ["BTC_USDC-27MAR26-84000-C", 84_700],
      ["BTC_USDC-27MAR26-84000-P", 84_700],
      ["BTC_USDC-27MAR26-86000-C", 84_700],
      ["BTC_USDC-27MAR26-86000-P", 84_700],
    ]);
    expect(without.map(({ quote }) => quote.instrument.name)).toEqual(["BTC-26JUN26-90000-C"]);
    expect(notes).toEqual([
      "BTC-27MAR26: 1 option without a forward took the median of the 3 that have one",
      "BTC_USDC-27MAR26: 6 options without a forward took put-call parity at 3 strikes",
    ]);
  });

  it("serves the importer of book summaries, which lists what is left", () => {
    const summary = (name: string, mark: number) => ({
      instrument_name: name,
      creation_timestamp: Date.UTC(2026, 0, 30, 8),
      mark_iv: 50,
      mark_price: mark,
      underlying_price: null,
      estimated_delivery_price: 84_000,
    });
    // 1 - (C - P) = 0.99 K / 84,000 at every strike K: one forward for all.
    const at = (strike: number) => [
      summary(`BTC-27MAR26-${strike}-C`, 0.5 + 1 - (0.99 * strike) / 84_000),
      summary(`BTC-27MAR26-${strike}-P`, 0.5),
    ];
    const answer = [...[80_000, 84_000, 88_000].flatMap(at), summary("BTC-26JUN26-84000-P", 0.04)];
    const chain = importBookSummary([answer]);
    const call = chain.quotes.find(({ instrument }) => instrument.name === "BTC-27MAR26-84000-C");
    expect(Number(call?.forward) / 1e18).toBeCloseTo(84_000 / 0.99, 6);
    expect(chain.notes).toEqual([
      "BTC-27MAR26: 6 options without a forward took put-call parity at 3 strikes",
    ]);
    expect(chain.excluded).toEqual([
      {
        name: "BTC-26JUN26-84000-P",
        reason: "forward price missing, and no call and put of its expiry give one",
      },
    ]);
    expect(() => importBookSummary([answer], { onBadQuote: "error" })).toThrow(
      /BTC-27MAR26-\d+-[CP]: forward price missing/,
    );
  });
});

describe("one crazy row", () => {
  const honest = [80_000, 82_000, 84_000, 86_000, 88_000, 90_000].flatMap((strike) =>
    pair(strike, 84_000, false, (value) => ({ bid: amount(value * 0.999), ask: amount(value * 1.001) })),
  );
  it("moves no forward: a strike with marks of its own is one of several sources", () => {
    const crazy = pair(100_000, 155_000);
    const found = parityForward([...honest, ...crazy]);
    expect(relative(found?.forward, 84_000)).toBeLessThan(0.01);
  });

  it("is no source where it stands alone, nor are two", () => {
    for (const strikes of [[84_000], [84_000, 86_000]]) {
      const rows = strikes.flatMap((strike) => pair(strike, 155_000));
      expect(completeForwards(rows)).toMatchObject({ rows: [], without: rows });
    }
  });

  it("gives its forward to no other row where prices say another", () => {
    const [known = row("BTC-27MAR26-92000-C", {})] = pair(92_000, 84_000, false, (value) => ({
      mark: amount(value),
      forward: amount(155_000),
    }));
    const { rows } = completeForwards([known, ...honest]);
    const others = rows.filter(({ quote }) => quote.instrument.name !== known.quote.instrument.name);
    expect(others).toHaveLength(honest.length);
    for (const { quote } of others) expect(relative(quote.forward, 84_000)).toBeLessThan(0.01);
  });
});
