import type { Command } from "commander";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { PublicRunFolder } from "../../../solvency/node/folder.ts";
import { emit } from "../../io.ts";
import type { Runner } from "../../program.ts";
import { disclosures, renderPage } from "../../solvency/page.ts";
import { runFacts, runJson } from "../../solvency/run.ts";

interface Options extends Record<string, unknown> {
  readonly snapshot: string;
}

/** `ballast solvency report` */
export function registerReport(group: Command, run: Runner): void {
  group
    .command("report")
    .description("print what a run's report opens, as one page")
    .argument("<run>", "the run's folder, or its public half")
    .requiredOption("-s, --snapshot <file>", "the published snapshot, for names")
    .addHelpText("after", "\nIt prints what the files say. `ballast solvency verify` checks them.")
    .action(
      run<Options>(({ io, json }, options, [path = ""]) => {
        const files = new PublicRunFolder(path);
        const snapshot = loadSnapshot(options.snapshot);
        const report = files.report();
        const reserves = report.reserves.map(({ instrumentId, quantity }) => ({
          instrumentId,
          proven: quantity,
        }));
        const page = { facts: runFacts(files.run, snapshot), result: report.result, reserves, snapshot };
        emit(io, json, { ...runJson(files.run), report, disclosures: disclosures(page) }, () =>
          renderPage(page),
        );
      }),
    );
}
