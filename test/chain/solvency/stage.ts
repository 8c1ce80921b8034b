import { type Address, toHex } from "viem";
import { accountOf, type ChainClient, connect } from "../../../src/chain/client.ts";
import type { DeployedSolvency, Deployment } from "../../../src/chain/deploy/deployment.ts";
import { deployBallast, deploySolvency } from "../../../src/chain/deploy/node/deploy.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { publishSnapshot, signSnapshot, snapshotPoint } from "../../../src/chain/snapshot/publish.ts";
import { addAsset, deposit } from "../../../src/chain/solvency/vault.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import type { Snapshot } from "../../../src/risk/snapshot.ts";
import { BATCH, type Keys, REPORT, smallKeys, snapshot } from "../../solvency/small.ts";
import { call, deployMock } from "../mocks.ts";

/** The clock starts a second after the snapshot. */
export const START = snapshot.time + 1n;
const [DEPLOYER = "0x", ...OTHERS] = anvilKeys(6);
const ORACLES = OTHERS.slice(0, 3).map(accountOf);
const [VENUE = "0x", STRANGER = "0x"] = OTHERS.slice(3);

/** Funds of the mock clearing house, micro-USD. */
export const FUNDS = { insuranceFund: 2_000_000_000n, gammaReserve: 500_000_001n };
/** Smallest units of every token in a lot. */
export const UNITS = 1_000n;

/** A venue on a local chain: verifiers of the small instances, a published snapshot, an empty vault. */
export interface SolvencyStage {
  readonly anvil: Anvil;
  readonly keys: Keys;
  /** Deploys and pays; has no power over the venue's contracts. */
  readonly client: ChainClient;
  readonly venue: ChainClient;
  readonly stranger: ChainClient;
  readonly deployment: Deployment;
  readonly solvency: DeployedSolvency;
  readonly clearingHouse: Address;
  stop(): Promise<void>;
}

export async function startSolvency(): Promise<SolvencyStage> {
  const keys = await smallKeys();
  const anvil = await startAnvil({ timestamp: START });
  const client = await connect(anvil.rpcUrl, DEPLOYER);
  const venue = await connect(anvil.rpcUrl, VENUE);
  const stranger = await connect(anvil.rpcUrl, STRANGER);
  const deployed = await deployBallast(client, {
    verifiers: [
      { circuit: BATCH, verifyingKey: keys.batch.verifyingKey, dev: true },
      { circuit: REPORT, verifyingKey: keys.report.verifyingKey, dev: true },
    ],
    oracleSigners: ORACLES.map(({ address }) => address),
  });
  const clearingHouse = await deployMock(client, "MockClearingHouse");
  await call(client, clearingHouse, "MockClearingHouse", "set", [FUNDS.insuranceFund, FUNDS.gammaReserve]);
  const solvency = await deploySolvency(client, deployed, { venue: venue.account.address, clearingHouse });
  const deployment = { ...deployed, solvency };
  await publish({ client, deployment, keys }, snapshot);
  const stop = () => anvil.stop();
  return { anvil, keys, client, venue, stranger, deployment, solvency, clearingHouse, stop };
}

/** Publishes a snapshot with its true table point for the batch circuit. */
export async function publish(
  { client, deployment, keys }: Pick<SolvencyStage, "client" | "deployment" | "keys">,
  published: Snapshot,
): Promise<void> {
  const points = [await snapshotPoint(BATCH, keys.batch.verifyingKey, published)];
  const signatures = await signSnapshot(deployment, published, points, ORACLES.slice(0, 2));
  await publishSnapshot(client, deployment, published, points, signatures);
}

/** Adds a token for each asset and deposits what `reserves` says. */
export async function fill(
  { venue, solvency }: SolvencyStage,
  reserves: readonly Holding[],
): Promise<Map<number, Address>> {
  const tokens = new Map<number, Address>();
  for (const { instrumentId, quantity } of reserves) {
    const token = await deployMock(venue, "Token");
    tokens.set(instrumentId, token);
    await call(venue, token, "Token", "mint", [venue.account.address, quantity * UNITS]);
    await addAsset(venue, solvency, { instrumentId, token, unitsPerLot: UNITS });
    await deposit(venue, solvency, { instrumentId, lots: quantity });
  }
  return tokens;
}

let unusedNonce = 1_000;

/**
 * Runs `work` and takes the chain back to where it was before. Accounts go on with nonces of their own: the node may
 * still be clearing its pool of what it mined, and would take a new transaction with an old nonce along.
 */
export async function undone(
  { client, venue, stranger }: SolvencyStage,
  work: () => Promise<void>,
): Promise<void> {
  const id = await request(client, "evm_snapshot");
  try {
    await work();
  } finally {
    await request(client, "evm_revert", [id]);
    unusedNonce += 1_000;
    for (const { account } of [client, venue, stranger])
      await request(client, "anvil_setNonce", [account.address, toHex(unusedNonce)]);
  }
}

/** Makes a block with this time. */
export async function setTime({ client }: SolvencyStage, time: bigint): Promise<void> {
  await request(client, "evm_setNextBlockTimestamp", [`0x${time.toString(16)}`]);
  await request(client, "evm_mine");
}

function request({ public: client }: ChainClient, method: string, params: unknown[] = []): Promise<unknown> {
  return client.request({ method, params } as never);
}
