import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, getAddress, toHex } from "viem";
import { expect } from "vitest";
import { anchorAccount, type PlaceInRun } from "../../../src/actions/liquidation/anchor.ts";
import { attestTier } from "../../../src/actions/liquidation/attest.ts";
import type { Desk, Kits } from "../../../src/actions/liquidation/context.ts";
import { equityAt, type Moves, placeOf, transferAt } from "../../../src/actions/liquidation/facts.ts";
import { MemoryAccounts } from "../../../src/actions/liquidation/store.ts";
import { attestRun, placeInRun } from "../../../src/actions/node/attest-run.ts";
import { SILENT } from "../../../src/actions/progress.ts";
import { publishAsNewest } from "../../../src/actions/snapshot/publish.ts";
import { accountOf, type ChainClient, connect } from "../../../src/chain/client.ts";
import type { Deployment } from "../../../src/chain/deploy/deployment.ts";
import { deployBallast } from "../../../src/chain/deploy/node/deploy.ts";
import { registerAccount } from "../../../src/chain/liquidation/ledger.ts";
import { deployLiquidation } from "../../../src/chain/liquidation/node/deploy.ts";
import type { LiquidationParameters } from "../../../src/chain/liquidation/parameters.ts";
import { readMoment } from "../../../src/chain/liquidation/read-case.ts";
import { type LiquidationSystem, liquidationOf } from "../../../src/chain/liquidation/system.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../../src/chain/node/anvil.ts";
import { signSnapshot, snapshotPoint } from "../../../src/chain/snapshot/publish.ts";
import { addAsset, deposit } from "../../../src/chain/solvency/vault.ts";
import { type RunKits, runKits } from "../../../src/demo/cascade/anchor.ts";
import { moveTo, now } from "../../../src/demo/cascade/clock.ts";
import {
  CADENCE,
  PARAMETERS as DEMO_PARAMETERS,
  MICROS_PER_LOT,
  SETTLEMENT_ID,
  UNITS_PER_LOT,
  usdc,
} from "../../../src/demo/cascade/parameters.ts";
import { otherSide } from "../../../src/demo/other-side.ts";
import { commitmentOf, type OpenAccount } from "../../../src/liquidation/account.ts";
import type { LiquidationStatement } from "../../../src/liquidation/circuits.ts";
import type { EquityClaim, ProofKit, ProvenTransfer } from "../../../src/liquidation/claims.ts";
import { type CaseAction, casePurpose } from "../../../src/liquidation/purpose.ts";
import { type RollOverOptions, rollOver } from "../../../src/market/roll-over.ts";
import { shiftChain } from "../../../src/market/shift.ts";
import { toField } from "../../../src/math/field.ts";
import { randomSalt } from "../../../src/portfolio/commitment.ts";
import { cashFinder } from "../../../src/portfolio/funding.ts";
import { type CircuitInstance, instanceOf } from "../../../src/prover/circuits.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { createProver } from "../../../src/prover/node/prover.ts";
import { type Policy, presetPolicy } from "../../../src/risk/policy.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import { quotesOf, registryOf } from "../../../src/risk/roll-over.ts";
import { buildSnapshot, rowByName, type Snapshot } from "../../../src/risk/snapshot.ts";
import { netPositions } from "../../../src/risk/transfer.ts";
import { runCircuits } from "../../../src/solvency/circuits.ts";
import { CHAIN, w } from "../../risk/fixtures.ts";
import { call, deployMock } from "../mocks.ts";

/** Unix seconds of the first snapshot. */
export const START = CHAIN.time / 1000n;
export const SLOTS = 4;
export const CASH = SETTLEMENT_ID;
export const UNITS = UNITS_PER_LOT;
export const MICROS = MICROS_PER_LOT;
export const usd = usdc;
const SHAPE = { scenarios: 5, underlyings: 2 };

/** The demo's windows, the shortest that the contracts allow, with smaller bonds and larger penalties. */
export const PARAMETERS: LiquidationParameters = {
  ...DEMO_PARAMETERS,
  engine: { ...DEMO_PARAMETERS.engine, maxPenalty: 50_000 },
  challenges: { ...DEMO_PARAMETERS.challenges, bond: usd(50n), answerCost: usd(5n) },
  auction: { ...DEMO_PARAMETERS.auction, bidBond: usd(100n) },
  funds: { ...DEMO_PARAMETERS.funds, gammaShare: 250_000, maxPenalty: 50_000 },
};

