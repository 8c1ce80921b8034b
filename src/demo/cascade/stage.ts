import { type Address, encodeDeployData, type LocalAccount } from "viem";
import type { Progress } from "../../actions/progress.ts";
import { type ChainClient, connect } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { deployBallast } from "../../chain/deploy/node/deploy.ts";
import { demoDollarAbi } from "../../chain/generated/demo-dollar.ts";
import { deployLiquidation } from "../../chain/liquidation/node/deploy.ts";
import { type LiquidationSystem, liquidationOf } from "../../chain/liquidation/system.ts";
import { anvilKeys } from "../../chain/node/anvil.ts";
import { contractBytecode } from "../../chain/node/artifacts.ts";
import { deployVolatilityOracle } from "../../chain/oracle/node/deploy.ts";
import { bond } from "../../chain/oracle/rounds.ts";
import { addAsset } from "../../chain/solvency/vault.ts";
import { create } from "../../chain/transact.ts";
import { BallastError } from "../../errors.ts";
import type { LiquidationCircuits, LiquidationKeys } from "../../liquidation/circuits.ts";
import type { MarketChain } from "../../market/chain.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { feed, marketReadings } from "./feed.ts";
import {
  AUCTION_PARAMETERS,
  ENGINE_PARAMETERS,
  FUND_PARAMETERS,
  MAX_AGE,
  MICROS_PER_LOT,
  ORACLE_PARAMETERS,
  SETTLEMENT_ID,
  UNITS_PER_LOT,
  usdc,
} from "./parameters.ts";
import { ROLES } from "./plan.ts";

/** Who has a key, in the order of the local chain's accounts. `owner` deploys, lists liquidators and acts for the house. */
export const PEOPLE = [
  "owner",
  "feeder 1",
  "feeder 2",
  "feeder 3",
  "venue",
  ROLES.winner,
  ROLES.second,
  ROLES.defaulter,
  ROLES.buyer,
  "pool",
] as const;
export type Person = (typeof PEOPLE)[number];
export type People = Readonly<Record<Person, ChainClient>>;
export const FEEDERS = ["feeder 1", "feeder 2", "feeder 3"] as const satisfies readonly Person[];

/** A venue with everything that a liquidation needs, on a local chain. */
export interface Stage {
  readonly people: People;
  /** Who sign snapshots: the feeders. */
  readonly signers: readonly LocalAccount[];
  readonly token: Address;
  readonly volatilityOracle: Address;
  readonly deployment: Deployment;
  readonly system: LiquidationSystem;
}

export interface StageSetting {
  readonly circuits: LiquidationCircuits;
  readonly keys: LiquidationKeys;
  readonly progress: Progress;
  /** The market before the fall, which the oracle's first round reports. */
  readonly chain: MarketChain;
  /** Lots of cash that all accounts have together. */
  readonly cash: bigint;
  /** Lots that the pools are filled with. */
  readonly funds: bigint;
}

/** What everybody else has in tokens. */
const WALLET = usdc(1_000_000n);

/** Deploys token, volatility oracle with a first round, contracts and liquidation. */
export async function openStage(rpcUrl: string, setting: StageSetting): Promise<Stage> {
  const { circuits, keys, progress, chain } = setting;
  const people = await connectAll(rpcUrl);
  const signers = FEEDERS.map((name) => people[name].account);
  const { owner, venue } = people;
  const token = await create(owner, tokenCode(people, setting), "deploying the token");
  const volatilityOracle = await progress.step(
    "deploying the volatility oracle; three feeders bond",
    async () => {
      const oracle = await deployVolatilityOracle(owner, {
        token,
        underlyings: chain.underlyings.map(({ symbol }) => symbol),
        feeders: signers.map(({ address }) => address),
        parameters: ORACLE_PARAMETERS,
      });
      for (const name of FEEDERS) await bond(people[name], oracle, ORACLE_PARAMETERS.feederBond);
      await feed(
        FEEDERS.map((name) => people[name]),
        oracle,
        marketReadings(chain),
      );
      return oracle;
    },
  );
  const deployed = await progress.step("deploying the contracts", () =>
    deployBallast(owner, {
      verifiers: (["coverage", "equity", "reduction", "transfer", "deleverage"] as const).map(
        (statement) => ({
          circuit: circuits[statement],
          verifyingKey: keys[statement].verifyingKey,
          dev: keys[statement].manifest.dev,
        }),
      ),
      oracleSigners: signers.map(({ address }) => address),
      volatilityOracle,
      maxAge: MAX_AGE,
    }),
  );
  const deployment = await progress.step(
    "deploying the venue's ledger, engine, auction and clearing house",
    () =>
      deployLiquidation(owner, deployed, {
        venue: venue.account.address,
        houseAccount: accountIdOf(ROLES.house),
        settlementId: SETTLEMENT_ID,
        microsPerLot: MICROS_PER_LOT,
        parameters: { engine: ENGINE_PARAMETERS, auction: AUCTION_PARAMETERS, funds: FUND_PARAMETERS },
      }),
  );
  const system = liquidationOf(deployment);
  await addAsset(venue, system, { instrumentId: SETTLEMENT_ID, token, unitsPerLot: UNITS_PER_LOT });
  return { people, signers, token, volatilityOracle, deployment, system };
}

async function connectAll(rpcUrl: string): Promise<People> {
  const keys = anvilKeys(PEOPLE.length);
  const entries = await Promise.all(
    PEOPLE.map(async (name, i) => {
      const key = keys[i];
      if (key === undefined) throw new BallastError("INTERNAL", "The local chain has too few accounts.");
      return [name, await connect(rpcUrl, key)] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<Person, ChainClient>;
}

/** The venue has what accounts deposited with it, the pool what it fills the funds with, and as much again as the others. */
function tokenCode(people: People, { cash, funds }: StageSetting) {
  const lots: Partial<Record<Person, bigint>> = { venue: cash, pool: funds };
  const amounts = PEOPLE.map((name) => WALLET + (lots[name] ?? 0n) * UNITS_PER_LOT);
  return encodeDeployData({
    abi: demoDollarAbi,
    bytecode: contractBytecode().DemoDollar,
    args: [PEOPLE.map((name) => people[name].account.address), amounts],
  });
}

/** The address of whoever acts for an account on chain; none for customers. */
export function ownerOf(people: People, account: string): Address | undefined {
  const found = PEOPLE.find((name) => name === account);
  return found === undefined ? undefined : people[found].account.address;
}
