import type { LocalAccount } from "viem";
import { tablePointsHere } from "../../actions/node/table-points.ts";
import type { Progress } from "../../actions/progress.ts";
import { publishAsNewest } from "../../actions/snapshot/publish.ts";
import { signAsOracle } from "../../actions/snapshot/sign.ts";
import type { ChainClient } from "../../chain/client.ts";
import { readClock } from "../../chain/coverage/clock.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { BallastError } from "../../errors.ts";
import type { TableCircuit } from "../../prover/circuits.ts";
import { type Snapshot, snapshotAsOf } from "../../risk/snapshot.ts";
import { moveTo } from "../cascade/clock.ts";

/** A local chain whose one oracle signs. */
export interface ServedChain {
  /** Who pays. */
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly oracle: LocalAccount;
  /** Whose table points are published. */
  readonly circuits: readonly TableCircuit[];
  readonly progress: Progress;
  /** Told of each snapshot before it is published: whoever proves next proves in it. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
}

/**
 * Lets a local chain's time pass while its oracle publishes: wherever the newest snapshot serves no more, the same market again, as of then.
 * @param snapshot the market.
 * @param seconds of served time that pass.
 * @returns the chain's time afterwards, Unix seconds.
 * @throws {BallastError} INVALID_INPUT for a deployment without a liquidation; CHAIN_ERROR; as signing and publishing.
 */
export async function serveChain(chain: ServedChain, snapshot: Snapshot, seconds: bigint): Promise<bigint> {
  const { client, deployment, progress } = chain;
  const system = liquidationOf(deployment);
  const end = (await readClock(client, system.clock)).served + seconds;
  for (;;) {
    const { served, servesUntil, time } = await readClock(client, system.clock);
    if (served >= end) return time;
    const serving = servesUntil - time;
    const lacking = end - served;
    if (serving > 0n) await moveTo(client, time + (serving < lacking ? serving : lacking));
    else
      await progress.step("the oracle publishes: the market stands still", () =>
        publishNext(chain, snapshotAsOf(snapshot, time)),
      );
  }
}

async function publishNext(chain: ServedChain, next: Snapshot): Promise<void> {
  const { client, deployment, oracle, circuits, onSnapshot } = chain;
  const points = await tablePointsHere(next, circuits);
  const { publishBy, ...signature } = await signAsOracle(deployment, next, points, oracle);
  onSnapshot(next);
  const { newest } = await publishAsNewest(client, deployment, next, points, [signature], publishBy);
  if (newest?.entered !== false) return;
  throw new BallastError("CHAIN_ERROR", `The snapshot is not the newest: ${newest.reason}.`, {
    hint: newest.hint ?? "Look at the clock: `ballast snapshot newest`.",
  });
}
