import type { ChainClient } from "../../chain/client.ts";
import { type Deployment, deployedSolvency } from "../../chain/deploy/deployment.ts";
import { postRun } from "../../chain/solvency/post.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { Field } from "../../math/field.ts";
import type { VenueAccount } from "../../portfolio/stream-file.ts";
import type { BatchCircuit, ReportCircuit } from "../../prover/circuits.ts";
import type { BackendName, LoadedKey } from "../../prover/prover.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { beginRun } from "../../solvency/node/begin.ts";
import { PublicRunFolder, RunFolder } from "../../solvency/node/folder.ts";
import { proveRun } from "../../solvency/node/prove.ts";
import { AccountTree } from "../../tree/tree.ts";
import type { PlaceInRun } from "../liquidation/anchor.ts";
import type { Progress } from "../progress.ts";

export interface AttestRunOptions {
  /** The run's folder. */
  readonly folder: string;
  /** Signs and pays: the venue. */
  readonly venue: ChainClient;
  readonly deployment: Deployment;
  /** Published, with the batch circuit's table point. */
  readonly snapshot: Snapshot;
  readonly batch: { readonly circuit: BatchCircuit; readonly key: LoadedKey };
  readonly report: { readonly circuit: ReportCircuit; readonly key: LoadedKey };
  /** All of them: they must net. */
  readonly accounts: Iterable<VenueAccount>;
  readonly backend?: "auto" | BackendName;
}

/**
 * Proves coverage of all accounts of a venue and brings the run on chain, from the first account to the closed run.
 * @throws {BallastError} as `beginRun`, `proveRun` and `postRun`.
 */
export async function attestRun(options: AttestRunOptions, progress: Progress): Promise<void> {
  const { venue, deployment, snapshot, batch, report, accounts, backend } = options;
  const { registry } = deployedSolvency(deployment);
  const folder = new RunFolder(options.folder);
  await beginRun(folder, {
    snapshot,
    batch: { circuit: batch.circuit, circuitId: batch.key.circuitId },
    report: { circuit: report.circuit, circuitId: report.key.circuitId },
    accounts,
    source: "memory",
    target: { chainId: BigInt(deployment.chainId), registry },
    venue: venue.account.address,
    deadline: snapshot.time + BigInt(deployment.maxAge),
  });
  await proveRun(folder, {
    snapshot,
    batch,
    report,
    onProgress: progress.meter("batches"),
    ...given({ backend }),
  });
  const { account } = venue;
  await postRun(venue, deployment, new PublicRunFolder(folder.publicPath), { account, snapshot });
}

/**
 * Where an account stands in the tree of a run.
 * @param folder the run's.
 * @throws {BallastError} FILE_ERROR, TREE_DAMAGED; INVALID_INPUT for an account that the tree hasn't.
 */
export function placeInRun(folder: string, accountId: Field): PlaceInRun {
  const run = new RunFolder(folder);
  const { runId, accountsRoot } = new PublicRunFolder(run.publicPath).run;
  const tree = new AccountTree(run.tree);
  try {
    const index = tree.requireIndex(accountId);
    const path = tree.siblings(index);
    const account = tree.account(index);
    if (account === null) throw new BallastError("INTERNAL", "The tree has no account where it says it has.");
    return { runId, accountsRoot, ...account, index, path };
  } finally {
    tree.close();
  }
}
