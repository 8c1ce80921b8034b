import { instanceOf } from "../../../prover/circuits.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { PublicRunFolder } from "../../../solvency/node/folder.ts";
import { verifyRun } from "../../../solvency/verify.ts";
import { command } from "../../command.ts";
import { snapshot } from "../../flags.ts";
import { checkLines } from "../../format.ts";
import { needed, option, saying } from "../../input.ts";
import { renderPage } from "../../solvency/page.ts";
import { runJson, runPage } from "../../solvency/run-text.ts";
import { trustedKey } from "../../trusted-key.ts";

export const verify = command({
  name: "verify",
  summary: "verify a run with nothing but its public files, the snapshot and the keys",
  arguments: { path: needed("<run>", "the run's folder, or its public half") },
  flags: {
    snapshot: saying(snapshot, "the published snapshot"),
    key: option(
      "-k, --key <file>",
      "verification key of the batches (snarkjs' JSON; default: the instance's own)",
    ),
    reportKey: option("--report-key <file>", "verification key of the report (default: the instance's own)"),
  },
  notes: `
Exit code 1 says that the run does not hold. Whether the reserves shown are really there is not in the files:
the registry checks that on chain, and \`ballast solvency show\` prints what it found.`,
  examples: ["ballast solvency verify run/public -s s.json"],
  async run({ path, key, reportKey, ...values }, { print, progress, fail }) {
    const files = new PublicRunFolder(path);
    const { run } = files;
    const within = await progress.step("deriving the snapshot again", () => loadSnapshot(values.snapshot));
    const batch = instanceOf("solvency", run.batchInstance);
    const report = instanceOf("report", run.reportInstance);
    const keys = {
      batch: await trustedKey(batch, key, progress),
      report: await trustedKey(report, reportKey, progress),
    };
    const verified = await verifyRun(files, {
      snapshot: within,
      batch: { circuit: batch, verifyingKey: keys.batch.verifyingKey },
      report: { circuit: report, verifyingKey: keys.report.verifyingKey },
      onProgress: progress.meter("batches"),
    });
    const { valid, checks } = verified;
    if (!valid) fail();
    const devKeys = keys.batch.dev || keys.report.dev;
    print({ valid, checks, devKeys, ...runJson(run), report: verified.report ?? null }, () => {
      const lines = checkLines(checks);
      if (!valid || verified.report === undefined)
        return [...lines, "DOES NOT HOLD: the files prove nothing"].join("\n");
      const verdict = devKeys
        ? "holds, under a development key: whoever made that can forge any run"
        : "holds, under the keys given";
      return [...lines, verdict, "", renderPage(runPage(run, verified.report, within))].join("\n");
    });
  },
});
