import { testActions } from "viem";
import { anvilKeys, startAnvil } from "../../chain/anvil.ts";
import { attestBatch, claimOf } from "../../chain/attest.ts";
import { accountOf, type ChainClient, connect } from "../../chain/client.ts";
import { deployBallast } from "../../chain/deploy.ts";
import type { Deployment } from "../../chain/deployment.ts";
import { publishSnapshot, signSnapshot, snapshotPoint } from "../../chain/publish.ts";
import { viemReader } from "../../chain/read.ts";
import { BallastError } from "../../errors.ts";
import { type Field, formatField } from "../../math/field.ts";
import { randomSalt } from "../../portfolio/commitment.ts";
import type { CoverageCircuit } from "../../prover/circuits.ts";
import type { LoadedKey } from "../../prover/keys/load-key.ts";
import type { ProofFile } from "../../prover/proof-file.ts";
import type { Prover } from "../../prover/prover.ts";
import { type MarginReport, marginReport } from "../../risk/report.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { proveCoverage } from "../pipeline.ts";
import type { Progress } from "../progress.ts";
import type { DemoMarkets } from "./markets.ts";
import { type DemoAccount, demoAccounts } from "./portfolios.ts";

/** One account at one moment: what the venue knows, what the chain knows, what it took. */
export interface DemoMoment {
  readonly report: MarginReport;
  readonly file: ProofFile;
  /** The tier that the registry returns. */
  readonly attestedTier: number;
  readonly proveMs: number;
}

export interface DemoResult {
  readonly deployment: Deployment;
  readonly accounts: readonly {
    readonly account: DemoAccount;
    readonly before: DemoMoment;
    readonly after: DemoMoment;
  }[];
  /** Gas of publishing and of the batch of all attestations, for each of the two snapshots. */
  readonly gas: readonly { readonly publish: bigint; readonly batch: bigint }[];
  /** How many of the first attestations had expired when the second snapshot was published. */
  readonly expired: number;
}

export interface DemoSetting {
  readonly markets: DemoMarkets;
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
  readonly prover: Prover;
  readonly progress: Progress;
}

const ORACLES = 3;
const VALID_FOR = 3_600n;

/** Plays the demo on a local chain of its own, which ends with it. */
export async function playDemo(setting: DemoSetting): Promise<DemoResult> {
  const { markets, progress } = setting;
  const anvil = await progress.step("starting a local chain", () =>
    startAnvil({ timestamp: markets.before.time + 1n }),
  );
  try {
    const [deployer, ...others] = anvilKeys();
    if (deployer === undefined) throw new BallastError("INTERNAL", "The local chain has no accounts.");
    const client = await connect(anvil.rpcUrl, deployer);
    const oracles = others.slice(0, ORACLES).map(accountOf);
    return await play(setting, client, oracles);
  } finally {
    await anvil.stop();
  }
}

type Oracles = Parameters<typeof signSnapshot>[3];

async function play(setting: DemoSetting, client: ChainClient, oracles: Oracles): Promise<DemoResult> {
  const { markets, circuit, key, progress } = setting;
  const deployment = await progress.step("deploying the contracts", () =>
    deployBallast(client, {
      verifiers: [{ circuit, verifyingKey: key.verifyingKey, dev: key.manifest.dev }],
      oracleSigners: oracles.map(({ address }) => address),
    }),
  );
  const accounts = demoAccounts(markets).map((account) => ({ account, salt: randomSalt() }));
  const before = await playSnapshot(setting, client, deployment, oracles, markets.before, accounts);

  const chain = client.public.extend(testActions({ mode: "anvil" }));
  await progress.step("a day passes, the market falls", async () => {
    await chain.setNextBlockTimestamp({ timestamp: markets.after.time + 1n });
    await chain.mine({ blocks: 1 });
  });
  const reader = viemReader(client.public, deployment);
  const stale = await Promise.all(
    before.moments.map(({ file }) => reader.readAttestation(file.signals.accountId, file.signals.commitment)),
  );
  const after = await playSnapshot(setting, client, deployment, oracles, markets.after, accounts);
  return {
    deployment,
    gas: [before.gas, after.gas],
    expired: stale.filter((attestation) => attestation !== undefined && !attestation.isCurrent).length,
    accounts: accounts.flatMap(({ account }, i) => {
      const [first, second] = [before.moments[i], after.moments[i]];
      return first === undefined || second === undefined ? [] : [{ account, before: first, after: second }];
    }),
  };
}

async function playSnapshot(
  { circuit, key, prover, progress }: DemoSetting,
  client: ChainClient,
  deployment: Deployment,
  oracles: Oracles,
  snapshot: Snapshot,
  accounts: readonly { readonly account: DemoAccount; readonly salt: Field }[],
): Promise<{ moments: DemoMoment[]; gas: { publish: bigint; batch: bigint } }> {
  const published = await progress.step(
    `publishing snapshot ${formatField(snapshot.snapshotId).slice(0, 10)} (${snapshot.rows.length} rows, 2 of 3 oracles)`,
    async () => {
      const point = await snapshotPoint(circuit, key.verifyingKey, snapshot);
      const domain = { chainId: client.chainId, snapshotOracle: deployment.snapshotOracle };
      const signatures = await signSnapshot(domain, snapshot, [point], oracles.slice(0, 2));
      return publishSnapshot(client, deployment, snapshot, [point], signatures);
    },
  );
  const { timestamp } = await client.public.getBlock();
  const destination = {
    chainId: BigInt(client.chainId),
    registry: deployment.coverageRegistry,
    deadline: timestamp + VALID_FOR,
  };
  const proofs: { report: MarginReport; file: ProofFile; proveMs: number }[] = [];
  for (const { account, salt } of accounts) {
    const { portfolio } = account;
    const start = performance.now();
    const file = await progress.step(`proving ${portfolio.account}`, () =>
      proveCoverage(prover, { circuit, key, snapshot, portfolio, salt, ...destination }),
    );
    proofs.push({
      file,
      proveMs: performance.now() - start,
      report: marginReport(snapshot, portfolio.positions),
    });
  }
  const receipt = await progress.step(`attesting ${proofs.length} proofs in one transaction`, () =>
    attestBatch(
      client,
      deployment,
      proofs.map(({ file }) => claimOf(file, deployment)),
    ),
  );
  const reader = viemReader(client.public, deployment);
  const moments = await Promise.all(
    proofs.map(async (proof): Promise<DemoMoment> => {
      const { accountId, commitment } = proof.file.signals;
      const attestation = await reader.readAttestation(accountId, commitment);
      if (attestation === undefined || attestation.snapshotId !== snapshot.snapshotId) {
        throw new BallastError("CHAIN_ERROR", "An attestation that was just made is not on chain.");
      }
      return { ...proof, attestedTier: attestation.tier };
    }),
  );
  return { moments, gas: { publish: published.gasUsed, batch: receipt.gasUsed } };
}
