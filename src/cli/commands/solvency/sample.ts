import type { Command } from "commander";
import { writeFileAtomic, writePartsAtomic } from "../../../node/files.ts";
import { portfolioFormatter } from "../../../portfolio/format.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { sampleVenue } from "../../../solvency/sample-venue.ts";
import { emit } from "../../io.ts";
import { parseCount } from "../../options.ts";
import type { Runner } from "../../program.ts";
import { checkNoResult, FORCE, type Force } from "../../results.ts";

interface Options extends Record<string, unknown>, Force {
  readonly snapshot: string;
  readonly output: string;
  readonly accounts: string;
  readonly seed: string;
  readonly maxPositions: string;
  readonly reserves?: string;
}

/** Lines are written so many at once. */
const CHUNK = 1024;

/** `ballast solvency sample` */
export function registerSample(group: Command, run: Runner): void {
  group
    .command("sample")
    .description("make up a venue that nets, to try a run with")
    .requiredOption("-s, --snapshot <file>", "snapshot file")
    .requiredOption("-o, --output <file>", "where to write the portfolios, JSON Lines")
    .option(...FORCE)
    .option("--accounts <n>", "how many accounts", "200")
    .option("--seed <n>", "the same seed gives the same venue", "1")
    .option("--max-positions <n>", "most instruments an account holds", "16")
    .option("--reserves <file>", "where to write what the accounts hold of each asset")
    .addHelpText(
      "after",
      "\nNo account comes from a real venue. Most are healthy, a few in every worse tier, one in a hundred bankrupt.",
    )
    .action(
      run<Options>(async ({ io, json, progress }, options) => {
        checkNoResult(options.output, options);
        if (options.reserves !== undefined) checkNoResult(options.reserves, options);
        const snapshot = loadSnapshot(options.snapshot);
        const accounts = parseCount(options.accounts, "--accounts");
        const { accounts: portfolios, reserves } = sampleVenue(snapshot, {
          accounts,
          seed: parseCount(options.seed, "--seed"),
          maxPositions: parseCount(options.maxPositions, "--max-positions", 3),
        });
        const format = portfolioFormatter(snapshot);
        await progress.step(`making up ${accounts} accounts`, () =>
          writePartsAtomic(
            options.output,
            linesOf(portfolios, (portfolio) => JSON.stringify(format(portfolio))),
          ),
        );
        const held = Object.fromEntries(
          format({ account: "reserves", positions: reserves }).positions.map(({ instrument, quantity }) => [
            instrument,
            quantity,
          ]),
        );
        if (options.reserves !== undefined) {
          writeFileAtomic(options.reserves, `${JSON.stringify(held, null, 2)}\n`);
        }
        emit(io, json, { output: options.output, accounts, reserves: held }, () =>
          [
            `${options.output}: ${accounts} accounts`,
            ...Object.entries(held).map(([asset, amount]) => `  reserve ${amount} ${asset}`),
          ].join("\n"),
        );
      }),
    );
}

/** Lines as they are made, many at once. */
function* linesOf<T>(items: Iterable<T>, line: (item: T) => string): Generator<string> {
  let lines: string[] = [];
  for (const item of items) {
    if (lines.push(`${line(item)}\n`) < CHUNK) continue;
    yield lines.join("");
    lines = [];
  }
  yield lines.join("");
}
