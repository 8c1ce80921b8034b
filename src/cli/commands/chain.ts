import { convertChainFiles } from "../../actions/market/convert-file.ts";
import { chainJson } from "../../actions/market/json.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { parseStablecoin, withStablecoins } from "../../market/collateral.ts";
import { CHAIN_SOURCES } from "../../market/convert/convert.ts";
import { exportBallastChain } from "../../market/importers/ballast.ts";
import { parseUtcTime } from "../../market/time.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { describeChain } from "../chain-text.ts";
import { command, group } from "../command.ts";
import { force, output } from "../flags.ts";
import { defaulted, needed, option, toggle } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { oneOf, parseCount } from "../options.ts";
import { checkSameResult } from "../results.ts";
import { named } from "../summaries.ts";
import { pull } from "./chain-pull.ts";

const convert = command({
  name: "convert",
  summary: "convert a market into ballast.chain/1, and count what was left out and why",
  arguments: { files: needed("<files...>", "files of one moment, each possibly in gzip") },
  flags: {
    ...lotFlags,
    output: output("where to write the chain"),
    force,
    from: option(
      "--from <source>",
      "deribit, ccxt or tardis (default: seen from the content)",
      oneOf("source", CHAIN_SOURCES),
    ),
    at: option(
      "--at <time>",
      "the moment of a Tardis file, e.g. 2026-01-30T08:00:00Z (default: its end)",
      momentOf,
    ),
    underlyings: option("--underlying <assets...>", "keep these alone (default: all, eight at most)"),
    stablecoins: option(
      "--stablecoin <assets...>",
      "further collateral: USDT at 1 USD, USDT=0.9993 at a price",
      (text) => parseStablecoin(text),
    ),
    asUsdc: option("--as-usdc <currencies...>", "take what settles in these for USDC, one to one: USDT"),
    volatilityUnit: option(
      "--volatility <unit>",
      "percent (61.27) or fraction (0.6127): ccxt's, where the venue's answer isn't kept",
      oneOf("unit of volatility", ["percent", "fraction"]),
    ),
    maxSpread: defaulted(
      "--max-spread <seconds>",
      "how far apart the quotes' times may be",
      "60",
      parseCount,
    ),
    strict: toggle("--strict", "a quote that can't be used is an error (default: left out, and counted)"),
  },
  notes: `
deribit  public/get_instruments (gives lots) with public/ticker answers or get_book_summary_by_currency
ccxt     fetchOptionChain and fetchTickers as JSON
tardis   options_chain CSV or .csv.gz of a day; the last row of each symbol

A chain CSV that \`snapshot build\` reads is converted too.`,
  examples: [
    "ballast chain convert instruments.json tickers.json -o chain.json",
    "ballast chain convert day.csv.gz --at 2026-01-30T08:00:00Z -o chain.json",
  ],
  async run({ files, output: path, ...values }, { print, progress }) {
    const { from, at, underlyings, asUsdc, volatilityUnit } = values;
    const lots = lotsOf(values);
    const source = await progress.step("reading the market", () =>
      convertChainFiles(files, {
        onBadQuote: values.strict ? "error" : "exclude",
        maxTimeSpread: BigInt(values.maxSpread) * 1000n,
        ...given({ from, at, underlyings, asUsdc, volatilityUnit, lots }),
      }),
    );
    const converted = withStablecoins(source, values.stablecoins ?? [], lots);
    const content = exportBallastChain(converted);
    checkSameResult(path, content, values);
    writeFileAtomic(path, content);
    print({ file: path, ...chainJson(converted) }, () => describeChain(path, converted));
  },
});

export const chain = group({
  ...named("chain"),
  commands: [convert, pull],
});

/** A moment in UTC as Unix milliseconds. @throws {BallastError} INVALID_INPUT. */
function momentOf(text: string, name: string): bigint {
  const time = parseUtcTime(text);
  if (time !== undefined) return time;
  throw new BallastError("INVALID_INPUT", `${name} is no moment in UTC.`, {
    hint: "Write it like 2026-01-30T08:00:00Z.",
  });
}
