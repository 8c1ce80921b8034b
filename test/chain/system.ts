import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEventLogs, type TransactionReceipt } from "viem";
import { accountOf, type ChainClient, connect } from "../../src/chain/client.ts";
import type { CoverageClaim } from "../../src/chain/coverage/attest.ts";
import { coverageContext } from "../../src/chain/coverage/context.ts";
import type { Deployment } from "../../src/chain/deploy/deployment.ts";
import { deployBallast } from "../../src/chain/deploy/node/deploy.ts";
import type { VerifierSpec } from "../../src/chain/deploy/node/verifier-code.ts";
import { coverageRegistryAbi } from "../../src/chain/generated/coverage-registry.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import type { TablePoint } from "../../src/chain/snapshot/oracle-messages.ts";
import { publishSnapshot, signSnapshot, snapshotPoint } from "../../src/chain/snapshot/publish.ts";
import { SAMPLE_TIME, sampleChain } from "../../src/market/sample.ts";
import { type Field, toField } from "../../src/math/field.ts";
import type { Portfolio } from "../../src/portfolio/portfolio.ts";
import { type CoverageCircuit, instanceOf } from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import { createProver } from "../../src/prover/node/prover.ts";
import type { LoadedKey, Prover } from "../../src/prover/prover.ts";
import { parsePolicy, presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot, rowByName, type Snapshot } from "../../src/risk/snapshot.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";

/** The block time the tests' node starts at; snapshots are made for it. */
export const START = SAMPLE_TIME / 1_000n;
export const CIRCUIT = "coverage_4x8_s5k2";
const [DEPLOYER = "0x", ...ORACLES] = anvilKeys(4);
export const ORACLE_ACCOUNTS = ORACLES.map(accountOf);

/** `les` with its first five scenarios, so that the tests' instance is small. */
export const SMALL_POLICY = (() => {
  const les = presetPolicy("les");
  return parsePolicy({ ...les, scenarios: les.scenarios.slice(0, 5) });
})();

/** A snapshot of the sample market with six rows, at `time` in Unix seconds. */
export function smallSnapshot(time: bigint): Snapshot {
  const shape = { scenarios: 5, underlyings: 2 };
  return buildSnapshot(sampleChain(time * 1000n), SMALL_POLICY, { rows: 7, shape });
}

/** A real node with real contracts, a real dev key and a real prover. */
export interface System {
  readonly anvil: Anvil;
  readonly client: ChainClient;
  readonly deployment: Deployment;
  readonly circuit: CoverageCircuit;
  readonly key: LoadedKey;
  readonly prover: Prover;
  readonly spec: VerifierSpec;
  stop(): Promise<void>;
}

export async function startSystem({
  timestamp = START,
  ...options
}: {
  readonly requireProven?: boolean;
  /** Unix seconds at which the chain begins. */
  readonly timestamp?: bigint;
} = {}): Promise<System> {
  const circuit = instanceOf("coverage", CIRCUIT);
  const key = await setupDev(circuit);
  const anvil = await startAnvil({ timestamp });
  const client = await connect(anvil.rpcUrl, DEPLOYER);
  const spec = { circuit, verifyingKey: key.verifyingKey, dev: true };
  const oracleSigners = ORACLE_ACCOUNTS.map(({ address }) => address);
  const deployment = await deployBallast(client, { verifiers: [spec], oracleSigners, ...options });
  const prover = createProver({ backend: "snarkjs" });
  const stop = async () => {
    await prover.close();
    await anvil.stop();
  };
  return { anvil, client, deployment, circuit, key, prover, spec, stop };
}

export async function publishWith(
  { client, deployment }: System,
  snapshot: Snapshot,
  points: readonly TablePoint[],
): Promise<TransactionReceipt> {
  const signatures = await signSnapshot(deployment, snapshot, points, ORACLE_ACCOUNTS.slice(0, 2));
  return publishSnapshot(client, deployment, snapshot, points, signatures);
}

/** Publishes a fresh snapshot with its true table point. */
export async function publishSmall(system: System, time: bigint): Promise<Snapshot> {
  const snapshot = smallSnapshot(time);
  await publishWith(system, snapshot, [
    await snapshotPoint(system.circuit, system.key.verifyingKey, snapshot),
  ]);
  return snapshot;
}

/** `usdc` whole dollars and, optionally, `btc` hundredths of a coin: enough to be in one tier or another. */
export function account(snapshot: Snapshot, id: bigint, usdc: bigint, btc = 0n): Portfolio {
  const lots = (name: string, quantity: bigint) => ({
    instrumentId: rowByName(snapshot, name).instrumentId,
    quantity,
  });
  const positions = [lots("USDC", usdc), lots("BTC", btc)].filter(({ quantity }) => quantity !== 0n);
  return { accountId: toField(id), account: `account ${id}`, positions };
}

/** Proves a portfolio for real, for this chain and registry unless told otherwise. */
export async function proveClaim(
  system: System,
  snapshot: Snapshot,
  portfolio: Portfolio,
  options: { readonly deadline?: bigint; readonly context?: Field } = {},
): Promise<CoverageClaim> {
  const { deployment, circuit, key, prover } = system;
  const { deadline = snapshot.time + 600n } = options;
  const { chainId, coverageRegistry: registry } = deployment;
  const context = options.context ?? coverageContext({ chainId, registry, deadline });
  const salt = toField(portfolio.accountId + 77n);
  const { inputs, signals, publicSignals } = coverageWitness(circuit, snapshot, portfolio, salt, context);
  const proof = await prover.prove({ circuit, key, inputs, publicSignals });
  return {
    circuitId: key.circuitId,
    snapshotId: snapshot.snapshotId,
    deadline,
    accountId: signals.accountId,
    commitment: signals.commitment,
    tier: Number(signals.tier),
    proof,
  };
}

/** Makes the chain's next block have this time. */
export async function setTime({ client }: Pick<System, "client">, time: bigint): Promise<void> {
  await client.public.request({
    method: "evm_setNextBlockTimestamp",
    params: [`0x${time.toString(16)}`],
  } as never);
  await client.public.request({ method: "evm_mine" } as never);
}

export async function snapshotNow({ client }: System): Promise<bigint> {
  return (await client.public.getBlock()).timestamp;
}

/** The `Attested` events of a transaction. */
export function attestedEvents({ logs }: TransactionReceipt) {
  return parseEventLogs({ abi: coverageRegistryAbi, eventName: "Attested", logs });
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "ballast-chain-"));
}
