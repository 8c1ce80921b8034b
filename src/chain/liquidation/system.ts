import { type Address, getContractAddress } from "viem";
import { BallastError } from "../../errors.ts";
import { type Field, parseField } from "../../math/field.ts";
import { type Deployment, deployedSolvency } from "../deploy/deployment.ts";

/** One venue's liquidation on a chain. */
export interface LiquidationSystem {
  readonly chainId: number;
  /** The block of the first contract: where to start looking for events. */
  readonly block: bigint;
  /** At the deployment: it may have handed over since (`readVenue`). */
  readonly venue: Address;
  /** Which prices are the newest, and for how long any have served. */
  readonly clock: Address;
  readonly ledger: Address;
  readonly engine: Address;
  readonly challenges: Address;
  readonly auction: Address;
  readonly sale: Address;
  readonly clearingHouse: Address;
  /** What keeps the house's accounts: the first contract that the clearing house made. */
  readonly houseAccounts: Address;
  readonly anchors: Address;
  readonly desk: Address;
  /** How customers leave once the venue has stopped. */
  readonly exits: Address;
  /** The venue's solvency registry, whose closed runs count. */
  readonly runs: Address;
  readonly vault: Address;
  readonly coverageRegistry: Address;
  /** The first of the house's accounts. */
  readonly houseAccount: Field;
  /** The collateral asset in which cash is paid, 1..7. */
  readonly settlementId: number;
  /** What a lot of it is worth, micro-USD. */
  readonly microsPerLot: bigint;
}

/**
 * The liquidation of a deployment.
 * @throws {BallastError} INVALID_INPUT when it has none.
 * @example
 * ```ts
 * import type { Deployment } from "ballast";
 * import { liquidationOf } from "ballast/actions";
 * declare const deployment: Deployment;
 * const { auction, houseAccount } = liquidationOf(deployment);
 * ```
 */
export function liquidationOf(deployment: Deployment): LiquidationSystem {
  const { liquidation, chainId, coverageRegistry } = deployment;
  if (liquidation === undefined)
    throw new BallastError("INVALID_INPUT", "The deployment has no liquidation.", {
      hint: "Deploy with a venue and its liquidation.",
      inputs: ["deploy.liquidation"],
    });
  const { venue, vault, registry: runs } = deployedSolvency(deployment);
  const { clock, ledger, engine, challenges, auction, sale, clearingHouse, settlementId } = liquidation;
  const { anchors, desk, exits } = liquidation;
  return {
    chainId,
    block: BigInt(deployment.block),
    ...{ venue, clock, ledger, engine, challenges, auction, sale, clearingHouse, anchors, desk, exits },
    ...{ vault, runs, coverageRegistry, settlementId },
    houseAccounts: getContractAddress({ from: clearingHouse, nonce: 1n }),
    houseAccount: parseField(liquidation.houseAccount, "house's account"),
    microsPerLot: BigInt(liquidation.microsPerLot),
  };
}
