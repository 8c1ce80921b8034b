import type { LocalAccount, TransactionReceipt } from "viem";
import { publishAsNewest } from "../actions/snapshot/publish.ts";
import type { ChainClient } from "../chain/client.ts";
import type { Deployment } from "../chain/deploy/deployment.ts";
import type { TablePoint } from "../chain/snapshot/oracle-messages.ts";
import { signSnapshot, snapshotPoint } from "../chain/snapshot/publish.ts";
import { BallastError } from "../errors.ts";
import type { TableCircuit } from "../prover/circuits.ts";
import type { LoadedKey } from "../prover/prover.ts";
import type { Snapshot } from "../risk/snapshot.ts";

/** Where snapshots are published and attested. */
export interface Theatre {
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly oracles: readonly LocalAccount[];
  /** Circuits whose table points are published. */
  readonly tables: readonly { readonly circuit: TableCircuit; readonly key: LoadedKey }[];
}

/** Publishes a snapshot with its table points, signed by two oracles; where there is a liquidation it is the newest then. */
export async function publish(
  { client, deployment, oracles, tables }: Theatre,
  snapshot: Snapshot,
): Promise<TransactionReceipt> {
  const points: TablePoint[] = [];
  for (const { circuit, key } of tables)
    points.push(await snapshotPoint(circuit, key.verifyingKey, snapshot));
  const domain = { chainId: client.chainId, snapshotOracle: deployment.snapshotOracle };
  const signatures = await signSnapshot(domain, snapshot, points, oracles.slice(0, 2));
  const { receipt, newest } = await publishAsNewest(client, deployment, snapshot, points, signatures);
  if (newest?.entered === false)
    throw new BallastError("INTERNAL", `A snapshot of the demo is not the newest: ${newest.reason}.`);
  return receipt;
}
