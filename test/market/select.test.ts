import { describe, expect, it } from "vitest";
import { sampleChain } from "../../src/market/sample.ts";
import { selectQuotes } from "../../src/market/select.ts";
import { wad } from "../../src/math/wad.ts";

const chain = sampleChain();
const namesOf = (rows: number, include?: string[]) =>
  selectQuotes(chain, rows, include).quotes.map(({ instrument }) => instrument.name);
const RARE = "ETH-25SEP26-8000-P";

describe("selectQuotes", () => {
  it("keeps everything when there is room", () => {
    expect(selectQuotes(chain, 240)).toEqual(chain);
    expect(selectQuotes(chain, chain.quotes.length)).toEqual(chain);
  });

  it("takes collateral and perpetuals, then futures by expiry, then options", () => {
    const fixed = chain.quotes.slice(0, 7).map(({ instrument }) => instrument.name);
    expect(namesOf(7)).toEqual(fixed);
    expect(namesOf(10)).toEqual([...fixed, "BTC-6FEB26", "BTC-13FEB26", "ETH-6FEB26"]);
    const kinds = selectQuotes(chain, 40).quotes.map(({ instrument }) => instrument.kind);
    expect(kinds.filter((kind) => kind === "future")).toHaveLength(12);
    expect(kinds.filter((kind) => kind === "option")).toHaveLength(21);
  });

  it("takes the options with the most open interest in USD", () => {
    const usd = new Map(
      chain.quotes.map(({ instrument, openInterest }) => [
        instrument.name,
        (openInterest ?? 0n) * (instrument.underlying === "BTC" ? 84_000n : 2_750n),
      ]),
    );
    const all = chain.quotes.filter(({ instrument }) => instrument.kind === "option");
    const taken = new Set(namesOf(120));
    const worth = (isIn: boolean) =>
      all
        .filter(({ instrument }) => taken.has(instrument.name) === isIn)
        .map(({ instrument }) => usd.get(instrument.name) ?? 0n)
        .sort((a, b) => Number(a - b));
    expect(worth(true)).toHaveLength(101);
    expect((worth(true)[0] ?? 0n) >= (worth(false).at(-1) ?? 0n)).toBe(true);
  });

  it("breaks ties by name, whatever the order of the quotes", () => {
    const flat = {
      ...chain,
      quotes: chain.quotes.map((quote) => ({ ...quote, openInterest: wad(0n) })).reverse(),
    };
    const options = selectQuotes(flat, 21).quotes.filter(({ instrument }) => instrument.kind === "option");
    expect(options.map(({ instrument }) => instrument.name)).toEqual([
      "BTC-13FEB26-100000-C",
      "BTC-13FEB26-100000-P",
    ]);
  });

  it("has in what must be in", () => {
    expect(namesOf(60)).not.toContain(RARE);
    expect(namesOf(60, [RARE, RARE, "USDC"])).toContain(RARE);
    expect(namesOf(60, [RARE])).toHaveLength(60);
    expect(namesOf(8, [RARE])).toEqual([...namesOf(7), RARE]);
  });

  it("fails when what must be in does not fit or is not there", () => {
    expect(() => selectQuotes(chain, 7, [RARE])).toThrowError(
      expect.objectContaining({ code: "OUT_OF_RANGE", message: expect.stringContaining("8 instruments") }),
    );
    expect(() => selectQuotes(chain, 6)).toThrowError(expect.objectContaining({ code: "OUT_OF_RANGE" }));
    const unknown = expect.objectContaining({ code: "UNKNOWN_INSTRUMENT" });
    expect(() => selectQuotes(chain, 60, ["BTC-27MAR26-1-C"])).toThrowError(unknown);
  });

  it("says why an excluded instrument is not there", () => {
    const broken = { ...chain, excluded: [{ name: "BTC-27MAR26-1-C", reason: "crossed quotes" }] };
    expect(() => selectQuotes(broken, 60, ["BTC-27MAR26-1-C"])).toThrowError(
      "It was left out: crossed quotes.",
    );
  });
});
