import { writeSampleVenue } from "../../../actions/solvency/sample-file.ts";
import { given } from "../../../given.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { command } from "../../command.ts";
import { force, output, snapshot } from "../../flags.ts";
import { defaulted, option } from "../../input.ts";
import { parseCount } from "../../options.ts";
import { checkNoResult } from "../../results.ts";

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
    const files = { portfolios: path, ...given({ reserves: values.reserves }) };
    const reserves = await progress.step(`making up ${accounts} accounts`, () =>
      writeSampleVenue(within, { accounts, seed, maxPositions }, files),
    );
    print({ output: path, accounts, reserves }, () =>
      [
        `${path}: ${accounts} accounts`,
        ...Object.entries(reserves).map(([asset, amount]) => `  reserve ${amount} ${asset}`),
      ].join("\n"),
    );
  },
});
