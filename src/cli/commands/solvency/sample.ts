import { writeFileAtomic, writePartsAtomic } from "../../../node/files.ts";
import { portfolioFormatter } from "../../../portfolio/format.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { sampleVenue } from "../../../solvency/sample-venue.ts";
import { command } from "../../command.ts";
import { force, output, snapshot } from "../../flags.ts";
import { defaulted, option } from "../../input.ts";
import { parseCount } from "../../options.ts";
import { checkNoResult } from "../../results.ts";

/** Lines are written so many at once. */
const CHUNK = 1024;

export const sample = command({
  name: "sample",
  summary: "make up a venue that nets, to try a run with",
  flags: {
    snapshot,
    output: output("where to write the portfolios, JSON Lines"),
    force,
    accounts: defaulted("--accounts <n>", "how many accounts", "200", parseCount),
    seed: defaulted("--seed <n>", "the same seed gives the same venue", "1", parseCount),
    maxPositions: defaulted("--max-positions <n>", "most instruments an account holds", "16", (text, name) =>
      parseCount(text, name, 3),
    ),
    reserves: option("--reserves <file>", "where to write what the accounts hold of each asset"),
  },
  notes: `
No account comes from a real venue. Most are healthy, a few in every worse tier, one in a hundred bankrupt.`,
  examples: ["ballast solvency sample -s s.json --accounts 200 -o venue.jsonl --reserves r.json"],
  async run({ accounts, seed, maxPositions, output: path, ...values }, { print, progress }) {
    checkNoResult(path, values);
    if (values.reserves !== undefined) checkNoResult(values.reserves, values);
    const within = loadSnapshot(values.snapshot);
    const venue = sampleVenue(within, { accounts, seed, maxPositions });
    const format = portfolioFormatter(within);
    await progress.step(`making up ${accounts} accounts`, () =>
      writePartsAtomic(
        path,
        linesOf(venue.accounts, (portfolio) => JSON.stringify(format(portfolio))),
      ),
    );
    const reserves = Object.fromEntries(
      format({ account: "reserves", positions: venue.reserves }).positions.map(({ instrument, quantity }) => [
        instrument,
        quantity,
      ]),
    );
    if (values.reserves !== undefined)
      writeFileAtomic(values.reserves, `${JSON.stringify(reserves, null, 2)}\n`);
    print({ output: path, accounts, reserves }, () =>
      [
        `${path}: ${accounts} accounts`,
        ...Object.entries(reserves).map(([asset, amount]) => `  reserve ${amount} ${asset}`),
      ].join("\n"),
    );
  },
});

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
