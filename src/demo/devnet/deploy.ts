import { type Address, encodeDeployData } from "viem";
import type { Progress } from "../../actions/progress.ts";
import { type ChainClient, connect } from "../../chain/client.ts";
import type { Deployment } from "../../chain/deploy/deployment.ts";
import { deployBallast } from "../../chain/deploy/node/deploy.ts";
import { demoDollarAbi } from "../../chain/generated/demo-dollar.ts";
import { deployLiquidation } from "../../chain/liquidation/node/deploy.ts";
import { loadParameters } from "../../chain/liquidation/parameters-file.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { anvilKeys } from "../../chain/node/anvil.ts";
import { contractBytecode } from "../../chain/node/artifacts.ts";
import { addAsset } from "../../chain/solvency/vault.ts";
import { create } from "../../chain/transact.ts";
import { BallastError } from "../../errors.ts";
import {
  LIQUIDATION_STATEMENTS,
  type LiquidationCircuits,
  type LiquidationKeys,
} from "../../liquidation/circuits.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { MICROS_PER_LOT, SETTLEMENT_ID, UNITS_PER_LOT, usdc } from "../cascade/parameters.ts";

/** Who has a key: the owner also guards and acts for the clearing house; alice and bob are whoever the reader wants. */
export const PEOPLE = ["owner", "venue", "oracle", "alice", "bob"] as const;
export type Person = (typeof PEOPLE)[number];

/** The clearing house's account. */
const HOUSE = "house";
/** Oldest snapshot that attests, seconds: the bundled sample stays good for a week. */
const MAX_AGE = 604_800;
const WALLET = usdc(10_000_000n);

export interface Devnet {
  readonly people: Readonly<Record<Person, ChainClient>>;
  readonly token: Address;
  readonly deployment: Deployment;
}

/** Connects everybody with anvil's keys, which are public knowledge. */
export async function connectPeople(rpc: string): Promise<Devnet["people"]> {
  const keys = anvilKeys(PEOPLE.length);
  const entries = await Promise.all(
    PEOPLE.map(async (name, i) => {
      const key = keys[i];
      if (key === undefined) throw new BallastError("INTERNAL", "The local chain has too few accounts.");
      return [name, await connect(rpc, key)] as const;
    }),
  );
  return Object.fromEntries(entries) as Record<Person, ChainClient>;
}

/** Deploys a token of which everybody has ten million, the contracts, and a venue's liquidation. */
export async function deployDevnet(
  people: Devnet["people"],
  circuits: LiquidationCircuits,
  keys: LiquidationKeys,
  parameters: string,
  progress: Progress,
): Promise<Devnet> {
  const { owner, venue, oracle } = people;
  const holders = PEOPLE.map((name) => people[name].account.address);
  const token = await progress.part(1, 3).step("deploying a token", () =>
    create(
      owner,
      encodeDeployData({
        abi: demoDollarAbi,
        bytecode: contractBytecode().DemoDollar,
        args: [holders, holders.map(() => WALLET)],
      }),
      "deploying the token",
    ),
  );
  const deployed = await progress.part(2, 3).step("deploying the contracts", () =>
    deployBallast(owner, {
      verifiers: LIQUIDATION_STATEMENTS.map((statement) => ({
        circuit: circuits[statement],
        verifyingKey: keys[statement].verifyingKey,
        dev: keys[statement].manifest.dev,
      })),
      oracleSigners: [oracle.account.address],
      maxAge: MAX_AGE,
    }),
  );
  const deployment = await progress.part(3, 3).step("deploying the venue's liquidation", async () => {
    const whole = await deployLiquidation(owner, deployed, {
      venue: venue.account.address,
      houseAccount: accountIdOf(HOUSE),
      settlementId: SETTLEMENT_ID,
      microsPerLot: MICROS_PER_LOT,
      parameters: loadParameters(parameters, UNITS_PER_LOT, MICROS_PER_LOT),
    });
    const asset = { instrumentId: SETTLEMENT_ID, token, unitsPerLot: UNITS_PER_LOT };
    await addAsset(venue, liquidationOf(whole), asset);
    return whole;
  });
  return { people, token, deployment };
}