/** Everybody with a key; `owner` deploys, owns, guards and acts for the house. */
export const PEOPLE = ["owner", "venue", "alice", "bob", "carol", "dave"] as const;
export type Person = (typeof PEOPLE)[number];
const KEYS = anvilKeys(9);
const ORACLES = KEYS.slice(6).map(accountOf);

/** A venue with its liquidation on a local chain, and provers of the small instances. */
export interface LiquidationStage {
  readonly anvil: Anvil;
  readonly people: Readonly<Record<Person, ChainClient>>;
  readonly kits: Kits<LiquidationStatement>;
  /** What runs are proven with. */
  readonly runs: RunKits;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
  readonly token: Address;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** Deploys what hold-backs are taxed by. */
  readonly oracle?: (people: LiquidationStage["people"], token: Address) => Promise<Address>;
}

/** Everybody has 1,000,000 USD of the token. */
export async function startLiquidation(options: StageOptions = {}): Promise<LiquidationStage> {
  const prover = createProver({ backend: "snarkjs" });
  const kit = async <Circuit extends CircuitInstance>(circuit: Circuit): Promise<ProofKit<Circuit>> => ({
    prover,
    circuit,
    key: await setupDev(circuit),
  });
  const kits: Kits<LiquidationStatement> = {
    coverage: await kit(instanceOf("coverage", "coverage_4x8_s5k2")),
    equity: await kit(instanceOf("equity", "equity_4x8_s5k2")),
    ceiling: await kit(instanceOf("ceiling", "ceiling_4x8_s5k2")),
    reduction: await kit(instanceOf("reduction", "reduction_4x8_s5k2")),
    transfer: await kit(instanceOf("transfer", "transfer_4")),
    deleverage: await kit(instanceOf("deleverage", "deleverage_4")),
    empty: await kit(instanceOf("empty", "empty_4")),
  };
  const runs = await runKits(runCircuits(kits.coverage.circuit), (circuit) => setupDev(circuit));
  const anvil = await startAnvil({ timestamp: START });
  const clients = await Promise.all(PEOPLE.map((_, i) => connect(anvil.rpcUrl, KEYS[i] ?? "0x")));
  const people = Object.fromEntries(PEOPLE.map((name, i) => [name, clients[i]])) as Record<
    Person,
    ChainClient
  >;
  const { owner, venue } = people;
  const token = getAddress(await deployMock(owner, "Token"));
  for (const { account } of clients)
    await call(owner, token, "Token", "mint", [account.address, usd(1_000_000n)]);
  const volatilityOracle = await options.oracle?.(people, token);
  const deployed = await deployBallast(owner, {
    verifiers: [...Object.values(kits), runs.batch, runs.report, runs.membership].map(({ circuit, key }) => ({
      circuit,
      verifyingKey: key.verifyingKey,
      dev: true,
    })),
    oracleSigners: ORACLES.map(({ address }) => address),
    slots: kits.coverage.circuit.slots,
  });
  const deployment = await deployLiquidation(owner, deployed, {
    venue: venue.account.address,
    houseAccount: toField(900n),
    settlementId: CASH,
    microsPerLot: MICROS,
    parameters: PARAMETERS,
    cadence: CADENCE,
    ...(volatilityOracle === undefined ? {} : { volatilityOracle }),
  });
  const system = liquidationOf(deployment);
  await addAsset(venue, system, { instrumentId: CASH, token, unitsPerLot: UNITS });
  const stop = async () => {
    await prover.close();
    await anvil.stop();
  };
  return { anvil, people, kits, runs, deployment, system, token, stop };
}

/** The fixture's market under five of a policy's scenarios, later and elsewhere; what expired since another is settled. */
export function marketAt(time: bigint, spot = "0", before?: Before): Snapshot {
  const full = presetPolicy("les");
  const policy: Policy = { ...full, name: "five-of-les", scenarios: full.scenarios.slice(0, 5) };
  const small = { ...CHAIN, quotes: CHAIN.quotes.slice(0, 8) };
  const chain = shiftChain(small, { spot: w(spot), vol: w("0") }, (time - START) * 1000n);
  if (before === undefined) return buildSnapshot(chain, policy, { shape: SHAPE });
  const rolled = rollOver(quotesOf(before.snapshot), chain, before);
  return buildSnapshot(rolled, policy, { shape: SHAPE, registry: registryOf(before.snapshot) });
}

