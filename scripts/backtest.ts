/**
 * Next-day losses of generated portfolios against their initial requirement, over recorded option chains.
 * `npx tsx scripts/backtest.ts --help`
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BallastError } from "../src/errors.ts";
import { writeFileAtomic } from "../src/node/files.ts";
import { loadPolicy } from "../src/risk/policy-file.ts";
import { presetOf, presets } from "../src/risk/presets.ts";
import { isCrashStart, loadChains } from "./backtest/chains.ts";
import { type Divergence, divergence } from "./backtest/divergence.ts";
import { presetsMark } from "./backtest/mark.ts";
import { openInterest, openInterestTable } from "./backtest/open-interest.ts";
import { FAMILIES } from "./backtest/portfolios.ts";
import { type BacktestResult, runBacktest } from "./backtest/run.ts";
import { markdownTable, summaries, usageTable } from "./backtest/summary.ts";

const HELP = `Usage: tsx scripts/backtest.ts [options]

  --data DIR        folder of recorded chains (default ../shared/data/deribit-chains)
  --prices DIR      folder of hourly prices (default ../shared/data/prices)
  --portfolios N    portfolios of each of the ${FAMILIES.length} families, on each day (default 40)
  --seed N          seed of the portfolios (default 1)
  --policy NAME     preset or file; repeatable (default: every version of every preset)
  --json            machine-readable, nothing else on standard output
  --write           also put the tables into docs/reference/backtest.md
  --help            this text`;

const DOCS = fileURLToPath(new URL("../docs/reference/backtest.md", import.meta.url));
const [BEGIN, END] = ["<!-- backtest:begin -->", "<!-- backtest:end -->"];

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      data: {
        type: "string",
        default: fileURLToPath(new URL("../../shared/data/deribit-chains/", import.meta.url)),
      },
      prices: {
        type: "string",
        default: fileURLToPath(new URL("../../shared/data/prices/", import.meta.url)),
      },
      portfolios: { type: "string", default: "40" },
      seed: { type: "string", default: "1" },
      policy: { type: "string", multiple: true, default: presets().map(({ id }) => id) },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const policies = values.policy.map(loadPolicy);
  // Version 1 of a preset is named without a number in the document.
  const labels = policies.map(({ name }) => presetOf(name)?.id ?? name);
  const older = new Set(presets().flatMap(({ id, isNewest }) => (isNewest ? [] : [id])));
  const portfoliosPerFamily = count(values.portfolios, "--portfolios");
  const seed = count(values.seed, "--seed");
  progress("Loading chains");
  const chains = loadChains(values.data);
  if (chains.length < 2) throw new BallastError("FILE_ERROR", `No recorded chains in ${values.data}.`);
  const result = runBacktest(chains, {
    policies,
    portfoliosPerFamily,
    seed,
    onPair: (done, total, start) =>
      progress(`Day ${done + 1} of ${total}, from ${new Date(Number(start.time)).toISOString()}`),
  });
  progress("");
  const rows = summaries(result, labels, ({ start }) => isCrashStart(start));
  const isShown = (label: string): boolean => !older.has(label) || labels.every((one) => older.has(one));
  const open = openInterest(chains);
  const apart = divergence(values.prices);
  const text = [
    describe(result, seed, portfoliosPerFamily),
    markdownTable(rows.filter(({ policy }) => isShown(policy))),
    ...(labels.length > 1 ? [usageTable(rows, labels)] : []),
    describeApart(apart),
    openInterestTable(
      open,
      policies.filter((_, i) => isShown(labels[i] ?? "")),
    ),
  ].join("\n\n");
  if (values.write) writeDocs(text);
  const { pairs, valuations, skipped } = result;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ seed, portfoliosPerFamily, days: pairs.length, valuations, skipped, rows, apart }, null, 2)}\n`
      : `${text}\n`,
  );
}

function describe(result: BacktestResult, seed: number, portfoliosPerFamily: number): string {
  const { quoted, interpolated, settled } = result.valuations;
  return [
    `${result.pairs.length} days, ${portfoliosPerFamily * FAMILIES.length} portfolios a day, seed ${seed}:`,
    `${result.cases.length} cases (${result.skipped} left out for want of a strike or a later price).`,
    `Of their ${quoted + interpolated + settled} legs, ${quoted} were valued at the later chain's own quote,`,
    `${settled} settled or expired in between, ${interpolated} had their volatility interpolated.`,
  ].join(" ");
}

function describeApart(apart: Divergence | null): string {
  if (apart === null) return "How far BTC and ETH come apart was not measured: there are no hourly prices.";
  return [
    `BTC against ETH: in ${apart.windows} windows of 24 hours from ${apart.from} to ${apart.to} their returns were at most`,
    `${apart.usual995} apart in 99.5 % of them, ${apart.worst} at worst.`,
  ].join(" ");
}

function writeDocs(text: string): void {
  const page = readFileSync(DOCS, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new BallastError("FILE_ERROR", "docs/reference/backtest.md has lost its backtest markers.");
  writeFileAtomic(DOCS, `${before}${BEGIN}\n${presetsMark()}\n${text}\n${END}${after}`);
}

function count(text: string, what: string): number {
  const value = Number(text);
  if (!/^[0-9]{1,6}$/.test(text) || value < 1)
    throw new BallastError("INVALID_INPUT", `${what} must be a number from 1 to 999999.`);
  return value;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}
