import { proveCoverage } from "../actions/coverage/prove.ts";
import type { Progress } from "../actions/progress.ts";
import { accountOf, connect } from "../chain/client.ts";
import { attestBatch, claimOf } from "../chain/coverage/attest.ts";
import { viemReader } from "../chain/coverage/read.ts";
import type { Deployment } from "../chain/deploy/deployment.ts";
import { deployBallast } from "../chain/deploy/node/deploy.ts";
import { anvilKeys, startAnvil } from "../chain/node/anvil.ts";
import { BallastError } from "../errors.ts";
import type { LiquidationCircuits, LiquidationKeys } from "../liquidation/circuits.ts";
import { type Field, formatField } from "../math/field.ts";
import { randomSalt } from "../portfolio/commitment.ts";
import type { CoverageCircuit } from "../prover/circuits.ts";
import type { ProofFile } from "../prover/proof-format.ts";
import type { LoadedKey, Prover } from "../prover/prover.ts";
import { type MarginReport, marginReport } from "../risk/report.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { netHolding } from "../risk/transfer.ts";
import type { RunKits } from "./cascade/anchor.ts";
import { moveTo } from "./cascade/clock.ts";
import { feed, marketReadings } from "./cascade/feed.ts";
import { FEED_LEAD, SETTLEMENT_ID } from "./cascade/parameters.ts";
import type { CascadePlan } from "./cascade/plan.ts";
import { type CascadeResult, playCascade, settleIn } from "./cascade/play.ts";
import { FEEDERS, openStage } from "./cascade/stage.ts";
import { World } from "./cascade/world.ts";
import type { DemoMarkets } from "./markets.ts";
import { type DemoAccount, demoAccounts } from "./portfolios.ts";
import { publish, type Theatre } from "./theatre.ts";

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
  /** What came of the breaches; undefined when they were left alone. */
  readonly cascade: CascadeResult | undefined;
}

export interface DemoSetting {
  readonly markets: DemoMarkets;
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
  readonly prover: Prover;
  readonly progress: Progress;
  /** What the breaches are liquidated with; without it the demo ends with the second attestations. */
  readonly liquidation?: {
    readonly circuits: LiquidationCircuits;
    readonly keys: LiquidationKeys;
    readonly runs: RunKits;
    readonly plan: CascadePlan;
  };
}

/** Of the volatility oracle's rounds, which the two snapshots name. */
export const DEMO_ROUNDS = { before: 1, after: 2 } as const;
const ORACLES = 3;
const VALID_FOR = 3_600n;
/** Seconds that a stage with a volatility oracle is built before the first snapshot. */
const SETUP = 1_800n;

type Cast = readonly { readonly account: DemoAccount; readonly salt: Field }[];

/** Plays the demo on a local chain of its own, which ends with it. */
export async function playDemo(setting: DemoSetting): Promise<DemoResult> {
  const { markets, progress, liquidation } = setting;
  const start = markets.before.time + 1n - (liquidation === undefined ? 0n : SETUP);
  const anvil = await progress.step("starting a local chain", () => startAnvil({ timestamp: start }));
  try {
    return liquidation === undefined
      ? await playAttestations(setting, anvil.rpcUrl)
      : await playWithLiquidation({ ...setting, liquidation }, anvil.rpcUrl);
  } finally {
    await anvil.stop();
  }
}

/** Two snapshots and their attestations. */
async function playAttestations(setting: DemoSetting, rpcUrl: string): Promise<DemoResult> {
  const { markets, circuit, key, progress } = setting;
  const [deployer, ...others] = anvilKeys();
  if (deployer === undefined) throw new BallastError("INTERNAL", "The local chain has no accounts.");
  const client = await connect(rpcUrl, deployer);
  const oracles = others.slice(0, ORACLES).map(accountOf);
  const deployment = await progress.step("deploying the contracts", () =>
    deployBallast(client, {
      verifiers: [{ circuit, verifyingKey: key.verifyingKey, dev: key.manifest.dev }],
      oracleSigners: oracles.map(({ address }) => address),
    }),
  );
  const cast = demoAccounts(markets).map((account) => ({ account, salt: randomSalt() }));
  const theatre = { client, deployment, oracles, tables: [{ circuit, key }] };
  const played = await playMoments(setting, theatre, cast, async () => {});
  return { ...played, deployment, cascade: undefined };
}