/** The snapshot before, and what is known of what expired. */
interface Before extends RollOverOptions {
  readonly snapshot: Snapshot;
}

let unusedNonce = 1_000;

/**
 * Runs `work` in a world of its own, and takes the chain back to where it was before. Accounts go on
 * with nonces of their own: the node may still be clearing its pool of what it mined.
 */
export async function inNewWorld(
  stage: LiquidationStage,
  work: (world: World) => Promise<void>,
): Promise<void> {
  const { owner } = stage.people;
  const request = (method: string, params: unknown[] = []): Promise<unknown> =>
    owner.public.request({ method, params } as never);
  const id = await request("evm_snapshot");
  try {
    const world = new World(stage);
    await world.register(stage.system.houseAccount, [], undefined, true);
    await work(world);
  } finally {
    await request("evm_revert", [id]);
    unusedNonce += 1_000;
    for (const { account } of Object.values(stage.people))
      await request("anvil_setNonce", [account.address, toHex(unusedNonce)]);
  }
}

/** What happens to whom: the openings of all accounts, and the newest snapshot. */
export class World {
  readonly stage: LiquidationStage;
  readonly accounts = new MemoryAccounts();
  snapshot: Snapshot;
  /** What snapshots take over of what expires. */
  rollOver: RollOverOptions = {};

  constructor(stage: LiquidationStage) {
    this.stage = stage;
    this.snapshot = marketAt(START);
  }

  /** Publishes the market as it is then; the next block is a second later. */
  async publish(time: bigint, spot?: string): Promise<void> {
    const { people, deployment, kits, runs } = this.stage;
    const snapshot = marketAt(time, spot, { ...this.rollOver, snapshot: this.snapshot });
    const points = await Promise.all(
      [kits.coverage, kits.equity, kits.ceiling, kits.reduction, runs.batch].map(({ circuit, key }) =>
        snapshotPoint(circuit, key.verifyingKey, snapshot),
      ),
    );
    const signatures = await signSnapshot(deployment, snapshot, points, ORACLES.slice(0, 2));
    await this.at(time + 1n);
    const { newest } = await publishAsNewest(people.owner, deployment, snapshot, points, signatures);
    if (newest?.entered !== true)
      throw new Error(`the snapshot is not the newest: ${JSON.stringify(newest)}`);
    this.snapshot = snapshot;
  }

  /** Lets served time pass, with a snapshot of the same market every so often. */
  async serve(seconds: bigint, spot?: string): Promise<void> {
    for (let left = seconds; left > 0n; left -= CADENCE) {
      await this.publish((await this.now()) + (left < CADENCE ? left : CADENCE), spot);
    }
  }

  /** The same until so many seconds were served. */
  async serveTo(until: bigint): Promise<void> {
    const { served } = await readMoment(this.stage.people.owner, this.stage.system);
    if (served < until) await this.serve(until - served);
  }

  /** The chain's clock. */
  now(): Promise<bigint> {
    return now(this.stage.people.owner);
  }

  /** Makes a block with this time, if it isn't past. */
  at(time: bigint): Promise<void> {
    return moveTo(this.stage.people.owner, time);
  }

  idOf(name: string): number {
    return rowByName(this.snapshot, name).instrumentId;
  }

  /** Positions with as much cash as makes equity `coverage` ppm of the maintenance requirement. */
  funded(positions: Readonly<Record<string, bigint>>, coverage: bigint): Holding[] {
    const held = Object.entries(positions).map(([name, quantity]) => ({
      instrumentId: this.idOf(name),
      quantity,
    }));
    return netPositions(held, [cashFinder(this.snapshot)(held, coverage)]);
  }

  /** Registers an account. */
  async register(
    accountId: bigint,
    positions: readonly Holding[],
    owner?: Person,
    guarded = false,
  ): Promise<OpenAccount> {
    const { people, system } = this.stage;
    const account = { accountId: toField(accountId), salt: randomSalt(), positions };
    this.accounts.set(account);
    await registerAccount(people.venue, system, {
      accountId,
      commitment: commitmentOf(account, SLOTS),
      guarded,
      ...(owner === undefined ? {} : { owner: people[owner].account.address }),
    });
    return account;
  }

