import { type Hex, testActions } from "viem";
import { accountOf, type ChainClient, connect } from "../../src/chain/client.ts";
import { attest, attestBatch, type CoverageClaim } from "../../src/chain/coverage/attest.ts";
import { coverageContext } from "../../src/chain/coverage/context.ts";
import type { Deployment } from "../../src/chain/deploy/deployment.ts";
import { deployBallast } from "../../src/chain/deploy/node/deploy.ts";
import { anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { buildPointOnChain } from "../../src/chain/snapshot/build-point.ts";
import { publishSnapshot, signSnapshot, snapshotPoint } from "../../src/chain/snapshot/publish.ts";
import type { Field } from "../../src/math/field.ts";
import type { BenchCase, MadeProof } from "./prove.ts";
import { sampleOf } from "./sample.ts";
import type { Gas } from "./schema.ts";

/** Batches that are measured; the largest one says how many accounts a benchmark needs. */
export const BATCHES = [4, 16] as const;
export const ACCOUNTS = Math.max(...BATCHES);

const SINGLES = 4;
const CHUNK_ROWS = 48;
const DAY = 86_400;
const [DEPLOYER = "0x", ...ORACLES] = anvilKeys(4);

/** A local chain with the contracts on it, waiting for proofs. */
export interface BenchChain {
  /** The context that proofs for this chain must have. */
  readonly context: Field;
  /** Gas of everything that happens on chain. Every attestation is an account's first. */
  measure(proofs: readonly MadeProof[], onStep: (text: string) => void): Promise<Gas>;
  stop(): Promise<void>;
}

/** Starts a local chain at the snapshot's time and deploys to it. */
export async function startBenchChain(one: BenchCase): Promise<BenchChain> {
  const { circuit, key, snapshot } = one;
  const anvil = await startAnvil({ timestamp: snapshot.time + 1n });
  try {
    const client = await connect(anvil.rpcUrl, DEPLOYER);
    const deployment = await deployBallast(client, {
      verifiers: [{ circuit, verifyingKey: key.verifyingKey, dev: key.manifest.dev }],
      oracleSigners: ORACLES.map((oracle) => accountOf(oracle).address),
      maxAge: DAY,
    });
    const { chainId, coverageRegistry: registry } = deployment;
    const deadline = snapshot.time + BigInt(DAY);
    return {
      context: coverageContext({ chainId, registry, deadline }),
      measure: (proofs, onStep) =>
        measureGas(
          one,
          client,
          deployment,
          proofs.map((made) => claimOf(one, deadline, made)),
          onStep,
        ),
      stop: anvil.stop,
    };
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function measureGas(
  { circuit, key, snapshot }: BenchCase,
  client: ChainClient,
  deployment: Deployment,
  claims: readonly CoverageClaim[],
  onStep: (text: string) => void,
): Promise<Gas> {
  onStep("gas of publishing");
  const point = await snapshotPoint(circuit, key.verifyingKey, snapshot);
  const signers = ORACLES.slice(0, 2).map(accountOf);
  const signatures = await signSnapshot(deployment, snapshot, [point], signers);
  const published = await publishSnapshot(client, deployment, snapshot, [point], signatures);

  onStep("gas of attesting");
  const singles: number[] = [];
  for (const claim of claims.slice(0, SINGLES)) {
    singles.push(await undone(client, async () => Number((await attest(client, deployment, claim)).gasUsed)));
  }
  const batches: Gas["batches"] = [];
  for (const size of BATCHES) {
    const total = await undone(client, async () =>
      Number((await attestBatch(client, deployment, claims.slice(0, size))).gasUsed),
    );
    batches.push({ size, total, each: Math.round(total / size) });
  }

  const before = await client.public.getBlockNumber({ cacheTime: 0 });
  const built = await buildPointOnChain(client, deployment, circuit, key.verifyingKey, snapshot, {
    chunkRows: CHUNK_ROWS,
    onProgress: (done, rows) => onStep(`table point on chain, ${done} of ${rows} rows`),
  });
  const perRow = await chunkGas(client, before + 2n, circuit.rows);
  return {
    publish: Number(published.gasUsed),
    attest: sampleOf(singles),
    batches,
    tablePoint: {
      transactions: built.transactions,
      total: Number(built.gas),
      perRow: sampleOf(perRow.map(Math.round)),
    },
  };
}

/** Gas a row of each chunk: anvil mines a block for each transaction, and block `first` holds the first chunk. */
async function chunkGas(client: ChainClient, first: bigint, rows: number): Promise<number[]> {
  const gas: number[] = [];
  for (let done = 0, blockNumber = first; done < rows; done += CHUNK_ROWS, blockNumber++) {
    const { gasUsed } = await client.public.getBlock({ blockNumber });
    gas.push(Number(gasUsed) / Math.min(CHUNK_ROWS, rows - done));
  }
  return gas;
}

/** Runs `work` and takes the chain back to where it was. */
async function undone<T>(client: ChainClient, work: () => Promise<T>): Promise<T> {
  const node = client.public.extend(testActions({ mode: "anvil" }));
  const id: Hex = await node.snapshot();
  try {
    return await work();
  } finally {
    await node.revert({ id });
  }
}

function claimOf({ key, snapshot }: BenchCase, deadline: bigint, made: MadeProof): CoverageClaim {
  const { accountId, commitment, tier } = made.signals;
  return {
    circuitId: key.circuitId,
    snapshotId: snapshot.snapshotId,
    deadline,
    accountId,
    commitment,
    tier: Number(tier),
    proof: made.proof,
  };
}
