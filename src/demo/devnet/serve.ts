import { tablePointsHere } from "../../actions/node/table-points.ts";
import type { Progress } from "../../actions/progress.ts";
import { publishAsNewest } from "../../actions/snapshot/publish.ts";
import { signAsOracle } from "../../actions/snapshot/sign.ts";
import { type ChainClient, isLocalChain } from "../../chain/client.ts";
import { readClock } from "../../chain/coverage/clock.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import { hasTable, instance, type TableCircuit } from "../../prover/circuits.ts";
import { type Snapshot, snapshotAt } from "../../risk/snapshot.ts";
import { loadSnapshot, saveSnapshot } from "../../risk/snapshot-file.ts";
import { moveTo } from "../cascade/clock.ts";

/** What passed. */
export interface ServedTime {
  /** Seconds that were served on the chain altogether. */
  readonly served: bigint;
  /** The chain's clock, Unix seconds. */
  readonly time: bigint;
  /** Snapshots that were published for it. */
  readonly published: number;
}

/**
 * Lets so many seconds of served time pass on a local chain whose one signer the client is. Where the newest snapshot serves no more, the
 * market of the file is published again, as of then, and the file has that.
 * @throws {BallastError} INVALID_INPUT for another chain; as `publishAsNewest`, `signAsOracle`; FILE_ERROR.
 */
export async function serveDevnet(
  client: ChainClient,
  deployment: Deployment,
  path: string,
  seconds: bigint,
  progress: Progress,
): Promise<ServedTime> {
  if (!isLocalChain(client.chainId))
    throw new BallastError(
      "INVALID_INPUT",
      `Chain ${client.chainId} is no local chain: its clock is its own.`,
      {
        hint: "Give the node of a local chain.",
        inputs: ["chain.rpc", "devnet"],
      },
    );
  const { clock } = liquidationOf(deployment);
  const market = loadSnapshot(path);
  const circuits = tableCircuitsOf(deployment);
  const end = (await readClock(client, clock)).served + seconds;
  let published = 0;
  for (;;) {
    const { served, time, servesUntil } = await readClock(client, clock);
    if (served >= end) return { served, time, published };
    const serving = servesUntil - time;
    if (serving > 0n) {
      const lacking = end - served;
      await moveTo(client, time + (serving < lacking ? serving : lacking));
      continue;
    }
    const snapshot = snapshotAt(market, time);
    await publish(client, deployment, snapshot, circuits, progress);
    saveSnapshot(path, snapshot);
    ++published;
  }
}

async function publish(
  client: ChainClient,
  deployment: Deployment,
  snapshot: Snapshot,
  circuits: readonly TableCircuit[],
  progress: Progress,
): Promise<void> {
  const points = await tablePointsHere(snapshot, circuits, progress);
  const signed = await signAsOracle(deployment, snapshot, points, client.account);
  const { newest } = await publishAsNewest(
    client,
    deployment,
    snapshot,
    points,
    [signed],
    undefined,
    progress,
  );
  if (newest?.entered !== false) return;
  throw new BallastError("CHAIN_ERROR", `The snapshot is published, and not the newest: ${newest.reason}.`, {
    ...(newest.hint === undefined ? {} : { hint: newest.hint }),
    details: { error: newest.reason },
  });
}

/** The circuits whose table points make a snapshot complete. */
function tableCircuitsOf({ verifiers }: Deployment): TableCircuit[] {
  return verifiers
    .map(({ circuit }) => instance(circuit))
    .filter(hasTable)
    .filter(({ statement }) => statement !== "solvency");
}
