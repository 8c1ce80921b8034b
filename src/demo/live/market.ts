import { tablePointsHere } from "../../actions/node/table-points.ts";
import { publishAsNewest } from "../../actions/snapshot/publish.ts";
import { signAsOracle } from "../../actions/snapshot/sign.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { Clock } from "../../clock.ts";
import { sampleChain } from "../../market/sample.ts";
import type { Random } from "../../math/random.ts";
import { WAD, wad } from "../../math/wad.ts";
import type { CoverageCircuit } from "../../prover/circuits.ts";
import type { Policy } from "../../risk/policy.ts";
import { buildSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import type { SnapshotSource } from "../../service/feed.ts";
import { rest } from "../../service/leader.ts";

/** The made-up market walks in steps of so many basis points at most, and stays within a band about where it began. */
const STEP = 150;
const BAND = 2_000;
const BASIS = 10_000n;

export interface LiveMarketOptions {
  /** The one oracle's key. */
  readonly oracle: ChainClient;
  readonly deployment: Deployment;
  readonly circuit: CoverageCircuit;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: Random;
  /** Served milliseconds between two snapshots. */
  readonly every: number;
}

/** The bundled sample, moved. @param basisPoints of the index prices. */
export function snapshotOf(
  { policy, circuit }: Pick<LiveMarketOptions, "policy" | "circuit">,
  time: bigint,
  basisPoints: number,
): Snapshot {
  const spot = wad((BigInt(basisPoints) * WAD) / BASIS);
  // Volatility rises as the market falls.
  const vol = wad((BigInt(Math.max(0, -2 * basisPoints)) * WAD) / BASIS);
  const chain = sampleChain(time, { spot, vol });
  return buildSnapshot(chain, policy, { rows: circuit.rows, shape: circuit.shape });
}

/** A market that nobody trades, signed and published as it moves. */
export function liveMarket(options: LiveMarketOptions): SnapshotSource {
  const { oracle, deployment, circuit, clock, random, every } = options;
  return {
    name: "made-up market",
    async *snapshots(signal) {
      for (let level = 0; !signal.aborted; level = walk(level, random)) {
        // The chain's clock follows this one: a block must be there that is not before the snapshot.
        const time = (clock.now() / 1_000n) * 1_000n;
        while (!signal.aborted && (await oracle.public.getBlock()).timestamp * 1_000n < time)
          await rest(100, signal);
        const snapshot = snapshotOf(options, time, level);
        const points = await tablePointsHere(snapshot, [circuit]);
        const signed = await signAsOracle(deployment, snapshot, points, oracle.account);
        await publishAsNewest(oracle, deployment, snapshot, points, [signed]);
        yield { reading: snapshot };
        await clock.sleep(every, signal).catch(() => {});
      }
    },
  };
}

function walk(level: number, random: Random): number {
  const next = level + random.between(-STEP, STEP);
  return Math.min(BAND, Math.max(-BAND, next));
}
