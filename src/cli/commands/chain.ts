import { basename } from "node:path";
import { usd } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import type { MarketChain } from "../../market/chain.ts";
import { loadChain } from "../../market/chain-file.ts";
import { parseStablecoin, withStablecoins } from "../../market/collateral.ts";
import type { VolatilityUnit } from "../../market/convert/ccxt.ts";
import {
  CHAIN_SOURCES,
  type ChainSource,
  type ConvertOptions,
  chainOfRows,
  convertChain,
  countReasons,
} from "../../market/convert/convert.ts";
import { exportBallastChain } from "../../market/importers/ballast.ts";
import { parseUtcTime } from "../../market/time.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { collectTardis, kindOfFile, readAnswer } from "../chain-file.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { emit } from "../io.ts";
import { addLotOptions, type LotOptions, lotsOf } from "../lots.ts";
import { parseCount } from "../options.ts";
import type { Register } from "../program.ts";
import { checkSameResult, FORCE } from "../results.ts";

interface Options extends LotOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly from?: string;
  readonly at?: string;
  readonly underlying?: string[];
  readonly stablecoin?: string[];
  readonly asUsdc?: string[];
  readonly volatility?: string;
  readonly maxSpread: string;
  readonly strict?: boolean;
}

/** `ballast chain convert`. */
export const chain: Register = (program, run) => {
  const group = program.command("chain").description("make a chain file of other people's market data");
  addLotOptions(
    group
      .command("convert")
      .description("convert a market into ballast.chain/1, and count what was left out and why")
      .argument("<files...>", "files of one moment, each possibly in gzip")
      .requiredOption("-o, --output <file>", "where to write the chain")
      .option(...FORCE)
      .option("--from <source>", "deribit, ccxt or tardis (default: seen from the content)")
      .option("--at <time>", "the moment of a Tardis file, e.g. 2026-01-30T08:00:00Z (default: its end)")
      .option("--underlying <assets...>", "keep these alone (default: all, eight at most)")
      .option("--stablecoin <assets...>", "further collateral: USDT at 1 USD, USDT=0.9993 at a price")
      .option("--as-usdc <currencies...>", "take what settles in these for USDC, one to one: USDT")
      .option("--volatility <unit>", "percent or fraction: ccxt's, where the venue's answer isn't kept")
      .option("--max-spread <seconds>", "how far apart the quotes' times may be", "60")
      .option("--strict", "a quote that can't be used is an error (default: left out, and counted)"),
  )
    .addHelpText(
      "after",
      `
deribit  public/get_instruments (gives lots) with public/ticker answers or
         get_book_summary_by_currency
ccxt     fetchOptionChain and fetchTickers as JSON
tardis   options_chain CSV or .csv.gz of a day; the last row of each symbol
A chain CSV that \`snapshot build\` reads is converted too.`,
    )
    .action(
      run<Options>(async ({ io, json, progress }, options, files) => {
        const source = await progress.step("reading the market", () => chainOf(files, options));
        const lots = lotsOf(options);
        const converted = withStablecoins(source, (options.stablecoin ?? []).map(parseStablecoin), lots);
        const content = exportBallastChain(converted);
        checkSameResult(options.output, content, options);
        writeFileAtomic(options.output, content);
        const summary = { file: options.output, ...summaryOf(converted) };
        emit(io, json, summary, () => describe(options.output, converted));
      }),
    );
};

async function chainOf(files: readonly string[], options: Options): Promise<MarketChain> {
  const from = sourceOf(options.from);
  const lots = lotsOf(options);
  const convert: ConvertOptions = {
    source: files
      .map((file) => basename(file))
      .join(", ")
      .slice(0, 200),
    onBadQuote: options.strict === true ? "error" : "exclude",
    maxTimeSpread: BigInt(parseCount(options.maxSpread, "--max-spread")) * 1000n,
    ...(lots === undefined ? {} : { lots }),
    ...(options.underlying === undefined ? {} : { underlyings: options.underlying }),
    ...(options.asUsdc === undefined ? {} : { asUsdc: options.asUsdc }),
    ...(options.volatility === undefined ? {} : { volatilityUnit: unitOf(options.volatility) }),
    ...(from === undefined || from === "tardis" ? {} : { from }),
  };
  const [first = ""] = files;
  const kind = from === undefined ? await kindOfFile(first) : from === "tardis" ? "tardis" : "json";
  if (kind !== "tardis") {
    if (options.at !== undefined) throw onlyTardis("--at goes with a Tardis file.");
    if (kind === "csv") return loadChain(files, convert);
    return convertChain(
      files.map((file) => readAnswer(file)),
      convert,
    );
  }
  if (files.length > 1) throw onlyTardis("A Tardis file is converted by itself.");
  const collector = await collectTardis(first, options.at === undefined ? undefined : momentOf(options.at));
  return chainOfRows(collector.rows(lots, convert.maxTimeSpread), convert);
}

function summaryOf(converted: MarketChain) {
  const kinds = new Map<string, number>();
  for (const { instrument } of converted.quotes)
    kinds.set(instrument.kind, (kinds.get(instrument.kind) ?? 0) + 1);
  return {
    time: new Date(Number(converted.time)).toISOString(),
    underlyings: converted.underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: formatDecimal(indexPrice, 18),
    })),
    quotes: converted.quotes.length,
    kinds: Object.fromEntries(kinds),
    leftOut: countReasons(converted.excluded),
    notes: converted.notes ?? [],
  };
}

function describe(file: string, converted: MarketChain): string {
  const { time, underlyings, quotes, kinds, leftOut: reasons, notes } = summaryOf(converted);
  const prices = underlyings
    .map(({ symbol, indexPrice }) => `${foreign(symbol)} ${usd(indexPrice, 2)}`)
    .join(", ");
  const counts = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    foreign(file),
    `  ${time}  ${prices}`,
    `  ${quotes} quotes: ${counts.join(", ")}`,
    ...notes.map((note) => `  note: ${foreign(note)}`),
  ];
  if (reasons.length === 0) return [...lines, "  nothing was left out"].join("\n");
  return [
    ...lines,
    "left out:",
    table(
      ["number", "why", "the first"],
      reasons.map(({ count, reason, example }) => [String(count), reason, example]),
      [0],
    ),
  ].join("\n");
}

/** @throws {BallastError} INVALID_INPUT. */
function sourceOf(text: string | undefined): ChainSource | undefined {
  const source = CHAIN_SOURCES.find((name) => name === text);
  if (text === undefined || source !== undefined) return source;
  throw new BallastError("INVALID_INPUT", `There is no source ${JSON.stringify(text.slice(0, 40))}.`, {
    hint: `--from is ${CHAIN_SOURCES.join(", ")}.`,
  });
}

function unitOf(text: string): VolatilityUnit {
  if (text === "percent" || text === "fraction") return text;
  throw new BallastError("INVALID_INPUT", "--volatility is percent or fraction.", {
    hint: "Percent where 61.27 % stands as 61.27, fraction where it stands as 0.6127.",
  });
}

/** A moment in UTC as Unix milliseconds. @throws {BallastError} INVALID_INPUT. */
function momentOf(text: string): bigint {
  const time = parseUtcTime(text);
  if (time !== undefined) return time;
  throw new BallastError("INVALID_INPUT", "--at is no moment in UTC.", {
    hint: "Write it like 2026-01-30T08:00:00Z.",
  });
}

function onlyTardis(message: string): BallastError {
  return new BallastError("INVALID_INPUT", message, {
    hint: "Tardis' options_chain holds all symbols of a day; --at chooses the moment.",
  });
}
