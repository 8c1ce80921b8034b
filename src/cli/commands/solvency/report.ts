import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { disclosures } from "../../../solvency/disclosures.ts";
import { PublicRunFolder } from "../../../solvency/node/folder.ts";
import { command } from "../../command.ts";
import { snapshot } from "../../flags.ts";
import { needed, saying } from "../../input.ts";
import { renderPage } from "../../solvency/page.ts";
import { runJson, runPage } from "../../solvency/run-text.ts";

export const report = command({
  name: "report",
  summary: "print what a run's report opens, as one page",
  arguments: { path: needed("<run>", "the run's folder, or its public half") },
  flags: { snapshot: saying(snapshot, "the published snapshot, for names") },
  notes: "It prints what the files say. `ballast solvency verify` checks them.",
  examples: ["ballast solvency report run -s s.json"],
  run({ path, ...values }, { print }) {
    const files = new PublicRunFolder(path);
    const opened = files.report();
    const page = runPage(files.run, opened, loadSnapshot(values.snapshot));
    print({ ...runJson(files.run), report: opened, disclosures: disclosures(page) }, () => renderPage(page));
  },
});
