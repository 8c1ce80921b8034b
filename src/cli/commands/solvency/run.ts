import { type RunSolvencyOptions, runSolvency } from "../../../actions/node/run-solvency.ts";
import { loadReserves } from "../../../actions/node/run-source.ts";
import type { Progress } from "../../../actions/progress.ts";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import { systemClock } from "../../../clock.ts";
import { given } from "../../../given.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { command } from "../../command.ts";
import { untilSignal } from "../../exit.ts";
import { backend, deadline, deployment, snapshot } from "../../flags.ts";
import { defaulted, needed, option, optional, toggle } from "../../input.ts";
import { addressOf, parseCount } from "../../options.ts";
import { renderPage } from "../../solvency/page.ts";
import { runJson, runPage } from "../../solvency/run-text.ts";
import { configFile } from "../service/flags.ts";

export const run = command({
  name: "run",
  summary: "prove that all accounts are in, net, are held in full, and what they would lose under stress",
  flags: {
    portfolios: option(
      "-p, --portfolios <source>",
      "JSON Lines file, folder of portfolios, or - for standard input",
    ),
    snapshot,
    folder: needed("-o, --output <folder>", "the run's folder; begun there, the run resumes"),
    instance: option(
      "--instance <name>",
      "batch circuit, e.g. 16x16x240 (default: the smallest table that fits)",
    ),
    deployment: optional(deployment, "bind the run to this chain and registry, to post it there"),
    venue: option("--venue <address>", "who signs the run (default: the deployment's venue)", addressOf),
    validFor: option(
      "--valid-for <seconds>",
      "how long after the snapshot it may be closed on chain (default: the deployment's oldest snapshot, else 3600)",
      parseCount,
    ),
    deadline,
    reserves: option("--reserves <file>", 'what the venue holds, to compare: {"USDC": "1250000.5"}'),
    workers: defaulted("--workers <n>", "batches proven at the same time", "1", (text, name) =>
      parseCount(text, name, 2),
    ),
    backend,
    queue: toggle("--queue", "let the workers of a service prove: as many batches at once as --workers says"),
    config: configFile,
  },
  notes: `
The run's folder has a public and a private half. Publish the public one; private/ opens every commitment.
Interrupted, even by a crash, the same command goes on where it stopped: finished proofs are kept.
A portfolio may carry its commitment's "salt"; without one the run makes it and keeps it in private/.

With --queue the batches are jobs in a service's database (DATABASE_URL, BALLAST_MASTER_KEY), proven by every ballast worker whose
configuration has "solvency" with this circuit. It shares no folder with them; interrupted, the same command finds what they have proven.

Next: ballast solvency verify RUN --snapshot FILE, ballast solvency post RUN --deployment FILE --rpc URL`,
  examples: ["ballast solvency run -s s.json --portfolios venue.jsonl -o run"],
  async run({ folder, workers, backend: chosen, queue, config, ...values }, { print, progress }) {
    const within = await progress.step("checking the snapshot", () => loadSnapshot(values.snapshot));
    const { portfolios, instance, venue, validFor } = values;
    const options = {
      ...{ folder, snapshot: within },
      ...given({
        ...{ portfolios, instance, venue, validFor },
        deadline: values.deadline === undefined ? undefined : BigInt(values.deadline),
        deployment: values.deployment === undefined ? undefined : loadDeployment(values.deployment),
        reserves: values.reserves === undefined ? undefined : loadReserves(values.reserves, within),
      }),
    };
    const done = queue
      ? await overQueue(config, workers, options, progress)
      : await runSolvency({ ...options, workers, backend: chosen }, progress);
    print({ output: folder, ...runJson(done.run), report: done.report }, () =>
      [
        renderPage(runPage(done.run, done.report, within)),
        `${folder}: complete; the public half is ${done.publicPath}`,
      ].join("\n"),
    );
  },
});

async function overQueue(
  config: string,
  atOnce: number,
  options: RunSolvencyOptions,
  progress: Progress,
): ReturnType<typeof runSolvency> {
  const { loadConfig, keyringOf } = await import("../../../service/config/config-file.ts");
  const { databaseOf } = await import("../../../service/open-file.ts");
  const { checkSchema } = await import("../../../service/store/migrate.ts");
  const { runOverQueue } = await import("../../../service/solvency/queued-run.ts");
  const keyring = keyringOf(process.env);
  const database = await databaseOf(loadConfig(config), process.env);
  try {
    await checkSchema(database);
    return await untilSignal((signal) =>
      runOverQueue({ database, keyring, clock: systemClock, atOnce, signal }, options, progress),
    );
  } finally {
    await database.close();
  }
}
