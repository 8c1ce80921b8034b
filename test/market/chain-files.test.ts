import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { loadChain } from "../../src/market/chain-file.ts";
import { CRASH, chainFile, DAY_BEFORE, PERPETUALS_FILE, useMadeUpMarket } from "../helpers/made-up-market.ts";
import { describeChains, markErrors, median, YEAR_365 } from "./chains-suite.ts";

const stamps = [DAY_BEFORE, "20270304T155132", CRASH, "20270305T213057"];
const folder = useMadeUpMarket(stamps);
describeChains("made-up chains", {
  folder,
  perpetuals: join(folder, PERPETUALS_FILE),
  crash: chainFile(CRASH),
  files: stamps.length,
  options: 5_398,
  median: { BTC: 6e-6, ETH: 1e-5 },
});

/** Byte for byte what the venue answered; test/fixtures/deribit/NOTICE.md says whose recording it is. */
const WIRE = fileURLToPath(
  new URL("../fixtures/deribit/get_book_summary_BTC_option_20260313T190015Z.json.gz", import.meta.url),
);

describe("an answer of the venue", () => {
  const chain = loadChain(WIRE, { onBadQuote: "error" });

  it("has 964 options over 12 expiries, and 6 listed futures", () => {
    const options = chain.quotes.flatMap(({ instrument }) =>
      instrument.kind === "option" ? [instrument] : [],
    );
    expect(options).toHaveLength(964);
    expect(new Set(options.map(({ expiry }) => expiry)).size).toBe(12);
    const futures = chain.quotes.filter(({ instrument }) => instrument.kind === "future");
    expect(futures.map(({ instrument }) => instrument.name)).toEqual([
      "BTC-20MAR26",
      "BTC-27MAR26",
      "BTC-24APR26",
      "BTC-26JUN26",
      "BTC-25SEP26",
      "BTC-25DEC26",
    ]);
    expect(chain.excluded).toEqual([]);
    expect(chain.underlyings).toEqual([{ symbol: "BTC", indexPrice: 710_487n * 10n ** 17n }]);
    expect(chain.time).toBe(1_773_428_415_542n);
  });

  it("has marks that Black-76 reproduces, with a median error of 6e-5 coin", () => {
    const schema = z.object({
      result: z.array(z.object({ instrument_name: z.string(), mark_price: z.number() })),
    });
    const { result } = schema.parse(JSON.parse(gunzipSync(readFileSync(WIRE)).toString("utf8")));
    const marks = new Map(result.map((row) => [row.instrument_name, row.mark_price]));
    const errors = markErrors(chain, marks, YEAR_365).get("BTC");
    expect(errors).toHaveLength(964);
    expect(median(errors)).toBeLessThan(6e-5);
  });
});