  /** Once all accounts are registered: deposits what they hold in cash together, and publishes the market. */
  async begin(): Promise<void> {
    await this.deposit(this.lotsOf(CASH));
    await this.publish((await this.now()) + 1n);
  }

  /** The venue's lots go into the vault. */
  async deposit(lots: bigint): Promise<void> {
    await deposit(this.stage.people.venue, this.stage.system, { instrumentId: CASH, lots });
  }

  /** What all accounts hold together of an instrument. */
  lotsOf(instrumentId: number): bigint {
    const all = this.accounts.all.flatMap(({ positions }) => positions);
    return netPositions(all).find((held) => held.instrumentId === instrumentId)?.quantity ?? 0n;
  }

  /**
   * The venue closes a solvency run of the newest snapshot over all accounts, and it anchors some of them.
   * @returns where each account stands in it.
   */
  async anchor(...accountIds: readonly bigint[]): Promise<readonly PlaceInRun[]> {
    const { people, deployment, runs, kits } = this.stage;
    const all = this.accounts.all.filter(({ positions }) => positions.length > 0);
    const folder = mkdtempSync(join(tmpdir(), "ballast-run-"));
    try {
      const accounts = [
        ...all.map(({ accountId, positions, salt }) => {
          const where = `account ${accountId}`;
          return { portfolio: { account: where, accountId, positions }, salt, where };
        }),
        ...otherSide(
          all.map(({ positions }) => positions),
          CASH,
          SLOTS,
        ),
      ];
      const { snapshot } = this;
      const { batch, report, membership } = runs;
      await attestRun(
        { folder, venue: people.venue, deployment, snapshot, batch, report, accounts, backend: "snarkjs" },
        SILENT,
      );
      const kit = { ...membership, prover: kits.coverage.prover };
      for (const accountId of accountIds)
        await anchorAccount(this.desk("dave"), kit, placeInRun(folder, toField(accountId)), this.deadline);
      return all.map(({ accountId }) => placeInRun(folder, accountId));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  get(accountId: bigint): OpenAccount {
    const found = this.accounts.get(accountId);
    if (found === undefined) throw new Error(`no account ${accountId}`);
    return found;
  }

  /** Keeps what accounts are after something was sent. */
  keep(...accounts: readonly (OpenAccount | undefined)[]): void {
    for (const account of accounts) if (account !== undefined) this.accounts.set(account);
  }

  get deadline(): bigint {
    return this.snapshot.time + 3_000n;
  }

  /** Somebody who acts with the newest snapshot, whatever it is. */
  desk(person: Person): Desk<LiquidationStatement> {
    const { people, kits, deployment, system } = this.stage;
    const { snapshot, deadline, accounts: store } = this;
    return {
      ...{ deployment, system, kits, snapshot, deadline, store },
      client: people[person],
      progress: SILENT,
      slots: SLOTS,
    };
  }

  place() {
    return placeOf(this.desk("owner"));
  }

  /** Proves and attests an account's tier, as it is or as it will be. */
  async attest(account: OpenAccount): Promise<{ readonly tier: number }> {
    return { tier: await attestTier(this.desk("dave"), account) };
  }

  equity(account: OpenAccount): Promise<EquityClaim> {
    return equityAt(this.desk("owner"), account);
  }

  /** Proves a transfer for a purpose, between the accounts as the ledger has them. */
  transfer(purpose: `0x${string}`, plan: Moves): Promise<ProvenTransfer> {
    return transferAt(this.desk("owner"), purpose, plan);
  }

  purpose(action: CaseAction, caseId: bigint, version: number, actor: Person | Address): `0x${string}` {
    const address = (PEOPLE as readonly string[]).includes(actor)
      ? this.stage.people[actor as Person].account.address
      : (actor as Address);
    return casePurpose({ action, caseId, version, actor: address });
  }
}

/** An error of a contract's, by its name. */
export const refused = (error: string) =>
  expect.objectContaining({ code: "CHAIN_ERROR", details: expect.objectContaining({ error }) });
