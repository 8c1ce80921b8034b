import { statSync } from "node:fs";
import type { ChainReader } from "../../chain/client.ts";
import { viemReader } from "../../chain/coverage/read.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import type { Report } from "../../venues/venue.ts";
import type { SnapshotSource } from "../feed.ts";
import { rest } from "../leader.ts";

const INTERVAL = 1_000;
/** Looks at one file until its snapshot is on chain. */
const PATIENCE = 60;

/** The file that `ballast publish` was given, watched: each snapshot once it is on chain and fresh. */
export function snapshotFile(
  path: string,
  reader: ChainReader,
  deployment: Pick<Deployment, "coverageRegistry" | "snapshotOracle">,
  clock: Clock,
): SnapshotSource {
  const chain = viemReader(reader.public, deployment);
  const refusal = (error: BallastError): Report<Snapshot> => ({
    refusal: { venue: path, at: clock.now(), error },
  });
  return {
    name: path,
    async *snapshots(signal) {
      let last = "";
      let looks = 0;
      while (!signal.aborted) {
        const stamp = stampOf(path);
        if (stamp !== last) {
          try {
            const snapshot = loadSnapshot(path);
            if (await chain.isSnapshotFresh(snapshot.snapshotId)) {
              [last, looks] = [stamp, 0];
              yield { reading: snapshot };
            } else if (++looks > PATIENCE) {
              [last, looks] = [stamp, 0];
              yield refusal(
                new BallastError("INVALID_SNAPSHOT", "The snapshot is not on chain, or is stale."),
              );
            }
          } catch (error) {
            if (!(error instanceof BallastError)) throw error;
            // A node that is away is asked again; a file that is no snapshot stays refused until it changes.
            if (error.code !== "CHAIN_ERROR") last = stamp;
            yield refusal(error);
          }
        }
        await rest(INTERVAL, signal);
      }
    },
  };
}

/** Changes with the file. */
function stampOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0, ino: 0 };
  return `${ino} ${mtimeMs} ${size}`;
}
