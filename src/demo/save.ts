import { join } from "node:path";
import { saveDeployment } from "../chain/deploy/deployment-file.ts";
import { makeFolder, writeFileAtomic } from "../node/files.ts";
import { saveProofFile } from "../prover/proof-file.ts";
import { saveSnapshot } from "../risk/snapshot-file.ts";
import { cascadeSummary } from "./cascade/report.ts";
import type { PlayedDemo } from "./run.ts";

/** Keeps snapshots, proofs, the deployment's addresses and what became of the breaches. @throws {BallastError} FILE_ERROR. */
export function saveDemo(folder: string, { markets, result }: PlayedDemo): void {
  const { before, after } = markets;
  const { deployment, accounts, cascade } = result;
  makeFolder(folder);
  saveSnapshot(join(folder, "before.snapshot.json"), before);
  saveSnapshot(join(folder, "after.snapshot.json"), after);
  saveDeployment(join(folder, "deployment.json"), deployment);
  if (cascade !== undefined) {
    const text = JSON.stringify(cascadeSummary(cascade), null, 2);
    writeFileAtomic(join(folder, "liquidation.json"), `${text}\n`);
  }
  for (const { account, before: first, after: second } of accounts) {
    saveProofFile(join(folder, `${account.portfolio.account}.before.proof.json`), first.file);
    saveProofFile(join(folder, `${account.portfolio.account}.after.proof.json`), second.file);
  }
}