/** The same over a venue's ledger, and then every breach is liquidated. */
async function playWithLiquidation(
  setting: DemoSetting & Required<Pick<DemoSetting, "liquidation">>,
  rpcUrl: string,
): Promise<DemoResult> {
  const { markets, progress, prover, liquidation } = setting;
  const { circuits, keys, runs, plan } = liquidation;
  const customers = demoAccounts(markets).map((account) => ({ account, salt: randomSalt() }));
  const firms = plan.firms.map((account) => ({ account, salt: randomSalt() }));
  const accounts = [...customers, ...firms].map(({ account: { portfolio }, salt }) => {
    const { account: name, accountId, positions } = portfolio;
    return [name, { accountId, positions, salt }] as const;
  });
  const stage = await openStage(rpcUrl, {
    ...{ circuits, keys, runs, progress },
    chain: markets.chains.before,
    cash: accounts.reduce((sum, [, { positions }]) => sum + netHolding(positions, SETTLEMENT_ID), 0n),
    funds: plan.funds.insuranceFund + plan.funds.gammaReserve,
  });
  const { people, deployment, volatilityOracle } = stage;
  const theatre = {
    client: people.owner,
    deployment,
    oracles: stage.signers,
    tables: [
      ...(["coverage", "equity", "reduction"] as const).map((statement) => ({
        circuit: circuits[statement],
        key: keys[statement],
      })),
      runs.batch,
    ],
  };
  const { later } = markets;
  const world = new World({ stage, circuits, keys, runs, prover, progress, plan, theatre, later });
  await settleIn(world, accounts);
  await moveTo(people.owner, markets.before.time + 1n);
  const readings = marketReadings(markets.chains.after);
  const played = await playMoments(setting, theatre, customers, async () => {
    await moveTo(people.owner, markets.after.time - FEED_LEAD);
    const feeders = FEEDERS.map((name) => people[name]);
    await progress.step("three feeders report the market after the fall", () =>
      feed(feeders, volatilityOracle, readings),
    );
  });
  world.snapshot = markets.after;
  const cascade = await playCascade(world, readings);
  return { ...played, deployment, cascade };
}

/** Both snapshots, the day between them, and what became of the first attestations. */
async function playMoments(
  setting: DemoSetting,
  theatre: Theatre,
  cast: Cast,
  betweenThem: () => Promise<void>,
): Promise<Pick<DemoResult, "accounts" | "gas" | "expired">> {
  const { markets, progress } = setting;
  const { client, deployment } = theatre;
  const before = await playSnapshot(setting, theatre, markets.before, cast);
  await betweenThem();
  await progress.step("a day passes, the market falls", () => moveTo(client, markets.after.time + 1n));
  const reader = viemReader(client.public, deployment);
  const stale = await Promise.all(
    before.moments.map(({ file }) => reader.readAttestation(file.signals.accountId, file.signals.commitment)),
  );
  const after = await playSnapshot(setting, theatre, markets.after, cast);
  return {
    gas: [before.gas, after.gas],
    expired: stale.filter((attestation) => attestation !== undefined && !attestation.isCurrent).length,
    accounts: cast.flatMap(({ account }, i) => {
      const [first, second] = [before.moments[i], after.moments[i]];
      return first === undefined || second === undefined ? [] : [{ account, before: first, after: second }];
    }),
  };
}

async function playSnapshot(
  { circuit, key, prover, progress }: DemoSetting,
  theatre: Theatre,
  snapshot: Snapshot,
  accounts: Cast,
): Promise<{ moments: DemoMoment[]; gas: { publish: bigint; batch: bigint } }> {
  const { client, deployment } = theatre;
  const published = await progress.step(
    `publishing snapshot ${formatField(snapshot.snapshotId).slice(0, 10)} (${snapshot.rows.length} rows, 2 of 3 oracles)`,
    () => publish(theatre, snapshot),
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
    const part = progress.part(proofs.length + 1, accounts.length);
    const file = await part.step(`proving ${portfolio.account}`, () =>
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
