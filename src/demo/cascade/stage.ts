import type { Address, LocalAccount } from "viem";
import type { Progress } from "../../actions/progress.ts";
import type { ChainClient } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import { deployVolatilityOracle } from "../../chain/oracle/node/deploy.ts";
import { bond } from "../../chain/oracle/rounds.ts";
import type { LiquidationCircuits, LiquidationKeys } from "../../liquidation/circuits.ts";
import type { MarketChain } from "../../market/chain.ts";
import { connectAll } from "../people.ts";
import { deployDollar, deployVenue } from "../venue.ts";
import type { RunKits } from "./anchor.ts";
import { feed, marketReadings } from "./feed.ts";
import { CASCADE_PARAMETERS, MAX_AGE, ORACLE_PARAMETERS, UNITS_PER_LOT, usdc } from "./parameters.ts";
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
  readonly runs: RunKits;
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
  const { circuits, keys, runs, progress, chain } = setting;
  const people: People = await connectAll(rpcUrl, PEOPLE);
  const signers = FEEDERS.map((name) => people[name].account);
  const { owner, venue } = people;
  const token = await deployToken(people, setting);
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
  const { deployment, system } = await deployVenue(
    {
      ...{ owner, venue, circuits, keys, runs, token, volatilityOracle, house: ROLES.house, maxAge: MAX_AGE },
      oracleSigners: signers.map(({ address }) => address),
      parameters: CASCADE_PARAMETERS,
    },
    progress,
  );
  return { people, signers, token, volatilityOracle, deployment, system };
}

/** The venue has what accounts deposited with it, the pool what it fills the funds with, and as much again as the others. */
function deployToken(people: People, { cash, funds }: StageSetting): Promise<Address> {
  const lots: Partial<Record<Person, bigint>> = { venue: cash, pool: funds };
  return deployDollar(
    people.owner,
    PEOPLE.map((name) => people[name].account.address),
    PEOPLE.map((name) => WALLET + (lots[name] ?? 0n) * UNITS_PER_LOT),
  );
}

/** The address of whoever acts for an account on chain; none for customers. */
export function ownerOf(people: People, account: string): Address | undefined {
  const found = PEOPLE.find((name) => name === account);
  return found === undefined ? undefined : people[found].account.address;
}
