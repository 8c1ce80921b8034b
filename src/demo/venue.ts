import { type Address, encodeDeployData } from "viem";
import type { Progress } from "../actions/progress.ts";
import type { ChainClient } from "../chain/client.ts";
import type { Deployment } from "../chain/deploy/deployment.ts";
import { deployBallast } from "../chain/deploy/node/deploy.ts";
import { demoDollarAbi } from "../chain/generated/demo-dollar.ts";
import { deployLiquidation } from "../chain/liquidation/node/deploy.ts";
import type { LiquidationParameters } from "../chain/liquidation/parameters.ts";
import { type LiquidationSystem, liquidationOf } from "../chain/liquidation/system.ts";
import { contractBytecode } from "../chain/node/artifacts.ts";
import { addAsset } from "../chain/solvency/vault.ts";
import { create } from "../chain/transact.ts";
import {
  LIQUIDATION_STATEMENTS,
  type LiquidationCircuits,
  type LiquidationKeys,
} from "../liquidation/circuits.ts";
import { accountIdOf } from "../portfolio/format.ts";
import type { RunKits } from "./cascade/anchor.ts";
import { MICROS_PER_LOT, SETTLEMENT_ID, UNITS_PER_LOT } from "./cascade/parameters.ts";

/** Deploys a token of six decimals. @param amounts token units, one for each holder. */
export function deployDollar(
  deployer: ChainClient,
  holders: readonly Address[],
  amounts: readonly bigint[],
): Promise<Address> {
  const bytecode = contractBytecode().DemoDollar;
  const data = encodeDeployData({ abi: demoDollarAbi, bytecode, args: [holders, amounts] });
  return create(deployer, data, "deploying the token");
}

export interface VenueSetting {
  /** Deploys, owns, guards and acts for the clearing house. */
  readonly owner: ChainClient;
  readonly venue: ChainClient;
  readonly circuits: LiquidationCircuits;
  readonly keys: LiquidationKeys;
  readonly runs: RunKits;
  readonly token: Address;
  /** Who sign snapshots. */
  readonly oracleSigners: readonly Address[];
  readonly volatilityOracle?: Address;
  /** The oldest snapshot that attests, seconds. */
  readonly maxAge: number;
  /** The clearing house's account, by name. */
  readonly house: string;
  readonly parameters: LiquidationParameters;
}

/** Deploys all contracts of a venue with its liquidation, and gives the settlement asset its token. */
export async function deployVenue(
  setting: VenueSetting,
  progress: Progress,
): Promise<{ readonly deployment: Deployment; readonly system: LiquidationSystem }> {
  const { owner, venue, circuits, keys, runs, token, oracleSigners, volatilityOracle, maxAge } = setting;
  const deployed = await progress.step("deploying the contracts", () =>
    deployBallast(owner, {
      verifiers: [
        ...LIQUIDATION_STATEMENTS.map((statement) => ({
          circuit: circuits[statement],
          key: keys[statement],
        })),
        ...[runs.batch, runs.report, runs.membership],
      ].map(({ circuit, key }) => ({ circuit, verifyingKey: key.verifyingKey, dev: key.manifest.dev })),
      ...{ oracleSigners, maxAge, slots: circuits.coverage.slots },
      ...(volatilityOracle === undefined ? {} : { volatilityOracle }),
    }),
  );
  const deployment = await progress.step(
    "deploying the venue's ledger, engine, auction and clearing house",
    () =>
      deployLiquidation(owner, deployed, {
        venue: venue.account.address,
        houseAccount: accountIdOf(setting.house),
        settlementId: SETTLEMENT_ID,
        microsPerLot: MICROS_PER_LOT,
        parameters: setting.parameters,
        // A snapshot whenever the last one has served for half of its time.
        cadence: (setting.parameters.clock.serveGap + 1n) / 2n,
      }),
  );
  const system = liquidationOf(deployment);
  await addAsset(venue, system, { instrumentId: SETTLEMENT_ID, token, unitsPerLot: UNITS_PER_LOT });
  return { deployment, system };
}
