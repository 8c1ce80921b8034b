import type { Command } from "commander";
import type { Progress } from "../../../actions/progress.ts";
import { type CircuitInstance, instanceOf } from "../../../prover/circuits.ts";
import { loadKey } from "../../../prover/keys/load-key.ts";
import { loadVerifyingKey, type VerifyingKeyFile } from "../../../prover/verifying-key-file.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { PublicRunFolder } from "../../../solvency/node/folder.ts";
import { verifyRun } from "../../../solvency/verify.ts";
import { foreign } from "../../foreign.ts";
import { emit } from "../../io.ts";
import type { Runner } from "../../program.ts";
import { meterNotes } from "../../progress.ts";
import { renderPage } from "../../solvency/page.ts";
import { runFacts, runJson } from "../../solvency/run.ts";

interface Options extends Record<string, unknown> {
  readonly snapshot: string;
  readonly key?: string;
  readonly reportKey?: string;
}

/** `ballast solvency verify` */
export function registerVerify(group: Command, run: Runner): void {
  group
    .command("verify")
    .description("verify a run with nothing but its public files, the snapshot and the keys")
    .argument("<run>", "the run's folder, or its public half")
    .requiredOption("-s, --snapshot <file>", "the published snapshot")
    .option(
      "-k, --key <file>",
      "verification key of the batches (snarkjs' JSON; default: the instance's own)",
    )
    .option("--report-key <file>", "verification key of the report (default: the instance's own)")
    .addHelpText(
      "after",
      `
Exit code 1 says that the run does not hold. Whether the reserves shown are really there is not in the files:
the registry checks that on chain, and \`ballast solvency show\` prints what it found.`,
    )
    .action(
      run<Options>(async ({ io, json, progress, fail }, options, [path = ""]) => {
        const files = new PublicRunFolder(path);
        const snapshot = await progress.step("deriving the snapshot again", () =>
          loadSnapshot(options.snapshot),
        );
        const batch = instanceOf("solvency", files.run.batchInstance);
        const report = instanceOf("report", files.run.reportInstance);
        const keys = {
          batch: await keyOf(batch, options.key, progress),
          report: await keyOf(report, options.reportKey, progress),
        };
        const verified = await verifyRun(files, {
          snapshot,
          batch: { circuit: batch, verifyingKey: keys.batch.verifyingKey },
          report: { circuit: report, verifyingKey: keys.report.verifyingKey },
          onProgress: meterNotes(progress, "batches"),
        });
        if (!verified.valid) fail();
        const { valid, checks } = verified;
        const devKeys = keys.batch.dev || keys.report.dev;
        const found = { valid, checks, devKeys, ...runJson(files.run), report: verified.report ?? null };
        emit(io, json, found, () => {
          const lines = checks.map(
            ({ name, ok, problem }) =>
              `  ${ok ? "✓" : "✗"} ${name}${problem === undefined ? "" : `: ${foreign(problem)}`}`,
          );
          if (!valid || verified.report === undefined) {
            return [...lines, "DOES NOT HOLD: the files prove nothing"].join("\n");
          }
          const { result, reserves } = verified.report;
          const proven = reserves.map(({ instrumentId, quantity }) => ({ instrumentId, proven: quantity }));
          const page = { facts: runFacts(files.run, snapshot), result, reserves: proven, snapshot };
          const verdict = devKeys
            ? "holds, under a development key: whoever made that can forge any run"
            : "holds, under the keys given";
          return [...lines, verdict, "", renderPage(page)].join("\n");
        });
      }),
    );
}

async function keyOf(
  circuit: CircuitInstance,
  path: string | undefined,
  progress: Progress,
): Promise<VerifyingKeyFile> {
  if (path === undefined) {
    const { verifyingKey, manifest } = await loadKey(circuit, { onProgress: progress.onProgress });
    return { verifyingKey, dev: manifest.dev };
  }
  return loadVerifyingKey(path, circuit);
}
